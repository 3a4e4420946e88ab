"""Load: any number of containers alike, for benchmarks and for tests of big lists."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tui.demo.objects import SECOND, Container, HistoryEntry, Image
from tui.demo.statistics import Load

if TYPE_CHECKING:
    from tui.demo.logs import Book
    from tui.demo.simulation import Simulation

IMAGES = 20
DAY = 86400
TEAM = "com.example.team"


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def populate(simulation: Simulation, count: int, running: float) -> None:
    """Replace everything by `count` containers fk00000, fk00001, ..., of which a share runs."""
    simulation.clear()
    simulation.loads = load
    simulation.prefill = boot_lines
    now = simulation.clock()
    start = now // SECOND - DAY
    images = []
    for i in range(IMAGES):
        history = [HistoryEntry(start, "COPY /app /bin/app # buildkit", 10**8)]
        image = Image(f"sha256:{_id(f'fk image {i}')}", start, history, {"Cmd": ["--serve"]})
        image.tags.append(f"registry.local/team/app{i}:1.{i}.0")
        simulation.state.library.add(image)
        images.append(image)
    alive = round(count * running)
    for i in range(count):
        add(simulation, i, f"fk{i:05d}", images[i % IMAGES], i < alive)
    for i, container in enumerate(simulation.state.containers.values()):
        container.created = (start + i % 5000) * SECOND


def add(
    simulation: Simulation, i: int, name: str, image: Image, alive: bool, tell: bool = False
) -> Container:
    """One container of the fleet; the numbers in it follow from `i`."""
    config = {
        "Image": image.tags[0] if image.tags else image.id,
        "Entrypoint": ["/bin/app"],
        "Cmd": ["--serve", "--port", "8080"],
        "Env": ["PATH=/bin", "APP=1"],
        "ExposedPorts": {"8080/tcp": {}},
        "Labels": {TEAM: f"team{i % 7}", "maintainer": "nobody", "version": f"1.{i % 20}.0"},
    }
    bindings = {"8080/tcp": [{"HostIp": "0.0.0.0", "HostPort": str(10000 + i % 50000)}]}
    state = simulation.state
    container = state.add(
        _id(f"fk{i}"), name, str(config["Image"]), image.id, config, {"PortBindings": bindings}, tell=False
    )
    ago = simulation.clock() - 2 * 3600 * SECOND
    container.started = ago
    if alive:
        container.state = "running"
        container.pid = 4242 + i
        container.networks["bridge"] = "172.17.0.9"
    else:
        container.state = "exited"
        container.ended = ago
    if tell:
        state.noticed(container, "create")
    return container


def load(container: Container) -> Load:
    """What a container of the fleet uses: it differs from one to the next."""
    i = container.number
    return Load(cores=0.01 + i % 50 / 1000, memory=(20 + i % 80) << 20, network=1000.0 + i % 977, swing=0.4)


def boot_lines(container: Container, book: Book) -> None:
    """Twenty lines that the log of a container of the fleet holds from the beginning."""
    if TEAM not in container.labels:
        return
    start = container.started or container.created
    for k in range(20):
        book.write(
            b"%b boot line %d\n" % (container.name.encode("utf-8", "replace"), k),
            time=start + k * SECOND // 50,
        )
