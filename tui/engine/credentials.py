"""Logins to registries, found as Docker's own command line finds them.

https://docs.docker.com/reference/cli/docker/login/ and https://github.com/docker/docker-credential-helpers.
Read by hand: the docker library asks a helper without a time limit, repeats its output in errors, and takes a
malformed configuration for an empty one.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import json
import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.engine.endpoint import docker_folder
from tui.errors import HoldfastError
from tui.files import read_file
from tui.model.credentials import Credentials
from tui.model.reference import DOCKER_HUB

if TYPE_CHECKING:
    from collections.abc import Mapping

HUB_KEY = "https://index.docker.io/v1/"
"""The name under which logins to Docker Hub are kept."""

HUB_NAMES = frozenset({DOCKER_HUB, "index.docker.io", "registry-1.docker.io"})

HELPER_SECONDS = 10.0
HELPER_BYTES = 1 << 20

NOT_FOUND = b"credentials not found in native keychain"
TOKEN_USER = "<token>"
"""The user's name by which a helper says that it has an identity token."""


class CredentialsUnusable(HoldfastError):
    """Docker's configuration, or the helper that it names, gives no credentials."""

    exit_status = 2


async def credentials_for(host: str, environ: Mapping[str, str] = os.environ) -> Credentials | None:
    """The login for a registry ("docker.io", "registry:5000"), None where there is none.

    Looks into config.json in DOCKER_CONFIG or ~/.docker: the helper for this registry (credHelpers), the one
    for all (credsStore), then `auths`. Raises CredentialsUnusable, which never repeats what they said.
    """
    path = Path(docker_folder(environ), "config.json")
    settings = await asyncio.to_thread(_read, path)
    key = HUB_KEY if host in HUB_NAMES else host
    helpers = _table(settings, "credHelpers", path)
    if helper := helpers.get(key) or helpers.get(host) or settings.get("credsStore"):
        found = await _ask_helper(str(helper), key, path, environ)
        if found is not None:
            return found
    auths = _table(settings, "auths", path)
    for name in (key, *(name for name in auths if _host(name) == host)):
        if (entry := auths.get(name)) and (found := _of_entry(entry, name, path)):
            return found
    return None


def registry_auth_header(credentials: Credentials | None, host: str) -> str:
    """The value of X-Registry-Auth (Engine API, section Authentication): JSON in base64url.

    >>> registry_auth_header(None, "registry:5000")
    'e30='
    """
    words = {}
    if credentials is not None:
        words = {"serveraddress": HUB_KEY if host in HUB_NAMES else host, "username": credentials.username}
        if credentials.identity_token:
            words["identitytoken"] = credentials.identity_token
        else:
            words["password"] = credentials.password
    return base64.urlsafe_b64encode(json.dumps(words).encode()).decode()


def _read(path: Path) -> dict[str, Any]:
    try:
        text = read_file(path).decode("utf-8", "replace")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise CredentialsUnusable(f"{path} cannot be read: {error.strerror}") from error
    try:
        settings = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise CredentialsUnusable(
            f"{path} is no valid JSON{where}", "mend it, or move it away and log in again: docker login"
        ) from None  # the decoder's error carries the whole text
    if not isinstance(settings, dict):
        raise CredentialsUnusable(f"{path} holds no JSON object")
    return settings


def _table(settings: Mapping[str, Any], name: str, path: Path) -> Mapping[str, Any]:
    table = settings.get(name) or {}
    if not isinstance(table, dict):
        raise CredentialsUnusable(f'{path}: "{name}" is no JSON object')
    return table


def _host(name: str) -> str:
    """The registry of an entry's name, which old versions of Docker wrote as a URL."""
    host = name.removeprefix("https://").removeprefix("http://").partition("/")[0]
    return DOCKER_HUB if host in HUB_NAMES else host


def _of_entry(entry: object, name: str, path: Path) -> Credentials | None:
    """An entry of `auths`; None for an empty one, which says that a helper has them."""
    if not isinstance(entry, dict):
        raise CredentialsUnusable(f'{path}: "auths", "{name}" is no JSON object')
    username, password = entry.get("username") or "", entry.get("password") or ""
    if sealed := entry.get("auth"):
        try:
            username, colon, password = base64.b64decode(sealed).decode().partition(":")
        except (binascii.Error, ValueError, TypeError):
            colon = ""
        if not colon:
            raise CredentialsUnusable(
                f'{path}: "auths", "{name}", "auth" is no login', f"docker login {_host(name)}"
            ) from None
        password = password.strip("\0")
    token = entry.get("identitytoken") or ""
    return Credentials(str(username), str(password), str(token)) if username or token else None


async def _ask_helper(name: str, key: str, path: Path, environ: Mapping[str, str]) -> Credentials | None:
    """Run docker-credential-NAME; None where it has nothing for this registry."""
    program = f"docker-credential-{name}"
    found = await asyncio.to_thread(shutil.which, program, path=environ.get("PATH"))
    if found is None or os.sep in name:
        raise CredentialsUnusable(
            f"{path} names the credential helper {program}, which is not installed",
            f'install it, or take "{name}" out of the file and log in again: docker login',
        )
    try:
        status, output = await _run(found, key, environ)
    except TimeoutError:
        raise CredentialsUnusable(
            f"the credential helper {program} did not answer within {HELPER_SECONDS:g} s ({path})",
            f"does it wait for a password? Try: echo {key} | {program} get",
        ) from None
    except OSError as error:
        raise CredentialsUnusable(
            f"the credential helper {program} cannot be started: {error.strerror} ({path})"
        ) from error
    if status != 0:
        if NOT_FOUND in output:
            return None
        raise CredentialsUnusable(
            f"the credential helper {program} failed with exit status {status} ({path})",
            f"see why: echo {key} | {program} get",
        )
    return _of_answer(output, program, path)


def _of_answer(output: bytes, program: str, path: Path) -> Credentials | None:
    try:
        answer = json.loads(output)
        username, secret = str(answer["Username"]), str(answer["Secret"])
    except (ValueError, KeyError, TypeError, RecursionError):
        # from None: the decoder's error carries the whole text
        raise CredentialsUnusable(
            f"the credential helper {program} answered what is no login ({path})"
        ) from None
    if not secret:
        return None
    if username == TOKEN_USER:
        return Credentials(identity_token=secret)
    return Credentials(username, secret)


async def _run(program: str, question: str, environ: Mapping[str, str]) -> tuple[int, bytes]:
    """Exit status and output. Raises TimeoutError, OSError; the helper never outlives the call."""
    process = await asyncio.create_subprocess_exec(
        program,
        "get",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environ,
        start_new_session=True,  # so that what it starts ends with it
    )
    assert process.stdin
    assert process.stdout
    try:
        async with asyncio.timeout(HELPER_SECONDS):
            with contextlib.suppress(ConnectionError):  # it need not read the question
                process.stdin.write(question.encode())
                await process.stdin.drain()
            process.stdin.close()
            output = b""
            while len(output) < HELPER_BYTES and (part := await process.stdout.read(HELPER_BYTES)):
                output += part
            return await process.wait(), output
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
