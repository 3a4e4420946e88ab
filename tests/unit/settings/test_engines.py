from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.model.policy import EngineSettings
from tui.settings.load import ConfigError, load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".config" / "holdfast").mkdir(parents=True)
    return {"HOME": str(tmp_path)}


def config(tmp_path: Path) -> Path:
    return tmp_path / ".config" / "holdfast" / "config.toml"


def engines(tmp_path: Path, environ: dict[str, str], text: str) -> dict[str, EngineSettings]:
    config(tmp_path).write_text(text)
    return dict(load(environ=environ).engines)


def test_an_engine_is_reached_as_its_table_says(tmp_path: Path, environ: dict[str, str]) -> None:
    found = engines(
        tmp_path,
        environ,
        """
        [engines.web]
        host = "ssh://deploy@web-1:2222"
        ssh_options = ["ProxyJump=bastion"]
        [engines.db]
        host = "tcp://db-1:2376"
        ca = "certs/ca.pem"
        cert = "~/cert.pem"
        key = "~/key.pem"
        enabled = false
        maintenance = "until 2027-01-31"
        [engines."ssh://edge-1"]
        ssh_options = "Port=24"
        """,
    )
    folder = config(tmp_path).parent
    assert found == {
        "web": EngineSettings(host="ssh://deploy@web-1:2222", ssh_options=("ProxyJump=bastion",)),
        "db": EngineSettings(
            host="tcp://db-1:2376",
            ca=str(folder / "certs" / "ca.pem"),
            cert=str(tmp_path / "cert.pem"),
            key=str(tmp_path / "key.pem"),
            enabled=False,
            maintenance=1_801_353_600.0,
        ),
        "ssh://edge-1": EngineSettings(host="ssh://edge-1", ssh_options=("Port=24",)),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('host = "npipe://x"', "[engines.prod] host = 'npipe://x' is not allowed: it takes an endpoint"),
        ('host = "web-1"', "it takes an endpoint such as"),
        ('host = "ssh://-oProxyCommand=x"', "its host has other characters"),
        ('host = "ssh://u:p@web-1"', "a password does not stand in it"),
        ('host = "tcp://a"\nca = 1', "[engines.prod] ca = 1 is not allowed: it takes a path"),
        ('host = "ssh://a"\nca = "x"', "[engines.prod] ca is of no use: it belongs to a host that begins"),
        ("allow_plain = true", "[engines.prod] allow_plain is of no use"),
        ('host = "tcp://a:0"', "its port is no number from 1 to 65535"),
        ('host = "https://u:p@a"', "a user or a password does not stand in it"),
        ('host = "tcp://a"\ncert = "x"', "[engines.prod] cert is of no use alone: name the key"),
        ('host = "tcp://a"\nkey = "x"', "[engines.prod] key is of no use alone: name the cert"),
        ('host = "tcp://a"\nssh_options = "A=b"', "[engines.prod] ssh_options is of no use"),
        ('host = "ssh://a"\nssh_options = "-oA=b"', "it takes an option of ssh such as"),
        ('maintenance = "until tomorrow"', "it takes a day or a moment"),
        ('enabled = "no"', "it takes true or false"),
        ("tls = true", "[engines.prod] tls is unknown"),
        ('host = "ssh://a"\n[engines.too]\nhost = "ssh://a"', "is that of [engines.prod] already ("),
        ('host = "ssh://a"\n[engines.too]\nhost = "ssh://a"', "keep one of both tables"),
    ],
)
def test_a_fault_names_the_file_the_key_and_the_remedy(
    tmp_path: Path, environ: dict[str, str], text: str, said: str
) -> None:
    config(tmp_path).write_text(f"[engines.prod]\n{text}\n")
    with pytest.raises(ConfigError) as problem:
        load(environ=environ)
    assert said in str(problem.value)
    assert str(config(tmp_path)) in str(problem.value)


def test_files_of_tls_may_stand_apart_from_the_host(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "more.toml").write_text("[engines.db]\nprotected = true\n")
    config(tmp_path).write_text('[engines.db]\nhost = "tcp://db-1"\n')
    found = load(str(tmp_path / "more.toml"), environ).engines["db"]
    assert (found.host, found.protected) == ("tcp://db-1", True)


def test_a_file_that_came_with_a_repository_names_no_engine_to_reach(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    config(tmp_path).write_text('[engines.prod]\nhost = "ssh://web-1"\n')
    (tmp_path / "holdfast.toml").write_text(
        '[engines.prod]\nhost = "ssh://evil"\nssh_options = ["ProxyCommand=touch x"]\ncolour = "red"\n'
    )
    settings = load(environ=environ)
    assert settings.engines == {"prod": EngineSettings("red", host="ssh://web-1")}
    [note] = settings.not_obeyed
    assert "[engines.prod] host = ssh://evil, [engines.prod] ssh_options = ProxyCommand=touch x" in note
    assert note.endswith(": not obeyed; holdfast allow lists what it asks for, and allows it")
