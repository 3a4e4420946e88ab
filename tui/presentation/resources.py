"""Volumes, networks and events as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.digest import short_id
from tui.model.labels import APP, COMPOSE_PROJECT, LEDGER
from tui.model.secrets import mask_sentence, mask_value
from tui.presentation.amounts import age, date, size
from tui.presentation.table import Column
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tui.model.event import Event
    from tui.model.network import Network
    from tui.model.uses import Uses
    from tui.model.volume import Volume
    from tui.presentation.style import Line, Span

VOLUME_COLUMNS = (
    Column("volume", "VOLUME", 14, grow=3, most=40),
    Column("size", "SIZE", 7, right=True, rank=2),
    Column("age", "AGE", 4, right=True, rank=3),
    Column("of", "OF", 8, grow=1, most=20, rank=4),
    Column("driver", "DRIVER", 8, rank=5, roomy=100),
    Column("users", "USED BY", 12, grow=4, rank=1),
)
VOLUME_SORTS = ("volume", "size", "age", "users")

NETWORK_COLUMNS = (
    Column("network", "NETWORK", 12, grow=3, most=36),
    Column("driver", "DRIVER", 8, rank=3),
    Column("subnet", "SUBNET", 18, rank=4, most=30),
    Column("age", "AGE", 4, right=True, rank=2),
    Column("of", "OF", 8, grow=1, most=20, rank=6),
    Column("scope", "SCOPE", 6, rank=5, roomy=100),
    Column("users", "USED BY", 12, grow=4, rank=1),
)
NETWORK_SORTS = ("network", "age", "users")

EVENT_COLUMNS = (
    Column("time", "TIME", 8),
    Column("kind", "KIND", 9, rank=3),
    Column("action", "ACTION", 14, grow=1, most=32),
    Column("name", "NAME", 14, grow=2, most=44, rank=1),
    Column("about", "ABOUT", 12, grow=3, rank=2),
)

_GOOD = ("start", "create", "health_status: healthy", "connect", "unpause")
_BAD = ("die", "oom", "kill", "health_status: unhealthy", "destroy", "delete", "remove")


def owner(labels: Mapping[str, str]) -> str:
    """Whose it is, as its labels say: an app of Holdfast, or a Compose project; "" where they say nothing."""
    if LEDGER in labels:
        return "the ledger"
    return labels.get(APP) or labels.get(COMPOSE_PROJECT) or ""


def users_cell(uses: Sequence[Uses]) -> Span:
    """Who has it: running ones first."""
    if not uses:
        return "nobody", "muted"
    running = sum(one.running for one in uses)
    names = ", ".join(safe(one.container) for one in uses[:8])
    more = f" +{len(uses) - 8}" if len(uses) > 8 else ""
    return names + more, "text" if running else "muted"


def volume_cell(column: str, volume: Volume, bytes_in: int | None, uses: Sequence[Uses], now: float) -> Span:
    """A cell of the list of volumes; `bytes_in` is None while nobody has counted."""
    match column:
        case "volume":
            return safe(volume.called), "muted" if volume.anonymous else "strong"
        case "size":
            return (size(bytes_in), "text") if bytes_in is not None and bytes_in >= 0 else ("", "muted")
        case "age":
            return age(now - volume.created) if volume.created else "", "text"
        case "of":
            return safe(owner(volume.labels)), "text"
        case "driver":
            return safe(volume.driver), "muted"
        case "users":
            return users_cell(uses)
    raise KeyError(column)


def network_cell(column: str, network: Network, uses: Sequence[Uses], now: float) -> Span:
    """A cell of the list of networks."""
    match column:
        case "network":
            return safe(network.name), "strong"
        case "driver":
            return safe(network.driver), "text"
        case "subnet":
            return safe(", ".join(network.subnets)), "text"
        case "age":
            return age(now - network.created) if network.created else "", "text"
        case "of":
            return safe(owner(network.labels)), "text"
        case "scope":
            return (safe(network.scope), "text") if not network.internal else ("inside", "warn")
        case "users":
            return users_cell(uses)
    raise KeyError(column)


def event_name(event: Event) -> str:
    """What an event is about: the object's name where it says one, else its ID."""
    return _short(event.attributes.get("name") or event.id)


def event_cell(column: str, event: Event) -> Span:
    """A cell of the list of events."""
    match column:
        case "time":
            return date(event.time, "%H:%M:%S"), "muted"
        case "kind":
            return safe(event.kind), "text"
        case "action":
            style = "ok" if event.action in _GOOD else "warn" if event.action in _BAD else "text"
            return safe(mask_sentence(event.action)), style
        case "name":
            return safe(event_name(event)), "strong"
        case "about":
            return safe(_about(event)), "muted"
    raise KeyError(column)


def _about(event: Event) -> str:
    """What it says beyond, without labels: an exit code, a signal, an image."""
    told = event.attributes
    words = [f"{word} {_short(told[key])}" for key, word in _WORDS.items() if told.get(key)]
    return "  ".join(words)


def _short(name: str) -> str:
    """An ID in twelve digits; any other name whole."""
    return short_id(name) if name.startswith("sha256:") or len(name) == 64 else name


_WORDS = {
    "exitCode": "exit code",
    "signal": "signal",
    "oldName": "was",
    "image": "of",
    "container": "container",
    "type": "type",
    "driver": "driver",
}


def event_matches(event: Event, text: str) -> bool:
    """Whether an event passes the filter: by any word that it says."""
    told = (event.kind, event.action, event.id, *event.attributes.values())
    return any(text in word.lower() for word in told)


def event_lines(event: Event) -> list[Line]:
    """All that an event says, a line each."""
    lines: list[Line] = [
        _line("time", date(event.time)),
        _line("kind", event.kind),
        _line("action", mask_sentence(event.action)),
        _line("ID", event.id),
        [],
    ]
    return lines + [
        _line(name, mask_value(name, event.attributes[name])) for name in sorted(event.attributes)
    ]


def users_lines(uses: Iterable[Uses]) -> list[Line]:
    """Who has a volume, or is in a network, a line each."""
    lines: list[Line] = [_line(one.container, "running" if one.running else "not running") for one in uses]
    return lines or [[("no container", "muted")]]


def _line(name: str, value: str) -> Line:
    return [(f"{safe(name)}  ", "muted"), (safe(value), "text")]
