"""What happens in the demo's shop: something every 10 to 20 seconds, so that the screen lives."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING

from tui.demo.catalogue import SHOP
from tui.demo.scenario import labels

if TYPE_CHECKING:
    from tui.demo.objects import Container
    from tui.demo.simulation import Simulation

PAUSE = (10.0, 20.0)
"""Seconds between two happenings."""

ORDER = ("job", "tag", "health", "job", "restart", "untag", "job", "health", "pause")
"""What happens, in turn; that a part is not there any more (somebody removed it) is no matter."""


class Story:
    """Tells the story of one simulation until it is cancelled."""

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.state = simulation.state
        self.random = Random(f"{simulation.seed} story")
        self.candidate = 0

    async def tell(self) -> None:
        number = 0
        while True:
            await asyncio.sleep(self.random.uniform(*PAUSE))
            await self.happen(ORDER[number % len(ORDER)])
            number += 1

    async def happen(self, what: str) -> None:
        """Let one thing happen."""
        if what == "job":
            await self.job()
        elif what == "tag":
            self.tag()
        elif what == "untag":
            self.untag()
        elif what == "health":
            self.health()
        elif what == "restart":
            await self.restart()
        else:
            await self.pause()

    def _named(self, name: str) -> Container | None:
        return self.state.names.get(name)

    async def job(self) -> None:
        """The report comes, works for some seconds and goes."""
        reference = f"{SHOP}/api:2.4.1"
        if all(reference not in image.tags for image in self.state.library.images.values()):
            return
        body = {
            "Image": reference,
            "Cmd": ["python", "-m", "shop.report", "--since", "yesterday"],
            "Labels": labels("shop", "report", oneoff=True),
            "Healthcheck": {"Test": ["NONE"]},
            "HostConfig": {"NetworkMode": "shop_default"},
        }
        container = self.state.create(f"shop-report-run-{self.random.getrandbits(48):012x}", body)
        self.state.start(container)
        while container.alive:
            await self.simulation.runtime.moved.wait()
        await asyncio.sleep(4)
        if self.state.containers.get(container.id) is container and not container.alive:
            self.state.remove(container)

    def tag(self) -> None:
        """Somebody names the running image as a candidate for the next version."""
        api = self._named("shop-api-1")
        image = self.state.library.images.get(api.image_id) if api else None
        if image:
            self.candidate += 1
            self.state.library.tag(image, f"{SHOP}/api", f"2.5.0-rc.{self.candidate}")

    def untag(self) -> None:
        """The candidate's name goes again."""
        reference = f"{SHOP}/api:2.5.0-rc.{self.candidate}"
        for image in tuple(self.state.library.images.values()):
            if reference in image.tags and len(image.tags) > 1:
                self.state.library.remove(reference)

    def health(self) -> None:
        """The mail server recovers, or fails again."""
        smtp = self._named("mail-smtp-1")
        if smtp is None or smtp.state != "running":
            return
        good = not self.simulation.runtime.verdicts.get(smtp.id, False)
        self.simulation.runtime.verdicts[smtp.id] = good
        if good:
            self.state.set_health(smtp, "healthy", "220 mail.example.com ESMTP\n")
        else:
            self.state.set_health(smtp, "unhealthy", "nc: timed out\n", 1)

    async def restart(self) -> None:
        """Somebody restarts the worker."""
        worker = self._named("shop-worker-1")
        if worker is not None and worker.state == "running":
            await self.simulation.runtime.restart(worker, 5)

    async def pause(self) -> None:
        """The exporter wakes for a moment."""
        exporter = self._named("metrics-exporter-1")
        if exporter is None or exporter.state != "paused":
            return
        self.state.unpause(exporter)
        await asyncio.sleep(6)
        if exporter.state == "running":
            self.state.pause(exporter)
