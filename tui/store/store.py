"""What is known of one engine, now.

One writer: sync. Many readers: panes. A reader subscribes to a topic and is called at once, on the
event loop, with what changed; it must be quick and must not write.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tui.model.app import AppSpec
    from tui.model.container import Container
    from tui.model.drift import Drift
    from tui.model.engine import EngineVersion
    from tui.model.history import Reading
    from tui.model.image import Image
    from tui.model.releases import Releases
    from tui.model.remote import RemoteTags
    from tui.model.sample import Sample
    from tui.model.trust import Trust
    from tui.store.operation import Operation


class Topic(Enum):
    """What a reader can subscribe to."""

    CONTAINERS = "containers"
    IMAGES = "images"
    SAMPLES = "samples"
    LINK = "link"
    OPERATIONS = "operations"
    REMOTE = "remote"
    RELEASES = "releases"
    APPS = "apps"
    COLOUR = "colour"


class Change(NamedTuple):
    """The keys that were put and removed: IDs of containers, images or operations, repositories, apps."""

    topic: Topic
    put: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


class LinkState(Enum):
    """How the connection to the engine stands."""

    CONNECTING = "connecting"
    LOADING = "loading"
    LIVE = "live"
    LOST = "lost"


class Link(NamedTuple):
    """The connection, and since when (seconds since the epoch) nothing newer is known.

    host          the name of the engine's host as the engine knows it, "" while unknown
    error, hint   why the last try failed, "" while live
    attempt       how often it was tried since the last break
    login         the command that a person can run once to be let in, where it failed for want of that
    """

    state: LinkState
    since: float
    endpoint: str = ""
    version: EngineVersion | None = None
    host: str = ""
    error: str = ""
    hint: str = ""
    attempt: int = 0
    login: tuple[str, ...] = ()


class Store:
    """Containers, images and operations by ID, samples of watched containers, releases by app, the link.

    history    the last readings of those, since each was put on the screen
    apps       the configured ones, by name
    trust      `[trust]`, None where it is not configured
    elsewhere  the engines that some of them live on, where that is not this one
    colour     of the engine, as it is configured, "" for none
    is_open    whether others can read and write what is said to it
    """

    def __init__(self) -> None:
        self.containers: dict[str, Container] = {}
        self.images: dict[str, Image] = {}
        self.samples: dict[str, Sample] = {}
        self.history: dict[str, deque[Reading]] = {}
        self.operations: dict[str, Operation] = {}
        self.remote: dict[str, RemoteTags] = {}
        self.releases: dict[str, Releases] = {}
        self.drift: dict[str, Drift] = {}
        self.apps: Mapping[str, AppSpec] = {}
        self.trust: Trust | None = None
        self.elsewhere: Mapping[str, str] = {}
        self.colour = ""
        self.is_open = False
        self.link = Link(LinkState.CONNECTING, 0.0)
        self._complete = False
        self._readers: dict[Topic, list[Callable[[Change], None]]] = {topic: [] for topic in Topic}

    @property
    def complete(self) -> bool:
        """Whether everything on the engine has been read once."""
        return self._complete

    def subscribe(self, topic: Topic, reader: Callable[[Change], None]) -> Callable[[], None]:
        """Call `reader` with every change of a topic; returns the call that ends it."""
        readers = self._readers[topic]
        readers.append(reader)
        return lambda: readers.remove(reader) if reader in readers else None

    def _tell(self, change: Change) -> None:
        for reader in tuple(self._readers[change.topic]):
            reader(change)

    def set_link(self, link: Link) -> None:
        if link != self.link:
            self.link = link
            self._complete = self._complete or link.state is LinkState.LIVE
            self._tell(Change(Topic.LINK))

    def set_colour(self, colour: str) -> None:
        """The engine's, as it is configured now."""
        if colour != self.colour:
            self.colour = colour
            self._tell(Change(Topic.COLOUR))

    def put_containers(self, containers: Iterable[Container]) -> None:
        """Add or replace; those that are as they were are not told of."""
        put = []
        for container in containers:
            if self.containers.get(container.id) != container:
                self.containers[container.id] = container
                put.append(container.id)
        if put:
            self._tell(Change(Topic.CONTAINERS, put=tuple(put)))

    def remove_containers(self, ids: Iterable[str]) -> None:
        removed = tuple(id for id in ids if self.containers.pop(id, None) is not None)
        for id in removed:
            self.samples.pop(id, None)
            self.history.pop(id, None)
        if removed:
            self._tell(Change(Topic.CONTAINERS, removed=removed))

    def keep_containers(self, ids: set[str]) -> None:
        """Remove every container that a complete list did not name."""
        self.remove_containers([id for id in self.containers if id not in ids])

    def set_images(self, images: Iterable[Image]) -> None:
        """Replace all images by a complete list; only differences are told."""
        new = {image.id: image for image in images}
        removed = tuple(id for id in self.images if id not in new)
        put = tuple(id for id, image in new.items() if self.images.get(id) != image)
        self.images = new
        if put or removed:
            self._tell(Change(Topic.IMAGES, put=put, removed=removed))

    def put_samples(self, readings: Mapping[str, Reading]) -> None:
        """Add readings of known containers to those before them."""
        from tui.model.history import KEPT  # not before the first paint, when nothing is read

        put = tuple(id for id in readings if id in self.containers)
        for id in put:
            self.samples[id] = readings[id].sample
            self.history.setdefault(id, deque(maxlen=KEPT)).append(readings[id])
        if put:
            self._tell(Change(Topic.SAMPLES, put=put))

    def drop_samples(self, ids: Iterable[str]) -> None:
        """Forget what containers used: nobody looks at them, or it is not so any more."""
        ids = tuple(ids)
        for id in ids:
            self.history.pop(id, None)
        dropped = tuple(id for id in ids if self.samples.pop(id, None) is not None)
        if dropped:
            self._tell(Change(Topic.SAMPLES, removed=dropped))

    def put_operations(self, operations: Iterable[Operation]) -> None:
        """Add operations, or tell that known ones began, ended, were interrupted or paused."""
        put = []
        for operation in operations:
            self.operations[operation.id] = operation
            put.append(operation.id)
        if put:
            self._tell(Change(Topic.OPERATIONS, put=tuple(put)))

    def put_remote(self, tags: RemoteTags) -> None:
        """What a registry holds of a repository; told only where it is something else than before."""
        before = self.remote.get(tags.repository)
        self.remote[tags.repository] = tags
        if before is None or before._replace(at=tags.at) != tags:
            self._tell(Change(Topic.REMOTE, put=(tags.repository,)))

    def put_releases(self, app: str, releases: Releases) -> None:
        """The releases of an app; told only where they are others than before."""
        before = self.releases.get(app)
        self.releases[app] = releases
        if before is not None and before.standing != releases.standing:
            self.drift.pop(app, None)  # it was of what stood there then
        if before is None or before._replace(at=releases.at) != releases:
            self._tell(Change(Topic.RELEASES, put=(app,)))

    def put_drift(self, drift: Drift) -> None:
        """What a look for drift has found."""
        self.drift[drift.app] = drift
        self._tell(Change(Topic.RELEASES, put=(drift.app,)))

    def forget_drift(self, app: str) -> None:
        """Something of the app has changed since anybody looked."""
        if self.drift.pop(app, None) is not None:
            self._tell(Change(Topic.RELEASES, put=(app,)))

    def set_apps(self, apps: Mapping[str, AppSpec], elsewhere: Mapping[str, str]) -> None:
        """Which apps are configured now.

        What is known of those that are no longer is forgotten; so is the drift of those defined otherwise.
        """
        if apps == self.apps and elsewhere == self.elsewhere:
            return
        for name in [name for name in self.drift if apps.get(name) != self.apps.get(name)]:
            self.forget_drift(name)
        self.apps, self.elsewhere = apps, elsewhere
        gone = [name for name in self.releases if name not in apps]
        for name in gone:
            del self.releases[name]
        known = {app.repository for app in apps.values()}
        left = [repository for repository in self.remote if repository not in known]
        for repository in left:
            del self.remote[repository]
        self._tell(Change(Topic.APPS, put=tuple(apps), removed=tuple(gone)))
        if left:
            self._tell(Change(Topic.REMOTE, removed=tuple(left)))

    def operations_of(self, app: str) -> list[Operation]:
        """The operations of an app, newest first."""
        found = [one for one in self.operations.values() if one.started.app == app]
        return sorted(found, key=lambda one: -one.started.t)

    def users_of(self, image_id: str) -> Iterator[Container]:
        """The containers made from an image, running or not."""
        return (container for container in self.containers.values() if container.image_id == image_id)
