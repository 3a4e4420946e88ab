"""Builds by BuildKit on the simulated and on a real engine: the same steps, failures and files."""

from __future__ import annotations

import asyncio
import io
import tarfile
import time
from typing import TYPE_CHECKING

import pytest

from tests.engine.operating import Operations
from tests.support.busybox import IMAGE
from tests.support.engine_calls import EngineCalls
from tests.support.project import Project
from tui.demo.launch import DemoEngine
from tui.model.operation import StepChanged

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shop(
    tmp_path: Path, both_host: str, both_api: EngineCalls, monkeypatch: pytest.MonkeyPatch
) -> Operations:
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "DOCKER_CONFIG"):
        monkeypatch.setenv(name, str(home))
    project = Project(tmp_path / "project", f"localhost:1/team/web-{time.time_ns()}")
    monkeypatch.chdir(project.folder)
    return Operations(both_host, project)


def dockerfile(shop: Operations, *lines: str) -> None:
    shop.project.write("Dockerfile", "\n".join((f"FROM {IMAGE}", *lines)) + "\n")
    shop.project.commit()


def titles(shop: Operations) -> dict[str, str]:
    """The last state of each step of the build, by what it is called."""
    called: dict[str, str] = {}
    states: dict[str, str] = {}
    for event in shop.told:
        if isinstance(event, StepChanged):
            called[event.step] = event.title or called.get(event.step, event.step)
            states[called[event.step]] = event.state
    return states


async def test_steps_are_done_and_then_cached(shop: Operations) -> None:
    dockerfile(shop, "WORKDIR /www", "COPY index.html .", "RUN echo com''piling", "ENV A=b", 'CMD ["httpd"]')
    ended = await shop.work("build")
    assert "compiling" in shop.output()
    states = titles(shop)
    assert states["[2/4] WORKDIR /www"] == "done"
    assert states["[4/4] RUN echo com''piling"] == "done"
    again = await shop.work("build")
    assert again.result.image == ended.result.image
    states = titles(shop)
    assert states["[3/4] COPY index.html ."] == states["[4/4] RUN echo com''piling"] == "cached"
    assert "compiling" not in shop.output()
    await shop.work("build", no_cache=True)
    assert titles(shop)["[4/4] RUN echo com''piling"] == "done"


async def test_a_failing_step_shows_its_line_and_what_it_said(shop: Operations) -> None:
    dockerfile(shop, "WORKDIR /www", "RUN echo no such library && exit 3", "RUN echo never")
    error = await shop.fail("build")
    assert "exit code 3" in error.message
    assert "> 3 | RUN echo no such library && exit 3" in error.detail
    assert "no such library" in shop.output()
    states = titles(shop)
    assert states["[3/4] RUN echo no such library && exit 3"] == "failed"


async def test_a_file_that_is_ignored_is_not_sent(shop: Operations) -> None:
    shop.project.write(".dockerignore", "# secrets\nsecret.txt\n")
    shop.project.write("secret.txt", "hush\n")
    dockerfile(shop, "COPY secret.txt /")
    error = await shop.fail("build")
    assert "secret.txt" in error.message
    assert "> 2 | COPY secret.txt /" in error.detail


async def test_what_dockerfiles_do_not_have_is_said_with_its_line(shop: Operations) -> None:
    dockerfile(shop, "COYP index.html /")
    error = await shop.fail("build")
    assert "COYP" in error.message
    assert "COPY" in f"{error.message} {error.hint}"


async def test_files_arrive_as_they_are(shop: Operations, both_api: EngineCalls) -> None:
    large = "0123456789abcdef" * (1 << 18)  # more than any window of HTTP/2 lets through at once
    for name, text in (("data/large", large), ("data/deep/er/empty", ""), ("data/deep/one", "1\n")):
        shop.project.write(name, text)
    dockerfile(shop, "COPY data /data")
    ended = await shop.work("build")
    id = both_api.create(Image=ended.result.image)
    reply = both_api.ask("GET", f"/containers/{id}/archive?path=/data")
    with tarfile.open(fileobj=io.BytesIO(reply.body)) as tar:
        held = {one.name: tar.extractfile(one).read() for one in tar if one.isfile()}  # type: ignore[union-attr]
    assert held == {"data/large": large.encode(), "data/deep/er/empty": b"", "data/deep/one": b"1\n"}


async def test_stages_bear_their_names(shop: Operations) -> None:
    dockerfile(shop, "WORKDIR /made", f"FROM {IMAGE} AS last", "WORKDIR /www", "COPY index.html .")
    shop.project.write(
        "Dockerfile", (shop.project.folder / "Dockerfile").read_text().replace(IMAGE, f"{IMAGE} AS first", 1)
    )
    await shop.work("build")
    assert any(title.startswith("[last 3/3] COPY") for title in titles(shop))


async def test_a_cancelled_build_of_the_simulated_engine_ends_at_once(
    shop: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    dockerfile(shop, "RUN echo begun && sleep 30")
    async with DemoEngine(containers=0) as demo:
        EngineCalls(demo.endpoint.url).import_busybox()
        shop.host = demo.endpoint.url
        task = asyncio.create_task(shop.do("build"))

        async def look() -> None:
            while "begun" not in shop.output():
                await asyncio.sleep(0.02)

        await asyncio.wait_for(look(), 20)
        task.cancel()
        ended = await asyncio.wait_for(task, 10)
    assert ended.error is not None
    assert ended.error.cancelled
