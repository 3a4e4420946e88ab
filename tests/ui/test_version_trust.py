"""The versions picker says who signed each version: found out in the background, and keys work meanwhile."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.memory_registry import MemoryRegistry, hollow_image
from tests.ui import fakes
from tests.unit.operations.test_trusted import PATH, Place
from tui.controllers import version_trust
from tui.model.policy import Policy
from tui.model.remote import RemoteTag, RemoteTags
from tui.model.trust import Trust
from tui.model.verdict import Answer, Verdict, Wanted
from tui.registry.client import Registry
from tui.settings.schema import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.conftest import Open

WEB = fakes.app("web")
WANTED = Policy(trust=Trust(require=(Wanted("signature"),)), require_tests=False)


def told(tag: str, words: str, screen: str) -> bool:
    """Whether the line of a version has these words."""
    return re.search(rf"{re.escape(tag)}  [^\n]*{re.escape(words)}", screen) is not None


async def test_each_version_says_who_signed_it_or_that_nobody_did(dashboard: Open, tmp_path: Path) -> None:
    async with MemoryRegistry() as memory, Registry(memory.address, insecure=True) as registry:
        place = Place(memory, registry, tmp_path)
        await place.say("ci")
        item, blobs = hollow_image(b"another")
        for blob in blobs:
            memory.put_blob(PATH, blob)
        memory.put_manifest(PATH, item, "v2")
        policy = place.policy._replace(require_tests=False)
        async with dashboard(settings=Settings(apps={"web": place.app}, policy=policy)) as robot:
            await robot.wait(lambda: robot.app.store.remote.get(place.app.repository))
            await robot.press("1", "D")
            await robot.wait(lambda: told("v1", "signed by ci", robot.text()))
            await robot.wait(lambda: told("v2", "! refused: no signature · in the registry", robot.text()))
            await robot.wait(lambda: robot.app.screen.query_one("Input").value == "v1")  # type: ignore[attr-defined]
            await robot.press("escape")


@pytest.mark.parametrize("moved", [False, True], ids=["untouched", "chosen"])
async def test_the_cursor_leaves_what_turns_out_to_be_refused_unless_it_was_put_there(
    dashboard: Open, monkeypatch: pytest.MonkeyPatch, moved: bool
) -> None:
    go_on = asyncio.Event()

    async def slow(_engine: Any, _app: Any, _policy: Any, versions: Any, _recorded: Any, tell: Any) -> None:
        await go_on.wait()
        tell("v3.0.0", (Verdict("signature", Answer.ABSENT),))
        tell("v2.0.0", (Verdict("signature", Answer.OK, "ci"),))

    monkeypatch.setattr(version_trust, "verify_versions", slow)
    async with dashboard(settings=Settings(apps={"web": WEB}, policy=WANTED), size=(80, 24)) as robot:
        await robot.press("1")
        tags = {tag: RemoteTag("sha256:" + tag[1] * 64) for tag in ("v1.0.0", "v2.0.0", "v3.0.0")}
        robot.app.store.put_remote(RemoteTags(WEB.repository, 1.0, tags))
        await robot.wait(lambda: robot.app.store.complete)
        await robot.press("D")
        await robot.wait(lambda: told("v3.0.0", "verifying", robot.text()))

        def chosen() -> str:
            value: str = robot.app.screen.query_one("Input").value  # type: ignore[attr-defined]
            return value

        assert chosen() == "v3.0.0"
        if moved:
            await robot.press("down", "up")
        go_on.set()
        await robot.wait(lambda: told("v3.0.0", "! refused: no signature", robot.text()))
        assert chosen() == ("v3.0.0" if moved else "v2.0.0")
        listed = re.findall(r"(v\d\.0\.0)  (?:! refused|in the registry)", robot.text())
        assert listed == ["v3.0.0", "v2.0.0", "v1.0.0"]
        await robot.press("escape")


async def test_until_then_it_says_so_and_keys_work(dashboard: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, state = asyncio.Event(), {"ended": ""}

    async def slow(_engine: Any, _app: Any, _policy: Any, versions: Any, _recorded: Any, tell: Any) -> None:
        try:
            await go_on.wait()
            tell("v2.0.0", (Verdict("signature", Answer.OK, "ci"),))
            await asyncio.Event().wait()
        finally:
            state["ended"] = "cancelled"

    monkeypatch.setattr(version_trust, "verify_versions", slow)
    async with dashboard(settings=Settings(apps={"web": WEB}, policy=WANTED)) as robot:
        await robot.press("1")
        tags = {tag: RemoteTag("sha256:" + tag[1] * 64) for tag in ("v1.0.0", "v2.0.0")}
        robot.app.store.put_remote(RemoteTags(WEB.repository, 1.0, tags))
        await robot.wait(lambda: robot.app.store.complete)
        await robot.press("D")
        await robot.wait(lambda: told("v1.0.0", "verifying", robot.text()))
        assert told("v2.0.0", "verifying", robot.text())
        await robot.press("down")
        await robot.wait(lambda: robot.app.screen.query_one("Input").value == "v1.0.0")  # type: ignore[attr-defined]
        go_on.set()
        await robot.wait(lambda: told("v2.0.0", "signed by ci", robot.text()))
        assert told("v1.0.0", "verifying", robot.text())
        assert robot.app.screen.query_one("Input").value == "v1.0.0"  # type: ignore[attr-defined]
        await robot.press("escape")
        await robot.wait(lambda: state["ended"] == "cancelled")
