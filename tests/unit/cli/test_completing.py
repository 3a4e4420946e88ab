"""What is offered where the cursor stands, by the parser, the configuration and this account's own files."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.command import TREE, environment
from tui.cli import completion_answers
from tui.cli.arguments import parser
from tui.cli.completing import wanted
from tui.cli.texts import SHORT
from tui.journal.folder import operations_folder

CONFIG = """\
[apps.web]
image = "registry.invalid/web"
[apps.api]
image = "registry.invalid/api"
engines = ["prod"]
[engines.prod]
host = "tcp://192.0.2.1:2376"
allow_plain = true
[engines."$(rm -rf /)"]
host = "unix:///nowhere"
"""


def offered(*words: str) -> list[str]:
    return [one.value for one in wanted(parser(), words[:-1], words[-1]).offered]


@pytest.fixture
def home(tmp_path, monkeypatch):
    (tmp_path / ".config/holdfast").mkdir(parents=True)
    (tmp_path / ".config/holdfast/config.toml").write_text(CONFIG)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(completion_answers, "_end_in_time", lambda: None)
    return tmp_path


@pytest.fixture
def answers(home, capfd):
    """What a shell is told where it asks so."""

    def ask(shell: str, *words: str) -> list[str]:
        assert completion_answers.run(parser(), (shell, *words)) == 0
        said = capfd.readouterr()
        assert said.err == ""
        return said.out.splitlines()

    return ask


def bash(answers, line: str, breaks: str = " \t\n\"'@><=;|&(:") -> list[str]:
    return answers("bash", breaks, line)


def test_every_verb_and_nothing_that_is_only_for_scripts():
    assert offered("") == [*SHORT]
    assert "__complete" not in offered("")


def test_options_are_those_of_the_verb_that_can_still_be_said():
    deploy = offered("deploy", "--")
    assert {"--digest", "--again", "--plan", "--yes", "--json", "--context"} <= {*deploy}
    assert "--no-cache" not in deploy
    assert "--quiet" not in offered("deploy", "--json", "--")
    assert "--yes" not in offered("deploy", "-y", "--")
    assert "--theme" in offered("--")


@pytest.mark.parametrize(("words", "kind"), [
    (("build", ""), "app"), (("deploy", "web", ""), "version"), (("deploy", "web", "v1", ""), ""),
    (("rollback", "web", "--to", ""), "release"), (("rollback", "web", "--to="), "release"),
    (("adopt", ""), "container"), (("adopt", "x", "--name", ""), "app"), (("promote", "web", ""), "version"),
    (("promote", "web", "v1", "--key", ""), "key"), (("--context", ""), "engine"),
    (("build", "--config", ""), "file"), (("init", ""), "folder"), (("history", "--show", ""), "op"),
    (("deploy", "--only", ""), "choice"), (("completion", ""), "choice"), (("verify", "web", ""), "version"),
    (("scan", "web", "--sarif", ""), "file"), (("trust", ""), "choice"), (("bundle", "-o", ""), "file"),
    (("nonsense", ""), ""), (("history", "--limit", ""), ""), (("build", "--", "-"), "app"),
])  # fmt: skip
def test_what_is_wanted(words, kind):
    assert wanted(parser(), words[:-1], words[-1]).kind == kind


def test_apps_by_what_was_typed(answers):
    assert answers("fish", "build", "") == ["web\tregistry.invalid/web", "api\tregistry.invalid/api"]
    assert answers("fish", "build", "w") == ["web\tregistry.invalid/web"]
    assert answers("zsh", "--context", "prod") == ["prod:tcp://192.0.2.1:2376"]
    assert answers("zsh", "--context=pr") == ["--context=prod:tcp://192.0.2.1:2376"]


def test_bash_is_told_what_stands_behind_its_last_break(answers):
    assert bash(answers, "holdfast build --context=pr") == ["prod"]
    assert bash(answers, "holdfast build --context=pr", " \t\n") == ["--context=prod"]
    assert bash(answers, "holdfast build 'w") == ["web"]
    assert bash(answers, "holdfast sta") == ["status"]


def test_nothing_is_offered_that_a_shell_would_read_as_something_else(answers):
    names = [line.partition("\t")[0] for line in answers("fish", "--context", "")]
    assert "prod" in names
    assert not [name for name in names if "$" in name or " " in name]


def test_files_and_folders_are_left_to_the_shell(answers):
    assert answers("zsh", "build", "--config", "") == [":file"]
    assert answers("zsh", "init", "") == [":folder"]


def test_operations_by_the_end_of_their_id(answers):
    folder = operations_folder()
    folder.mkdir(parents=True)
    (folder / "20260101-000000-build-web-00000a.jsonl").touch()
    assert answers("fish", "history", "--show", "") == ["last\tthe newest", "00000a\tbuild web"]


def test_a_broken_configuration_takes_nothing_but_its_apps(home, answers):
    (home / ".config/holdfast/config.toml").write_text("[apps.web\n")
    assert answers("fish", "build", "") == []
    assert "status\twhat is live, and what can be gone back to" in answers("fish", "st")


def test_an_engine_that_does_not_answer_holds_nobody_up(tmp_path):
    (tmp_path / ".config/holdfast").mkdir(parents=True)
    (tmp_path / ".config/holdfast/config.toml").write_text(CONFIG)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tui", "__complete", "fish", "deploy", "api", ""],
        cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert time.monotonic() - began < 6


def test_arguments_that_make_no_sense_are_no_error():
    for words in ([], ["bash"], ["bash", "x"], ["zsh", ""], ["fish", "--", "-", "=", "--=", "x=y"]):
        done = subprocess.run(
            [sys.executable, "-m", "tui", "__complete", *words], cwd="/", env=environment(Path("/nowhere")),
            capture_output=True, text=True, timeout=30,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), words
    assert TREE
