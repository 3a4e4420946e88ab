"""The demo's shop: twelve containers, most of three Compose projects, some of them in trouble."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple

from tui.demo import catalogue, chatter
from tui.demo.catalogue import DAY, HOUR, MIB, SHOP
from tui.demo.objects import JSON, SECOND, Container, HealthState
from tui.demo.shell import Program
from tui.demo.statistics import MEMORY, Load
from tui.model.labels import APP, COMPOSE_DEPENDS

if TYPE_CHECKING:
    from tui.demo.logs import Book
    from tui.demo.simulation import Simulation

APP_VOICES = {"storefront": "web", "payments": "api", "mailer": "worker"}
"""App -> as which service of the shop it talks."""

SERVICE = "com.docker.compose.service"
BACKLOG = 240
"""Lines that a log holds already when it is first read."""


class Part(NamedTuple):
    """One container of the shop at the beginning.

    age      seconds since it was created; up: seconds since it was started
    state    as the engine lists it; exit_code of the last end
    health   "" where it has no check
    needs    the services of the project that it depends on, as Compose labels them
    """

    project: str
    service: str
    image: str
    load: Load
    age: float
    up: float
    ports: tuple[tuple[int, int], ...] = ()
    state: str = "running"
    health: str = ""
    exit_code: int = 0
    command: str = ""
    restart: str = "unless-stopped"
    volume: str = ""
    secret: str = ""
    needs: str = ""

    @property
    def name(self) -> str:
        return f"{self.project}-{self.service}-1" if self.project else self.service


STORES = "db:service_healthy:true,cache:service_started:false"

PARTS = (
    Part(
        project="shop",
        service="web",
        image=f"{SHOP}/web:1.8.2",
        load=Load(0.04, 24 * MIB, network=90_000, pids=5),
        age=2 * DAY,
        up=2 * DAY,
        ports=((80, 8080),),
        health="healthy",
        needs="api:service_healthy:false",
    ),
    Part(
        project="shop",
        service="api",
        image=f"{SHOP}/api:2.4.1",
        load=Load(cores=0.31, memory=210 * MIB, limit=512 * MIB, network=60_000, disk=900, pids=9),
        age=4 * HOUR,
        up=4 * HOUR,
        ports=((3000, 3000),),
        health="healthy",
        secret="DATABASE_PASSWORD=correct-horse-battery",
        needs=STORES,
    ),
    Part(
        project="shop",
        service="worker",
        image=f"{SHOP}/api:2.4.1",
        load=Load(
            cores=0.55, memory=180 * MIB, limit=512 * MIB, network=9_000, disk=4_000, pids=5, swing=0.8
        ),
        age=4 * HOUR,
        up=4 * HOUR,
        command="python -m shop.worker --queues default,mail",
        needs=STORES,
    ),
    Part(
        project="shop",
        service="db",
        image="postgres:16.4",
        load=Load(cores=0.12, memory=420 * MIB, limit=2048 * MIB, network=30_000, disk=200_000, pids=14),
        age=36 * DAY,
        up=9 * DAY,
        health="healthy",
        volume="shop_database:/var/lib/postgresql/data",
        secret="POSTGRES_PASSWORD=hunter2",
    ),
    Part(
        project="shop",
        service="cache",
        image="redis:7.4-alpine",
        load=Load(0.02, 38 * MIB, network=22_000, pids=4),
        age=36 * DAY,
        up=9 * DAY,
        volume="shop_cache:/data",
    ),
    Part(
        project="mail",
        service="smtp",
        image="registry.example.com/mail/smtp:0.31",
        load=Load(0.01, 31 * MIB),
        age=20 * DAY,
        up=3 * HOUR,
        ports=((25, 2525),),
        health="unhealthy",
    ),
    Part(
        project="mail",
        service="queue",
        image="registry.example.com/mail/queue:0.9.3",
        load=Load(0.08, 62 * MIB),
        age=20 * DAY,
        up=30,
        state="restarting",
        exit_code=1,
        restart="always",
    ),
    Part(
        project="metrics",
        service="prometheus",
        image="prom/prometheus:v2.55.0",
        load=Load(0.09, 340 * MIB, network=15_000, disk=50_000, pids=11),
        age=12 * DAY,
        up=12 * DAY,
        ports=((9090, 9090),),
        health="healthy",
        volume="metrics_tsdb:/prometheus",
    ),
    Part(
        project="metrics",
        service="grafana",
        image="grafana/grafana:11.3.0",
        load=Load(0.03, 130 * MIB, pids=19),
        age=12 * DAY,
        up=12 * DAY,
        ports=((3000, 3001),),
        secret="GF_SECURITY_ADMIN_PASSWORD=letmein",
    ),
    Part(
        project="metrics",
        service="exporter",
        image="prom/prometheus:v2.55.0",
        load=Load(0.0, 18 * MIB, swing=0.0),
        age=12 * DAY,
        up=12 * DAY,
        state="paused",
        command="node_exporter --path.rootfs=/host",
    ),
    Part(
        project="metrics",
        service="loki",
        image="prom/prometheus:v2.55.0",
        load=Load(0.1, 900 * MIB),
        age=12 * DAY,
        up=2 * HOUR,
        state="exited",
        exit_code=137,
        command="loki -config.file=/etc/loki.yml",
        restart="no",
    ),
    Part(
        project="",
        service="registry",
        image="registry:2.8.3",
        load=Load(0.01, 22 * MIB, pids=6),
        age=60 * DAY,
        up=9 * DAY,
        ports=((5000, 5000),),
        volume="registry:/var/lib/registry",
    ),
)


def populate(simulation: Simulation) -> None:
    """Fill an empty simulation with the shop, as it has been running for a while."""
    state = simulation.state
    parts: dict[str, Part] = {}
    simulation.loads = lambda container: (
        parts[container.id].load if container.id in parts else RELEASED if container.labels.get(APP) else JOB
    )
    simulation.prefill = lambda container, book: backlog(simulation, container, book)
    simulation.runtime.programs = lambda container: program(simulation.seed, container)
    now = simulation.clock()
    for recipe in catalogue.recipes():
        state.library.add(catalogue.build(recipe, now))
    for project in dict.fromkeys(part.project for part in PARTS if part.project):
        state.places.add_network(f"{project}_default", {"com.docker.compose.project": project})
    for part in PARTS:
        container = _place(simulation, part, now)
        parts[container.id] = part
        if part.health == "unhealthy":
            simulation.runtime.verdicts[container.id] = False
    opened = int(now - OPENED * SECOND)
    for network in state.places.networks.values():
        network.created = opened
    for volume in state.places.volumes.values():
        volume.created = opened


OPENED = 61 * DAY
"""Seconds since the shop's networks and volumes were made."""

