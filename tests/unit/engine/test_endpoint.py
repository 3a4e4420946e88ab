from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tui.engine import endpoint
from tui.engine.endpoint import Endpoint, resolve
from tui.engine.endpoint_tls import Tls
from tui.engine.errors import EndpointUnusable

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(endpoint, "DEFAULT_SOCKET", str(tmp_path / "docker.sock"))
    (tmp_path / "docker.sock").touch()
    return tmp_path


def configure(home: Path, current: str = "", **contexts: str) -> dict[str, str]:
    """Docker's configuration with these contexts; the environment that names it."""
    folder = home / ".docker"
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps({"auths": {}, "currentContext": current}))
    for name, host in contexts.items():
        meta = folder / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
        meta.mkdir(parents=True)
        (meta / "meta.json").write_text(
            json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": {"Host": host}}})
        )
    return {"HOME": str(home)}


def test_the_order_is_dockers_own(home: Path) -> None:
    environ = configure(home, "three", one="unix:///one", two="unix:///two", three="unix:///three")
    assert resolve(None, None, environ) == Endpoint("unix:///three", "context three")
    environ["DOCKER_CONTEXT"] = "two"
    assert resolve(None, None, environ) == Endpoint("unix:///two", "context two")
    environ["DOCKER_HOST"] = "unix:///variable"
    assert resolve(None, None, environ) == Endpoint("unix:///variable", "DOCKER_HOST")
    assert resolve(None, "one", environ) == Endpoint("unix:///one", "context one")
    assert resolve("unix:///option", "one", environ) == Endpoint("unix:///option", "--host")


def test_without_any_configuration_it_is_the_default_socket(home: Path) -> None:
    expected = Endpoint(f"unix://{home}/docker.sock", "default socket")
    assert resolve(environ={"HOME": str(home)}) == expected
    assert resolve(environ=configure(home, "default")) == expected
    assert (
        resolve(docker_context="default", environ={"HOME": str(home), "DOCKER_HOST": "unix:///x"}) == expected
    )


@pytest.mark.parametrize("rootless", ["run/docker.sock", ".docker/run/docker.sock"])
def test_a_rootless_socket_is_found_where_the_default_is_missing(home: Path, rootless: str) -> None:
    environ = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run")}
    socket = home / rootless
    socket.parent.mkdir(parents=True)
    socket.touch()
    assert resolve(environ=environ).source == "default socket"
    (home / "docker.sock").unlink()
    assert resolve(environ=environ) == Endpoint(f"unix://{socket}", "rootless socket")


def test_docker_config_names_another_folder(home: Path) -> None:
    configure(home, "prod", prod="unix:///prod")
    environ = {"HOME": "/nonexistent", "DOCKER_CONFIG": str(home / ".docker")}
    assert resolve(environ=environ) == Endpoint("unix:///prod", "context prod")


def test_a_path_and_a_host_without_scheme_are_understood() -> None:
    assert resolve("/run/x.sock").url == "unix:///run/x.sock"
    assert resolve("10.0.0.1:2375").url == "tcp://10.0.0.1:2375"


def test_only_unix_endpoints_have_a_socket_path() -> None:
    assert Endpoint("unix:///run/x.sock", "").socket_path == "/run/x.sock"
    assert Endpoint("tcp://host:2375", "").socket_path == ""


def test_the_remedy_for_a_kind_that_is_none_names_all_kinds() -> None:
    with pytest.raises(EndpointUnusable) as refused:
        resolve("sssh://x")
    assert "ssh://user@host" in refused.value.hint
    assert "tcp://host:2376" in refused.value.hint


@pytest.mark.parametrize("text", ["gopher://host", "unix://"])
def test_what_is_no_endpoint_is_refused_by_its_source(text: str) -> None:
    with pytest.raises(EndpointUnusable, match="DOCKER_HOST"):
        resolve(environ={"DOCKER_HOST": text})


def test_a_context_that_there_is_not_is_named_with_who_named_it(home: Path) -> None:
    with pytest.raises(EndpointUnusable, match='Docker\'s configuration names the Docker context "gone"'):
        resolve(environ=configure(home, "gone"))
    with pytest.raises(EndpointUnusable, match="--context"):
        resolve(docker_context="gone", environ={"HOME": str(home)})


