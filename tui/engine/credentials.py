"""Logins to registries, found as Docker's own command line finds them.

https://docs.docker.com/reference/cli/docker/login/ and https://github.com/docker/docker-credential-helpers.
The docker library knows how a helper is spoken to and how an entry of `auths` is written. Its import takes a
quarter of a second, so it is imported in the thread that needs it, where a login is configured at all.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.errors import HoldfastError
from tui.files import read_file
from tui.model.credentials import Credentials
from tui.model.registry_name import DOCKER_HUB
from tui.paths import docker_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.credential_store import CredentialHelper

HUB_KEY = "https://index.docker.io/v1/"
"""The name under which logins to Docker Hub are kept."""

HUB_NAMES = frozenset({DOCKER_HUB, "index.docker.io", "registry-1.docker.io"})

HELPER_SECONDS = 10.0


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
    helpers, auths = _table(settings, "credHelpers", path), _table(settings, "auths", path)
    key = HUB_KEY if host in HUB_NAMES else host
    if name := helpers.get(key) or helpers.get(host) or settings.get("credsStore"):
        found = await _ask_helper(str(name), key, path, environ)
        if found is not None:
            return found
    return await asyncio.to_thread(_in_file, auths, key, host, path) if auths else None


def kept_logins(environ: Mapping[str, str] = os.environ) -> list[str]:
    """What stands in Docker's configuration and must be told nobody: logins, sealed and open. Blocks.

    Raises CredentialsUnusable.
    """
    path = Path(docker_folder(environ), "config.json")
    settings = _read(path)
    found = [str(value) for value in _table(settings, "HttpHeaders", path).values()]
    for entry in _table(settings, "auths", path).values():
        if not isinstance(entry, dict):
            continue
        found += [
            str(entry[name])
            for name in ("password", "identitytoken", "registrytoken", "auth")
            if entry.get(name)
        ]
        with contextlib.suppress(ValueError):  # then it is masked as it stands there
            login = base64.b64decode(str(entry.get("auth") or "")).decode("utf-8", "replace").strip("\0")
            found += [login, login.partition(":")[2]]
    return [value for value in found if value]


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


def _in_file(auths: Mapping[str, Any], key: str, host: str, path: Path) -> Credentials | None:
    """The login that stands in the file itself. Blocks."""
    from docker.auth import resolve_index_name  # old versions of Docker wrote the name of an entry as a URL

    asked = DOCKER_HUB if host in HUB_NAMES else host
    for name in (key, *(name for name in auths if resolve_index_name(name) == asked)):
        if (entry := auths.get(name)) and (found := _of_entry(entry, name, asked, path)):
            return found
    return None


def _of_entry(entry: object, name: str, host: str, path: Path) -> Credentials | None:
    """An entry of `auths`; None for an empty one, which says that a helper has them."""
    from docker.auth import decode_auth

    if not isinstance(entry, dict):
        raise CredentialsUnusable(f'{path}: "auths", "{name}" is no JSON object')
    username, password = entry.get("username") or "", entry.get("password") or ""
    if sealed := entry.get("auth"):
        try:
            username, password = decode_auth(sealed)
        except (ValueError, TypeError):
            raise CredentialsUnusable(
                f'{path}: "auths", "{name}", "auth" is no login', f"docker login {host}"
            ) from None
        password = password.strip("\0")
    token = entry.get("identitytoken") or ""
    return Credentials(str(username), str(password), str(token)) if username or token else None


async def _ask_helper(name: str, key: str, path: Path, environ: Mapping[str, str]) -> Credentials | None:
    """Ask docker-credential-NAME in a thread; None where it has nothing for this registry.

    Whoever gives up waiting ends it: its thread never outlives the call.
    """
    program = f"docker-credential-{name}"
    executable = None if os.sep in name else await asyncio.to_thread(_which, program, environ)
    if executable is None:
        raise CredentialsUnusable(
            f"{path} names the credential helper {program}, which is not installed",
            f'install it, or take "{name}" out of the file and log in again: docker login',
        )
    helper = await asyncio.to_thread(_helper, name, executable, environ)
    asking = asyncio.create_task(asyncio.to_thread(_answer, helper, key, path))
    try:
        return await asyncio.shield(asking)
    except asyncio.CancelledError:
        helper.give_up()
        await asyncio.gather(asking, return_exceptions=True)
        raise


def _which(program: str, environ: Mapping[str, str]) -> str | None:
    return shutil.which(program, path=environ.get("PATH"))


def _helper(name: str, executable: str, environ: Mapping[str, str]) -> CredentialHelper:
    from tui.engine.credential_store import CredentialHelper

    return CredentialHelper(name, executable, environ, HELPER_SECONDS)


def _answer(helper: CredentialHelper, key: str, path: Path) -> Credentials | None:
    """What a helper says. Blocks."""
    from docker.auth import TOKEN_USERNAME
    from docker.credentials.errors import CredentialsNotFound, StoreError

    program = helper.program
    try:
        answer = helper.get(key)
        username, secret = str(answer["Username"]), str(answer["Secret"])
    except CredentialsNotFound:
        return None
    except TimeoutError:
        raise CredentialsUnusable(
            f"the credential helper {program} did not answer within {HELPER_SECONDS:g} s ({path})",
            f"does it wait for a password? Try: echo {key} | {program} get",
        ) from None
    except StoreError:  # from None, as it repeats what was answered
        raise CredentialsUnusable(
            f"the credential helper {program} failed with exit status {helper.status} ({path})",
            f"see why: echo {key} | {program} get",
        ) from None
    except OSError as error:
        raise CredentialsUnusable(
            f"the credential helper {program} cannot be started: {error.strerror} ({path})"
        ) from error
    except (ValueError, KeyError, TypeError, RecursionError):
        # from None: the decoder's error carries the whole text
        raise CredentialsUnusable(
            f"the credential helper {program} answered what is no login ({path})"
        ) from None
    if not secret:
        return None
    if username == TOKEN_USERNAME:
        return Credentials(identity_token=secret)
    return Credentials(username, secret)
