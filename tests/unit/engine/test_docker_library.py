"""What is found in Docker's configuration is what the docker library finds there."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pytest
from docker.auth import AuthConfig
from docker.context import ContextAPI
from docker.context.config import get_current_context_name
from docker.credentials import Store
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.engine.credential_store import CredentialHelper
from tui.engine.credentials import credentials_for
from tui.engine.endpoint import resolve
from tui.engine.errors import EndpointUnusable
from tui.model.credentials import Credentials

TREE = Path(__file__).parents[3]

NAMES = st.text("abcXYZ019_.+-é ", min_size=1, max_size=12).filter(lambda name: name != "default")
HOSTS = st.sampled_from(
    [
        "unix:///run/other.sock",
        "unix:///home/me/.docker/desktop/docker.sock",
        "tcp://10.0.0.5:2376",
        "ssh://me@host",
        "ssh://host:22/run/docker.sock",
    ]
)
METADATA = st.sampled_from([{}, {"Description": "x"}, {"StackOrchestrator": "swarm"}])
CONTEXTS = st.dictionaries(NAMES, st.tuples(HOSTS, METADATA, st.booleans()), max_size=4)


def write_contexts(folder: Path, contexts: dict[str, tuple[str, dict[str, str], bool]]) -> None:
    for name, (host, metadata, skip) in contexts.items():
        place = folder / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
        place.mkdir(parents=True)
        meta = {
            "Name": name,
            "Metadata": metadata,
            "Endpoints": {
                "docker": {"Host": host, "SkipTLSVerify": skip},
                "kubernetes": {"Host": "https://k"},
            },
        }
        (place / "meta.json").write_text(json.dumps(meta))


@given(CONTEXTS, st.data())
@settings(max_examples=150)
def test_the_context_is_the_library_s(
    contexts: dict[str, tuple[str, dict[str, str], bool]], data: st.DataObject
) -> None:
    current = data.draw(st.none() | st.sampled_from(["", "default", *contexts]))
    others = data.draw(st.sampled_from([{}, {"auths": {}, "credsStore": "x"}]))
    said = {} if current is None else {"currentContext": current}
    with TemporaryDirectory() as folder:
        Path(folder, "config.json").write_text(json.dumps({**others, **said}))
        write_contexts(Path(folder), contexts)
        environ = {"DOCKER_CONFIG": folder, "HOME": folder, "PATH": os.environ["PATH"]}
        with patch.dict(os.environ, environ, clear=True):
            name = get_current_context_name() or "default"
            theirs = ContextAPI.get_context(name).Host
            assert resolve(environ=environ).url == theirs
            for known in contexts:
                theirs = ContextAPI.get_context(known).Host
                assert resolve(docker_context=known, environ=environ).url == theirs
            assert ContextAPI.get_context("nowhere") is None
            with pytest.raises(EndpointUnusable):
                resolve(docker_context="nowhere", environ=environ)


REGISTRIES = ["docker.io", "registry.example.com:5000", "ghcr.io"]
KEYS = [
    "https://index.docker.io/v1/",
    "index.docker.io",
    "registry.example.com:5000",
    "https://registry.example.com:5000",
    "http://registry.example.com:5000/v1/",
    "ghcr.io",
]
USERS = st.text("abcé", min_size=1, max_size=4)
SECRETS = st.text("abc:é?> ", min_size=1, max_size=6).map(lambda text: f"{text}x")


def login(given: tuple[str, str]) -> dict[str, str]:
    return {"auth": base64.b64encode(":".join(given).encode()).decode()}


ENTRIES = st.one_of(
    st.just({}),
    st.tuples(USERS, SECRETS).map(login),
    SECRETS.map(lambda token: {"identitytoken": token}),
)


@given(st.dictionaries(st.sampled_from(KEYS), ENTRIES, min_size=1, max_size=4), st.sampled_from(REGISTRIES))
@settings(max_examples=150)
def test_the_login_in_the_file_is_the_library_s(auths: dict[str, dict[str, str]], host: str) -> None:
    theirs: dict[str, Any] | None = AuthConfig.load_config(None, {"auths": json.loads(json.dumps(auths))})
    found = theirs.resolve_authconfig(host) or {}  # type: ignore[union-attr]
    wanted = Credentials(found.get("username", ""), found.get("password", ""), found.get("IdentityToken", ""))
    with TemporaryDirectory() as folder:
        Path(folder, "config.json").write_text(json.dumps({"auths": auths}))
        ours = asyncio.run(credentials_for(host, {"DOCKER_CONFIG": folder}))
    several = sum(1 for key in auths if host.split(".")[-2] in key) > 1
    assert (ours or Credentials()) == wanted or several  # of several Docker takes the exact name


def test_a_helper_is_asked_by_the_library_s_protocol(tmp_path: Path) -> None:
    program = tmp_path / "docker-credential-test"
    program.write_text(
        "#!/bin/sh\n"
        f'echo "$@" >> {tmp_path}/asked; read host; echo "$host" >> {tmp_path}/asked\n'
        """echo '{"ServerURL": "x", "Username": "me", "Secret": "word"}'\n"""
    )
    program.chmod(0o755)
    environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    with patch.dict(os.environ, environ):
        theirs = Store("test").get("registry:5000")
    assert CredentialHelper("test", str(program), environ, 10.0).get("registry:5000") == theirs
    lines = (tmp_path / "asked").read_text().split("\n")
    assert lines[:2] == lines[2:4] == ["get", "registry:5000"]


LOADED = "print('docker' in sys.modules)"


@pytest.mark.parametrize(
    "module",
    [
        "first_paint",
        "app",
        "cli.status",
        "cli.releases_history",
        "operations.looking.app_repository",
        "operations.verbs.push",
    ],
)
def test_nothing_loads_the_library_beforehand(module: str) -> None:
    """Its import takes a quarter of a second: neither a frame nor a short command may wait for it."""
    assert run(f"import sys, tui.{module}\n{LOADED}") == "False"


def test_without_a_login_the_library_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"currentContext": "default"}')
    asked = f"credentials_for('docker.io', {{'DOCKER_CONFIG': '{tmp_path}'}})"
    imports = "import asyncio, sys\nfrom tui.engine.credentials import credentials_for\n"
    assert run(f"{imports}assert asyncio.run({asked}) is None\n{LOADED}") == "False"


def run(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=TREE, capture_output=True, text=True, check=True)
    return done.stdout.strip()
