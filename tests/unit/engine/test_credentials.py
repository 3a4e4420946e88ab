from __future__ import annotations

import asyncio
import base64
import json
import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from tui.engine import credentials
from tui.engine.credentials import HUB_KEY, CredentialsUnusable, credentials_for, registry_auth_header
from tui.errors import HoldfastError
from tui.model.credentials import Credentials

if TYPE_CHECKING:
    from pathlib import Path

HOST = "registry.example.com:5000"
SECRET = "hunter2hunter2"


class Home:
    """Docker's configuration and credential helpers of a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"DOCKER_CONFIG": str(folder), "PATH": f"{folder}:{os.environ['PATH']}"}

    def write(self, **settings: Any) -> None:
        (self.folder / "config.json").write_text(json.dumps(settings))

    def helper(self, name: str, script: str) -> None:
        path = self.folder / f"docker-credential-{name}"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    async def find(self, host: str = HOST) -> Credentials | None:
        return await credentials_for(host, self.environ)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def sealed(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def answer(username: str, secret: str) -> str:
    return f"""echo '{json.dumps({"ServerURL": "x", "Username": username, "Secret": secret})}'"""


async def test_no_configuration_is_no_login(home: Home) -> None:
    assert await home.find() is None
    home.write()
    assert await home.find() is None


async def test_the_home_folder_is_where_docker_looks_without_docker_config(tmp_path: Path) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker/config.json").write_text(json.dumps({"auths": {HOST: {"auth": sealed("me:word")}}}))
    assert await credentials_for(HOST, {"HOME": str(tmp_path)}) == Credentials("me", "word")


@pytest.mark.parametrize(
    ("key", "host"),
    [
        (HOST, HOST),
        (f"https://{HOST}", HOST),
        (f"http://{HOST}/v1/", HOST),
        (HUB_KEY, "docker.io"),
        (HUB_KEY, "registry-1.docker.io"),
        ("docker.io", "docker.io"),
    ],
)
async def test_a_login_in_the_file(home: Home, key: str, host: str) -> None:
    home.write(auths={"other.example.com": {"auth": sealed("no:no")}, key: {"auth": sealed("me:wo:rd")}})
    assert await home.find(host) == Credentials("me", "wo:rd")
    assert await home.find("third.example.com") is None


async def test_an_identity_token_in_the_file(home: Home) -> None:
    home.write(auths={HOST: {"auth": sealed("me:"), "identitytoken": SECRET}})
    assert await home.find() == Credentials("me", "", SECRET)


async def test_the_helper_of_a_registry_goes_before_the_one_for_all(home: Home) -> None:
    home.write(credsStore="all", credHelpers={HOST: "one"}, auths={HOST: {}})
    home.helper("one", f'read host; test "$host" = {HOST} && {answer("me", SECRET)}')
    home.helper("all", answer("everyone", SECRET))
    assert await home.find() == Credentials("me", SECRET)
    assert await home.find("other.example.com") == Credentials("everyone", SECRET)


async def test_a_helper_is_asked_for_docker_hub_by_its_old_address(home: Home) -> None:
    home.write(credsStore="all")
    home.helper("all", f'read host; test "$host" = {HUB_KEY} && {answer("<token>", SECRET)}')
    assert await home.find("docker.io") == Credentials(identity_token=SECRET)


async def test_a_helper_that_knows_nothing_leaves_it_to_the_file(home: Home) -> None:
    home.write(credsStore="all", auths={HOST: {"auth": sealed("me:word")}})
    home.helper("all", "echo credentials not found in native keychain; exit 1")
    assert await home.find() == Credentials("me", "word")
    home.helper("all", answer("", ""))
    assert await home.find() == Credentials("me", "word")
    assert await home.find("other.example.com") is None


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (f"echo {SECRET}; echo {SECRET} >&2; exit 3", "failed with exit status 3"),
        (f"echo {SECRET}", "no login"),
        (f"""echo '{{"Username": "{SECRET}"}}'""", "no login"),
        (f"""echo '["{SECRET}"]'""", "no login"),
        ("kill -9 $$", "exit status -9"),
    ],
)
async def test_a_helper_that_fails_is_named_and_never_quoted(home: Home, script: str, says: str) -> None:
    home.write(credsStore="all")
    home.helper("all", script)
    with pytest.raises(CredentialsUnusable, match=f"docker-credential-all.*{says}") as caught:
        await home.find()
    error: BaseException | None = caught.value
    assert str(home.folder / "config.json") in str(error)
    while error is not None:
        assert SECRET not in f"{error} {error.args} {getattr(error, 'detail', '')}"
        error = error.__cause__


async def test_a_missing_helper_is_named_with_the_file_that_asks_for_it(home: Home) -> None:
    home.write(credsStore="pass")
    with pytest.raises(CredentialsUnusable, match="docker-credential-pass, which is not installed") as caught:
        await home.find()
    assert str(home.folder / "config.json") in caught.value.message
    assert caught.value.exit_status == 2


async def test_a_helper_that_hangs_is_ended_with_all_it_started(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "HELPER_SECONDS", 0.3)
    home.write(credsStore="all")
    home.helper("all", f"sleep 600 & echo $! > {home.folder}/child; wait")
    before = time.monotonic()
    with pytest.raises(CredentialsUnusable, match=r"docker-credential-all did not answer within 0\.3 s"):
        await home.find()
    assert time.monotonic() - before < 60
    await _gone(int((home.folder / "child").read_text()))


async def test_a_cancelled_call_leaves_no_helper_behind(home: Home) -> None:
    home.write(credsStore="all")
    home.helper("all", f"echo $$ > {home.folder}/child; exec sleep 600")
    asking = asyncio.create_task(home.find())
    while not (home.folder / "child").exists() or not (home.folder / "child").read_text():
        await asyncio.sleep(0.01)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await _gone(int((home.folder / "child").read_text()))


async def _gone(pid: int) -> None:
    limit = time.monotonic() + 5
    while _runs(pid):
        assert time.monotonic() < limit, f"{pid} still runs"
        await asyncio.sleep(0.01)


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'{{"auths": "{SECRET}', "no valid JSON, line 1"),
        ("[]", "no JSON object"),
        ('{"auths": []}', None),
        ('{"auths": ["x"]}', '"auths" is no JSON object'),
        (f'{{"auths": {{"{HOST}": "{SECRET}"}}}}', "no JSON object"),
        (f'{{"auths": {{"{HOST}": {{"auth": "{SECRET}"}}}}}}', '"auth" is no login'),
        (f'{{"auths": {{"{HOST}": {{"auth": 5}}}}}}', '"auth" is no login'),
    ],
)
async def test_a_damaged_file_is_named_and_its_secrets_are_not(
    home: Home, text: str, says: str | None
) -> None:
    (home.folder / "config.json").write_text(text)
    if says is None:
        assert await home.find() is None
        return
    with pytest.raises(HoldfastError, match=says) as caught:
        await home.find()
    assert str(home.folder / "config.json") in str(caught.value)
    assert SECRET not in f"{caught.value} {caught.value.__cause__}"


async def test_a_file_that_may_not_be_read_is_named(home: Home) -> None:
    (home.folder / "config.json").mkdir()
    with pytest.raises(CredentialsUnusable, match=r"config\.json cannot be read"):
        await home.find()


@pytest.mark.parametrize(
    ("login", "host", "words"),
    [
        (None, HOST, {}),
        (
            Credentials("mé", "wörd?>"),
            HOST,
            {"username": "mé", "password": "wörd?>", "serveraddress": HOST},
        ),
        (
            Credentials("me", "", SECRET),
            "docker.io",
            {"username": "me", "identitytoken": SECRET, "serveraddress": HUB_KEY},
        ),
    ],
)
def test_the_header_for_the_engine(login: Credentials | None, host: str, words: dict[str, str]) -> None:
    header = registry_auth_header(login, host)
    assert json.loads(base64.urlsafe_b64decode(header)) == words
    assert not set(header) & set("+/")
