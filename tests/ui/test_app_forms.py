"""Apps are made, edited, copied and removed on the screen: by a form, or in the user's editor."""

from __future__ import annotations

import tomllib
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ui import fakes
from tests.ui.test_bursts import burst
from tests.ui.test_operations import said
from tui.screens.app_form import AppFormScreen
from tui.screens.confirm import ConfirmDialog
from tui.settings.load import load

if TYPE_CHECKING:
    from tests.ui.conftest import Open, Robot


def folder(home: Path) -> Path:
    return home / "config" / "holdfast" / "apps.d"


def made(home: Path, text: str, name: str = "web") -> Path:
    path = folder(home) / f"{name}.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def said_in(path: Path) -> dict[str, object]:
    found = tomllib.loads(path.read_text())["apps"]
    return dict(found)


async def form(robot: Robot, *keys: str) -> AppFormScreen:
    await robot.press("1", *keys)
    await robot.wait(lambda: isinstance(robot.app.screen, AppFormScreen))
    screen = robot.app.screen
    assert isinstance(screen, AppFormScreen)
    await robot.pilot.pause()
    return screen


async def to(robot: Robot, id: str) -> None:
    """Go to a field by keys."""
    screen = robot.app.screen
    assert isinstance(screen, AppFormScreen)
    for _ in range(80):
        if screen._list.place[0] == id:
            return
        await robot.press("down")
    raise AssertionError(f"{id} is not reached\n{robot.text()}")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_new_app_is_made_by_keys_alone(
    dashboard: Open, tmp_path: Path, size: tuple[int, int]
) -> None:
    async with dashboard(settings=load(), size=size) as robot:
        await robot.press("1")
        await robot.wait_for("n makes one")
        await form(robot, "n")
        await robot.press(*"web", "down", *"shop/web")
        await to(robot, "run.ports")
        await robot.press(*"8080:80", "down", *"9090:90")
        await to(robot, "ready.http")
        await robot.press(*"80/up")
        assert "9090:90" in robot.row("9090:90")
        await robot.press("ctrl+s")
        await robot.wait(lambda: "web" in robot.app.store.apps)
        assert said_in(folder(tmp_path) / "web.toml") == {
            "web": {
                "image": "shop/web",
                "run": {"ports": ["8080:80", "9090:90"]},
                "ready": {"http": "80/up"},
            }
        }
        await robot.wait_for("is configured in")
        assert robot.app.main.apps.current is not None
        assert robot.app.main.apps.current.name == "web"


async def test_what_is_wrong_is_said_while_it_is_written_and_nothing_is_kept(
    dashboard: Open, tmp_path: Path
) -> None:
    async with dashboard(settings=load()) as robot:
        await form(robot, "n")
        await robot.wait_for("1 to mend")
        await robot.press(*"Web")
        await robot.wait_for("is no name of an app")
        await robot.press("ctrl+x", *"web", "down", *"web:1")
        await robot.wait_for('":1" is a tag: leave it out')
        await robot.press("ctrl+s")
        await robot.wait_for("Not saved")
        assert not folder(tmp_path).exists()
        await robot.press("backspace", "backspace")
        await robot.wait_gone("to mend")


async def test_the_file_stands_beside_the_form_or_on_tab(dashboard: Open) -> None:
    async with dashboard(settings=load()) as robot:
        await form(robot, "n")
        await robot.press(*"web", "down", *"shop/web")
        await robot.wait(lambda: robot.row('image = "shop/web"') and robot.row("FIELD"))
    async with dashboard(settings=load(), size=(80, 24)) as robot:
        await form(robot, "n")
        await robot.press(*"web", "down", *"shop/web")
        assert not robot.row('image = "shop/web"')
        await robot.press("tab")
        await robot.wait(lambda: robot.row('image = "shop/web"') and not robot.row("FIELD"))
        await robot.press("tab")
        await robot.wait_for("FIELD")


async def test_what_there_is_is_suggested(dashboard: Open, tmp_path: Path) -> None:
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "web.Dockerfile").write_text("FROM scratch\n")
    async with dashboard(settings=load(), containers=None) as robot:
        screen = await form(robot, "n")
        await robot.wait(lambda: "run.networks" in screen._suggestions)
        assert screen._suggestions["build.dockerfile"] == ("docker/web.Dockerfile",)
        await to(robot, "build.dockerfile")
        await robot.wait_for("Ctrl+N puts in: docker/web.Dockerfile")
        await robot.press("ctrl+n")
        await robot.wait(lambda: robot.row('dockerfile = "docker/web.Dockerfile"'))
        await to(robot, "run.networks")
        [first, *_] = screen._suggestions["run.networks"]
        await robot.press("ctrl+n")
        assert screen._list.draft["run.networks"] == [first]


