"""`holdfast trust`: a pair is made and explained, what is in force is shown, and doctor tries every key."""

from __future__ import annotations

import hashlib
import json
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.keyless import OURS
from tui.cli.arguments import dispatch
from tui.cli.doctor_trust import keys_of_trust
from tui.cli.trust_init import NAMES, _own_name
from tui.model.signing import KeySource
from tui.settings.load import load
from tui.trust.keys import load_signer, load_verify_key

if TYPE_CHECKING:
    from tui.cli.doctor_checks import Finding

SECRET = "correct horse battery"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which nothing is configured; the working folder is another."""
    (tmp_path / "config/holdfast").mkdir(parents=True)
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("COSIGN_PASSWORD", raising=False)
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


def configure(home: Path, text: str) -> None:
    (home / "config/holdfast/config.toml").write_text(text)


def made(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert dispatch(["trust", "init", *words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def shown(capsys: pytest.CaptureFixture[str], status: int = 0) -> dict[str, Any]:
    assert dispatch(["trust", "--json"]) == status
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# -- making a pair


def test_a_pair_is_made_with_the_users_configuration_and_explained(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dispatch(["trust", "init", "--name", "ci"]) == 0
    keys = home / "config/holdfast/keys"
    assert (mode(keys), mode(keys / "ci.key"), mode(keys / "ci.pub")) == (0o700, 0o600, 0o644)
    said = capsys.readouterr().out
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", keys / "ci.pub", "-outform", "DER"],
        capture_output=True,
        check=True,
    ).stdout
    assert f"fingerprint  sha256:{hashlib.sha256(der).hexdigest()}\n" in said
    for path in (keys / "ci.key", keys / "ci.pub", home / "config/holdfast/config.toml"):
        assert str(path) in said
    assert "PRIVATE KEY" not in said


def test_what_is_to_be_configured_can_be_pasted(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert dispatch(["trust", "init", 'we"ird.key', "--name", "ci"]) == 0
    here, hosts = (
        "".join(line.removeprefix("  ") + "\n" for line in part.splitlines() if line.startswith("  "))
        for part in capsys.readouterr().out.split("\n\n  [trust]\n")[1:]
    )
    assert tomllib.loads(here) == {"sign_key": f'{home}/work/we"ird.key'}
    configure(home, f"[trust]\n{hosts}")
    assert Path('we"ird.pub').rename(home / "config/holdfast/ci.pub")
    assert shown(capsys)["require"] == [
        {"kind": "signature", "max_age": None, "keys": [], "file": f"{home}/config/holdfast/config.toml"}
    ]


def test_as_json(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = made(capsys, "a.key")
    assert (found["name"], found["private"], found["public"]) == (
        "a", f"{home}/work/a.key", f"{home}/work/a.pub",
    )  # fmt: skip
    assert Path("a.pub").read_text() == found["pem"]
    assert tomllib.loads(found["here"]["trust"]) == {"sign_key": f"{home}/work/a.key"}
    assert tomllib.loads(found["hosts"]["trust"]) == {"verify_keys": [{"name": "a", "file": "a.pub"}]}


def test_without_a_name_it_is_called_as_the_machine(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Build_1.example.com")
    assert made(capsys)["private"] == f"{home}/config/holdfast/keys/Build_1.key"
    for strange in ("", "…", "-x-", "a b", "x" * 200):
        monkeypatch.setattr("socket.gethostname", lambda name=strange: name)
        assert NAMES.fullmatch(_own_name())


@pytest.mark.parametrize("there", ["a.key", "a.pub"])
def test_nothing_is_overwritten(there: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(there).write_text("mine")
    assert dispatch(["trust", "init", "a.key", "--passphrase"]) == 2, "before a passphrase is asked for"
    assert (
        f"{there} is there already, and a key is never overwritten\n  name another" in capsys.readouterr().err
    )
    assert [path.name for path in Path().iterdir()] == [there]
    assert Path(there).read_text() == "mine"


def test_a_passphrase_from_the_variable_where_there_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dispatch(["trust", "init", "a.key", "--passphrase", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)
    assert error["made"] is False
    assert "COSIGN_PASSWORD is not set" in error["error"]["message"]
    assert not Path("a.key").exists()
    monkeypatch.setenv("COSIGN_PASSWORD", SECRET)
    assert dispatch(["trust", "init", "a.key", "--passphrase"]) == 0
    assert "its passphrase is wanted in COSIGN_PASSWORD wherever it signs" in capsys.readouterr().out
    assert Path("a.key").read_text().startswith("-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----")


async def test_what_is_made_signs_and_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COSIGN_PASSWORD", "\udcff not UTF-8")
    from tui.cli import trust_init

    assert trust_init.run("a.key", name="", passphrase=True, json=False) == 0
    signer = await load_signer("a", KeySource(file="a.key"))
    assert signer.verify_key == await load_verify_key("a", KeySource(file="a.pub"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["init", "a", "b"], '"b" is one word too many'),
        (["show", "a"], '"a" is one word too many'),
        (["x"], '"x" is not known to trust'),
        (["--name", "x"], "--name is an option of trust init"),
        (["show", "--passphrase"], "--passphrase is an option of trust init"),
        (["init", "--name", "../x"], '"../x" is no name of a key'),
        (["init", ".key"], '".key" is no name of a key'),
        (["init", "/", "--name", "x"], "/ is a folder"),
        (["init", "x.pub"], "x.pub is to hold a private key, and ends as public ones do"),
        (["init", "none/x.key"], "x.key cannot be written: No such file or directory\n  mkdir "),
    ],
)
def test_a_mistake_ends_with_2_and_makes_nothing(
    words: list[str], said: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dispatch(["trust", *words]) == 2
    found = capsys.readouterr()
    assert said in found.err
    assert found.out == ""
    assert len(found.err.splitlines()) == 2
    assert not [*home.rglob("*.key"), *home.rglob("*.pub")]


# -- what is in force


def test_without_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown(capsys) == {
        "configured": False,
        "policy": [{"kind": "test", "key": "require_tests", "believed": "own", "file": ""}],
        "notes": [],
    }
    assert dispatch(["trust", "show"]) == 0
    assert "holdfast trust init makes a key pair" in capsys.readouterr().out


CONFIGURED = """\
[trust]
sign_key = "a.key"
sign_keys = { production = "env:NOT_SET" }
verify_keys = [
    { name = "a", file = "a.pub", until = 2199-01-31 },
    { name = "old", file = "a.pub", until = 2020-01-31 },
    { name = "gone", file = "gone.pub" },
]
require = [
    "signature",
    { kind = "scan", max_age = "30d", keys = ["a", "old"] },
    { kind = "test", keys = "old" },
]
scope = ["shop/*"]
"""


@pytest.fixture
def configured(home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The fingerprint of a pair, in a configuration with keys that are good and others that are not."""
    fingerprint = str(made(capsys, f"{home}/config/holdfast/a.key")["fingerprint"])
    configure(home, CONFIGURED)
    Path("holdfast.toml").write_text('[trust]\nlevel = "audit"\n')
    return fingerprint


