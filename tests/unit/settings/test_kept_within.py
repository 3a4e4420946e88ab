"""What a clone's file names is read only where it led when the configuration was read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.allowing import allow_file
from tui.engine.build_check import BuildImpossible, check
from tui.engine.buildkit.filesync import _open_linked
from tui.engine.buildkit.secrets import SecretMissing, read_secrets
from tui.engine.container.resolving import MountUnusable, ProfileUnusable, resolved
from tui.engine.env_files import EnvFileUnusable
from tui.errors import HoldfastError
from tui.files import read_file
from tui.operations.looking.run_files import FileMissing, file_hashes
from tui.settings.load import asks_of, load

if TYPE_CHECKING:
    from tui.model.app import AppSpec


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone, beside a secret of its user's."""
    (tmp_path / "config/holdfast").mkdir(parents=True)
    (tmp_path / "clone").mkdir()
    (tmp_path / "secret").write_text("STOLEN=hunter2\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path / "clone")
    return tmp_path


def app(table: str) -> AppSpec:
    Path("holdfast.toml").write_text(f'[apps.web]\nimage = "web"\n{table}')
    found = load().apps["web"]
    assert not found.withheld
    return found


def lead(path: str, to: Path | str) -> None:
    Path(path).unlink()
    Path(path).symlink_to(to)


async def test_an_env_file_that_became_a_link_is_not_read(place: Path) -> None:
    Path("e").write_text("PLAIN=1\n")
    run = app('[apps.web.run]\nenv_file = "e"\n').run
    assert (await resolved(run)).environment == {"PLAIN": "1"}
    lead("e", place / "secret")
    with pytest.raises(EnvFileUnusable, match="not allowed to ask for"):
        await resolved(run)
    with pytest.raises(FileMissing, match="not allowed to ask for"):
        file_hashes(run)


async def test_a_link_within_the_folder_is_followed() -> None:
    Path("e").write_text("A=1\n")
    Path("other").write_text("A=2\n")
    run = app('[apps.web.run]\nenv_file = "e"\n').run
    lead("e", "other")
    assert (await resolved(run)).environment == {"A": "2"}


async def test_a_folder_that_became_a_link_is_not_followed(place: Path) -> None:
    Path("in").mkdir()
    Path("in/secret").write_text("A=1\n")
    run = app('[apps.web.run]\nenv_file = "in/secret"\n').run
    Path("in").rename("was")
    Path("in").symlink_to(place)
    with pytest.raises(EnvFileUnusable):
        await resolved(run)


async def test_an_env_file_that_asks_for_a_variable_by_now_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYSECRET", "hunter3")
    Path("e").write_text("PLAIN=1\n")
    run = app('[apps.web.run]\nenv_file = "e"\n').run
    for asking in ("MYSECRET\n", "X=${MYSECRET}\n", "X=${MYSECRET:-x}\n"):
        Path("e").write_text(asking)
        with pytest.raises(EnvFileUnusable, match=r"\$MYSECRET"):
            await resolved(run)


async def test_what_was_allowed_is_read_and_nothing_in_its_place(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINE", "1")
    Path("e").write_text("MINE\n")
    Path("l").symlink_to(place / "secret")
    Path("holdfast.toml").write_text('[apps.web]\nimage = "web"\n[apps.web.run]\nenv_file = ["e", "l"]\n')
    allow_file()
    run = load().apps["web"].run
    assert (await resolved(run)).environment == {"MINE": "1", "STOLEN": "hunter2"}
    (place / "another").write_text("A=1\n")
    lead("l", place / "another")
    with pytest.raises(EnvFileUnusable):
        await resolved(run)


async def test_what_is_planned_is_kept_to_after_another_reading_of_the_configuration(place: Path) -> None:
    Path("e").write_text("PLAIN=1\n")
    run = app('[apps.web.run]\nenv_file = "e"\n').run
    lead("e", place / "secret")
    assert load().apps["web"].withheld
    with pytest.raises(EnvFileUnusable):
        await resolved(run)


async def test_what_the_user_names_too_is_read_wherever_it_leads(place: Path) -> None:
    Path("e").symlink_to(place / "secret")
    own = f'[apps.own]\nimage = "own"\n[apps.own.run]\nenv_file = "{place}/clone/e"\n'
    (place / "config/holdfast/config.toml").write_text(own)
    Path("holdfast.toml").write_text('[apps.web]\nimage = "web"\n[apps.web.run]\nenv_file = "e"\n')
    settings = load()
    assert settings.apps["web"].withheld
    assert (await resolved(settings.apps["own"].run)).environment == {"STOLEN": "hunter2"}


async def test_a_bind_mount_and_a_profile_that_became_links_are_refused(place: Path) -> None:
    Path("data").mkdir()
    run = app('[apps.web.run]\nvolumes = ["./data:/data"]\n').run
    await resolved(run)
    Path("data").rmdir()
    Path("data").symlink_to(place)
    with pytest.raises(MountUnusable, match="cannot be mounted"):
        await resolved(run)
    Path("p.json").write_text("{}")
    run = app('[apps.web.run]\nsecurity_opt = ["seccomp=p.json"]\n').run
    (place / "p.json").write_text("{}")
    lead("p.json", place / "p.json")
    with pytest.raises(ProfileUnusable):
        await resolved(run)


def test_secrets_and_dockerfile_and_context_that_became_links_are_refused(place: Path) -> None:
    for name in ("s", "Dockerfile"):
        Path(name).write_text("FROM scratch\n")
    Path("sub").mkdir()
    build = app('[apps.web.build]\nsecrets = [{ id = "s", file = "s" }]\n').build
    assert build is not None
    assert read_secrets(build.secrets, {})
    assert check(build)
    for name in ("s", "Dockerfile"):
        lead(name, place / "secret")
    with pytest.raises(SecretMissing, match="not allowed"):
        read_secrets(build.secrets, {})
    with pytest.raises(BuildImpossible, match="not allowed"):
        check(build)
    with pytest.raises(HoldfastError, match="not allowed"):
        _open_linked(build.context, "Dockerfile")
    Path("Dockerfile").unlink()
    Path("Dockerfile").write_text("FROM scratch\n")
    Path(".dockerignore").symlink_to(place / "secret")
    with pytest.raises(BuildImpossible, match="not allowed"):
        check(build)
    Path(".dockerignore").unlink()
    build = app('[apps.web.build]\ncontext = "sub"\ndockerfile = "../Dockerfile"\n').build
    assert build is not None
    Path("sub").rename("was")
    Path("sub").symlink_to(place)
    with pytest.raises(BuildImpossible):
        check(build)


@pytest.mark.parametrize("name", ["Dockerfile", ".dockerignore", "Dockerfile.dockerignore"])
def test_what_a_build_takes_without_being_told_is_asked_for_where_it_leads_outside(
    place: Path, name: str
) -> None:
    Path("Dockerfile").write_text("FROM scratch\n")
    Path(name).unlink(missing_ok=True)
    Path(name).symlink_to(place / "secret")
    Path("holdfast.toml").write_text('[apps.web]\nimage = "web"\n[apps.web.build]\n')
    [ask] = asks_of("holdfast.toml")[1]
    assert (ask.part, ask.what, ask.leads) == ("build", str(place / "clone" / name), str(place / "secret"))
    assert "build" in load().apps["web"].withheld
    with pytest.raises(OSError, match="not allowed"):  # as a scan would, to look at its lines
        read_file(ask.what)
    allow_file()
    assert "build" not in load().apps["web"].withheld
    assert read_file(ask.what)


def test_what_lies_beside_an_allowed_context_needs_no_further_word(place: Path) -> None:
    for name in ("Dockerfile", ".dockerignore"):
        (place / name).write_text("FROM scratch\n")
    Path("holdfast.toml").write_text('[apps.web]\nimage = "web"\n[apps.web.build]\ncontext = ".."\n')
    assert [one.where for one in asks_of("holdfast.toml")[1]] == ["[apps.web.build] context"]
    allow_file()
    build = load().apps["web"].build
    assert build is not None
    assert check(build)


def test_two_spellings_of_one_link_are_one_thing(place: Path) -> None:
    Path("l").symlink_to(place / "secret")
    Path("holdfast.toml").write_text('[apps.web]\nimage = "web"\n[apps.web.run]\nenv_file = ["l", "././l"]\n')
    assert len(asks_of("holdfast.toml")[1]) == 1
