"""The files of apps that the screen makes: whole, their own, and never somebody else's work."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from tui.errors import HoldfastError, Refused
from tui.settings.form_file import (
    check,
    new_file,
    read_file_of,
    remove,
    table_of_files,
    text_of,
    write,
)
from tui.settings.load import load
from tui.settings.moved import table_elsewhere
from tui.settings.paths import is_made_here

HEAD = "# Adopted from a container.\n\n"


def made(home: dict[str, str], text: str, name: str = "web") -> Path:
    path = Path(home["XDG_CONFIG_HOME"], "holdfast", "apps.d", f"{name}.toml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_new_app_is_read_by_the_loader(home: dict[str, str]) -> None:
    file = new_file("web", home)
    text = text_of(file, "web", {"image": "reg/web", "run": {"ports": ["80:80"]}})
    assert check(file, text, "", home) == []
    assert "web" not in load(None, home).apps, "a check writes nothing"
    write(file, text)
    app = load(None, home).apps["web"]
    assert (app.image, app.origin) == ("reg/web", file.path)
    assert is_made_here(app.origin, home)
    assert os.stat(file.path).st_mode & 0o777 == 0o600


def test_the_head_and_other_apps_stay(home: dict[str, str]) -> None:
    path = made(home, HEAD + '[apps.web]\nimage = "a/web"\n\n[apps.api]\nimage = "a/api"\n')
    file = read_file_of(str(path), "web")
    write(file, text_of(file, "web", {**file.table, "keep": 9}))
    assert path.read_text().startswith(HEAD)
    apps = load(None, home).apps
    assert (apps["web"].keep, apps["api"].image) == (9, "a/api")


@pytest.mark.parametrize(
    "text",
    [
        '[apps.web]\nimage = "a/web"  # mine\n',
        '[apps.web]\n# mine\nimage = "a/web"\n',
        '[apps.web]\nimage = "a/web"\n# mine',
    ],
)
def test_comments_of_somebody_are_never_lost(home: dict[str, str], text: str) -> None:
    path = made(home, text)
    with pytest.raises(Refused, match=r"comments of somebody's own"):
        read_file_of(str(path), "web")
    assert path.read_text() == text


@pytest.mark.parametrize("value", ["a # b", '"#"', "'#'", "line\n# line\n", "back\\slash # x", '"""#'])
def test_a_text_is_no_comment(home: dict[str, str], value: str) -> None:
    for text in (
        tomli_w.dumps({"apps": {"web": {"run": {"command": [value]}}}}),
        tomli_w.dumps({"apps": {"web": {"run": {"command": value}}}}, multiline_strings=True),
    ):
        path = made(home, text)
        read_file_of(str(path), "web")


def test_what_somebody_has_changed_meanwhile_is_left_alone(home: dict[str, str]) -> None:
    path = made(home, '[apps.web]\nimage = "a/web"\n')
    file = read_file_of(str(path), "web")
    path.write_text('[apps.web]\nimage = "b/web"\n')
    for act in (lambda: write(file, "x = 1"), lambda: remove(file, "web")):
        with pytest.raises(Refused, match="changed by somebody else"):
            act()
    with pytest.raises(Refused, match="is there already"):
        write(new_file("web", home), "x = 1")
    assert path.read_text() == '[apps.web]\nimage = "b/web"\n'
    path.unlink()
    with pytest.raises(Refused):
        write(file, "x = 1")
    assert not path.exists()


def test_a_link_stays_one(home: dict[str, str], tmp_path: Path) -> None:
    there = tmp_path / "dotfiles.toml"
    there.write_text('[apps.web]\nimage = "a/web"\n')
    path = made(home, "")
    path.unlink()
    path.symlink_to(there)
    file = read_file_of(str(path), "web")
    write(file, text_of(file, "web", {"image": "b/web"}))
    assert path.is_symlink()
    assert "b/web" in there.read_text()


