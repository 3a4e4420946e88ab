"""A file that comes with a repository reaches nothing that its user has not named or allowed."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tui.cli.arguments import dispatch
from tui.engine.errors import NotAllowed
from tui.model.policy import EngineSettings
from tui.operations.looking.app_repository import Remote
from tui.operations.looking.endpoint_choice import Named, current, home, is_protected, lives_elsewhere, places
from tui.operations.looking.withheld import Withheld
from tui.operations.process.prepared import NEEDS, refuse_withheld
from tui.settings.load import load

if TYPE_CHECKING:
    from tui.settings.schema import Settings

EVIL = "ssh://root@evil.example.com"
APP = '[apps.web]\nimage = "localhost:5000/web"\n'


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone, in a home where nothing is configured."""
    (tmp_path / "config/holdfast").mkdir(parents=True)
    (tmp_path / "clone").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.chdir(tmp_path / "clone")
    return tmp_path


def clone(text: str) -> None:
    Path("holdfast.toml").write_text(text)


def mine(place: Path, text: str) -> None:
    (place / "config/holdfast/config.toml").write_text(text)


def refused(settings: Settings, verb: str, app: str = "web") -> bool:
    try:
        refuse_withheld(settings.apps[app], verb)
    except Withheld as error:
        assert "holdfast allow" in error.hint
        assert error.exit_status == 2
        return True
    return False


# -- what is withheld


@pytest.mark.parametrize(
    "text",
    [
        f'engine = "{EVIL}"\n{APP}',
        f'{APP}engine = "{EVIL}"\n',
        f'{APP}engine = "/srv/clone/evil.sock"\n',
        f'{APP}engine = "evil"\n[engines.evil]\nhost = "{EVIL}"\n',
        f'{APP}fleet = "all"\n[fleets.all]\nengines = ["{EVIL}"]\n',
    ],
    ids=["engine", "of an app", "a socket", "a table", "a fleet"],
)
def test_an_engine_that_only_the_clone_names_is_not_reached(text: str) -> None:
    clone(text)
    settings = load()
    with pytest.raises(NotAllowed) as problem:
        home(settings.apps["web"], settings, Named())
    assert problem.value.exit_status == 2
    assert problem.value.hint.startswith("holdfast allow ")
    [found] = places(settings, "web", Named())
    assert isinstance(found.found, NotAllowed)
    [note] = settings.not_obeyed
    assert "may have come with a repository" in note
    assert note in settings.notes


def test_opening_the_dashboard_does_not_fail_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from tui.cli import dashboard

    clone(f'engine = "{EVIL}"\n{APP}')
    seen: list[str] = []
    monkeypatch.setattr(dashboard, "_open", lambda _s, _c, engine, **_: seen.append(engine.url) or 0)
    monkeypatch.setenv("TERM", "xterm")
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True, raising=False)
    assert dispatch([]) == 0
    assert seen == ["unix:///var/run/docker.sock"]