def test_every_key_and_requirement_is_shown_with_its_file(
    home: Path, configured: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found = shown(capsys, 2)
    own = f"{home}/config/holdfast/config.toml"
    shown_of_each = ("part", "usable", "ended", "fingerprint", "file")
    assert [tuple(key[name] for name in shown_of_each) for key in found["keys"]] == [
        ("sign_key", True, False, configured, own),
        ("sign_keys.production", False, False, "", own),
        ("verify_keys.a", True, False, configured, own),
        ("verify_keys.old", True, True, configured, own),
        ("verify_keys.gone", False, False, "", own),
    ]  # fmt: skip
    assert "NOT_SET, which is not set" in found["keys"][1]["error"]["message"]
    assert "gone.pub cannot be read" in found["keys"][4]["error"]["message"]
    assert [one["kind"] for one in found["require"]] == ["signature", "scan", "test"]
    assert found["require"][1] == {"kind": "scan", "max_age": 2_592_000.0, "keys": ["a", "old"], "file": own}
    assert (found["level"], found["scope"], found["accept_unsigned"]) == ("strict", ["shop/*"], False)
    assert found["files"] == {"passphrase_env": None, "level": None, "scope": own, "accept_unsigned": None}
    assert found["notes"] == [
        f'holdfast.toml: [trust] level = "audit" is not obeyed: {own} requires strictly what it does',
        f"a, old in verify_keys are one key (sha256:{configured[:16]}…): what one of them is believed, the "
        "others are too, and the end of one ends none of the others",
    ]


def test_the_same_in_words(configured: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert dispatch(["trust"]) == 2
    said = capsys.readouterr().out
    for words in (
        "sign_key  signs\n",
        "sign_keys.production  cannot be used: the key is to come from the variable NOT_SET",
        "\na  verifies until 2199-01-31\n",
        "old  ended on 2020-01-31: it verifies only what was recorded here before\n",
        f"fingerprint  sha256:{configured}",
        "by a or old, at most 30 days old  (",
        "strict: without it nothing is deployed\n",
        "shop/*  (",
        "warning: holdfast.toml: [trust] level",
        "warning: a, old in verify_keys are one key",
    ):
        assert words in said


def test_what_the_policy_requires_besides_is_shown_with_whose_word_counts_and_its_file(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made(capsys, f"{home}/config/holdfast/a.key")
    listed = '[trust]\nverify_keys = [{ name = "a", file = "a.pub" }]\n'
    configure(home, f"{listed}[policy]\nrequire_scan = true\n")
    Path("holdfast.toml").write_text("[policy]\nrequire_scan = false\nrequire_tests = true\n")
    own = f"{home}/config/holdfast/config.toml"
    assert [tuple(one.values()) for one in shown(capsys)["policy"]] == [
        ("test", "require_tests", "listed", "holdfast.toml"),
        ("scan", "require_scan", "listed", own),
    ]
    configure(home, f"{listed}accept_unsigned = true\n[policy]\nrequire_tests = false\nrequire_scan = true\n")
    Path("holdfast.toml").unlink()
    assert dispatch(["trust"]) == 0
    said = capsys.readouterr().out
    assert "required by [policy] besides, at any level and of every repository\n" in said
    assert f"scan  require_scan: this account's own word, or a claim that anybody made  ({own})" in said
    assert "require_tests" not in said


def test_a_scope_that_is_not_obeyed_is_of_no_file(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made(capsys, f"{home}/config/holdfast/a.key")
    configure(home, '[trust]\nverify_keys = [{ name = "a", file = "a.pub" }]\nrequire = ["signature"]\n')
    Path("holdfast.toml").write_text('[trust]\nscope = ["shop/*"]\n')
    found = shown(capsys)
    assert (found["scope"], found["files"]["scope"]) == ([], None)
    assert dispatch(["trust"]) == 0
    assert " every repository\n" in capsys.readouterr().out


def test_where_every_key_can_be_used_the_status_is_0(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = made(capsys, "a.key")
    configure(home, f'[trust]\n{found["here"]["trust"]}\nlevel = "audit"\n')
    assert dispatch(["trust"]) == 0
    assert "nothing is required of an image" in capsys.readouterr().out


def test_a_configuration_in_error_is_told_with_status_2(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(home, '[trust]\nrequire = "signature"\n')
    assert dispatch(["trust", "--json"]) == 2
    said = capsys.readouterr().err
    assert "no key is listed whose signature counts" in said
    assert "docs/trust.md" in said
    assert made(capsys, "a.key")["made"], "what mends it works all the same"


IDENTITIES = """\
[trust]
identities = [
    { name = "bot", issuer = "https://issuer.example.com", subject = "https://git.example.com/team/web" },
    { name = "old", issuer = "https://issuer.example.com", subject = "me@example.com", until = 2020-01-31 },
]
trusted_root = "root.json"
require = ["signature"]
"""


@pytest.fixture
def root(home: Path) -> Path:
    path = home / "config/holdfast/root.json"
    path.write_text(OURS.trusted_root())
    configure(home, IDENTITIES)
    return path


def test_identities_are_shown_and_tried(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = shown(capsys)
    assert [(one["part"], one["identity"], one["usable"], one["ended"]) for one in found["keys"]] == [
        ("identities.bot", True, True, False),
        ("identities.old", True, True, True),
    ]
    assert found["trusted_root"] == str(root)
    assert dispatch(["trust"]) == 0
    said = capsys.readouterr().out
    for words in (
        "bot  verifies\n",
        "https://git.example.com/team/web, vouched for by https://issuer.example.com\n",
        "old  ended on 2020-01-31",
        f"root    {root}\n",
    ):
        assert words in said
    root.unlink()
    assert dispatch(["trust"]) == 2
    assert f"bot  cannot be used: the trusted root {root} cannot be read" in capsys.readouterr().out


def test_without_the_library_the_remedy_is_shown(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sigstore.verify", None)
    assert dispatch(["trust"]) == 2
    assert "  pip install 'holdfast[keyless]'\n" in capsys.readouterr().out


# -- doctor


async def findings(home: Path) -> dict[str, Finding]:
    environ = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}
    return {one.name: one async for one in keys_of_trust(load(None, environ))}


async def test_doctor_tries_every_key(home: Path, configured: str) -> None:
    found = await findings(home)
    assert {name: one.state for name, one in found.items()} == {
        "sign key": "ok",
        "sign production": "problem",
        "key a": "ok",
        "key old": "warning",
        "key gone": "problem",
        "trust": "problem",
    }
    assert configured[:16] in found["key a"].message
    twice = [one async for one in keys_of_trust(load(None)) if "are one key" in one.message]
    assert [(one.state, one.remedy) for one in twice] == [("warning", "list it under one name")]
    assert found["trust"].message == "a test is required, and no key is left that vouches for one"
    assert all(one.remedy for one in found.values() if one.state != "ok")


async def test_doctor_names_mode_and_passphrase(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COSIGN_PASSWORD", SECRET)
    made_by = made(capsys, "a.key", "--passphrase")
    configure(home, f'[trust]\npassphrase_env = "OTHER"\n{made_by["here"]["trust"]}\n')
    found = await findings(home)
    assert (found["sign key"].state, found["sign key"].remedy) == ("problem", "set OTHER")
    monkeypatch.setenv("OTHER", SECRET + "!")
    found = await findings(home)
    assert found["sign key"].state == "problem"
    assert SECRET not in found["sign key"].message
    monkeypatch.setenv("OTHER", SECRET)
    assert (await findings(home))["sign key"].state == "ok"
    Path("a.key").chmod(0o640)
    found = await findings(home)
    assert found["sign key"].remedy == f"chmod 600 {home}/work/a.key"


async def test_doctor_tries_identities_and_counts_them(home: Path, root: Path) -> None:
    found = await findings(home)
    assert {name: one.state for name, one in found.items()} == {
        "identity bot": "ok",
        "identity old": "warning",
    }
    root.write_text("{}")
    found = await findings(home)
    assert {name: one.state for name, one in found.items()} == {
        "identity bot": "problem",
        "identity old": "problem",
        "trust": "problem",
    }
    assert "trusted root in JSON" in found["identity bot"].remedy


async def test_doctor_says_nothing_where_nothing_is_configured(home: Path) -> None:
    assert await findings(home) == {}


@pytest.mark.parametrize(("more", "told"), [((), True), (("--quiet",), False)])
def test_a_verb_says_what_a_pulled_file_asks_for_in_vain(
    home: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], told: bool
) -> None:
    configure(home, "[policy]\nrequire_tests = true\n")
    app = '[apps.web]\nimage = "localhost:5000/web"\n'
    Path("holdfast.toml").write_text(f"{app}[policy]\nrequire_tests = false\n")
    assert dispatch(["deploy", "web", "v1", "--host", f"unix://{home}/none.sock", *more]) == 3
    assert ("[policy] require_tests = false is not obeyed" in capsys.readouterr().err) is told
