"""An incident bundle: all that is known, none of what is secret, and whole or not there."""

from __future__ import annotations

import base64
import errno
import io
import json
import os
import random
import stat
import string
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.unit.cli.story import beginning, failed
from tui.cli.arguments import dispatch
from tui.journal.folder import operations_folder
from tui.journal.writer import Journal
from tui.model.operation import Logged
from tui.operations.bundling import archive

if TYPE_CHECKING:
    from pathlib import Path

OP = "20260909-014640-deploy-web-000001"


def planted(seed: int) -> str:
    """A secret that looks like nothing in particular."""
    return "".join(
        random.Random(seed).choices(string.ascii_letters + string.digits + "+/\"'$ ", k=24)
    ).strip()


PLACES = ("variable", "file", "argument", "mounted", "login", "header", "label", "token", "test", "environ")
PLANTED = {place: f"{place[:2]}{planted(number)}x" for number, place in enumerate(PLACES)}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An account with secrets wherever the configuration takes one, and an engine that is away."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("MY_OWN_TOKEN", PLANTED["environ"])
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/nobody.sock")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".config/holdfast").mkdir(parents=True)
    quoted = {place: json.dumps(secret) for place, secret in PLANTED.items()}
    (tmp_path / ".env").write_text(f"LINK='{PLANTED['file'].replace(chr(39), '')}'\n")
    PLANTED["file"] = PLANTED["file"].replace("'", "")
    (tmp_path / "npmrc").write_text(f"x\n{PLANTED['mounted']}\n")
    (tmp_path / ".config/holdfast/config.toml").write_text(f"""\
[apps.web]
image = "registry.invalid/web"
[apps.web.build]
context = "{tmp_path}"
args = {{ WORD = {quoted["argument"]} }}
secrets = {{ npm = {{ file = "{tmp_path}/npmrc" }} }}
[apps.web.run]
environment = {{ COLOUR = {quoted["variable"]} }}
env_file = ["{tmp_path}/.env"]
labels = {{ "x.api-token" = {quoted["label"]} }}
[apps.web.ready]
http = "80/"
headers = {{ X = {quoted["header"]} }}
[apps.web.test]
environment = {{ Y = {quoted["test"]} }}
""")
    (tmp_path / ".docker").mkdir()
    login = base64.b64encode(f"me:{PLANTED['login']}".encode()).decode()
    docker = {"auths": {"registry.invalid": {"auth": login}, "x": {"identitytoken": PLANTED["token"]}}}
    (tmp_path / ".docker/config.json").write_text(json.dumps(docker))
    return tmp_path


def write_journal(*texts: str) -> None:
    journal = Journal.create(operations_folder(), OP)
    events = [*beginning(1e9), *failed(1e9 + 3)]
    started, ended = events[0]._replace(op=OP, app="web", verb="deploy"), events[-1]
    step = started.plan[0].id
    for event in [started, *(Logged(1e9 + 1, step, 1, text) for text in texts), ended]:
        journal.write(event)
    journal.close()


def opened(path: Path) -> dict[str, str]:
    with tarfile.open(path) as tar:
        files = {member.name: tar.extractfile(member) for member in tar.getmembers()}
        assert all(member.isfile() for member in tar.getmembers())
        return {name.partition("/")[2]: file.read().decode() for name, file in files.items() if file}


def bundle(home: Path, *options: str, status: int = 3) -> dict[str, str]:
    assert dispatch(["bundle", "web", "--output", str(home / "out.tar.gz"), *options]) == status
    return opened(home / "out.tar.gz")


def forms(secret: str) -> list[str]:
    return [secret, json.dumps(secret)[1:-1], base64.b64encode(secret.encode()).decode()]


def test_none_of_the_planted_secrets_is_in_it(home: Path) -> None:
    write_journal(
        *(f"said {form}, and {place}={form}" for place, secret in PLANTED.items() for form in forms(secret))
    )
    raw = "\n".join(bundle(home).values())
    for place, secret in PLANTED.items():
        for form in forms(secret):
            assert form not in raw, place


def test_what_this_machine_knows_is_there_where_the_engine_is_away(home: Path, capfd) -> None:
    write_journal("it went wrong")
    files = bundle(home, "--json")
    said = json.loads(capfd.readouterr().out)
    assert {"manifest.json", "versions.json", "configuration.json", "doctor.json", "timings.json"} <= {*files}
    assert "it went wrong" in files[f"operations/{OP}.jsonl"]
    manifest = json.loads(files["manifest.json"])
    assert [one["name"] for one in manifest["files"]] == [name for name in files if name != "manifest.json"]
    assert any("engine" in one["what"] for one in manifest["left_out"])
    assert manifest["left_out"] == said["left_out"]
    assert said["path"] == str(home / "out.tar.gz")
    assert json.loads(files["timings.json"])[0]["op"] == OP


def test_it_is_for_this_account_alone_and_never_overwritten(home: Path, capfd) -> None:
    bundle(home)
    path = home / "out.tar.gz"
    before = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert dispatch(["bundle", "web", "-o", str(path)]) == 2
    assert path.read_bytes() == before
    assert "is there already" in capfd.readouterr().err


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
def test_a_full_disk_leaves_nothing_of_it(home: Path, monkeypatch, capfd, number: int) -> None:
    real = os.fsync

    def full(handle: int) -> None:
        real(handle)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.fsync", full)
    assert dispatch(["bundle", "web", "-o", str(home / "out.tar.gz")]) == 1
    assert os.strerror(number) in capfd.readouterr().err
    assert [path.name for path in home.iterdir() if "out" in path.name or path.name.startswith(".new")] == []


def test_a_folder_gets_a_file_with_the_moment_in_its_name(home: Path) -> None:
    (home / "folder").mkdir()
    assert dispatch(["bundle", "-o", str(home / "folder")]) == 3
    [path] = (home / "folder").iterdir()
    assert path.name.startswith("holdfast-web-20")
    assert path.name.endswith("Z.tar.gz")


def test_an_app_that_there_is_not(home: Path, capfd) -> None:
    assert dispatch(["bundle", "wbe"]) == 2
    assert "web" in capfd.readouterr().err


def test_a_long_journal_is_cut_in_its_middle(home: Path, monkeypatch) -> None:
    monkeypatch.setattr("tui.operations.bundling.here.JOURNAL_BYTES", 20_000)
    write_journal(*(f"line {number} {'x' * 100}" for number in range(1000)))
    files = bundle(home)
    kept = files[f"operations/{OP}.jsonl"]
    assert len(kept) < 40_000
    assert "line 999 " in kept
    assert '"kind": "start"' in kept.splitlines()[0]
    [entry] = [
        one for one in json.loads(files["manifest.json"])["files"] if one["name"].startswith("operations/")
    ]
    assert "events behind its beginning" in entry["left_out"]


def test_members_lie_in_one_folder_and_nowhere_else(home: Path) -> None:
    write_journal("x")
    bundle(home)
    with tarfile.open(home / "out.tar.gz") as tar:
        for member in tar.getmembers():
            assert member.name.startswith("out/")
            assert ".." not in member.name.split("/")
            assert (member.uid, member.gid, member.uname, member.mode) == (0, 0, "", 0o600)
    assert isinstance(archive._raw("x"), bytes)
    assert io
