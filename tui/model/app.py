"""An app: one `[apps.NAME]` table of the configuration, frozen. Every path in it is absolute."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.build_tag import is_build_tag
from tui.model.reference import familiar, split_reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.model.scan_spec import ScanSpec


class BuildSecret(NamedTuple):
    """A secret of a build: `--mount=type=secret,id=ID`. One of `file` and `env` is set; never its value."""

    id: str
    file: str = ""
    env: str = ""


class BuildSpec(NamedTuple):
    """`[apps.NAME.build]`, named as in the Compose Specification's build section.

    context      the folder that is sent
    dockerfile   the file, which may lie outside the context
    network      of its RUN steps: "host", "none", or "" for the engine's default
    """

    context: str
    dockerfile: str
    target: str = ""
    args: Mapping[str, str] = {}
    labels: Mapping[str, str] = {}
    secrets: tuple[BuildSecret, ...] = ()
    platform: str = ""
    no_cache: bool = False
    pull: bool = False
    cache_from: tuple[str, ...] = ()
    network: str = ""


class Port(NamedTuple):
    """A published port. `host_ip` and `published` may be "" (all addresses; one that the engine picks).

    target     port inside the container
    protocol   "tcp", "udp" or "sctp"
    """

    target: int
    published: str = ""
    host_ip: str = ""
    protocol: str = "tcp"


class Mount(NamedTuple):
    """A volume, bind mount or tmpfs. `source` is a volume's name, a host path, or "" (anonymous, tmpfs)."""

    kind: str
    source: str
    target: str
    read_only: bool = False
    options: Mapping[str, str | int | bool] = {}


class Healthcheck(NamedTuple):
    """`healthcheck`: times in seconds, 0 for the engine's default. `test` is () for the image's own.

    test   as the engine takes it: ("CMD", ...), ("CMD-SHELL", text) or ("NONE",)
    """

    test: tuple[str, ...] = ()
    interval: float = 0.0
    timeout: float = 0.0
    start_period: float = 0.0
    retries: int = 0


class Ulimit(NamedTuple):
    name: str
    soft: int
    hard: int


class RunSpec(NamedTuple):
    """`[apps.NAME.run]`: the Compose Specification's service attributes. None means: as the image says.

    environment        None: passed on from the environment of whoever makes a container
    interpolated       variables whose value is "${NAME:-default}" or the like: filled in at that time
    env_file           files in Compose's format, read when a container is made
    mem_limit          bytes, 0 for none; likewise memswap_limit (-1 unlimited), mem_reservation and shm_size
    cpus               processors, 0.0 for no limit
    stop_grace_period  seconds, None for the engine's default
    restart            "no", "always", "unless-stopped", "on-failure" or "on-failure:N"
    networks           name -> aliases
    """

    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    environment: Mapping[str, str | None] = {}
    interpolated: Mapping[str, str] = {}
    env_file: tuple[str, ...] = ()
    user: str = ""
    group_add: tuple[str, ...] = ()
    working_dir: str = ""
    hostname: str = ""
    ports: tuple[Port, ...] = ()
    volumes: tuple[Mount, ...] = ()
    tmpfs: Mapping[str, str] = {}
    networks: Mapping[str, tuple[str, ...]] = {}
    network_mode: str = ""
    dns: tuple[str, ...] = ()
    extra_hosts: tuple[str, ...] = ()
    restart: str = "unless-stopped"
    read_only: bool = False
    init: bool | None = None
    privileged: bool = False
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    sysctls: Mapping[str, str] = {}
    ulimits: tuple[Ulimit, ...] = ()
    mem_limit: int = 0
    memswap_limit: int = 0
    mem_reservation: int = 0
    shm_size: int = 0
    cpus: float = 0.0
    cpu_shares: int = 0
    cpuset: str = ""
    pids_limit: int = 0
    oom_score_adj: int = 0
    healthcheck: Healthcheck | None = None
    stop_grace_period: float | None = None
    stop_signal: str = ""
    logging_driver: str = ""
    logging_options: Mapping[str, str] = {}
    labels: Mapping[str, str] = {}


