"""What the command line takes, and what it says to what it does not take."""

from __future__ import annotations

import json

import pytest

from tui.cli.arguments import Wrong, dispatch, parsed, parser
from tui.cli.texts import SHORT
from tui.cli.verbs import Options, Usage, meant
from tui.model.app import AppSpec
from tui.operations.process.prepared import UnknownApp

WEB = AppSpec("web", "registry:5000/web", "holdfast.toml")
API = AppSpec("api", "registry:5000/api", "holdfast.toml")


def given(*arguments):
    return parsed(parser(), arguments)


@pytest.mark.parametrize("arguments", [
    ("--host", "unix:///s", "--config", "c.toml", "build", "web"),
    ("build", "--host", "unix:///s", "web", "--config", "c.toml"),
    ("--host", "tcp://other", "--config", "c.toml", "build", "-H", "unix:///s", "web"),
])  # fmt: skip
def test_engine_and_configuration_before_or_after_the_verb(arguments):
    found = given(*arguments)
    assert (found.verb, found.words, found.host, found.config) == ("build", ["web"], "unix:///s", "c.toml")


def test_words_may_stand_behind_options():
    assert given("tag", "web", "--yes", "v1.0.0").words == ["web", "v1.0.0"]
    assert given("push", "--plan", "web", "--json", "v1.0.0").words == ["web", "v1.0.0"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("depoly web v1", "there is no verb depoly: did you mean deploy?"),
        ("xyzzy", "there is no verb xyzzy: known are init, status, "),
        ("completion fsh", "SHELL is not fsh: did you mean fish?"),
    ],
)
def test_the_word_that_was_meant_is_named(typed, said, capsys):
    assert dispatch(typed.split()) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith(f"holdfast: {said}")


@pytest.mark.parametrize("arguments", [
    ("bild",),
    ("build", "--no-cach"),
    ("build", "--image", "x"),
    ("tag", "web", "v1", "--no-cache"),
    ("history", "--limit", "0"),
    ("history", "web", "api"),
    ("--demo", "build"),
    ("rollback", "--to", "v1"),
    ("deploy", "web", "v1", "--image", "x"),
    ("unlock", "web", "api"),
    ("status", "--operations"),
    ("doctor", "-x"),
])  # fmt: skip
def test_a_mistake_is_named_and_ends_with_2(arguments, capsys):
    assert dispatch(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("usage: holdfast")
    assert any(word in said.err.splitlines()[-1] for word in arguments)


@pytest.mark.parametrize("arguments", [
    ("ship", "web", ""),
    ("ship", ""),
    ("deploy", "web", " "),
    ("tag", "", "v1"),
    ("push", "web", ""),
    ("build", ""),
    ("adopt", ""),
    ("rollback", "web", "--to="),
    ("test", "web", "--image", ""),
    ("test", "web", "--image="),
    ("status", ""),
    ("history", "--show", ""),
    ("unlock", ""),
    ("init", ""),
    ("--host", "", "status"),
    ("deploy", "web", "v1", "--context", ""),
])  # fmt: skip
def test_an_argument_that_is_empty_is_never_filled_in(arguments, capsys):
    assert dispatch(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "an argument is empty" in said.err.splitlines()[-1]


def test_a_mistake_is_an_outcome_where_json_is_wanted(capsys):
    assert dispatch(["build", "--json", "--no-cach"]) == 2
    said = capsys.readouterr()
    assert said.err == ""
    outcome = json.loads(said.out)
    assert (outcome["kind"], outcome["ok"], outcome["error"]["code"]) == ("outcome", False, 2)
    assert "--no-cach" in outcome["error"]["message"]


@pytest.mark.parametrize("verb", list(SHORT))
def test_every_verb_has_help_with_an_example(verb, capsys):
    with pytest.raises(SystemExit) as ended:
        dispatch([verb, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert f"\n  holdfast {verb}" in said
    assert max(map(len, said.splitlines())) <= 80


def test_help_lists_every_verb(capsys):
    with pytest.raises(SystemExit):
        dispatch(["--help"])
    said = capsys.readouterr().out
    assert all(f"\n    {verb} " in said for verb in SHORT)


@pytest.mark.parametrize(("said", "number"), [("r12", 12), ("12", 12), ("r1", 1)])
def test_a_release_to_go_back_to(said, number):
    assert given("rollback", "web", "--to", said).to == number


def test_a_name_to_adopt_by():
    assert given("adopt", "old_web", "--name", "web").name == "web"
    assert given("adopt", "old_web", "--as", "web").name == "web"


def options(verb, *words):
    return Options(verb, words)


def test_the_only_app_may_be_left_out():
    apps = {"web": WEB}
    assert meant(apps, options("build")) == (WEB, "")
    assert meant(apps, options("tag", "v1.0.0")) == (WEB, "v1.0.0")
    assert meant(apps, options("tag", "web")) == (WEB, "")
    assert meant(apps, options("push", "web", "v1.0.0")) == (WEB, "v1.0.0")
    assert meant(apps, options("deploy", "v1.0.0")) == (WEB, "v1.0.0")
    assert meant(apps, options("ship")) == (WEB, "")


def test_one_of_several_apps_must_be_named():
    apps = {"web": WEB, "api": API}
    assert meant(apps, options("tag", "api", "v1")) == (API, "v1")
    for words in ((), ("v1.0.0",), ("wep",)):
        with pytest.raises(UnknownApp) as raised:
            meant(apps, options("push", *words))
        assert raised.value.exit_status == 2
        assert "web" in str(raised.value)


def test_the_app_of_the_folders_own_file_may_be_left_out_whatever_else_is_configured():
    apps = {"web": WEB, "adopted": API}
    assert meant(apps, options("build"), ("web",)) == (WEB, "")
    assert meant(apps, options("deploy", "v1.0.0"), ("web",)) == (WEB, "v1.0.0")
    assert meant(apps, options("deploy", "adopted"), ("web",)) == (API, "")
    assert meant(apps, options("deploy", "adopted", "v1"), ("web",)) == (API, "v1")
    with pytest.raises(UnknownApp, match="adopted"):
        meant(apps, options("deploy", "adopte"), ("web",))


def test_a_mistyped_app_is_no_version():
    with pytest.raises(UnknownApp, match="did you mean web"):
        meant({"web": WEB}, options("tag", "webb"))


def test_one_word_too_many():
    with pytest.raises(Usage, match="v2"):
        meant({"web": WEB}, options("tag", "web", "v1", "v2"))
    for verb in ("build", "recover", "prune"):
        with pytest.raises(Usage, match="v1"):
            meant({"web": WEB}, options(verb, "web", "v1"))


@pytest.mark.parametrize("verb", ["status", "history", "drift", "verify", "doctor"])
def test_what_only_looks_may_be_told_to_change_nothing(verb: str) -> None:
    assert given("--read-only", verb).verb == verb


def test_what_changes_something_may_not() -> None:
    with pytest.raises(Wrong, match="an option of the dashboard, not of deploy"):
        given("--read-only", "deploy", "web", "v1")
