"""The simulation proper: containers, what each change does to them, and which events it causes.

No I/O and no waiting: what takes time on a real engine (a process that ends, a health check) is told
to it from outside. The order of events and their attributes are those of Docker Engine 20.10 to 28.5.
"""

from __future__ import annotations

import hashlib
import re
import signal as signals
from collections.abc import Callable, Iterable

from tui.demo import httpd
from tui.demo.journal import Journal
from tui.demo.library import Library
from tui.demo.objects import JSON, Container, HealthState
from tui.demo.places import Places
from tui.demo.refused import Refused, name_taken, no_such_container, not_running

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
RULE = "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"

Changed = Callable[[Container, str], None]
"""Called after every change of a container with the action ("start", "die", "destroy", ...)."""


class State:
    """Everything that the simulated engine holds.

    clock   nanoseconds since the epoch; tests pass their own
    seed    makes the IDs of two runs equal
    """

    def __init__(self, clock: Callable[[], int], seed: str = "holdfast") -> None:
        self.clock = clock
        self.seed = seed
        self.journal = Journal(clock)
        self.containers: dict[str, Container] = {}
        self.names: dict[str, Container] = {}
        self.library = Library(self.journal, self.containers)
        self.places = Places(self.journal)
        self.watchers: list[Changed] = []
        self._made = 0
        self._added = 0

    # -- finding

    def find(self, reference: str) -> Container:
        """A container by ID, name or unambiguous beginning of its ID, in the engine's order.

        Raises Refused 404, or 400 where several IDs begin so.
        """
        reference = reference.removeprefix("/")
        found = self.containers.get(reference) or self.names.get(reference)
        if found:
            return found
        matching = [key for key in self.containers if key.startswith(reference)] if reference else []
        if not matching:
            raise no_such_container(reference)
        if len(matching) > 1:
            raise Refused(400, f"multiple IDs found with provided prefix: {reference}")
        return self.containers[matching[0]]

    # -- telling

    def _tell(self, container: Container, action: str, **attributes: str) -> None:
        actor = {**container.labels, "image": container.image, "name": container.name, **attributes}
        self.journal.publish("container", action, container.id, actor)

    def changed(self, container: Container, action: str) -> None:
        for watcher in self.watchers:
            watcher(container, action)

    # -- making and removing

    def new_id(self) -> str:
        self._made += 1
        return hashlib.sha256(f"{self.seed}-{self._made}".encode()).hexdigest()

    def check_name(self, name: str) -> None:
        """Raise Refused where a name is malformed (400) or taken (409)."""
        if not NAME.fullmatch(name):
            raise Refused(400, f"Invalid container name ({name}), {RULE}")
        if name in self.names:
            raise name_taken(name, self.names[name].id)

    def create(self, name: str, body: JSON) -> Container:
        """POST /containers/create: `body` as the API takes it; the image must be known."""
        config = {key: value for key, value in body.items() if key not in ("HostConfig", "NetworkingConfig")}
        reference = str(config.get("Image") or "")
        image = self.library.find(reference)
        if not config.get("Cmd") and not config.get("Entrypoint"):
            config["Cmd"] = image.config.get("Cmd")
            config["Entrypoint"] = image.config.get("Entrypoint")
        if not config.get("Cmd") and not config.get("Entrypoint"):
            raise Refused(400, "No command specified")
        config["Env"] = [*(image.config.get("Env") or ()), *(config.get("Env") or ())]
        config["Labels"] = {**image.labels, **(config.get("Labels") or {})}
        ports = {**(image.config.get("ExposedPorts") or {}), **(config.get("ExposedPorts") or {})}
        if ports:
            config["ExposedPorts"] = ports
        for key in ("WorkingDir", "User", "StopSignal"):
            if found := config.get(key) or image.config.get(key):
                config[key] = found
        config["Healthcheck"] = _merged_check(image.config.get("Healthcheck"), config.get("Healthcheck"))
        key = self.new_id()
        name = name.removeprefix("/") or f"brave_{key[:6]}"
        self.check_name(name)
        host = dict(body.get("HostConfig") or {})
        declared = {**(image.config.get("Volumes") or {}), **(config.get("Volumes") or {})}
        asked = (body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
        for network in asked:
            self.places.network(network)
        return self.add(key, name, reference, image.id, config, host, asked=asked, declared=declared)

    def add(
        self,
        key: str,
        name: str,
        image: str,
        image_id: str,
        config: JSON,
        host: JSON,
        tell: bool = True,
        asked: JSON | None = None,
        declared: Iterable[str] = (),
    ) -> Container:
        """Put a container there without any check: names of any text, images that do not exist.

        asked      how it is to be in networks: EndpointsConfig
        declared   where it has a volume, be it one without a name
        """
        network = str(host.get("NetworkMode") or "default")
        if network == "default":
            network = "bridge"
        self._added += 1
        container = Container(
            id=key,
            number=self._added,
            name=name,
            image=image,
            image_id=image_id,
            created=self.clock(),
            config=config,
            host=host,
            networks={network: ""} | dict.fromkeys(asked or (), ""),
            aliases={name: [*((one or {}).get("Aliases") or ())] for name, one in (asked or {}).items()},
        )
        mounted = {mount["Destination"] for mount in container.mounts}
        without = [str(one["Target"]) for one in host.get("Mounts") or () if not one.get("Source")]
        for at in (*without, *declared):
            if at not in mounted and at not in container.unnamed:
                container.unnamed[at] = self.new_id()
        check = (config.get("Healthcheck") or {}).get("Test") or []
        if check and check != ["NONE"]:
            container.health = HealthState()
        self.containers[key] = container
        self.names[name] = container
        for mount in container.mounts:
            if mount["Type"] == "volume":
                self.places.ensure_volume(mount["Name"])
        if tell:
            self._tell(container, "create")
        self.changed(container, "create")
        return container

    def remove(self, container: Container, force: bool = False, volumes: bool = False) -> None:
        """DELETE /containers/{id}: a living one only with force, which kills it first.

        volumes   whether those go with it that were made for it alone
        """
        if container.alive and not force:
            if container.state == "paused":
                raise Refused(
                    409,
                    f"You cannot remove a paused container {container.id}. "
                    "Unpause and then stop the container before attempting removal or force remove",
                )
            raise Refused(
                409,
                f"You cannot remove a {container.state} container {container.id}. "
                "Stop the container before attempting removal or force remove",
            )
        if container.alive:
            self.kill(container, 9)
            self.died(container, 137)
        del self.containers[container.id]
        self.names.pop(container.name, None)
        self._tell(container, "destroy")
        self.changed(container, "destroy")
        kept = {mount.get("Name") for one in self.containers.values() for mount in one.mounts}
        for name in container.unnamed.values() if volumes else ():
            if name in self.places.volumes and name not in kept:
                self.places.remove_volume(name)

    def connect(self, container: Container, network: str, aliases: list[str]) -> None:
        """POST /networks/{id}/connect: one that does not run gets its address when it starts."""
        container.networks[network] = self._join(container, network) if container.pid else ""
        container.aliases[network] = aliases
        self.changed(container, "connect")

    def _join(self, container: Container, network: str) -> str:
        listens = httpd.site_of(container) is not None
        return self.places.connect(network, container.id, listens=listens)

    def disconnect(self, container: Container, network: str) -> None:
        """POST /networks/{id}/disconnect."""
        del container.networks[network]
        container.aliases.pop(network, None)
        self.places.disconnect(network, container.id)
        self.changed(container, "disconnect")

    def prune(self, meant: Callable[[Container], bool] = lambda _container: True) -> list[Container]:
        """POST /containers/prune: remove everything that does not run, and is meant."""
        gone = [found for found in self.containers.values() if not found.alive and meant(found)]
        for container in gone:
            self.remove(container)
        self.journal.publish("container", "prune", "", {"reclaimed": "0"})
        return gone

    def rename(self, container: Container, name: str) -> None:
        """POST /containers/{id}/rename."""
        name = name.removeprefix("/")
        if not name:
            raise Refused(400, "Neither old nor new names may be empty")
        if name == container.name:
            raise Refused(400, "Renaming a container with the same name as its current name")
        if not NAME.fullmatch(name):
            raise Refused(400, f"Error when allocating new name: Invalid container name (/{name}), {RULE}")
        if name in self.names:
            taken = name_taken(name, self.names[name].id)
            raise Refused(409, f"Error when allocating new name: {taken.message}")
        self.give_name(container, name)

    def give_name(self, container: Container, name: str) -> None:
        """Rename without any check."""
        old = container.name
        self.names.pop(old, None)
        container.name = name
        self.names[name] = container
        self._tell(container, "rename", oldName=f"/{old}")
        self.changed(container, "rename")

    # -- living and dying

    def start(self, container: Container) -> None:
        """POST /containers/{id}/start."""
        if container.state == "paused":
            raise Refused(409, "cannot start a paused container, try unpause instead")
        if container.state == "running":
            raise Refused(304, "")
        for network in container.networks:
            container.networks[network] = self._join(container, network)
        for mount in container.mounts:
            if mount["Type"] == "volume":
                self.places.mount(mount, container.id)
        container.state = "running"
        container.started = self.clock()
        container.exit_code = 0
        container.error = ""
        container.oom_killed = False
        container.pid = 4000 + container.number
        if container.health:
            container.health = HealthState()
        self._tell(container, "start")
        self.changed(container, "start")

    def died(self, container: Container, code: int, again: bool = False) -> None:
        """The process of a container ended; `again`: its restart policy will start it again."""
        container.exit_code = code
        container.ended = self.clock()
        container.pid = 0
        container.state = "restarting" if again else "exited"
        self._tell(container, "die", exitCode=str(code))
        for network in container.networks:
            self.places.disconnect(network, container.id)
            container.networks[network] = ""
        for mount in container.mounts:
            if mount["Type"] == "volume":
                self.places.unmount(mount, container.id)
        self.changed(container, "die")

    def kill(self, container: Container, number: int) -> None:
        """A signal was sent; whether the process ends by it is said with `died`."""
        if not container.alive:
            raise not_running(container.id)
        self._tell(container, "kill", signal=str(number))
        if number == signals.SIGKILL and container.state == "paused":
            container.state = "running"

    def stopped(self, container: Container) -> None:
        """The last event of a stop, after `kill` and `died`."""
        self._tell(container, "stop")
        self.changed(container, "stop")

    def restarted(self, container: Container) -> None:
        """The last event of a restart, after stop and start."""
        self._tell(container, "restart")
        self.changed(container, "restart")

    def pause(self, container: Container) -> None:
        """POST /containers/{id}/pause."""
        if container.state == "paused":
            raise Refused(409, f"Container {container.id} is already paused")
        if container.state == "restarting":
            raise Refused(409, f"Container {container.id} is restarting, wait until the container is running")
        if not container.alive:
            raise not_running(container.id)
        container.state = "paused"
        self._tell(container, "pause")
        self.changed(container, "pause")

    def unpause(self, container: Container) -> None:
        """POST /containers/{id}/unpause; an engine calls a wrong state its own fault (500)."""
        if container.state != "paused":
            raise Refused(500, f"Container {container.id} is not paused")
        container.state = "running"
        self._tell(container, "unpause")
        self.changed(container, "unpause")

    def set_health(self, container: Container, status: str, output: str = "", code: int = 0) -> None:
        """One result of a health check; only a changed status is an event."""
        health = container.health
        if health is None:
            return
        now = self.clock()
        health.log = [*health.log[-4:], {"Start": now, "End": now, "ExitCode": code, "Output": output}]
        health.streak = health.streak + 1 if code else 0
        if health.status != status:
            health.status = status
            self._tell(container, f"health_status: {status}")
            self.changed(container, "health_status")

    def noticed(self, container: Container, action: str, **attributes: str) -> None:
        """An event that changes nothing: "top", "attach", "exec_create: ls", "resize", ..."""
        self._tell(container, action, **attributes)


def _merged_check(image: JSON | None, asked: JSON | None) -> JSON | None:
    """A container's health check: what it does not say itself is its image's (moby/daemon/commit.go)."""
    if not asked:
        return image
    if not image:
        return asked
    return {**image, **{key: value for key, value in asked.items() if value}}