async def test_an_app_that_was_made_here_is_edited_and_its_name_stays(
    dashboard: Open, tmp_path: Path
) -> None:
    path = made(
        tmp_path,
        '# Adopted.\n\n[apps.web]\nimage = "shop/web"\n\n[apps.web.run]\n'
        'user = "app"\n\n[apps.web.run.environment]\nDB_PASSWORD = "hunter2"\n',
    )
    async with dashboard(settings=load()) as robot:
        await form(robot, "E")
        await robot.wait_for("shop/web")
        assert "hunter2" not in robot.text(), "a secret is shown where it is written alone"
        assert 'user = "app"' in robot.text()
        await robot.press("up")
        await robot.wait_for("it stays web")
        await to(robot, "keep")
        await robot.press("7", "ctrl+s")
        await robot.wait(lambda: robot.app.store.apps["web"].keep == 7)
        assert path.read_text().startswith("# Adopted.\n\n")
        assert said_in(path)["web"] == {
            "image": "shop/web", "run": {"user": "app", "environment": {"DB_PASSWORD": "hunter2"}}, "keep": 7,
        }  # fmt: skip


async def test_what_was_written_and_not_saved_is_there_again(dashboard: Open, tmp_path: Path) -> None:
    async with dashboard(settings=load()) as robot:
        await form(robot, "n")
        await robot.press("escape")
        await robot.wait(lambda: robot.app.screen is robot.app.main)
        await form(robot, "n")
        await robot.press(*"mail")
        await robot.press("escape")
        await robot.wait(lambda: robot.app.screen is robot.app.main)
        await said(robot, "nothing was saved")
        screen = await form(robot, "n")
        assert screen._list.draft == {"name": ["mail"]}
        await robot.press("f5")
        await robot.press(*"web", "ctrl+s")
        await robot.wait(lambda: "web" in robot.app.store.apps)
        screen = await form(robot, "n")
        assert screen._list.draft == {}


async def test_what_was_left_of_a_file_that_has_changed_since_is_not_put_over_it(
    dashboard: Open, tmp_path: Path
) -> None:
    path = made(tmp_path, '[apps.web]\nimage = "shop/web"\n')
    async with dashboard(settings=load()) as robot:
        await form(robot, "E")
        await to(robot, "keep")
        await robot.press("7", "escape")
        await robot.wait(lambda: robot.app.screen is robot.app.main)
        path.write_text('[apps.web]\nimage = "shop/other"\n')
        screen = await form(robot, "E")
        assert screen._list.draft == {"name": ["web"], "image": ["shop/other"]}


async def editor_calls(monkeypatch: pytest.MonkeyPatch, text: str = "") -> list[list[str]]:
    """An editor that puts a text into the file."""
    calls: list[list[str]] = []

    async def run(command: list[str], _: str) -> int:
        calls.append(command)
        if text:
            Path(command[-1]).write_text(text)
        return 0

    monkeypatch.setenv("VISUAL", "ed -x")
    monkeypatch.setattr("tui.app.Holdfast.cannot_lend", "")
    monkeypatch.setattr("tui.app.Holdfast.lent_terminal", lambda _: nullcontext())
    monkeypatch.setattr("tui.controllers.configuration.run_program", run)
    return calls


