"""The lists of volumes, networks and events of one engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tui.model.uses import users
from tui.presentation import resources as rows
from tui.presentation.text import safe
from tui.presentation.titles import UNREAD
from tui.widgets.list_view import ListView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tui.model.event import Event
    from tui.model.network import Network
    from tui.model.uses import Uses
    from tui.model.volume import Volume
    from tui.presentation.style import Span
    from tui.presentation.table import Column
    from tui.sync.resources import ResourcesFollower


class ResourceList(ListView):
    """What all of them have: a follower that they read, and a title. `pages`: its right end."""

    NAME: ClassVar[str]

    def __init__(self, follower: ResourcesFollower, pages: str, clock: Callable[[], float]) -> None:
        self.follower = follower
        self.clock = clock
        self._pages = pages
        super().__init__(clock=clock, id=self.NAME)

    def on_mount(self) -> None:
        self.take()

    def take(self) -> None:
        """Something is otherwise."""
        self.filling = self.filling and not self.complete
        self.marks &= set(self.all_keys())
        self.reload()

    @property
    def complete(self) -> bool:
        """Whether all of it was read."""
        return self.follower.complete

    def empty_text(self) -> str:
        said = super().empty_text() or safe(self.follower.error)
        return said or (f"no {self.NAME} on this engine" if self.complete else "")

    def describe(self) -> None:
        total = sum(1 for _ in self.all_keys())
        left = f"{self.NAME.capitalize()}  {total if self.complete else UNREAD}"
        if self.filter_text:
            left += f" · /{safe(self.filter_text)} {len(self.ordering)}"
        if marked := len(self.marked()):
            left += f" · {marked} marked"
        if self.follower.error:
            left += f" · ✗ {safe(self.follower.error)}"
        self.set_title(left, self._pages, state=True)


class VolumesList(ResourceList):
    """Volumes by their names: those that nobody has are seen at once."""

    NAME = "volumes"
    COLUMNS: tuple[Column, ...] = rows.VOLUME_COLUMNS
    SORTS = rows.VOLUME_SORTS

    def volume(self, key: str) -> Volume:
        return self.follower.volumes[key]

    def users_of(self, key: str) -> list[Uses]:
        return users(self.follower.uses, key)

    def cell(self, key: str, column: str) -> Span:
        counted = self.follower.sizes.get(key)
        return rows.volume_cell(column, self.volume(key), counted, self.users_of(key), self.clock())

    def sort_key(self, key: str) -> Any:
        match self.sorted_by:
            case "size":
                return (-self.follower.sizes.get(key, -1), key)
            case "age":
                return (-self.volume(key).created, key)
            case "users":
                return (len(self.users_of(key)), key)
        return (self.volume(key).anonymous, key)

    def matches(self, key: str) -> bool:
        volume = self.volume(key)
        told = (key, volume.driver, rows.owner(volume.labels), *(one.container for one in self.users_of(key)))
        return any(self.filter_text in word.lower() for word in told)

    def all_keys(self) -> Iterable[str]:
        return self.follower.volumes

    def moments(self, key: str) -> Iterable[float]:
        volume = self.follower.volumes.get(key)
        return (volume.created,) if volume is not None and volume.created else ()


class NetworksList(ResourceList):
    """Networks by their IDs."""

    NAME = "networks"
    COLUMNS: tuple[Column, ...] = rows.NETWORK_COLUMNS
    SORTS = rows.NETWORK_SORTS

    def network(self, key: str) -> Network:
        return self.follower.networks[key]

    def users_of(self, key: str) -> list[Uses]:
        return users(self.follower.uses, key, self.network(key).name)

    def cell(self, key: str, column: str) -> Span:
        return rows.network_cell(column, self.network(key), self.users_of(key), self.clock())

    def sort_key(self, key: str) -> Any:
        network = self.network(key)
        match self.sorted_by:
            case "age":
                return (-network.created, key)
            case "users":
                return (len(self.users_of(key)), network.name, key)
        return (network.name, key)

    def matches(self, key: str) -> bool:
        network = self.network(key)
        told = (network.name, key, network.driver, *network.subnets, rows.owner(network.labels))
        told += tuple(one.container for one in self.users_of(key))
        return any(self.filter_text in word.lower() for word in told)

    def all_keys(self) -> Iterable[str]:
        return self.follower.networks

    def moments(self, key: str) -> Iterable[float]:
        network = self.follower.networks.get(key)
        return (network.created,) if network is not None and network.created else ()


class EventsList(ResourceList):
    """Events, the newest first; the cursor stays on its event once it was moved."""

    NAME = "events"
    COLUMNS: tuple[Column, ...] = rows.EVENT_COLUMNS

    def event(self, key: str) -> Event:
        return self.follower.events[int(key)]

    def take(self) -> None:
        at_top = not self.top and self.cursor == (self.ordering.key_at(0) if len(self.ordering) else None)
        super().take()
        if at_top:
            self.move_to(0)

    def cell(self, key: str, column: str) -> Span:
        return rows.event_cell(column, self.event(key))

    def sort_key(self, key: str) -> Any:
        return -int(key)

    def matches(self, key: str) -> bool:
        return rows.event_matches(self.event(key), self.filter_text)

    def all_keys(self) -> Iterable[str]:
        return (str(number) for number in self.follower.events)