@pytest.mark.parametrize(
    ("table", "verbs"),
    [
        ('[apps.web.run]\nenv_file = "/etc/passwd"\n', {"test", "deploy", "ship"}),
        ('[apps.web.run]\nvolumes = ["/:/host"]\n', {"test", "deploy", "ship"}),
        ('[apps.web.run]\nvolumes = ["./link:/host"]\n', {"test", "deploy", "ship"}),
        ('[apps.web.run]\ndevices = ["/dev/sda"]\n', {"test", "deploy", "ship"}),
        ('[apps.web.build]\ncontext = ".."\n', {"build", "ship"}),
        ('[apps.web.build]\nsecrets = [{ id = "npm", file = "~/.npmrc" }]\n', {"build", "ship"}),
        ('[apps.web.build]\ndockerfile = "../Dockerfile"\n', {"build", "ship"}),
        ('[apps.web.scan]\nscanner = "/tmp/trivy"\n', {"scan", "ship"}),
        ('[apps.web.scan]\nscanner = "./trivy"\n', {"scan", "ship"}),
        ('[apps.web.build]\nsecrets = [{ id = "npm", env = "AWS_KEY" }]\n', {"build", "ship"}),
        ('[apps.web.build]\ncache_from = ["evil.example.com/web:cache"]\n', {"build", "ship"}),
        ('[apps.web.run]\nenvironment = ["AWS_KEY"]\n', {"test", "deploy", "ship"}),
        ('[apps.web.run]\nenvironment = { A = "${X:-${AWS_KEY}}" }\n', {"test", "deploy", "ship"}),
        ('[apps.web.run]\nenv_file = "asking.env"\n', {"test", "deploy", "ship"}),
        ("[apps.web.run]\nprivileged = true\n", {"test", "deploy", "ship"}),
        ('[apps.web.run]\nnetwork_mode = "host"\n', {"test", "deploy", "ship"}),
        ('[apps.web.run]\nnetwork_mode = "container:db"\n', {"test", "deploy", "ship"}),
        ('[apps.web.run]\ncap_add = ["sys_admin"]\n', {"test", "deploy", "ship"}),
        ('[apps.web.run]\ncap_add = ["ALL"]\n', {"test", "deploy", "ship"}),
        ('[apps.web.run]\nsecurity_opt = ["apparmor=unconfined"]\n', {"test", "deploy", "ship"}),
        ('[apps.web.run]\nsecurity_opt = ["seccomp:unconfined"]\n', {"test", "deploy", "ship"}),
        ('[apps.web.build]\nnetwork = "host"\n', {"build", "ship"}),
    ],
)
def test_a_verb_that_needs_a_path_beyond_the_folder_is_refused(table: str, verbs: set[str]) -> None:
    Path("link").symlink_to("/")
    Path("asking.env").write_text("# $NONE\nA='$NONE'\nB=\"x ${AWS_KEY:-}\"\n")
    clone(APP + table)
    settings = load()
    assert {
        verb for verb in (*NEEDS, "rollback", "recover", "tag", "push") if refused(settings, verb)
    } == verbs
    assert home(settings.apps["web"], settings, Named()).url == "unix:///var/run/docker.sock"


def test_what_lies_in_the_folder_and_gives_no_rights_needs_no_allowance() -> None:
    clone(
        f'{APP}[apps.web.build]\ncontext = "src"\n[apps.web.run]\nenv_file = ".env"\n'
        'environment = { PRICE = "5 $", TEXT = "$${HOME}" }\n'
        'volumes = ["./data:/data", "named:/named"]\nsecurity_opt = ["no-new-privileges:true"]\n'
        'cap_add = ["NET_BIND_SERVICE", "CAP_KILL"]\nprivileged = false\nnetwork_mode = "none"\n'
    )
    settings = load()
    assert settings.notes == ()
    assert not any(refused(settings, verb) for verb in NEEDS)


