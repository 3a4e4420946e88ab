"""Walking and packing a build's folder."""

from __future__ import annotations

import io
import os
import re
import socket
import stat
import tarfile
import tempfile
import tracemalloc
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine import build_tar
from tui.engine.build_files import ignore_file, open_file, walk
from tui.engine.build_tar import tar_stream
from tui.errors import HoldfastError
from tui.model.ignore import Ignore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def plant(folder: Path, *paths: str) -> str:
    """Make files, each with its own path as content, and folders ("a/")."""
    for path in paths:
        (folder / path if path.endswith("/") else (folder / path).parent).mkdir(parents=True, exist_ok=True)
        if not path.endswith("/"):
            (folder / path).write_text(path)
    return str(folder)


def paths(folder: str, lines: str = "", *, classic: bool = False) -> list[str]:
    return [entry.path for entry in walk(folder, excludes=Ignore.parse(lines), classic=classic)]


# -- walking


def test_a_folder_is_followed_by_what_lies_in_it(tmp_path: Path) -> None:
    folder = plant(tmp_path, "a.txt", "a/z", "a/b/c", "a-b", "B", "é", "a/b.c", "empty/")
    assert paths(folder) == ["B", "a", "a/b", "a/b/c", "a/b.c", "a/z", "a-b", "a.txt", "empty", "é"]


def test_names_that_are_not_utf_8(tmp_path: Path) -> None:
    names = [
        b"a",
        b"\xee\x80\x80",
        b"\xff\xfe",
        b"caf\xe9",
    ]  # as text, the last two would come before the second
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).touch()
    found = paths(str(tmp_path))
    assert [path.encode("utf-8", "surrogateescape") for path in found] == sorted(names)
    assert open_file(str(tmp_path), "caf\udce9") is not None


def test_what_is_told_of_each_thing(tmp_path: Path) -> None:
    folder = plant(tmp_path, "file", "folder/", "tight/inside")
    os.chmod(tmp_path / "file", 0o4750)
    os.chmod(tmp_path / "folder", 0o1777)
    os.utime(tmp_path / "file", ns=(0, 1_234_567_890_123_456_789))
    (tmp_path / "link").symlink_to("../nowhere")
    (tmp_path / "into").symlink_to("tight")
    os.link(tmp_path / "file", tmp_path / "same")
    os.mkfifo(tmp_path / "pipe")
    found = {entry.path: entry for entry in walk(folder)}
    assert found["file"][1:] == (stat.S_IFREG | 0o4750, 4, 1_234_567_890_123_456_789, "", 0)
    assert found["same"] == found["file"]._replace(path="same")
    assert (found["folder"].mode, found["folder"].size) == (stat.S_IFDIR | 0o1777, 0)
    assert (stat.S_ISLNK(found["link"].mode), found["link"].link) == (True, "../nowhere")
    assert stat.S_ISFIFO(found["pipe"].mode)
    assert "tight/inside" in found
    assert "into/inside" not in found


