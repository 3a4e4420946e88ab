"""The parts of the simulated engine put together."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import TYPE_CHECKING

from tui.demo.archives import Files
from tui.demo.listing import Listing
from tui.demo.logs import Book
from tui.demo.registry import Shelf
from tui.demo.runtime import Runtime
from tui.demo.state import State
from tui.demo.statistics import Load, Meter
from tui.demo.stream import Outlets, Pulse

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.demo.objects import Container


class Failure:
    """A fault asked for: the next `times` requests whose path begins so are answered with it."""

    def __init__(self, path: str, status: int, message: str, times: int) -> None:
        self.path = path
        self.status = status
        self.message = message
        self.times = times


class Simulation:
    """One simulated engine: its state, its processes, and what its streams need.

    Must be made inside a running event loop.
    loads     how hard a container works
    prefill   writes what a container's log holds when it is first read
    pace      how long a step of a build, or a piece of a layer on its way, takes beside what is usual
    shelf     what its own registry holds, which is at `registry` ("127.0.0.1:5577"), "" where there is none
    """

    def __init__(
        self,
        seed: str = "holdfast",
        clock: Callable[[], int] = time.time_ns,
        *,
        registry: str = "",
        pace: float = 1.0,
    ) -> None:
        self.seed = seed
        self.clock = clock
        self.registry = registry
        self.pace = pace
        self.shelf = Shelf()
        self.state = State(clock, seed)
        self.files = Files(self.state.places, self.state.library)
        self.listing = Listing(self.state, asyncio.get_running_loop().call_later)
        self.books: dict[str, Book] = {}
        self.meters: dict[str, Meter] = {}
        self.runtime = Runtime(self.state, self.book, self.files)
        self.outlets = Outlets()
        self.second = Pulse(1.0)
        self.tick = Pulse(0.01)
        self.requests: Counter[str] = Counter()
        self.failures: list[Failure] = []
        self.frozen = False
        self.loads: Callable[[Container], Load] = lambda _container: Load()
        self.prefill: Callable[[Container, Book], None] = lambda _container, _book: None
        self.state.watchers.append(self._changed)

    def _changed(self, container: Container, action: str) -> None:
        if action in ("start", "rename", "destroy", "die"):
            self.meters.pop(container.id, None)
        if action == "destroy":
            self.files.forget(container.id)
            book = self.books.pop(container.id, None)
            if book:
                book.wrote.fire()

    def book(self, container: Container) -> Book:
        """The log of a container."""
        book = self.books.get(container.id)
        if book is None:
            book = self.books[container.id] = Book(self.clock)
            self.prefill(container, book)
        return book

    def reading(self, container: Container) -> bytes:
        """The statistics of a running container, now."""
        meter = self.meters.get(container.id)
        if meter is None:
            meter = self.meters[container.id] = Meter(container, self.loads(container))
        return meter.line(self.clock(), self.frozen)

    def clear(self) -> None:
        """Forget every container and image, without events."""
        self.state.containers.clear()
        self.state.names.clear()
        self.state.library.images.clear()
        self.books.clear()
        self.meters.clear()
        self.listing.reset()
