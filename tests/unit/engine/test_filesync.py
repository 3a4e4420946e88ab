"""Sending the files of a build, asked for as BuildKit asks."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import pytest

from tests.unit.engine.caller import Caller, calling
from tui.engine.buildkit.filesync import BATCH_BYTES, BATCH_ENTRIES, PART_BYTES, FileSync, Sent, go_mode
from tui.engine.buildkit.grpc import framed
from tui.engine.buildkit.proto.session_pb2 import Packet, Stat

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PATH = "/moby.filesync.v1.FileSync/DiffCopy"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of a build; the Dockerfile is `folder.parent / "Dockerfile"`."""
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    (tmp_path / "app").mkdir()
    return tmp_path / "app"


@pytest.fixture
def files(folder: Path) -> FileSync:
    return FileSync(str(folder), str(folder.parent / "Dockerfile"))


async def described(caller: Caller) -> list[Stat]:
    """What is told to be there."""
    found: list[Stat] = []
    while True:
        message = await caller.message()
        assert message is not None, caller.headers
        packet = Packet.FromString(message)
        assert packet.type == Packet.PACKET_STAT
        if not packet.HasField("stat"):
            return found
        found.append(packet.stat)


def say(caller: Caller, *packets: Packet) -> None:
    caller.send(b"".join(framed(packet.SerializeToString()) for packet in packets))


async def contents(caller: Caller, numbers: Sequence[int]) -> dict[int, bytes]:
    """Ask for files by their numbers, and end the call."""
    say(caller, *(Packet(type=Packet.PACKET_REQ, ID=number) for number in numbers))
    found = dict.fromkeys(numbers, b"")
    missing = set(numbers)
    while missing:
        message = await caller.message()
        assert message is not None, caller.headers
        packet = Packet.FromString(message)
        assert packet.type == Packet.PACKET_DATA
        assert len(packet.data) <= PART_BYTES
        found[packet.ID] += packet.data
        if not packet.data:
            missing.remove(packet.ID)
    say(caller, Packet(type=Packet.PACKET_FIN))
    [last] = await caller.finish()
    assert Packet.FromString(last).type == Packet.PACKET_FIN
    assert caller.headers["grpc-status"] == "0"
    return found


async def test_everything_is_described_and_what_is_asked_for_is_sent(files: FileSync, folder: Path) -> None:
    big = os.urandom(BATCH_BYTES * 2 + 12_345)
    (folder / "a").mkdir(mode=0o750)
    (folder / "a" / "big").write_bytes(big)
    (folder / "a.b").write_bytes(b"")
    os.symlink("a/big", folder / "link")
    (folder / "part").write_bytes(bytes(PART_BYTES))
    os.utime(folder / "part", ns=(1, 1_234_567_890_123_456_789))
    os.chmod(folder / "part", 0o6755)
    async with calling({PATH: files.diff_copy}) as (caller, _):
        caller.call(PATH, ("dir-name", "context"))
        stats = await described(caller)
        assert [each.path for each in stats] == [b"a", b"a/big", b"a.b", b"link", b"part"]
        assert stats[0].mode == 1 << 31 | 0o750
        assert stats[1].size == len(big)
        assert (stats[3].mode >> 27, stats[3].linkname) == (1, b"a/big")
        assert stats[4].mode == 1 << 23 | 1 << 22 | 0o755
        assert stats[4].modTime == 1_234_567_890_123_456_789
        assert await contents(caller, [4, 1, 2]) == {1: big, 2: b"", 4: bytes(PART_BYTES)}
    assert files.sent["context"] == Sent(5, 3, len(big) + PART_BYTES)


async def test_nothing_is_sent_that_is_not_asked_for(files: FileSync, folder: Path) -> None:
    (folder / "file").write_bytes(bytes(1000))
    async with calling({PATH: files.diff_copy}) as (caller, _):
        caller.call(PATH, ("dir-name", "context"))
        assert len(await described(caller)) == 1
        assert await contents(caller, []) == {}
    assert files.sent["context"] == Sent(1, 0, 0)


async def test_more_things_than_one_batch(files: FileSync, folder: Path) -> None:
    number = BATCH_ENTRIES * 2 + 3
    for index in range(number):
        (folder / f"{index:06}").write_text(str(index))
    async with calling({PATH: files.diff_copy}, window=5000) as (caller, _):
        caller.call(PATH, ("dir-name", "context"))
        assert len(await described(caller)) == number
        found = await contents(caller, range(number))
    assert found == {index: str(index).encode() for index in range(number)}


async def test_patterns_decide_also_url_encoded(files: FileSync, folder: Path) -> None:
    for name in ("ünï+ 1", "no", "yes", "other/yes"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)
    async with calling({PATH: files.diff_copy}) as (caller, _):
        caller.call(
            PATH,
            ("dir-name", "context"),
            ("exclude-patterns", quote_plus("ünï+ 1")),
            ("exclude-patterns", "no"),
            ("exclude-patterns-encoded", "1"),
        )
        assert [each.path for each in await described(caller)] == [b"other", b"other/yes", b"yes"]
        await contents(caller, [])
        caller.call(PATH, ("dir-name", "context"), ("followpaths", "other/*"))
        assert [each.path for each in await described(caller)] == [b"other", b"other/yes"]
        await contents(caller, [])