RELEASED = Load(cores=0.04, memory=70 * MIB, limit=512 * MIB, network=20_000, pids=6)
"""How hard a release of an app works."""

JOB = Load(cores=0.7, memory=90 * MIB, limit=MEMORY, network=2_000, disk=60_000, pids=2)


def _place(simulation: Simulation, part: Part, now: int) -> Container:
    state = simulation.state
    image = state.library.find(part.image)
    config: JSON = {
        **image.config,
        "Image": part.image,
        "Env": [*image.config["Env"], *([part.secret] if part.secret else []), f"SERVICE={part.service}"],
        "Labels": {**image.labels, **_labels(part)},
    }
    if part.command:
        config["Cmd"] = part.command.split()
    if not part.health:
        config.pop("Healthcheck", None)
    host: JSON = {
        "NetworkMode": f"{part.project}_default" if part.project else "bridge",
        "PortBindings": {
            f"{private}/tcp": [{"HostIp": "0.0.0.0", "HostPort": str(public)}]
            for private, public in part.ports
        },
        "RestartPolicy": {"Name": part.restart, "MaximumRetryCount": 0},
        "Binds": [part.volume] if part.volume else None,
    }
    container = state.add(state.new_id(), part.name, part.image, image.id, config, host, tell=False)
    container.created = int(now - part.age * SECOND)
    container.state = part.state
    container.exit_code = part.exit_code
    container.started = int(now - part.up * SECOND)
    container.ended = int(now - 20 * SECOND) if part.state in ("exited", "restarting") else 0
    if part.state == "exited":
        container.oom_killed = part.exit_code == 137
        container.ended = int(now - part.up * SECOND)
        container.started = container.created
        return container
    if part.health:
        container.health = HealthState(part.health, 3 if part.health == "unhealthy" else 0)
    for network in container.networks:
        container.networks[network] = state.places.connect(network, container.id)
    if part.state == "restarting":
        simulation.runtime.exited_before(container)
    else:
        container.pid = 4000 + container.number
        simulation.runtime.resume(container)
    return container


def _labels(part: Part) -> dict[str, str]:
    if not part.project:
        return {}
    needs = {COMPOSE_DEPENDS: part.needs} if part.needs else {}
    return {**labels(part.project, part.service), **needs}


def labels(project: str, service: str, oneoff: bool = False) -> dict[str, str]:
    """The labels that Docker Compose gives."""
    return {
        "com.docker.compose.project": project,
        "com.docker.compose.service": service,
        "com.docker.compose.oneoff": str(oneoff),
        "com.docker.compose.container-number": "1",
        "com.docker.compose.version": "2.29.7",
    }


def program(seed: str, container: Container) -> Program | None:
    """What a container of the shop runs; None for any other."""
    if (app := container.labels.get(APP, "")) in APP_VOICES:
        if container.command[:1] == ["sh"]:
            return None
        voice, rate = chatter.VOICES[APP_VOICES[app]]
        return Program(chatter.talking(voice, rate, f"{seed} {container.name}"), 0)
    service = container.labels.get(SERVICE, container.name)
    own = f"{seed} {container.name} {container.restarts}"
    if service == "queue":
        return Program(chatter.crashing(own), 0)
    if service == "report":
        return Program(chatter.ending(own, 5.0), 143)
    if service in chatter.VOICES:
        voice, rate = chatter.VOICES[service]
        return Program(chatter.talking(voice, rate, own), 0)
    return None


def backlog(simulation: Simulation, container: Container, book: Book) -> None:
    """What a log holds from before."""
    service = container.labels.get(SERVICE, container.name)
    if service not in chatter.VOICES or service == "report":
        return
    voice, rate = chatter.VOICES[service]
    random = Random(f"{simulation.seed} {container.name} past")
    end = simulation.clock() if container.alive else container.ended
    start = end - int(BACKLOG / rate * SECOND)
    for number in range(BACKLOG):
        at = start + int(number / rate * SECOND)
        stream, text = voice(random, number, at / SECOND)
        book.write(f"{text}\n".encode(), stream, at)