def test_an_app_is_removed_and_its_file_with_the_last_one(home: dict[str, str]) -> None:
    path = made(home, HEAD + '[apps.web]\nimage = "a/web"\n\n[apps.api]\nimage = "a/api"\n')
    remove(read_file_of(str(path), "web"), "web")
    assert [*load(None, home).apps] == ["api"]
    assert path.read_text().startswith(HEAD)
    remove(read_file_of(str(path), "api"), "api")
    assert not path.exists()


def test_a_full_disk_leaves_the_file_as_it_was(home: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = made(home, '[apps.web]\nimage = "a/web"\n')
    file = read_file_of(str(path), "web")
    monkeypatch.setattr("tui.settings.form_file.write_whole", full)
    with pytest.raises(HoldfastError, match="No space left"):
        write(file, "x = 1")
    assert path.read_text() == '[apps.web]\nimage = "a/web"\n'


def test_only_what_was_not_wrong_before_stands_in_the_way(home: dict[str, str]) -> None:
    Path("holdfast.toml").write_text("keep = 1\n")
    file = new_file("web", home)
    assert check(file, text_of(file, "web", {"image": "a/web"}), "", home) == []
    [problem] = check(file, text_of(file, "web", {"keep": "x"}), "", home)
    assert "[apps.web] keep" in problem


def test_what_only_shows_with_other_files_is_found_before_it_is_written(home: dict[str, str]) -> None:
    file = new_file("web", home)
    problems = check(file, text_of(file, "web", {"image": "a/web", "fleet": "edge"}), "", home)
    assert "edge" in problems[0]
    assert not Path(file.path).exists()


APP: dict[str, Any] = {
    "image": "a/web",
    "build": {
        "dockerfile": "docker/web.Dockerfile", "secrets": [{"id": "a", "file": "s"}, {"id": "b", "env": "B"}],
    },
    "run": {
        "env_file": [".env", {"path": "more.env"}, "~/home.env", "/etc/env"],
        "volumes": [
            "./files:/srv:ro", "named:/data", "/abs:/abs", "~/h:/h", "/anonymous",
            {"type": "bind", "source": "rel", "target": "/t"},
            {"type": "volume", "source": "vol", "target": "/v"},
        ],
        "security_opt": ["seccomp=profile.json", "seccomp:unconfined", "no-new-privileges"],
    },
    "scan": {"scanner": "bin/trivy", "vex": ["a.json"], "database": "db"},
}  # fmt: skip


@pytest.mark.parametrize("app", [APP, {"build": "."}, {"build": {}}, {"run": {"env_file": "one.env"}}])
def test_an_app_means_the_same_in_a_file_elsewhere(home: dict[str, str], app: dict[str, Any]) -> None:
    config = Path(home["XDG_CONFIG_HOME"], "holdfast", "config.toml")
    config.write_text(tomli_w.dumps({"apps": {"web": app}}))
    before = load(None, home).apps["web"]
    table, said_by = table_of_files("web", "", home)
    assert said_by == [str(config)]
    config.unlink()
    file = new_file("web", home)
    write(file, text_of(file, "web", table))
    assert load(None, home).apps["web"]._replace(origin="") == before._replace(origin="")
    assert table_elsewhere(table, "/another") == table, "nothing is relative any more"


def test_a_copy_holds_what_all_files_say_the_later_one_last(home: dict[str, str]) -> None:
    made(home, '[apps.web]\nimage = "a/web"\nkeep = 2\nengines = ["a", "b"]\n[apps.web.run]\nuser = "x"\n')
    Path("holdfast.toml").write_text('[apps.web]\nkeep = 3\nengine = "c"\n[apps.web.run]\nread_only = true\n')
    table, _ = table_of_files("web", "", home)
    assert table == {
        "image": "a/web", "keep": 3, "engine": "c", "run": {"user": "x", "read_only": True}
    }  # fmt: skip


def test_secrets_are_written_and_not_shown() -> None:
    table = {"run": {"environment": {"DB_PASSWORD": "hunter2"}}}
    file = new_file("web", {"XDG_CONFIG_HOME": "/nowhere"})
    assert "hunter2" in text_of(file, "web", table)
    assert "hunter2" not in text_of(file, "web", table, masked=True)