class ReadySpec(NamedTuple):
    """`[apps.NAME.ready]`: how a container proves that it serves. At most one probe; with none, the health
    check of app or image, and where there is none either, running for `stable` seconds.

    timeout    seconds within which it must be ready
    stable     seconds to run without a restart where nothing else can be asked
    bake       seconds that it is watched after a deploy
    http       "PORT/path", answered with a status below 400, or with `status` where it is set
    tcp        a port that accepts connections
    exec       a command inside the container that exits with 0
    interval   seconds between two tries
    host       of http: the Host that is asked for, and the name in a certificate; "" for localhost
    scheme     of http: "http" or "https"
    verify     of https: whether the certificate must be one that this machine trusts
    headers    of http: sent besides
    """

    timeout: float = 60.0
    stable: float = 5.0
    bake: float = 30.0
    http: str = ""
    status: int = 0
    tcp: int = 0
    exec: tuple[str, ...] = ()
    interval: float = 0.5
    host: str = ""
    scheme: str = "http"
    verify: bool = True
    headers: Mapping[str, str] = {}


class ProofSpec(NamedTuple):
    """`[apps.NAME.test]`: what proves that an image works, once its container is ready.

    command       run inside the container; () for none: being ready is the proof
    timeout       seconds that the command may take
    environment   set for the container, beyond what `.run` sets
    """

    command: tuple[str, ...] = ()
    timeout: float = 300.0
    environment: Mapping[str, str] = {}


class AppSpec(NamedTuple):
    """One app.

    image      the repository of its images, e.g. "registry.example.com/team/web"; no tag
               (see model.reference.app_repository)
    origin     the file that defines it
    build      None where it is not built here
    scan       None where ship does not scan it
    engines    docker contexts or endpoints, () for the current one
    fleet      the name of `[fleets.NAME]`, whose engines they are; "" for none
    order      "stop-first" or "start-first"
    keep       earlier good releases that are kept
    keep_builds   the newest builds that are kept whether they are released or not
    drain      a command run inside the old container before it stops
    ignore_changes   files inside the container whose changes are no drift: shell patterns of absolute paths
    create_networks, create_volumes   made by a deploy where they are missing; others never are
    withheld   "registry", "run", "build", "scan": of which something is asked for that a file may not ask
               for; which file, and what
    shares     other apps of the configuration that have the same repository -> how many releases they keep
    """

    name: str
    image: str
    origin: str
    build: BuildSpec | None = None
    run: RunSpec = RunSpec()
    ready: ReadySpec = ReadySpec()
    test: ProofSpec = ProofSpec()
    scan: ScanSpec | None = None
    engines: tuple[str, ...] = ()
    fleet: str = ""
    order: str = "stop-first"
    keep: int = 5
    drain: tuple[str, ...] = ()
    drain_seconds: float = 10.0
    create_networks: tuple[str, ...] = ()
    create_volumes: tuple[str, ...] = ()
    ignore_changes: tuple[str, ...] = ()
    keep_builds: int = 3
    shares: Mapping[str, int] = {}
    withheld: Mapping[str, tuple[str, str]] = {}

    @property
    def has_registry(self) -> bool:
        """Whether its images can be pushed: "web" alone is only a local name, "alice/web" is Docker Hub's."""
        return "/" in self.image

    @property
    def repository(self) -> str:
        """The repository as an engine lists it."""
        return familiar(self.image)

    def owns(self, reference: str) -> bool:
        """Whether a reference, with a tag, a digest or neither, is of the app's repository."""
        repository = split_reference(reference).repository
        if repository == self.image:
            return True
        # Nearly all are somebody else's, and that shows by their last part.
        last = self.image.rpartition("/")[2]
        return repository.rpartition("/")[2] == last and familiar(repository) == self.repository

    def tags_of(self, references: Iterable[str]) -> list[str]:
        """The tags among references that are of the app's repository."""
        return [split_reference(one).tag for one in references if self.owns(one)]

    def versions_of(self, references: Iterable[str]) -> list[str]:
        """As `tags_of`, without the tags by which builds are named."""
        return [tag for tag in self.tags_of(references) if not is_build_tag(tag)]

    def digest_of(self, references: Iterable[str]) -> str:
        """The digest under which its repository knows an image of these references; "" for none."""
        return next(iter(self.digests_of(references)), "")

    def digests_of(self, references: Iterable[str]) -> list[str]:
        """The digests among references that are of the app's repository."""
        digests = [split_reference(one).digest for one in references if self.owns(one)]
        return [digest for digest in digests if digest]