def test_what_the_user_has_named_needs_none(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine(place, '[engines.prod]\nhost = "ssh://prod"\n[apps.own]\nengine = "tcp://10.0.0.1:2376"\n')
    monkeypatch.setenv("DOCKER_HOST", "unix:///srv/mine.sock")
    for engine in (
        "prod", "ssh://prod", "tcp://10.0.0.1:2376", "some-context", "unix:///var/run/docker.sock",
        "unix:///srv/mine.sock",
    ):  # fmt: skip
        clone(f'{APP}engine = "{engine}"\n')
        assert load().notes == (), engine


def test_a_clone_takes_nothing_from_the_user_s_own_engine(place: Path) -> None:
    mine(place, '[engines.prod]\nhost = "ssh://prod"\n')
    told = f'host = "{EVIL}"\nssh_options = ["ProxyCommand=x"]\ncolour = "red"\n'
    clone(f'{APP}engine = "prod"\n[engines.prod]\n{told}')
    settings = load()
    assert settings.engines == {"prod": EngineSettings("red", host="ssh://prod")}
    assert home(settings.apps["web"], settings, Named()).url == "ssh://prod"
    assert current(settings, Named(context="prod")).url == "ssh://prod"


def test_files_of_the_user_s_own_folder_need_none(place: Path) -> None:
    file = place / "config/holdfast/prod.toml"
    file.write_text(f'{APP}engine = "{EVIL}"\n')
    assert load(str(file)).notes == ()


@pytest.mark.parametrize(
    ("image", "mine_too"),
    [
        ("web", True),
        ("alice/web", True),
        ("docker.io/alice/web", True),
        ("localhost:5000/web", True),
        ("127.0.0.1:5000/web", True),
        ("[::1]:5000/web", True),
        ("known.example.com/web", True),
        ("helped.example.com:5000/web", True),
        ("named.example.com/web", True),
        ("evil.example.com/web", False),
        ("known.example.com:444/web", False),
        ("127.0.0.1.example.com/web", False),
        ("registry:5000/web", False),
    ],
)
def test_a_registry_that_only_the_clone_names_is_not_asked(image: str, mine_too: bool, place: Path) -> None:
    (place / ".docker").mkdir()
    (place / ".docker/config.json").write_text(
        '{"auths": {"https://known.example.com/v2/": {}}, "credHelpers": {"helped.example.com:5000": "x"}}'
    )
    mine(place, '[apps.own]\nimage = "named.example.com/own"\n')
    clone(f'[apps.web]\nimage = "{image}"\n')
    settings = load()
    app = settings.apps["web"]
    needing = {verb for verb in (*NEEDS, "rollback", "recover") if refused(settings, verb)}
    if mine_too:
        assert (settings.notes, needing) == ((), set())
        return
    assert needing == {"tag", "push", "sign", "promote", "deploy", "ship"}
    with pytest.raises(Withheld, match=r"\[apps.web\] image = "):
        asyncio.run(Remote(None, app).__aenter__())
    assert dispatch(["allow", "--yes"]) == 0
    assert not any(refused(load(), verb) for verb in NEEDS)


def test_what_config_names_is_the_user_s_word(place: Path) -> None:
    text = f'engine = "{EVIL}"\n{APP}engine = "{EVIL}"\n[apps.web.run]\nenv_file = "/etc/passwd"\n'
    (place / "other.toml").write_text(text)
    settings = load(str(place / "other.toml"))
    assert settings.notes == ()
    assert home(settings.apps["web"], settings, Named()).url == EVIL
    assert not any(refused(settings, verb) for verb in NEEDS)
    clone(text)
    assert load().not_obeyed
    assert load("holdfast.toml").notes == (), "named, too"


def test_an_engine_that_config_names_is_the_user_s_for_the_clone_too(place: Path) -> None:
    (place / "other.toml").write_text('[engines.prod]\nhost = "ssh://prod"\n')
    clone(f'{APP}engine = "prod"\n[engines.prod]\nhost = "{EVIL}"\n')
    settings = load(str(place / "other.toml"))
    assert home(settings.apps["web"], settings, Named()).url == "ssh://prod"


def test_what_a_clone_says_of_an_engine_that_is_shown_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    clone(f'{APP}engine = "{EVIL}"\n[engines."{EVIL}"]\nprotected = true\n')
    settings = load()
    shown = current(settings, Named(host=EVIL))
    assert is_protected(settings.engines, shown)
    assert not lives_elsewhere(settings.apps["web"], settings, shown._replace(asked=False))


# -- allowing it


def test_it_is_listed_and_allowed_by_its_hash(capsys: pytest.CaptureFixture[str]) -> None:
    text = f'{APP}engine = "{EVIL}"\n[apps.web.run]\nenv_file = "/etc/passwd"\n'
    clone(text)
    assert dispatch(["allow"]) == 2
    said = capsys.readouterr()
    assert f"[apps.web] engines = {EVIL}\n" in said.out
    assert "[apps.web.run] env_file = /etc/passwd\n" in said.out
    assert "--yes says that it may" in said.err
    assert load().not_obeyed

    assert dispatch(["allow", "--yes"]) == 0
    settings = load()
    assert settings.notes == ()
    assert home(settings.apps["web"], settings, Named()).url == EVIL
    assert not refused(settings, "deploy")
    assert dispatch(["allow"]) == 0
    assert "is allowed to ask for" in capsys.readouterr().out

    clone(text.replace("passwd", "shadow"))
    settings = load()
    assert "has changed since it was allowed" in settings.not_obeyed[0]
    assert refused(settings, "deploy")


def test_a_link_that_came_later_is_asked_about_anew() -> None:
    Path("env").write_text("")
    clone(f'{APP}engine = "{EVIL}"\n[apps.web.run]\nenv_file = "env"\n')
    assert dispatch(["allow", "--yes"]) == 0
    assert not refused(load(), "deploy")
    Path("env").unlink()
    Path("env").symlink_to("/etc/passwd")
    assert refused(load(), "deploy")


def test_a_variable_that_an_env_file_asks_for_later_is_asked_about_anew() -> None:
    Path("env").write_text("A=1\n")
    clone(f'{APP}engine = "{EVIL}"\n[apps.web.run]\nenv_file = "env"\n')
    assert dispatch(["allow", "--yes"]) == 0
    assert not refused(load(), "deploy")
    Path("env").write_text("A=1\nAWS_KEY\n")
    assert refused(load(), "deploy")


def test_a_link_is_shown_with_where_it_leads_and_allowed_to_lead_there_alone(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deep = place / ("deep" * 40)
    deep.mkdir()
    Path("link").symlink_to(deep)
    clone(f'{APP}[apps.web.run]\nvolumes = ["./link:/data"]\n')
    assert dispatch(["allow", "--yes"]) == 0
    link = place / "clone/link"
    assert f"[apps.web.run] volumes = {link} -> {deep}\n" in capsys.readouterr().out
    assert not refused(load(), "deploy")
    link.unlink()
    link.symlink_to(deep.rename(f"{deep}er"))
    assert refused(load(), "deploy")


def test_what_a_build_and_a_container_are_given_of_the_environment_is_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    clone(
        f'{APP}[apps.web.build]\nsecrets = [{{ id = "npm", env = "NPM_TOKEN" }}]\n'
        '[apps.web.run]\nenvironment = ["TOKEN", "DSN=${DB:-x}"]\n'
    )
    assert dispatch(["allow"]) == 2
    said = capsys.readouterr().out
    assert "[apps.web.build] secrets.npm = $NPM_TOKEN\n" in said
    assert "[apps.web.run] environment = $TOKEN\n" in said
    assert "[apps.web.run] environment.DSN = $DB\n" in said


def test_a_copy_elsewhere_is_not_allowed(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clone(f'{APP}engine = "{EVIL}"\n')
    assert dispatch(["allow", "--yes"]) == 0
    shutil.copytree(place / "clone", place / "other")
    monkeypatch.chdir(place / "other")
    assert load().not_obeyed


def test_what_is_allowed_is_listed_and_revoked(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clone(f'{APP}engine = "{EVIL}"\n')
    assert dispatch(["allow", "--yes"]) == 0
    capsys.readouterr()

    def states() -> dict[str, str]:
        assert dispatch(["allow", "--list", "--json"]) == 0
        return {one["path"]: one["state"] for one in json.loads(capsys.readouterr().out)["allowed"]}

    path = str(place / "clone/holdfast.toml")
    assert states() == {path: "allowed"}
    [record] = (place / "data/holdfast/allowed").iterdir()
    assert record.stat().st_mode & 0o777 == 0o600
    clone(f'{APP}engine = "tcp://evil:2376"\n')
    assert states() == {path: "changed since"}
    Path("holdfast.toml").unlink()
    assert states() == {path: "gone"}
    assert dispatch(["allow", "--revoke"]) == 0
    assert "is allowed no longer" in capsys.readouterr().out
    assert states() == {}
    assert dispatch(["allow", "--list"]) == 0
    assert "no file is allowed" in capsys.readouterr().out


def test_a_record_that_cannot_be_read_allows_nothing(place: Path) -> None:
    clone(f'{APP}engine = "{EVIL}"\n')
    assert dispatch(["allow", "--yes"]) == 0
    [record] = (place / "data/holdfast/allowed").iterdir()
    for broken in ("", "[]", '{"path": 1}', "\udcff"):
        record.write_bytes(broken.encode("utf-8", "surrogateescape"))
        assert load().not_obeyed


def test_a_program_that_prints_a_key_counts_once_it_is_allowed() -> None:
    clone('[trust]\nsign_key = { command = ["pass", "show", "key"] }\n')
    assert "names no program to run" in load().trust_problems[0]
    assert dispatch(["allow", "--yes"]) == 0
    settings = load()
    assert settings.trust_problems == ()
    assert settings.policy.trust is not None
    assert settings.policy.trust.sign_key is not None


REACHING = (
    '[notify]\nbell = true\nwebhook = "http://evil.example.com/x"\nallow_plain = true\n'
    'command = ["sh", "-c", "steal"]\n[containers]\nsort = "age"\ndebug_image = "evil/root"\n'
)


def test_nobody_is_told_and_nothing_is_run_for_a_file_before_it_is_allowed(place: Path) -> None:
    mine(place, '[notify]\nwebhook = "https://mine.example.com/x"\nafter = 3\n')
    clone(REACHING)
    settings = load()
    assert settings.notify.webhook == "https://mine.example.com/x"
    assert settings.notify.command == ()
    assert not settings.notify.allow_plain
    assert settings.containers.debug_image == ""
    assert (settings.notify.bell, settings.notify.after, settings.containers.sort) == (True, 3, "age")
    [note] = settings.not_obeyed
    assert "[notify] webhook = http://evil.example.com/…" in note
    assert dispatch(["allow", "--yes"]) == 0
    settings = load()
    assert settings.not_obeyed == ()
    assert settings.notify.webhook == "http://evil.example.com/x"
    assert settings.notify.command == ("sh", "-c", "steal")
    assert settings.notify.allow_plain
    assert settings.containers.debug_image == "evil/root"
    clone(REACHING.replace("steal", "steal more"))
    assert load().notify.command == ()


def test_all_that_reaches_further_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    clone(REACHING)
    assert dispatch(["allow", "--yes", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["asks"]
    assert {one["where"]: one["what"] for one in found} == {
        "[notify] webhook": "http://evil.example.com/x",
        "[notify] allow_plain": "true",
        "[notify] command": "sh -c steal",
        "[containers] debug_image": "evil/root",
    }


def test_a_file_that_the_user_names_needs_no_leave(place: Path) -> None:
    (place / "named.toml").write_text(REACHING)
    assert load(str(place / "named.toml")).notify.command == ("sh", "-c", "steal")


@pytest.mark.parametrize(
    ("words", "said"),
    [(["none.toml"], "there is no such file"), ([], "there is no such file"), (["bad.toml"], "is unknown")],
)
def test_what_cannot_be_allowed(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("bad.toml").write_text("nonsense = 1\n")
    assert dispatch(["allow", *words, "--yes"]) == 2
    assert said in capsys.readouterr().err


def test_a_file_that_asks_for_nothing_needs_none(capsys: pytest.CaptureFixture[str]) -> None:
    clone(APP)
    assert dispatch(["allow"]) == 0
    assert "asks for nothing that has to be allowed" in capsys.readouterr().out


def test_an_engine_of_the_user_by_another_name_is_theirs(place: Path) -> None:
    """Two tables of one host are refused, which would take their own configuration from them."""
    mine(place, '[engines.prod]\nhost = "ssh://me@prod.example.com"\ncolour = "red"\n')
    clone(
        f'engine = "live"\n{APP}fleet = "all"\n[fleets.all]\nengines = ["live"]\n'
        '[engines.live]\nhost = "ssh://me@prod.example.com"\nprotected = true\ncolour = "green"\n'
    )
    assert dispatch(["allow", "--yes"]) == 0
    settings = load()
    assert {*settings.engines} == {"prod"}
    assert settings.engines["prod"].protected
    assert settings.engines["prod"].colour == "red"
    assert settings.engine == "prod"
    assert settings.apps["web"].engines == ("prod",)


def test_a_name_of_the_users_is_not_led_to_another_engine_of_theirs(place: Path) -> None:
    hosts = {name: f"ssh://me@{name}.example.com" for name in ("a", "b")}
    mine(place, "".join(f'[engines.{name}]\nhost = "{host}"\n' for name, host in hosts.items()))
    clone(f'{APP}[engines.a]\nhost = "{hosts["b"]}"\n')
    assert dispatch(["allow", "--yes"]) == 0
    assert {name: said.host for name, said in load().engines.items()} == hosts
