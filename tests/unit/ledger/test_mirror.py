"""This machine's copy of a ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.ledger.mirror import AT_ONCE, Identity, Mirror

if TYPE_CHECKING:
    from pathlib import Path

ENGINE = Identity("P3KJ:JP6N:ZTSP", "ops1", "/var/lib/docker")


@pytest.fixture
def mirror(tmp_path: Path) -> Mirror:
    return Mirror(ENGINE, {"XDG_STATE_HOME": str(tmp_path)})


def test_what_was_written_is_read(mirror: Mirror) -> None:
    assert (mirror.read("web"), mirror.apps()) == ({}, [])
    mirror.write("web", {"r1.json": b"1"})
    mirror.write("web", {"r1.json": b"one", "r1.outcome.json": b"2"})
    assert mirror.read("web") == {"r1.json": b"one", "r1.outcome.json": b"2"}
    assert mirror.apps() == ["web"]


def test_nobody_else_may_read_it(mirror: Mirror) -> None:
    mirror.write("web", {"r1.json": b"1"})
    file = mirror.folder / "web" / "r1.json"
    assert [path.stat().st_mode & 0o077 for path in (file, file.parent)] == [0, 0]


def test_what_was_left_by_a_crash_is_not_read(mirror: Mirror) -> None:
    mirror.write("web", {"r1.json": b"1"})
    (mirror.folder / "web" / ".new-abc").write_bytes(b"{")
    assert mirror.read("web") == {"r1.json": b"1"}


def test_what_is_set_aside_is_kept_and_not_read(mirror: Mirror) -> None:
    mirror.write("web", {"r1.json": b"1"})
    first = mirror.set_aside("web")
    mirror.write("web", {"r1.json": b"2"})
    second = mirror.set_aside("web")
    assert (mirror.read("web"), mirror.apps()) == ({}, [])
    assert [(path / "r1.json").read_bytes() for path in (first, second)] == [b"1", b"2"]


def test_of_what_was_set_aside_the_first_and_the_newest_are_kept(mirror: Mirror) -> None:
    for number in range(30):
        mirror.write("web", {"r1.json": str(number).encode()})
        mirror.set_aside("web")
    kept = sorted(int(path.name[4:]) for path in mirror.folder.iterdir())
    assert kept == [1, *range(23, 31)]
    assert (mirror.folder / "web~1" / "r1.json").read_bytes() == b"0"


def test_very_many_files_are_written_in_several_goes(mirror: Mirror) -> None:
    many = {f"r{number}.json": b"{}" for number in range(1, AT_ONCE + 2)}
    mirror.write("web", many)
    assert len(mirror.read("web")) == AT_ONCE


def test_engines_that_share_an_id_have_copies_of_their_own() -> None:
    others = (ENGINE._replace(host="ops2"), ENGINE._replace(folder="/data/docker"), ENGINE._replace(id="X"))
    assert len({ENGINE.name, *(other.name for other in others)}) == 4


def test_no_id_leads_out_of_the_folder(tmp_path: Path) -> None:
    mirror = Mirror(Identity("../../etc", "", ""), {"XDG_STATE_HOME": str(tmp_path)})
    assert mirror.folder.resolve().is_relative_to(tmp_path / "holdfast" / "ledger")
