"""A bundle of the app under the cursor, from its menu; the process that writes it is the real one."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

from tui.settings.load import load

if TYPE_CHECKING:
    from pathlib import Path

    from tests.ui.conftest import Open

CONFIG = '[apps.web]\nimage = "web"\n'


def configure(folder: Path) -> None:
    own = folder / "config/holdfast/config.toml"
    own.parent.mkdir(parents=True)
    own.write_text(CONFIG)


async def test_the_menu_writes_it_and_says_where(dashboard: Open, tmp_path: Path) -> None:
    configure(tmp_path)
    async with dashboard(settings=load()) as robot:
        await robot.press("1", "X")
        await robot.wait_for("Bundle: write down")
        await robot.press("e")
        await robot.wait_for(".tar.gz", seconds=60)
    [path] = (tmp_path / "state/holdfast/bundles").iterdir()
    with tarfile.open(path) as tar:
        names = [name.partition("/")[2] for name in tar.getnames()]
    assert "manifest.json" in names
    assert "engine.json" in names


async def test_it_is_there_for_those_who_only_look_and_says_what_is_wrong(
    dashboard: Open, tmp_path: Path
) -> None:
    configure(tmp_path)
    async with dashboard(settings=load(), read_only=True) as robot:
        (tmp_path / "config/holdfast/config.toml").write_text("[apps.other]\nimage = 'other'\n")
        await robot.do("app.bundle")
        await robot.wait_for("there is no app", seconds=60)
