"""An engine of another host, by a real sshd."""

from __future__ import annotations

import asyncio
import glob
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.sshd import Sshd
from tui.engine.client import Engine
from tui.engine.errors import EngineUnreachable, SocketMissing, SshFailed

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    with Sshd(tmp_path) as sshd:
        yield sshd
    for process in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            words = Path(process).read_bytes()
        except OSError:
            continue
        assert str(sshd.folder).encode() not in words, f"left over: {words!r}"


@pytest.fixture(autouse=True)
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Where tunnels have their folders: a place of this test, whose path leaves room for a socket's name."""
    with tempfile.TemporaryDirectory(prefix="hf-", dir="/tmp") as name:
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


async def test_an_engine_answers_and_nothing_is_left(sshd: Sshd, engine_host: str, place: Path) -> None:
    async with await Engine.connect(sshd.endpoint(engine_host)) as engine:
        assert (await engine.info()).name
        (folder,) = place.iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
    assert [*place.iterdir()] == []


async def test_all_of_a_process_share_one_connection(sshd: Sshd, engine_host: str) -> None:
    async with await Engine.connect(sshd.endpoint(engine_host)) as engine:
        others = [await Engine.connect(sshd.endpoint(engine_host)) for _ in range(3)]
        await asyncio.gather(*(one.info() for one in [engine, *others] for _ in range(10)))
        assert len(sshd.connections) == 1
        for one in others:
            await one.close()
        await engine.ping(5)


async def test_it_comes_back_by_itself(sshd: Sshd, engine_host: str) -> None:
    async with await Engine.connect(sshd.endpoint(engine_host)) as engine:
        for _ in range(3):
            sshd.cut()
            await engine.ping(10)


async def test_without_forwarding_the_docker_command_passes_on(tmp_path: Path, engine_host: str) -> None:
    with Sshd(tmp_path, "AllowStreamLocalForwarding no") as sshd:
        async with await Engine.connect(sshd.endpoint(engine_host)) as engine:
            await asyncio.gather(*(engine.ping(20) for _ in range(20)))
            assert len(sshd.connections) == 1


async def test_a_key_that_is_not_known_is_for_a_person(sshd: Sshd, engine_host: str, place: Path) -> None:
    sshd.know()
    with pytest.raises(SshFailed, match="is not known here") as caught:
        await Engine.connect(sshd.endpoint(engine_host))
    assert caught.value.login[0] == "ssh"
    assert caught.value.hint.startswith("run ssh ")
    assert caught.value.exit_status == 3
    assert [*place.iterdir()] == []


async def test_another_key_is_not_to_be_waved_through(sshd: Sshd, engine_host: str) -> None:
    sshd.know((sshd.folder / "stranger.pub").read_text())
    with pytest.raises(SshFailed, match="another one than is known") as caught:
        await Engine.connect(sshd.endpoint(engine_host))
    assert caught.value.login == ()
    assert "ssh-keygen" in caught.value.hint


async def test_a_stranger_is_not_let_in(sshd: Sshd, engine_host: str) -> None:
    with pytest.raises(SshFailed, match="does not let this account in"):
        await Engine.connect(sshd.endpoint(engine_host, key="stranger"))


async def test_no_engine_there(sshd: Sshd) -> None:
    with pytest.raises(SocketMissing, match=r"no engine answers at /run/nobody.sock on 127.0.0.1"):
        await Engine.connect(sshd.endpoint("unix:///run/nobody.sock"))


async def test_nothing_listens(sshd: Sshd, engine_host: str) -> None:
    sshd.stop()
    with pytest.raises(EngineUnreachable, match="nothing listens for ssh"):
        await Engine.connect(sshd.endpoint(engine_host))
