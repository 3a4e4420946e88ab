"""The archives that go to an engine and come from it."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.ledger.records import is_record
from tui.ledger.tars import FILE_BYTES, NoTar, contents, folders, largest, pack, pack_new, unpack

NAMES = st.text("abcdefghijklmnopqrstuvwxyz0123456789.-_", min_size=1, max_size=150).filter(
    lambda name: not name.startswith(".")
)


@given(st.dictionaries(NAMES, st.binary(max_size=2000), max_size=5))
def test_files_come_back_as_they_were(files: dict[str, bytes]) -> None:
    assert unpack(pack(files)) == files


def test_what_is_no_ordinary_file_is_left_out() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        folder, link, hard = map(tarfile.TarInfo, ("web", "web/r1.json", "web/r2.json"))
        folder.type, link.type, hard.type = tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
        link.linkname = hard.linkname = "/etc/passwd"
        for member in (folder, link, hard):
            tar.addfile(member)
    assert unpack(packed.getvalue()) == {}
    assert folders(packed.getvalue()) == ["web"]


def test_what_is_in_a_folder_and_no_record_is_named_or_left_out() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        link, large, other, deep = map(
            tarfile.TarInfo, ("web/r1.json", "web/r2.json", "web/junk", "web/d/r3.json")
        )
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        large.size = other.size = FILE_BYTES + 1
        for member in (link, large, other, deep):
            tar.addfile(member, io.BytesIO(bytes(member.size)))
    found = contents(packed.getvalue(), "web", is_record)
    assert found.files == {}
    assert sorted(found.unread) == ["r1.json", "r2.json"]
    assert largest(packed.getvalue()[: FILE_BYTES // 2]) == ("web/r2.json", FILE_BYTES + 1)
    assert largest(b"") == ("", 0)


def test_a_file_that_claims_to_be_huge_is_not_read() -> None:
    member = tarfile.TarInfo("web/r1.json")
    member.size = FILE_BYTES + 1
    with pytest.raises(NoTar, match="larger"):
        unpack(member.tobuf() + bytes(10240))


@pytest.mark.parametrize("cut", range(1, 3000, 211))
def test_an_archive_that_is_cut_never_gives_half_a_file(cut: int) -> None:
    whole = pack({"a": b"a" * 700, "b": b"b" * 700})
    try:
        files = unpack(whole[:cut])
    except NoTar:
        return
    assert all(contents == name.encode() * 700 for name, contents in files.items())


@given(st.binary(max_size=2000))
def test_bytes_that_are_no_archive(rubbish: bytes) -> None:
    try:
        files = unpack(rubbish)
    except NoTar:
        return
    assert files == {}


def test_a_new_file_comes_after_an_entry_that_fails_where_it_is_there_already() -> None:
    with tarfile.open(fileobj=io.BytesIO(pack_new("web", {"r1.json": b"1"}))) as tar:
        assert tar.getnames() == ["web", "web/r1.json/new", "web/~r1.json", "web/r1.json"]