async def test_beside_the_dockerfile_only_ignore_files_are_shown(files: FileSync, folder: Path) -> None:
    for name in (".dockerignore", "Dockerfile.dockerignore", "private", "Dockerfile.other"):
        (folder.parent / name).write_text(name)
    async with calling({PATH: files.diff_copy}) as (caller, _):
        caller.call(PATH, ("dir-name", "dockerfile"), ("followpaths", "private"))
        stats = await described(caller)
        assert [each.path for each in stats] == [b".dockerignore", b"Dockerfile", b"Dockerfile.dockerignore"]
        assert (await contents(caller, [1]))[1] == b"FROM scratch\n"


async def test_no_other_folder_is_shown(files: FileSync) -> None:
    async with calling({PATH: files.diff_copy}) as (caller, _):
        for name in ("", "home", "/etc"):
            caller.call(PATH, ("dir-name", name))
            assert await caller.finish() == []
            assert caller.headers["grpc-status"] == "5"


@pytest.mark.parametrize("number", [0, 7])
async def test_what_is_no_file_cannot_be_asked_for(files: FileSync, folder: Path, number: int) -> None:
    (folder / "sub").mkdir()
    async with calling({PATH: files.diff_copy}) as (caller, connection):
        caller.call(PATH, ("dir-name", "context"))
        await described(caller)
        say(caller, Packet(type=Packet.PACKET_REQ, ID=number))
        assert await caller.finish() == []
        assert caller.headers["grpc-message"] == f"there is no file {number} to send"
        assert connection.failure is None


async def test_what_has_become_a_link_is_not_followed(files: FileSync, folder: Path) -> None:
    (folder / "file").write_text("public")
    (folder.parent / "private").write_text("private")
    async with calling({PATH: files.diff_copy}) as (caller, _):
        caller.call(PATH, ("dir-name", "context"))
        await described(caller)
        (folder / "file").unlink()
        os.symlink("../private", folder / "file")
        assert await contents(caller, [0]) == {0: b""}
    assert [*files.vanished] == ["file"]


async def test_an_engine_that_breaks_off_ends_the_call(files: FileSync, folder: Path) -> None:
    (folder / "file").write_text("public")
    async with calling({PATH: files.diff_copy}) as (caller, _):
        caller.call(PATH, ("dir-name", "context"))
        await described(caller)
        say(caller, Packet(type=Packet.PACKET_ERR, data=b"disk full"))
        assert await caller.finish() == []
        assert caller.headers["grpc-message"] == "disk full"


async def test_extended_attributes_go_along(files: FileSync, folder: Path) -> None:
    (folder / "file").write_text("x")
    os.setxattr(folder / "file", "user.note", b"\0kept")
    async with calling({PATH: files.diff_copy}) as (caller, _):
        caller.call(PATH, ("dir-name", "context"))
        [entry] = await described(caller)
        assert dict(entry.xattrs) == {"user.note": b"\0kept"}
        await contents(caller, [])


@pytest.mark.parametrize(
    ("mode", "go"),
    [
        (stat.S_IFREG | 0o644, 0o644),
        (stat.S_IFDIR | 0o1777, 1 << 31 | 1 << 20 | 0o777),
        (stat.S_IFCHR | 0o600, 1 << 26 | 1 << 21 | 0o600),
        (stat.S_IFIFO | 0o2640, 1 << 25 | 1 << 22 | 0o640),
    ],
)
def test_modes_as_go_has_them(mode: int, go: int) -> None:
    assert go_mode(mode) == go


async def test_names_that_are_not_utf8_are_noticed(files: FileSync, folder: Path) -> None:
    """Engine 28.5 breaks the build off there, and does not say at which file."""
    (folder / "café").write_bytes(b"")
    (folder / os.fsdecode(b"caf\xe9")).write_bytes(b"")
    async with calling({PATH: files.diff_copy}) as (caller, _):
        caller.call(PATH, ("dir-name", "context"))
        assert {each.path for each in await described(caller)} == {"café".encode(), b"caf\xe9"}
        await contents(caller, [])
    assert list(files.misnamed) == [r"caf\xe9"]


async def test_a_message_that_cannot_be_read_ends_its_call_alone(files: FileSync) -> None:
    async with calling({PATH: files.diff_copy}) as (caller, connection):
        caller.call(PATH, ("dir-name", "context"))
        caller.send(framed(b"\xff\xff\xff"))
        await caller.finish()
        assert caller.headers["grpc-status"] == "2"
        assert connection.failure is None
        caller.call(PATH, ("dir-name", "context"))
        await described(caller)
        assert await contents(caller, []) == {}
