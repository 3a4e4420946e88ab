"""Every verb says by its exit status whether the engine was named wrongly (2) or is out of reach (3)."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.allowing import allow_file
from tui.cli.arguments import dispatch
from tui.engine import client
from tui.model import verb as verbs
from tui.model.verb import Argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.model.verb import Verb

WRONG, OUT_OF_REACH = 2, 3

CONFIG = """\
[apps.web]
image = "registry.invalid/web"
[apps.web.build]
context = "."
"""

TOLD = {
    Argument.VERSION: "v1",
    Argument.IMAGE: "--image abc",
    Argument.TO: "--to r3",
    Argument.CONTAINER: "--as web",
}
"""How a verb is told what it takes."""


def ways(verb: Verb) -> Iterator[str]:
    """How a verb is called."""
    yield from (f"{verb.name} web{option}" for option in ("", " --plan", " --json", " --quiet"))
    if verb.asks:
        yield f"{verb.name} web --yes"
    yield from (f"{verb.name} web {TOLD[argument]}" for argument in verb.takes if argument in TOLD)


VERBS = [
    *(way for verb in verbs.VERBS.values() for way in ways(verb)),
    "deploy v1 --json", "rollback --to r3",
    "unlock web", "unlock web --yes --json", "status", "status web",
    "status other --json", "status --drift", "history", "history web --json", "drift", "drift web --json",
    "logs", "logs web --follow --json", "logs web --release r3 --since 2h",
    "verify", "verify web --deep", "verify --deep --json",
]  # fmt: skip
"""All that ask an engine; `doctor` ends with 1 whatever is wrong."""

SOME = ["build web", "deploy web", "unlock web", "status", "history", "drift"]
"""One of each way to an engine."""

NO_HTTP = b"SSH-2.0-OpenSSH\r\n\r\n"


def http(body: bytes, status: str = "200 OK", length: int | None = None) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length or len(body)}"
    return f"{head}\r\nConnection: close\r\n\r\n".encode() + body


def version(api: str, oldest: str = "1.12") -> bytes:
    return http(json.dumps({"Version": "1", "ApiVersion": api, "MinAPIVersion": oldest}).encode())


ANSWERS = {
    "another protocol": (WRONG, NO_HTTP),
    "no JSON": (WRONG, http(b"<html>")),
    "another JSON": (WRONG, http(b"[]")),
    "another program's 404": (WRONG, http(b"not found", "404 Not Found")),
    "a refusal": (WRONG, http(b'{"message": "no"}', "403 Forbidden")),
    "too old": (WRONG, version("1.24")),
    "too new": (WRONG, version("1.99", "1.98")),
    "trouble": (OUT_OF_REACH, http(b'{"message": "starting"}', "503 Service Unavailable")),
    "hanging up": (OUT_OF_REACH, b""),
    "cut in the middle": (OUT_OF_REACH, http(b"{", length=1000)),
    "silence": (OUT_OF_REACH, None),
}
"""What answers at the socket, and what it means; None never answers."""


def _ghost(folder: Path) -> str:
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(folder / "ghost"))
    return f"unix://{folder}/ghost"


def _file(folder: Path) -> str:
    (folder / "file").write_text("no socket")
    return f"unix://{folder}/file"


HOSTS = {
    "no such scheme": (WRONG, "gopher://host"),
    "a scheme alone": (WRONG, "unix://"),
    "a kind that is not spoken": (WRONG, "npipe:////./pipe/docker_engine"),
    "without TLS": (WRONG, "tcp://web-1:2375"),
    "no port": (WRONG, "tcp://web-1:0"),
    "nobody listens": (OUT_OF_REACH, "tcp://127.0.0.1:1"),
    "a name without a scheme": (WRONG, "build-host"),
    "ssh to what is no host": (WRONG, "ssh://-oProxyCommand=x"),
    "ssh where nothing listens": (OUT_OF_REACH, "ssh://user@127.0.0.1:1"),
    "a path that is too long": (WRONG, "unix:///" + "x" * 200),
    "no text": (WRONG, "unix:///a\ud800b"),
    "no such socket": (OUT_OF_REACH, "unix:///none/of.sock"),
    "a relative path": (OUT_OF_REACH, "unix://none.sock"),
    "left behind": (OUT_OF_REACH, _ghost),
    "a file": (OUT_OF_REACH, _file),
    "a folder": (OUT_OF_REACH, lambda folder: f"unix://{folder}"),
}

CONTEXTS = {
    "no such context": (WRONG, None),
    "no JSON": (WRONG, "{"),
    "no endpoint": (WRONG, '{"Endpoints": {}}'),
    "an endpoint that is no text": (WRONG, '{"Endpoints": {"docker": {"Host": 7}}}'),
    "no path": (WRONG, '{"Endpoints": {"docker": {"Host": "unix:///a\\u0000b"}}}'),
    "not spoken": (WRONG, '{"Endpoints": {"docker": {"Host": "tcp://host:2376"}}}'),
    "not there": (OUT_OF_REACH, '{"Endpoints": {"docker": {"Host": "unix:///none/of.sock"}}}'),
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    Path("holdfast.toml").write_text(CONFIG)
    Path("Dockerfile").write_text("FROM scratch\n")
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker/config.json").write_text('{"auths": {"registry.invalid": {}}}')
    return tmp_path


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[list[bytes | None]]:
    """Answers every request at tmp_path/engine.sock with what the list holds."""
    answers: list[bytes | None] = []
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "engine.sock"))
    listening.listen(50)
    kept = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            connection.recv(65536)
            if answers[0] is None:
                kept.append(connection)
                continue
            connection.sendall(answers[0])
            connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield answers
    listening.shutdown(socket.SHUT_RDWR)
    thread.join()
    for socket_ in (*kept, listening):
        socket_.close()


def ends_with(status: int, *options: str, verbs: list[str] = SOME) -> None:
    """All of the verbs do."""
    found = {verb: dispatch([*options, *verb.split()]) for verb in verbs}
    assert found == dict.fromkeys(verbs, status)


def test_every_verb(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ends_with(WRONG, "--context", "none", verbs=VERBS)
    # Of sign and promote it is the registry: they need no engine. To promote, a version has to be named.
    wrong = [one for one in VERBS if one.startswith("promote web") and " v1" not in one]
    host = ("--host", f"{home}/none.sock")
    ends_with(OUT_OF_REACH, *host, verbs=[one for one in VERBS if one not in wrong])
    ends_with(WRONG, *host, verbs=wrong)
    assert dispatch(["--context", "none", "doctor"]) == 1
    assert dispatch(["--host", "/none", "doctor"]) == OUT_OF_REACH
    assert "Traceback" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("case", HOSTS)
def test_an_endpoint(case: str, home: Path) -> None:
    status, host = HOSTS[case]
    ends_with(status, "--host", host if isinstance(host, str) else host(home))


@pytest.mark.parametrize("case", ANSWERS)
def test_what_answers(
    case: str, home: Path, serving: list[bytes | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, answer = ANSWERS[case]
    if answer is None:
        monkeypatch.setattr(client, "QUESTION_SECONDS", 0.1)
    serving.append(answer)
    ends_with(status, "--host", f"unix://{home}/engine.sock")


@pytest.mark.parametrize("case", CONTEXTS)
def test_a_context(case: str, home: Path) -> None:
    status, meta = CONTEXTS[case]
    folder = home / ".docker/contexts/meta" / hashlib.sha256(b"prod").hexdigest()
    if meta is not None:
        folder.mkdir(parents=True)
        (folder / "meta.json").write_text(meta)
    ends_with(status, "--context", "prod")


@pytest.mark.parametrize("name", ["DOCKER_HOST", "DOCKER_CONTEXT"])
def test_the_environment(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "gopher://host")
    ends_with(WRONG)


def test_dockers_own_configuration(home: Path) -> None:
    (home / ".docker/config.json").write_text('{"currentContext": ')
    ends_with(WRONG)


@pytest.mark.parametrize("engine", ["gopher://host", "no-such-context"])
@pytest.mark.parametrize("of_app", [True, False])
def test_the_configuration_is_named_as_the_one_that_says_so(
    engine: str, of_app: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    line = f'engine = "{engine}"\n'
    before, after = CONFIG.split("[apps.web.build]")
    Path("holdfast.toml").write_text(
        f"{before}{line}[apps.web.build]{after}" if of_app else f"{line}{CONFIG}"
    )
    allow_file()
    ends_with(WRONG)
    said = capsys.readouterr().err
    assert said.count("the configuration ") == len(SOME)
    assert "--" not in said
