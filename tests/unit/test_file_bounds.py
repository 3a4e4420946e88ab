"""Every key, folder and variable that names a file: only a regular one of a bounded size is read.

What else a path may lead to would take all memory (/dev/zero) or wait for ever (a FIFO).
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from tui.engine.build_check import check
from tui.engine.build_files import ignore_file
from tui.engine.build_tar import tar_stream
from tui.engine.buildkit.secrets import read_secrets
from tui.engine.container.resolving import resolved
from tui.engine.credentials import credentials_for
from tui.engine.endpoint import resolve
from tui.engine.env_files import read_env_file
from tui.errors import HoldfastError
from tui.evidence.files import add_facts, read_evidence
from tui.files import open_file, read_file
from tui.journal.reader import is_alive, summaries
from tui.ledger.mirror import Identity, Mirror
from tui.model.app import BuildSecret, BuildSpec, RunSpec
from tui.model.evidence import Evidence
from tui.model.ignore import Ignore
from tui.operations.looking.run_files import file_hashes
from tui.presentation.theme import read_theme
from tui.registry.tls import ssl_context
from tui.settings import compose_file
from tui.settings.load import load
from tui.settings.save import save_choice

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


OTHERS = pytest.mark.parametrize("make", [_fifo, _device, _large])


def _build(folder: Path, dockerfile: Path) -> BuildSpec:
    (folder / "context").mkdir()
    return BuildSpec(str(folder / "context"), str(dockerfile))


def _classic(folder: Path, dockerfile: Path) -> object:
    spec = _build(folder, dockerfile)
    return tar_stream(spec.context, Ignore(), spec.dockerfile)


def _docker_config(folder: Path, path: Path) -> dict[str, str]:
    path.rename(folder / "config.json")
    return {"DOCKER_CONFIG": str(folder)}


def _context(folder: Path, path: Path) -> object:
    meta = folder / "contexts" / "meta" / hashlib.sha256(b"prod").hexdigest()
    meta.mkdir(parents=True)
    path.rename(meta / "meta.json")
    return resolve(None, "prod", {"DOCKER_CONFIG": str(folder)})


def _configured(folder: Path, path: Path, name: str) -> object:
    place = folder / "holdfast" / name
    place.parent.mkdir(parents=True)
    path.rename(place)
    return load(None, {"XDG_CONFIG_HOME": str(folder), "HOME": str(folder)})


def _certificate(folder: Path, path: Path, name: str) -> object:
    (folder / "registry:5000").mkdir()
    (folder / "registry:5000" / "client.cert").write_text("")
    path.rename(folder / "registry:5000" / name)
    return ssl_context("registry:5000", str(folder), insecure=False)


READERS: dict[str, Callable[[Path, Path], object]] = {
    "run.env_file": lambda _, path: read_env_file(str(path), {}),
    "run.env_file, in a plan and in drift": lambda _, path: file_hashes(RunSpec(env_file=(str(path),))),
    "run.security_opt": lambda _, path: asyncio.run(resolved(RunSpec(security_opt=(f"seccomp={path}",)))),
    "build.dockerfile": lambda folder, path: check(_build(folder, path)),
    "build.dockerfile, classic": _classic,
    "build.secrets": lambda _, path: read_secrets([BuildSecret("npm", file=str(path))], {}),
    ".dockerignore": lambda folder, path: ignore_file(str(path).removesuffix(".dockerignore"), str(folder)),
    "--config": lambda folder, path: load(str(path), {"HOME": str(folder)}),
    "config.toml": lambda folder, path: _configured(folder, path, "config.toml"),
    "apps.d": lambda folder, path: _configured(folder, path, "apps.d/web.toml"),
    "theme": lambda _, path: read_theme(str(path)),
    "compose file": lambda _, path: compose_file.read(str(path)),
    "docker's configuration, logins": lambda folder, path: asyncio.run(
        credentials_for("registry:5000", _docker_config(folder, path))
    ),
    "docker's configuration, context": lambda folder, path: resolve(None, None, _docker_config(folder, path)),
    "docker context": _context,
    "certificate of a registry": lambda folder, path: _certificate(folder, path, "ca.crt"),
    "key of a registry": lambda folder, path: _certificate(folder, path, "client.key"),
}


@OTHERS
@pytest.mark.parametrize("key", READERS)
def test_what_is_no_bounded_regular_file_is_named_and_not_read(
    tmp_path: Path, key: str, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "odd.dockerignore"
    make(path)
    inner = tmp_path / "inner"
    inner.mkdir()
    with pytest.raises(HoldfastError) as caught:
        READERS[key](inner, path)
    said = "larger than" if make is _large else "no regular file"
    assert said in str(caught.value)
    assert str(tmp_path) in str(caught.value) or "/dev/zero" in str(caught.value)


def _folder(path: Path) -> None:
    path.mkdir()


def _failing(path: Path) -> None:
    """A regular file whose reading fails, as on a disk that is damaged."""
    path.symlink_to("/proc/self/mem")


@pytest.mark.parametrize("make", [_folder, _failing])
@pytest.mark.parametrize("key", [key for key in READERS if key != "build.dockerfile, classic"])
def test_what_cannot_be_read_is_named(tmp_path: Path, key: str, make: Callable[[Path], None]) -> None:
    path = tmp_path / "odd.dockerignore"
    make(path)
    inner = tmp_path / "inner"
    inner.mkdir()
    with pytest.raises(HoldfastError, match=r"s a (directory|folder)|Input/output error") as caught:
        READERS[key](inner, path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    "key",
    [
        "run.env_file", "run.security_opt", "--config", "config.toml", "apps.d", "theme", "compose file",
        "docker's configuration, logins", "docker context", "certificate of a registry", "key of a registry",
    ],
)  # fmt: skip
def test_what_is_no_text_is_named(tmp_path: Path, key: str) -> None:
    path = tmp_path / "odd.dockerignore"
    path.write_bytes(b"A=\xff\xfe\x80\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    with pytest.raises(HoldfastError) as caught:
        READERS[key](inner, path)
    assert str(tmp_path) in str(caught.value)


@OTHERS
def test_the_programs_own_settings_stop_nobody(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "holdfast").mkdir()
    make(tmp_path / "holdfast" / "settings.toml")
    [note] = load(None, {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}).notes
    assert "settings.toml: cannot be read: it is" in note


@OTHERS
def test_a_choice_is_not_kept_in_what_is_no_file(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "holdfast").mkdir()
    make(tmp_path / "holdfast" / "settings.toml")
    with pytest.raises(OSError, match=r"larger than|no regular file"):
        save_choice("theme", "x", {"XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)})


@OTHERS
def test_state_that_is_no_file_counts_as_none(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """The program wrote these itself; what stands there now is not its own."""
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    add_facts("web", "sha256:ab", environ, commit="c")
    evidence = tmp_path / "holdfast/evidence/web/ab.json"
    evidence.unlink()
    make(evidence)
    assert read_evidence("web", "sha256:ab", environ) == Evidence("sha256:ab")

    journals = tmp_path / "operations"
    journals.mkdir()
    make(journals / "20260101-000000-build-web-aaaaaa.jsonl")
    assert not is_alive(journals / "20260101-000000-build-web-aaaaaa.jsonl")
    assert summaries(journals) == []

    mirror = Mirror(Identity("id", "host", "/"), environ)
    mirror.write("web", {"r1.json": b"{}", "r2.json": b"{}"})
    (mirror.folder / "web" / "r2.json").unlink()
    make(mirror.folder / "web" / "r2.json")
    assert mirror.read("web") == {"r1.json": b"{}"}
    mirror.write("web", {"r2.json": b"new"})
    assert mirror.read("web") == {"r1.json": b"{}", "r2.json": b"new"}


def test_a_regular_file_is_read_whole_up_to_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(5000))
    (tmp_path / "link").symlink_to(path)
    assert read_file(tmp_path / "link", 5000) == bytes(5000)
    with pytest.raises(OSError, match="larger than 4 KiB"):
        read_file(path, 4096)
    with open_file(path) as file:
        assert len(file.read(10)) == 10


@pytest.mark.parametrize(("name", "error"), [("none", FileNotFoundError), (".", IsADirectoryError)])
def test_what_is_not_there_and_a_folder_are_errors_of_their_own(
    tmp_path: Path, name: str, error: type[OSError]
) -> None:
    with pytest.raises(error):
        read_file(tmp_path / name)


def test_a_name_that_no_file_can_have_is_an_error_like_others() -> None:
    with pytest.raises(OSError, match="zero byte"):
        read_file("a\0b")