def test_a_socket_is_an_empty_file_to_buildkit_and_nothing_to_the_classic_builder(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{tmp_path}/s")
        [entry] = walk(str(tmp_path))
        assert (stat.S_ISREG(entry.mode), entry.size) == (True, 0)
        assert open_file(str(tmp_path), "s") is None
        assert paths(str(tmp_path), classic=True) == []


def test_folders_of_files_that_are_brought_back(tmp_path: Path) -> None:
    folder = plant(tmp_path, "a/b/keep", "a/b/no", "a/no/no", "c/no")
    assert paths(folder, "*\n!a/b/keep") == ["a", "a/b", "a/b/keep"]
    assert paths(folder, "*\n!a/b/keep", classic=True) == ["a/b/keep"]
    assert paths(folder, "*\n!**/keep") == ["a", "a/b", "a/b/keep"]
    assert paths(folder, "*\n!**/keep", classic=True) == []
    assert paths(folder, "*\n!d") == []


def test_a_folder_that_is_left_out_is_not_even_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = plant(tmp_path, "node_modules/a/b", "src/a")
    opened: list[bytes] = []
    scan = os.scandir

    def watched(place: bytes) -> object:
        opened.append(place)
        return scan(place)

    monkeypatch.setattr(os, "scandir", watched)
    assert paths(folder, "node_modules\n!src/*.md") == ["src", "src/a"]
    assert [os.path.basename(place) for place in opened][1:] == [b"src"]


@pytest.mark.parametrize(
    ("includes", "follow_paths", "found"),
    [
        (["src"], [], ["src", "src/a.c", "src/deep", "src/deep/b.c"]),
        (["src/deep"], [], ["src", "src/deep", "src/deep/b.c"]),
        (["**/*.c"], [], ["src", "src/a.c", "src/deep", "src/deep/b.c"]),
        (["src", "!src/deep"], [], ["src", "src/a.c"]),
        (["nothing"], [], []),
        ([], ["Dockerfile", "dockerfile"], ["Dockerfile"]),
        ([], ["to-src"], ["src", "src/a.c", "src/deep", "src/deep/b.c", "to-src"]),
        ([], ["to-src/a.c"], ["src", "src/a.c", "to-src"]),
        ([], ["to-*"], ["Dockerfile", "src", "src/a.c", "src/deep", "src/deep/b.c", "to-src", "to-up"]),
        ([], ["to-up"], ["Dockerfile", "to-up"]),
        ([], ["ring/a"], ["ring"]),
        ([], ["../../src/a.c"], ["src", "src/a.c"]),
        (["ring"], ["Dockerfile"], ["Dockerfile", "ring"]),
    ],
)
def test_only_what_is_asked_for(
    tmp_path: Path, includes: list[str], follow_paths: list[str], found: list[str]
) -> None:
    folder = plant(tmp_path, "Dockerfile", "src/a.c", "src/deep/b.c", "other/a.h")
    (tmp_path / "to-src").symlink_to("/src")
    (tmp_path / "to-up").symlink_to("../../../Dockerfile")
    (tmp_path / "ring").symlink_to("ring")
    told = walk(folder, includes=includes, follow_paths=follow_paths)
    assert [entry.path for entry in told] == found


def test_asking_for_the_whole_folder_is_asking_for_everything(tmp_path: Path) -> None:
    folder = plant(tmp_path, "a/b", "c")
    (tmp_path / "here").symlink_to(".")
    for asked in (["."], ["/"], ["a", "."], ["here"]):
        told = walk(folder, follow_paths=asked, excludes=Ignore(["c"]))
        assert [entry.path for entry in told] == ["a", "a/b", "here"]


def test_what_vanishes_meanwhile_does_not_count(tmp_path: Path) -> None:
    folder = plant(tmp_path, "a", "b", "c/d", "e")
    told = walk(folder)
    assert next(told).path == "a"
    (tmp_path / "b").unlink()
    (tmp_path / "c" / "d").unlink()
    (tmp_path / "c").rmdir()
    assert [entry.path for entry in told] == ["e"]
    assert open_file(folder, "b") is None


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(HoldfastError, match="No such file") as caught:
        paths(f"{tmp_path}/none")
    assert f"{tmp_path}/none" in caught.value.message


@contextmanager
def without_rights() -> Iterator[None]:
    """While it lasts, permissions count, also for root."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)


def test_what_cannot_be_read_is_named_unless_it_is_left_out() -> None:
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        folder = plant(Path(place), "a/b", "c", "d", "Dockerfile")
        for path in ("a", "d"):
            os.chmod(f"{folder}/{path}", 0)
        with without_rights():
            with pytest.raises(HoldfastError, match="Cannot read a for the build: Permission denied"):
                paths(folder)
            assert paths(folder, "a\n!a/x") == ["Dockerfile", "c", "d"]
            with pytest.raises(HoldfastError, match="Cannot read d for the build: Permission denied"):
                open_file(folder, "d")
            with pytest.raises(HoldfastError, match="Cannot read d for the build: Permission denied"):
                pack(folder, "a")
            assert sorted(pack(folder, "a\nd")) == ["Dockerfile", "c"]
        os.chmod(f"{folder}/a", 0o755)


_names = st.sampled_from(["a", "b", "a.b", "a-b", "ab", "é", "\udcff", "\ue000", "A"])
_files = st.lists(st.lists(_names, min_size=1, max_size=4).map("/".join), max_size=12)
_lines = st.lists(
    st.sampled_from(["a", "*", "**/b", "!a", "!**/b", "a/*", "!a/b/ab", "!*/a.b", "é"]), max_size=5
)


@given(_files, _lines)
def test_the_order_is_the_one_that_buildkit_checks(
    tmp_path_factory: pytest.TempPathFactory, files: list[str], lines: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("build")
    for path in files:
        place = folder / os.fsdecode(path.encode("utf-8", "surrogateescape"))
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        except OSError:  # one of its folders is a file already
            continue
    ignore = Ignore(lines)
    told = [entry.path for entry in walk(str(folder), excludes=ignore)]
    keys = [path.encode("utf-8", "surrogateescape").replace(b"/", b"\0") for path in told]
    assert all(one < other for one, other in pairwise(keys))
    assert {path.rpartition("/")[0] for path in told} <= {"", *told}
    every = [entry.path for entry in walk(str(folder))]
    wanted = {path for path in every if not ignore.excludes(path)}
    assert set(told) == {path for path in every if path in wanted or _above(path, wanted)}


def _above(folder: str, wanted: Iterable[str]) -> bool:
    return any(path.startswith(f"{folder}/") for path in wanted)


def test_ten_thousand_files_in_one_folder_after_the_other_take_no_memory(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / f"{number}").mkdir()
        for file in range(100):
            (tmp_path / f"{number}" / f"{file}").touch()
    tracemalloc.start()
    try:
        assert sum(1 for _ in walk(str(tmp_path))) == 10_100
        assert tracemalloc.get_traced_memory()[1] < 300_000
    finally:
        tracemalloc.stop()


# -- the ignore file


def test_the_ignore_file_of_the_dockerfile_comes_first(tmp_path: Path) -> None:
    folder = plant(tmp_path, "deploy/web.Dockerfile", "Dockerfile")
    assert ignore_file(f"{folder}/Dockerfile", folder)[0] == ""
    (tmp_path / ".dockerignore").write_text("a")
    (tmp_path / "deploy/web.Dockerfile.dockerignore").write_text("b")
    path, ignore = ignore_file(f"{folder}/Dockerfile", folder)
    assert (path, ignore.excludes("a"), ignore.excludes("b")) == (f"{folder}/.dockerignore", True, False)
    path, ignore = ignore_file(f"{folder}/deploy/web.Dockerfile", folder)
    assert (path, ignore.excludes("a")) == (f"{folder}/deploy/web.Dockerfile.dockerignore", False)
    assert ignore.excludes("b")
    path, ignore = ignore_file(f"{folder}/deploy/web.Dockerfile", folder, classic=True)
    assert (path, ignore.excludes("a")) == (f"{folder}/.dockerignore", True)


def test_a_wrong_line_in_it(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("a\n[b\n")
    with pytest.raises(HoldfastError, match=re.escape(f'{tmp_path}/.dockerignore, line 2: "[b"')):
        ignore_file(f"{tmp_path}/Dockerfile", str(tmp_path))


def test_one_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").mkdir()
    with pytest.raises(HoldfastError, match="Is a directory"):
        ignore_file(f"{tmp_path}/Dockerfile", str(tmp_path))


# -- the tar


def unpack(chunks: Iterable[bytes]) -> dict[str, tuple[tarfile.TarInfo, bytes]]:
    packed = b"".join(chunks)
    found = {}
    with tarfile.open(fileobj=io.BytesIO(packed), errors="surrogateescape") as tar:
        for member in tar:
            file = tar.extractfile(member) if member.isreg() else None
            assert member.name not in found
            found[member.name] = (member, file.read() if file else b"")
    return found


def pack(folder: str, lines: str = "", dockerfile: str = "") -> dict[str, tuple[tarfile.TarInfo, bytes]]:
    return unpack(tar_stream(folder, Ignore.parse(lines), dockerfile or f"{folder}/Dockerfile")[1])


def test_a_tar_has_everything_and_belongs_to_root(tmp_path: Path) -> None:
    long = "/".join(["l" * 90] * 4)
    folder = plant(tmp_path, "Dockerfile", "a/run.sh", "empty/", long)
    os.chmod(tmp_path / "a/run.sh", 0o751)
    os.utime(tmp_path / "a/run.sh", ns=(0, 1_600_000_000_999_999_999))
    (tmp_path / "link").symlink_to("x" * 150)
    os.mkfifo(tmp_path / "pipe")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")).write_text("coffee")
    if os.geteuid() == 0:
        os.chown(tmp_path / "a", 1000, 1000)
    found = pack(folder)
    run, content = found["a/run.sh"]
    assert (run.mode, run.mtime, content) == (0o751, 1_600_000_000, b"a/run.sh")
    assert found["link"][0].linkname == "x" * 150
    assert found["empty"][0].isdir()
    assert found["pipe"][0].isfifo()
    assert found[long][1] == long.encode()
    assert found["caf\udce9"][1] == b"coffee"
    assert {(m.uid, m.gid, m.uname, m.gname) for m, _ in found.values()} == {(0, 0, "", "")}


def test_a_tar_has_no_headers_of_pax(tmp_path: Path) -> None:
    folder = plant(tmp_path, "Dockerfile", "ü" * 60 + "/" + "é" * 70)
    packed = b"".join(tar_stream(folder, Ignore(), f"{folder}/Dockerfile")[1])
    assert b"PaxHeader" not in packed
    assert len(packed) % tarfile.BLOCKSIZE == 0


def test_what_is_ignored_is_not_in_the_tar_but_what_the_engine_reads_is(tmp_path: Path) -> None:
    folder = plant(tmp_path, "deploy/Dockerfile", "deploy/secret", "a", "b")
    lines = "**\n!a\n"
    (tmp_path / ".dockerignore").write_text(lines)
    name, chunks = tar_stream(folder, Ignore.parse(lines), f"{folder}/deploy/Dockerfile")
    assert name == "deploy/Dockerfile"
    assert sorted(unpack(chunks)) == [".dockerignore", "a", "deploy/Dockerfile"]


@pytest.mark.parametrize("own", ["a\n", None])
def test_a_dockerfile_from_elsewhere(tmp_path: Path, own: str | None) -> None:
    folder = plant(tmp_path / "build", "a", "b")
    elsewhere = plant(tmp_path / "other", "Dockerfile")
    (tmp_path / "build/inside").symlink_to("../other/Dockerfile")
    if own:
        (tmp_path / "build/.dockerignore").write_text(own)
    for dockerfile in (f"{elsewhere}/Dockerfile", f"{folder}/inside"):
        name, chunks = tar_stream(folder, ignore_file(dockerfile, folder)[1], dockerfile)
        found = unpack(chunks)
        assert re.fullmatch(r"\.dockerfile\.[0-9a-f]{20}", name)
        assert found[name][1] == b"Dockerfile"
        rules = Ignore.parse(found[".dockerignore"][1])
        assert rules.excludes(name)
        assert rules.excludes(".dockerignore") is (own is None)
        assert ("a" in found) is not bool(own)
        assert tar_stream(folder, Ignore(), dockerfile)[0] == name


def test_a_dockerfile_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(HoldfastError, match="Cannot read the Dockerfile /nowhere/Dockerfile: No such file"):
        tar_stream(str(tmp_path), Ignore(), "/nowhere/Dockerfile")


def test_the_tar_comes_in_pieces(tmp_path: Path) -> None:
    folder = plant(tmp_path, "Dockerfile")
    content = os.urandom(3_000_000)
    (tmp_path / "big").write_bytes(content)
    chunks = list(tar_stream(folder, Ignore(), f"{folder}/Dockerfile")[1])
    assert max(map(len, chunks)) <= 1_000_000
    assert unpack(chunks)["big"][1] == content


def test_a_file_that_grows_is_cut_and_one_that_shrinks_is_named(tmp_path: Path) -> None:
    folder = plant(tmp_path, "Dockerfile")
    big = tmp_path / "big"
    for size, shrinks in ((3_000_000, True), (5_000_000, False)):
        big.write_bytes(b"x" * 4_000_000)
        chunks = tar_stream(folder, Ignore(), f"{folder}/Dockerfile")[1]
        first = next(chunks)
        os.truncate(big, size)
        if shrinks:
            with pytest.raises(HoldfastError, match="big became shorter while it was read"):
                list(chunks)
        else:
            assert unpack([first, *chunks])["big"][1] == b"x" * 4_000_000


def test_a_file_that_vanishes_before_it_is_read_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = plant(tmp_path, "Dockerfile", "a", "b")

    def vanishing(root: str, path: str) -> io.FileIO | None:
        if path == "a":
            (tmp_path / "a").unlink()
        return open_file(root, path)

    monkeypatch.setattr(build_tar, "open_file", vanishing)
    assert sorted(pack(folder)) == ["Dockerfile", "b"]