async def test_a_file_of_somebodys_own_is_opened_in_the_editor_at_its_line_and_read_again(
    dashboard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "holdfast.toml"
    path.write_text('# mine\n[apps.api]\nimage = "shop/api"\n\n[ apps."web" ]  # here\nimage = "shop/web"\n')
    calls = await editor_calls(monkeypatch, '[apps.web]\nimage = "shop/other"\n')
    async with dashboard(settings=load()) as robot:
        await robot.press("1", "down", "E")
        await robot.wait(lambda: robot.app.store.apps["web"].image == "shop/other")
        assert calls == [["ed", "-x", "+5", str(path)]]


async def test_comments_of_somebodys_own_in_a_file_of_ours_send_to_the_editor(
    dashboard: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(tmp_path, '[apps.web]\nimage = "shop/web"  # mine\n')
    calls = await editor_calls(monkeypatch)
    async with dashboard(settings=load()) as robot:
        await robot.press("1", "E")
        await robot.wait(lambda: calls)
        await said(robot, "which a form would lose")
        assert calls == [["ed", "-x", "+1", str(path)]]


async def test_an_app_is_copied_from_a_file_of_somebodys_own(dashboard: Open, tmp_path: Path) -> None:
    path = tmp_path / "holdfast.toml"
    path.write_text('[apps.web]\nimage = "shop/web"\n[apps.web.run]\nvolumes = ["./files:/srv"]  # mine\n')
    before = path.read_text()
    async with dashboard(settings=load()) as robot:
        await form(robot, "X", "y")
        await robot.wait_for("web-2")
        await robot.press("ctrl+s")
        await robot.wait(lambda: "web-2" in robot.app.store.apps)
        assert path.read_text() == before
        assert said_in(folder(tmp_path) / "web-2.toml")["web-2"] == {
            "image": "shop/web", "run": {"volumes": [f"{tmp_path}/files:/srv"]},
        }  # fmt: skip


async def test_a_name_that_is_taken_is_refused(dashboard: Open, tmp_path: Path) -> None:
    made(tmp_path, '[apps.web]\nimage = "shop/web"\n')
    async with dashboard(settings=load()) as robot:
        await form(robot, "n")
        await robot.press(*"web")
        await robot.wait_for("there is such an app already")


async def test_removing_an_app_names_what_stays_and_touches_nothing_else(
    dashboard: Open, tmp_path: Path
) -> None:
    path = made(tmp_path, '[apps.web]\nimage = "shop/web"\n')
    async with dashboard(settings=load()) as robot:
        await robot.wait(lambda: "web" in robot.app.store.releases)
        robot.app.store.put_releases("web", fakes.releases(0.0, "5" * 64))
        await robot.press("1", "X", "x")
        await robot.wait(lambda: isinstance(robot.app.screen, ConfirmDialog))
        await robot.wait_for("web.r2")
        assert "5 releases" in robot.text()
        await robot.press("escape")
        await robot.wait(lambda: robot.app.screen is robot.app.main)
        assert path.exists()
        await robot.press("X", "x")
        await robot.wait(lambda: isinstance(robot.app.screen, ConfirmDialog))
        await robot.pilot.pause(0.3)
        await robot.press("y")
        await robot.wait(lambda: "web" not in robot.app.store.apps)
        assert not path.exists()


async def test_an_app_of_somebodys_own_file_is_not_removed_here(dashboard: Open, tmp_path: Path) -> None:
    (tmp_path / "holdfast.toml").write_text('[apps.web]\nimage = "shop/web"\n')
    async with dashboard(settings=load()) as robot:
        await robot.press("1", "X", "x")  # on the screen, the name of the file may break it anywhere
        await robot.wait(lambda: "E opens it there" in " ".join(robot.text().replace("│", " ").split()))
        assert (tmp_path / "holdfast.toml").exists()


async def test_a_configuration_in_error_elsewhere_does_not_lose_the_app(
    dashboard: Open, tmp_path: Path
) -> None:
    async with dashboard(settings=load()) as robot:
        (tmp_path / "holdfast.toml").write_text("[apps.web")
        await form(robot, "n")
        await robot.press(*"api", "ctrl+s")
        await robot.wait_for("Not read")
        assert (folder(tmp_path) / "api.toml").exists()


async def test_what_only_other_files_know_is_said_before_anything_is_written(
    dashboard: Open, tmp_path: Path
) -> None:
    async with dashboard(settings=load()) as robot:
        await form(robot, "n")
        await robot.press(*"api")
        await to(robot, "more")
        await robot.press(*'fleet = "edge"', "ctrl+s")
        await robot.wait_for("Not saved")
        await robot.wait_for("edge")
        assert not (folder(tmp_path) / "api.toml").exists()


async def test_what_is_typed_fast_goes_where_it_is_meant(dashboard: Open) -> None:
    async with dashboard(settings=load()) as robot:
        screen = await form(robot, "n")
        burst(robot, [*"web", "down", *"shop", "down", "down", "down", *"7", "up", "up", "up", *"x"])
        await robot.wait(lambda: screen._list.draft == {"name": ["web"], "image": ["shopx"], "keep": ["7"]})


async def test_a_build_context_that_is_not_there_is_said_and_refuses_nothing(
    dashboard: Open, tmp_path: Path
) -> None:
    (tmp_path / "there").mkdir()
    async with dashboard(settings=load(), size=(120, 40)) as robot:
        await form(robot, "n")
        await robot.press(*"web", "ctrl+n")
        await robot.wait_for("nothing to suggest for name")
        await to(robot, "build.context")
        await robot.press(*str(tmp_path / "ther"))
        await robot.wait_for("there is no such folder now")
        assert "to mend" not in robot.text()
        await robot.press("e")
        await robot.wait_gone("there is no such folder now")
        await robot.press("x", "ctrl+s")
        await robot.wait(lambda: "web" in robot.app.store.apps)