@pytest.mark.parametrize("text", ['{"currentContext": ', '["currentContext"]'])
def test_a_broken_configuration_is_named_by_its_file(home: Path, text: str) -> None:
    environ = configure(home)
    (home / ".docker" / "config.json").write_text(text)
    with pytest.raises(EndpointUnusable, match=r"config\.json"):
        resolve(environ=environ)


@pytest.mark.parametrize("text", ["{}", '{"Endpoints": []}', '{"Endpoints": {"docker": {"Host": 7}}}', "x"])
def test_a_broken_context_is_named_by_its_file(home: Path, text: str) -> None:
    environ = configure(home, "prod", prod="unix:///prod")
    next((home / ".docker" / "contexts").rglob("meta.json")).write_text(text)
    with pytest.raises(EndpointUnusable, match=r"meta\.json"):
        resolve(environ=environ)


def test_finding_the_default_imports_nothing_heavy(home: Path) -> None:
    code = (
        "import sys; from tui.engine.endpoint import resolve; resolve(); "
        "import tui.engine.container.listed, tui.engine.jsonmessage; "
        "print({'aiohttp', 'asyncio', 'docker', 'socket', 'datetime'} & set(sys.modules))"
    )
    environ = {"HOME": str(home), "PYTHONPATH": ":".join(sys.path)}
    found = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "set()"


def context_with_tls(home: Path, name: str, *files: str, skip: bool = False) -> Path:
    folder = home / ".docker" / "contexts"
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = folder / "meta" / digest / "meta.json"
    value = json.loads(meta.read_text())
    value["Endpoints"]["docker"]["SkipTLSVerify"] = skip
    meta.write_text(json.dumps(value))
    tls = folder / "tls" / digest / "docker"
    tls.mkdir(parents=True)
    for file in files:
        (tls / file).touch()
    return tls


def test_a_context_brings_its_certificates(home: Path) -> None:
    environ = configure(home, all="tcp://a:2376", ca="tcp://b:2376", none="tcp://c:2375", skip="tcp://d:2376")
    tls = context_with_tls(home, "all", "ca.pem", "cert.pem", "key.pem")
    only_ca = context_with_tls(home, "ca", "ca.pem")
    context_with_tls(home, "skip", skip=True)
    found = Tls(str(tls / "ca.pem"), str(tls / "cert.pem"), str(tls / "key.pem"))
    assert resolve(None, "all", environ) == Endpoint("tcp://a:2376", "context all", found)
    assert resolve(None, "ca", environ).tls == Tls(str(only_ca / "ca.pem"))
    assert resolve(None, "none", environ).tls is None
    assert resolve(None, "skip", environ).tls == Tls(verify=False)


@pytest.mark.parametrize("option", [None, "tcp://a:2376"])
def test_dockers_variables_encrypt_tcp(home: Path, option: str | None) -> None:
    environ = {"HOME": str(home), "DOCKER_HOST": "tcp://a:2376"}
    assert resolve(option, None, environ).tls is None
    environ["DOCKER_TLS_VERIFY"] = "1"
    assert resolve(option, None, environ).tls == Tls(f"{home}/.docker/ca.pem")
    environ["DOCKER_CERT_PATH"] = str(home / "certs")
    (home / "certs").mkdir()
    (home / "certs" / "cert.pem").touch()
    (home / "certs" / "key.pem").touch()
    certs = [f"{home}/certs/{name}.pem" for name in ("ca", "cert", "key")]
    assert resolve(option, None, environ).tls == Tls(*certs)
    environ["DOCKER_TLS_VERIFY"] = ""
    assert resolve(option, None, environ).tls is None
    environ["DOCKER_TLS"] = "1"
    assert resolve(option, None, environ).tls == Tls("", *certs[1:], verify=False)


def test_dockers_variables_say_nothing_of_sockets(home: Path) -> None:
    environ = {"HOME": str(home), "DOCKER_HOST": "unix:///x", "DOCKER_TLS_VERIFY": "1"}
    assert resolve(environ=environ) == Endpoint("unix:///x", "DOCKER_HOST")


def test_a_host_that_ssh_would_take_for_an_option_is_refused(home: Path) -> None:
    with pytest.raises(EndpointUnusable) as refused:
        resolve("ssh://-oProxyCommand=x", environ={"HOME": str(home)})
    assert "--host names an endpoint of ssh that is none" in refused.value.message
