"""What an event changes: pure rules.

What the event says in full is applied at once. What it touched is read again a moment later, because at
the moment of `die` the engine's own list still says running.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.container import Container
from tui.model.digest import short_id

if TYPE_CHECKING:
    from tui.model.event import Event

IMAGE_ACTIONS = frozenset(
    ("tag", "untag", "delete", "remove", "pull", "import", "load", "build", "loadfromarchive", "prune")
)
"""Image actions after which the list of images is read again; push and save change nothing here."""

_STATES = {"pause": "paused", "unpause": "running", "start": "running"}
_TOUCHING = frozenset(
    (
        "create", "start", "restart", "die", "stop", "oom", "pause", "unpause", "rename", "update", "destroy",
        "remove",
    )
)  # fmt: skip
"""`stop` too: all that is said of a container that is stopped while the engine waits to restart it."""


class Effect(NamedTuple):
    """What follows from one event.

    put      the container as it is now, as far as the event tells
    remove   a container that is gone
    read     a container to read again
    images   whether to read the images again
    """

    put: Container | None = None
    remove: str = ""
    read: str = ""
    images: bool = False


NOTHING = Effect()


def effect(event: Event, known: Container | None) -> Effect:
    """The effect of an event, given the container that it names, if it is known."""
    if event.kind == "image":
        return Effect(images=event.action in IMAGE_ACTIONS)
    if event.kind != "container":
        return NOTHING
    action, _, detail = event.action.partition(": ")
    if action == "health_status":
        put = known._replace(health=detail) if known else None
        return Effect(put=put, read=event.id)
    if action not in _TOUCHING:
        return NOTHING
    if action in ("destroy", "remove"):
        return Effect(remove=event.id)
    return Effect(put=_applied(action, event, known), read=event.id)


def _applied(action: str, event: Event, known: Container | None) -> Container | None:
    if known is None:
        return _created(event) if action == "create" else None
    match action:
        case "start":
            return known._replace(
                state="running", since=event.time, exact=True, exit_code=None, health=_fresh(known.health)
            )
        case "pause" | "unpause":
            return known._replace(state=_STATES[action])
        case "die":
            code = event.attributes.get("exitCode", "")
            return known._replace(
                state="exited",
                since=event.time,
                exact=True,
                exit_code=int(code) if code.isdecimal() else None,
                health="none",
                ports=(),
            )
        case "rename":
            return known._replace(name=event.attributes.get("name", known.name).removeprefix("/"))
    return known


def _fresh(health: str) -> str:
    return health if health == "none" else "starting"


def _created(event: Event) -> Container:
    labels = {key: value for key, value in event.attributes.items() if key not in ("image", "name")}
    return Container(
        id=event.id,
        name=event.attributes.get("name", short_id(event.id)).removeprefix("/"),
        image=event.attributes.get("image", ""),
        image_id="",
        command="",
        created=event.time,
        state="created",
        labels=labels,
    )


def merge(old: Container | None, new: Container, now: float) -> Container:
    """A container read from a list, with the exact time kept where the list only knows it rounded.

    The engine's words are rounded down to one unit ("Up About an hour" for 1 h 59 min), so an exact age
    between the rounded one and a little over twice of it is the same one.
    """
    if old is None or not old.exact or new.exact or old.state != new.state:
        return new
    if old.since is None or new.since is None:
        return new
    exact, rounded = now - old.since, now - new.since
    if rounded - 60 <= exact <= 2 * rounded + 60:
        return new._replace(since=old.since, exact=True)
    return new
