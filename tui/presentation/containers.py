"""Containers as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.digest import short_id
from tui.model.labels import VERSION
from tui.presentation.amounts import age, percent, size
from tui.presentation.table import Column
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tui.model.container import Container, Port
    from tui.model.sample import Sample
    from tui.presentation.style import Span

COLUMNS = (
    Column("name", "NAME", 18, grow=4, most=64),
    Column("state", "STATE", 12, grow=1, most=20),
    Column("image", "IMAGE", 18, grow=5, most=60, rank=1, end=True),
    Column("cpu", "CPU", 6, rank=2, right=True),
    Column("trend", "TREND", 8, grow=1, most=16, rank=5, roomy=80),
    Column("memory", "MEM", 6, rank=3, right=True),
    Column("network", "NET I/O", 13, rank=7, roomy=125, right=True),
    Column("block", "BLOCK I/O", 13, rank=8, roomy=145, right=True),
    Column("age", "UP", 4, rank=4, right=True),
    Column("ports", "PORTS", 9, grow=2, most=20, rank=6),
    Column("project", "PROJECT", 8, grow=1, most=12, rank=5),
)
SAMPLED = ("cpu", "trend", "memory", "network", "block")
"""Columns that statistics fill; they stand side by side, so that one piece of a row is drawn again."""

SORTS = ("state", "name", "age", "image", "project", "cpu", "memory")
"""Orders that can be chosen, the first is the default."""

_GLYPHS = {
    "running": ("●", "ok"),
    "paused": ("‖", "warn"),
    "restarting": ("↻", "warn"),
    "created": ("○", "idle"),
    "exited": ("■", "idle"),
    "removing": ("×", "busy"),
    "dead": ("×", "bad"),
}
_HEALTH = {"healthy": ("●", "ok"), "unhealthy": ("✗", "bad"), "starting": ("◌", "busy")}
_UNHEALTHY = ("✗ unhealthy", "bad")
_ORDER = {"restarting": 1, "dead": 1, "running": 2, "paused": 2}
"""What needs somebody first: unhealthy ones before all, then these; the others come last."""


def state(container: Container) -> Span:
    """Glyph and word: "● running", "● healthy", "✗ unhealthy", "■ exited 137".

    A container whose health is known runs, so its health alone is said: that is what one looks for.
    """
    glyph, style = _GLYPHS.get(container.state, ("?", "warn"))
    words = container.state
    if container.state == "running" and container.health in _HEALTH:
        glyph, style = _HEALTH[container.health]
        words = container.health
    elif container.exit_code is not None and container.state in ("exited", "dead"):
        words = f"{words} {container.exit_code}"
        style = "bad" if container.exit_code else "idle"
    return f"{glyph} {safe(words)}", style


def urgency(container: Container) -> int:
    """Where the order by state puts a container: unhealthy, restarting, running, the others."""
    return 0 if state(container) == _UNHEALTHY else _ORDER.get(container.state, 3)


def image_words(container: Container) -> str:
    """What it was made from. A release's container runs a digest: its repository and version say more.

    An image's ID is shown by its beginning, as everywhere.
    """
    name, at, digest = container.image.partition("@")
    version = container.labels.get(VERSION, "")
    if not at and name.startswith("sha256:"):
        return f"{version} {name[7:19]}".strip()
    if not at:
        return name
    return f"{name}:{version}" if version else f"{name}@{short_id(digest)}"


def ports(found: tuple[Port, ...]) -> str:
    """Published ports first, each once: "8080→80 5432/udp"."""
    texts = []
    for port in sorted(found, key=lambda port: (port.public is None, port.public or port.private)):
        protocol = "" if port.protocol == "tcp" else f"/{port.protocol}"
        text = f"{port.public}→{port.private}{protocol}" if port.public else f"{port.private}{protocol}"
        if text not in texts:
            texts.append(text)
    return " ".join(texts)


def cell(column: str, container: Container, sample: Sample | None, now: float) -> Span:
    """The text and style of one cell."""
    quiet = "text" if container.running else "muted"
    match column:
        case "name":
            return safe(container.name), "strong" if container.running else "muted"
        case "state":
            return state(container)
        case "image":
            return safe(image_words(container)), quiet
        case "project":
            return safe(container.project), quiet
        case "ports":
            return safe(ports(container.ports)), quiet
        case "age":
            return (age(now - container.since) if container.since and container.running else ""), quiet
    if sample is None or not container.running:
        return "", quiet
    match column:
        case "cpu":
            if sample.cpu is None:
                return "", quiet
            return percent(sample.cpu), "warn" if sample.cpu >= 80 else quiet
        case "trend":
            return "", quiet  # it is of more than one sample
        case "memory":
            near = sample.memory_limit and sample.memory > 0.9 * sample.memory_limit
            return size(sample.memory), "warn" if near else quiet
        case "network":
            return f"{size(sample.rx)}/{size(sample.tx)}", quiet
        case "block":
            return f"{size(sample.read)}/{size(sample.write)}", quiet
    raise KeyError(column)


def sums(containers: Iterable[Container], samples: Mapping[str, Sample]) -> dict[str, Span]:
    """What containers use together, by column; nothing is said while it is not known of all that run."""
    running = [one.id for one in containers if one.running]
    found = [samples[id] for id in running if id in samples]
    cpu = [sample.cpu for sample in found if sample.cpu is not None]
    empty = dict.fromkeys(SAMPLED, ("", "muted"))
    if not running or len(cpu) < len(running):
        return empty
    return empty | {
        "cpu": (percent(sum(cpu)), "muted"),
        "memory": (size(sum(sample.memory for sample in found)), "muted"),
    }


def sort_key(order: str, samples: dict[str, Sample]) -> Callable[[Container], Any]:
    """The key to sort containers by; ties are broken by state and age, the newest first."""

    def key(container: Container) -> Any:
        base = (urgency(container), -container.created, container.name)
        sample = samples.get(container.id)
        match order:
            case "name":
                return (container.name, *base)
            case "image":
                return (image_words(container), *base)
            case "project":
                return (container.project == "", container.project, *base)
            case "age":
                return (-(container.since or container.created), *base)
            case "cpu":
                return (-(sample.cpu or 0.0) if sample else 0.0, *base)
            case "memory":
                return (-sample.memory if sample else 0, *base)
        return base

    return key


def matches(container: Container, needle: str) -> bool:
    """Whether a filter text (lower case) occurs in name, image, state, project or ID."""
    return (
        needle in container.name.lower()
        or needle in container.image.lower()
        or needle in image_words(container).lower()
        or needle in container.state
        or needle in container.project.lower()
        or container.id.startswith(needle)
        or (container.health != "none" and needle in container.health)
    )
