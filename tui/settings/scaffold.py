"""`holdfast init`: a starting holdfast.toml from what a folder holds.

`look` and `write_new` block: call them in a thread.
"""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.errors import HoldfastError, Refused
from tui.files import read_file
from tui.model.dockerfile import parse
from tui.model.reference import repository_problem
from tui.settings import compose_file
from tui.settings.from_compose import Tables, project_name, services, tables

if TYPE_CHECKING:
    from collections.abc import Mapping

REGISTRIES: Mapping[str, str] = {"github.com": "ghcr.io", "gitlab.com": "registry.gitlab.com"}
"""Where a forge's images are, if not under its own name."""

GIT_SECONDS = 5.0

FOLDERS = ("", "docker")
"""Where Dockerfiles are looked for, from the folder on."""


class NoFolder(HoldfastError):
    """There is no such folder, or it cannot be read."""

    exit_status = 2


class Found(NamedTuple):
    """What `look` found.

    name          for the app: of the git repository, else of the folder
    dockerfiles   paths from the folder on, the likeliest first
    port          that the first one exposes, 0 for none; `protocol` of it
    healthcheck   whether it has a HEALTHCHECK
    remote        "host/owner/name" of the git remote "origin", "" where there is none
    document      the compose file's content, `compose` its name, "" where there is none
    project       the name of its project
    notes         sentences on what could not be read
    """

    name: str = "app"
    dockerfiles: tuple[str, ...] = ()
    port: int = 0
    protocol: str = "tcp"
    healthcheck: bool = False
    remote: str = ""
    compose: str = ""
    document: Mapping[str, Any] = {}
    project: str = ""
    notes: tuple[str, ...] = ()


def look(folder: str) -> Found:
    """What there is in a folder. Raises NoFolder; whatever else cannot be read is a note."""
    folder = os.path.abspath(folder)
    try:
        os.listdir(folder)
    except OSError as error:
        raise NoFolder(f"{folder}: cannot be read: {error.strerror}") from None
    notes: list[str] = []
    top = _git(folder, "rev-parse", "--show-toplevel")
    remote = remote_repository(_git(folder, "remote", "get-url", "origin"))
    if remote and os.path.realpath(top) != os.path.realpath(folder):
        remote += "/" + os.path.basename(folder)
    found = Found(app_name(os.path.basename(remote or folder)), _dockerfiles(folder), remote=remote)
    if found.dockerfiles:
        found = _with_dockerfile(found, os.path.join(folder, found.dockerfiles[0]), notes)
    path = compose_file.find(folder)
    if path:
        try:
            document = compose_file.read(path)
        except compose_file.UnreadableFile as error:
            notes.append(error.message)
        else:
            project = project_name(document, os.path.basename(folder))
            found = found._replace(compose=os.path.basename(path), document=document, project=project)
    return found._replace(notes=tuple(notes))


def _with_dockerfile(found: Found, path: str, notes: list[str]) -> Found:
    try:
        dockerfile = parse(read_file(path).decode("utf-8", "replace"))
    except OSError as error:
        notes.append(f"{path}: cannot be read: {error.strerror}")
        return found
    port, protocol = next(iter(dockerfile.exposed_ports), (0, "tcp"))
    checks = any(instruction.keyword == "HEALTHCHECK" for instruction in dockerfile.instructions)
    return found._replace(port=port, protocol=protocol, healthcheck=checks)


def _dockerfiles(folder: str) -> tuple[str, ...]:
    found = []
    for inner in FOLDERS:
        try:
            names = os.listdir(os.path.join(folder, inner))
        except OSError:
            continue
        for name in names:
            lower = name.lower()
            if lower.endswith(".dockerignore") or not os.path.isfile(os.path.join(folder, inner, name)):
                continue
            if (
                lower in ("dockerfile", "containerfile")
                or lower.startswith("dockerfile.")
                or lower.endswith(".dockerfile")
            ):
                found.append(os.path.join(inner, name))
    return tuple(sorted(found, key=lambda path: (path != "Dockerfile", path.count("/"), len(path), path)))


def _git(folder: str, *words: str) -> str:
    """What git says, "" where it fails: no git, no repository, no remote."""
    try:
        done = subprocess.run(
            ["git", "-C", folder, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def remote_repository(url: str) -> str:
    """Host, owner and name of a remote in lower case, without user, password and port; "" for a local one.

    >>> remote_repository("git@github.com:Team/Web.git")
    'github.com/team/web'
    """
    match = re.fullmatch(r"[a-z+]+://(?:[^/@]*@)?([^/:@]+)(?::\d*)?/(.+)", url, re.IGNORECASE)
    match = match or re.fullmatch(r"(?:[^/@:]+@)?([^/:@]+):(?!//)(.+)", url)
    if match is None or url.lower().startswith("file:"):
        return ""
    path = match[2].strip("/").removesuffix(".git").strip("/")
    return f"{match[1]}/{path}".lower() if path else ""


def app_name(text: str) -> str:
    """A text made a name of an app.

    >>> app_name("My Web_App!"), app_name("***")
    ('my-web_app', 'app')
    """
    words = re.findall(r"[a-z0-9]+|[._-]", text.lower().replace(" ", "-"))
    return re.sub(r"[._-]{2,}", "-", "".join(words)).strip("._-") or "app"


def scaffold(folder: str, found: Found) -> str:
    """The text of a holdfast.toml for that folder; it loads as it is."""
    folder = os.path.abspath(folder)
    service = _service(found)
    taken = tables(found.document, service, found.project, folder) if service else Tables()
    lines = [
        "# What Holdfast builds, tests, pushes and deploys from here; config.example.toml shows every key."
    ]
    lines += [_comment(note) for note in found.notes]
    app = ["apps", found.name]
    lines += ["", *_image(found, taken, app), ""]
    lines += _build(found, taken, app)
    lines += ["", *_run(found, taken, service, app)]
    lines += ["", *_ready(found, taken, app)]
    lines += [
        "",
        *_table([*app, "test"], {}),
        '# command = "..."    # run in the container once it is ready; exit status 0 is a pass',
    ]
    return "\n".join(lines) + "\n"


def _service(found: Found) -> str:
    """The service that is the app: one that is built, the likeliest first; a single one in any case."""
    known = services(found.document)
    built = [name for name, service in known.items() if service.get("build") is not None]
    for name in (found.name, "app", "web"):
        if name in built:
            return name
    return built[0] if built else next(iter(known)) if len(known) == 1 else ""


def _image(found: Found, taken: Tables, app: list[str]) -> list[str]:
    host, _, path = found.remote.partition("/")
    suggested = f"{REGISTRIES.get(host, host)}/{path}" if path else ""
    if taken.image and (taken.build is not None or not found.dockerfiles):
        image, why = taken.image, f"as in {found.compose}"
    elif suggested and not repository_problem(suggested):
        image, why = suggested, "guessed from the git remote"
    elif not repository_problem(found.name):
        image, why = found.name, "a local name; with a registry in front it can be pushed"
    else:
        image, why = "app", "a local name; with a registry in front it can be pushed"
    return [*_table(app, {}), f"{_toml({'image': image})[0]}    {_comment(why)}"]


def _build(found: Found, taken: Tables, app: list[str]) -> list[str]:
    if taken.build is not None:
        build = dict(taken.build)
    elif found.dockerfiles:
        build = {"context": "."}
        if found.dockerfiles[0] != "Dockerfile":
            build["dockerfile"] = found.dockerfiles[0]
    else:
        return [
            "# There is no Dockerfile here. Where there is one:",
            "# [apps.NAME.build]",
            '# context = "."',
        ]
    others = [
        path for path in found.dockerfiles if path != os.path.normpath(build.get("dockerfile", "Dockerfile"))
    ]
    said = [f"Also there: {', '.join(others)}"] if others else []
    said += [f"Left out: {left}" for left in taken.left_of_build]
    return [*map(_comment, said), *_table([*app, "build"], build)]


def _run(found: Found, taken: Tables, service: str, app: list[str]) -> list[str]:
    run = dict(taken.run)
    said = []
    if service:
        said.append(f"From the service {service} of {found.compose}.")
        others = [name for name in services(found.document) if name != service]
        if others:
            said.append(f"Its other services: {', '.join(others)}.")
            if "networks" not in run and "network_mode" not in run:
                said.append(f'To reach them: networks = ["{found.project}_default"]')
        said += [f"Left out: {left}" for left in taken.left_of_run]
    elif found.port:
        protocol = "" if found.protocol == "tcp" else f"/{found.protocol}"
        run["ports"] = [f"{found.port}:{found.port}{protocol}"]
    return [*map(_comment, said), *_table([*app, "run"], run)]


def _ready(found: Found, taken: Tables, app: list[str]) -> list[str]:
    if "healthcheck" in taken.run or found.healthcheck:
        return [*_table([*app, "ready"], {}), "# Its health check says when it is ready."]
    if found.port and found.protocol == "tcp":
        return _table([*app, "ready"], {"tcp": found.port})
    return [
        *_table([*app, "ready"], {}),
        '# http = "8080/healthz"    # what tells that it serves; or tcp = 8080',
    ]


def _table(head: list[str], values: Mapping[str, Any]) -> list[str]:
    inner: Mapping[str, Any] = values
    for name in reversed(head):
        inner = {name: inner}
    return _toml(inner)


def _toml(values: Mapping[str, Any]) -> list[str]:
    """Lines of TOML. Only texts and quoted keys can have what is not printable, so there it is escaped."""
    import tomli_w

    lines = tomli_w.dumps(values).rstrip("\n").split("\n")
    return ["".join(mark if mark.isprintable() else f"\\U{ord(mark):08X}" for mark in line) for line in lines]


def _comment(text: str) -> str:
    """A text from outside as a comment of one line: TOML allows no control characters in it."""
    return "# " + "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )


def write_new(path: str, text: str) -> None:
    """Write a file that is not there yet. Raises Refused where it is there, HoldfastError where it fails."""
    try:
        file = open(path, "x", encoding="utf-8")  # noqa: SIM115 -- what is made is removed where writing fails
    except FileExistsError:
        raise Refused(f"{path} exists and is not overwritten", "edit it, or move it away first") from None
    except OSError as error:
        raise HoldfastError(f"{path}: cannot be written: {error.strerror}") from None
    try:
        with file:
            file.write(text)
    except OSError as error:
        os.unlink(path)
        raise HoldfastError(f"{path}: cannot be written: {error.strerror}") from None
