"""How small an image is, by the layers of its archive; and archives that are none."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.image_layers import image_size, try_size
from tui.engine.tar_fields import BadTar
from tui.model import image_size as sizes
from tui.model.image_size import ImageSize, Wasted


class Member(NamedTuple):
    """A file, with a link's target or a folder instead where that is said."""

    path: str
    size: int = 0
    mode: int = 0o644
    link: str = ""
    folder: bool = False


def tar(members: list[Member], form: int = tarfile.PAX_FORMAT) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as made:
        for one in members:
            info = tarfile.TarInfo(one.path)
            info.size, info.mode = one.size, one.mode
            if one.link:
                info.type, info.linkname = tarfile.SYMTYPE, one.link
            if one.folder:
                info.type = tarfile.DIRTYPE
            made.addfile(info, io.BytesIO(b"x" * one.size) if one.size else None)
    return packed.getvalue()


def archive(*layers: bytes, user: str = "", history: list[Any] | None = None) -> bytes:
    digests = [f"sha256:{hashlib.sha256(layer).hexdigest()}" for layer in layers]
    config = {"config": {"User": user}, "rootfs": {"diff_ids": digests}, "history": history}
    files = {
        "config.json": json.dumps(config).encode(),
        **{f"{place}/layer.tar": layer for place, layer in enumerate(layers)},
    }
    manifest = [{"Config": "config.json", "Layers": [name for name in files if name.endswith(".tar")]}]
    files["manifest.json"] = json.dumps(manifest).encode()
    return tarred(files)


def tarred(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as made:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            made.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def of(raw: bytes) -> ImageSize:
    return image_size(io.BytesIO(raw), len(raw))


def layered(*layers: list[Member], **more: Any) -> ImageSize:
    return of(archive(*map(tar, layers), **more))


def test_what_layers_hold_and_what_of_it_nobody_sees() -> None:
    history = [
        {"created_by": "ADD rootfs.tar / # buildkit"},
        {"created_by": "ENV A=1", "empty_layer": True},
        {"created_by": "/bin/sh -c  apk add\tcurl --password=s3cret"},
        {"created_by": "COPY app /app"},
    ]
    found = layered(
        [Member("big", 700), Member("cache/a", 100), Member("cache/b", 50), Member("kept", 7)],
        [Member("cache/.wh.a"), Member("big", 30)],
        [Member("cache/.wh..wh..opq"), Member("cache/new", 5), Member(".wh.big")],
        history=history,
        user="app",
    )
    assert [(one.bytes, one.files) for one in found.layers] == [(857, 4), (30, 1), (5, 1)]
    assert [one.made_by for one in found.layers] == [
        "ADD rootfs.tar /", "apk add curl --password=••••••", "COPY app /app",
    ]  # fmt: skip
    assert (found.bytes, found.files, found.wasted) == (892, 6, 880)
    assert found.worst == (
        Wasted("big", 700, 1, 2), Wasted("cache/a", 100, 1, 2), Wasted("cache/b", 50, 1, 3),
        Wasted("big", 30, 2, 3),
    )  # fmt: skip
    assert not found.is_root


def test_a_folder_that_is_removed_takes_all_that_is_in_it() -> None:
    files = [Member("a", folder=True), Member("a/b/c", 10), Member("a/b/d", 5)]
    assert layered(files, [Member(".wh.a")]).wasted == 15
    assert layered(files, [Member("a", 3)]).wasted == 15, "a file stands in its place"
    assert layered(files, [Member("a", folder=True)]).wasted == 0, "a folder is only named again"
    assert layered([Member("a", 3)], [Member("a", folder=True)]).wasted == 3


def test_a_mode_that_is_changed_costs_the_file_again() -> None:
    found = layered([Member("bin/x", 1000)], [Member("bin/x", 1000, 0o755)])
    assert found.wasted == 1000


def test_an_opaque_folder_hides_what_is_below_and_not_what_is_beside() -> None:
    layer = [Member("a/new", 5), Member("a/.wh..wh..opq"), Member("a/later", 6)]
    found = layered([Member("a/old", 9), Member("b", 1)], layer)
    assert (found.wasted, [one.path for one in found.worst]) == (9, ["a/old"])


def test_shells_and_package_managers_are_found_where_they_are() -> None:
    found = layered(
        [
            Member("bin/busybox", 9, 0o755), Member("bin/sh", link="busybox"), Member("sbin/apk", 9, 0o755),
            Member("etc/sh", 9, 0o755), Member("usr/bin/npm", 9), Member("usr/local/bin/pip3", 9, 0o755),
            Member("usr/bin/bash", 9, 0o755),
        ],
        [Member("usr/bin/.wh.bash")],
    )  # fmt: skip
    assert found.shells == ("/bin/busybox", "/bin/sh")
    assert found.managers == ("/sbin/apk", "/usr/local/bin/pip3")


def test_files_that_give_rights_are_found() -> None:
    found = layered(
        [
            Member("bin/su", 9, 0o4755), Member("bin/wall", 9, 0o2755), Member("bin/ls", 9, 0o755),
            Member("tmp", mode=0o1777, folder=True), Member("gone", 9, 0o4755), Member("plain", 9, 0o4644),
        ],
        [Member(".wh.gone"), Member("opt/own", 9, 0o6755)],
    )  # fmt: skip
    assert found.setuid == ("/bin/su", "/bin/wall", "/opt/own")


@pytest.mark.parametrize(
    ("user", "root"),
    [
        ("", True),
        ("0", True),
        ("root", True),
        ("root:app", True),
        ("0:0", True),
        ("app", False),
        ("1000", False),
    ],
)
def test_who_it_runs_as(user: str, root: bool) -> None:
    assert layered([], user=user).is_root is root


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("path", ["a/" * 60 + "file", "b" * 90, "\u00fc/\u00e4"])
def test_long_names_are_whole(form: int, path: str) -> None:
    layers = [tar([Member(path, 600)], form), tar([Member(path, 1)], form)]
    found = of(archive(*layers))
    assert [(one.path, one.bytes) for one in found.worst] == [(path, 600)]


@pytest.mark.parametrize("parts", [1, 3])
def test_layers_may_be_packed(parts: int) -> None:
    plain = tar([Member("a", 200_000), Member("b", 3)])
    step = -(-len(plain) // parts)
    packed = b"".join(gzip.compress(plain[at : at + step]) for at in range(0, len(plain), step))
    found = of(archive(packed, tar([Member("a", 1)])))
    assert (found.bytes, found.wasted) == (200_004, 200_000)


def test_a_way_of_packing_that_is_not_known_is_said() -> None:
    raw = archive(b"\x28\xb5\x2f\xfd" + b"x" * 100)
    found = try_size(io.BytesIO(raw), len(raw))
    assert "zstd" in found.why
    assert found.bytes == 0


BROKEN = {
    "nothing": b"",
    "no tar": b"x" * 5000,
    "no manifest": tarred({"a": b"1"}),
    "a manifest of something else": tarred({"manifest.json": b"{}"}),
    "a manifest that is none": tarred({"manifest.json": b"[" * 10_000}),
    "no configuration": tarred({"manifest.json": b'[{"Config": "c", "Layers": []}]'}),
    "a layer that is missing": tarred({"manifest.json": b'[{"Config": "c", "Layers": ["x"]}]', "c": b"{}"}),
    "a layer that is none": archive(b"x" * 3000),
    "a layer that ends": archive(tar([Member("a", 5000)])[:700]),
    "a packed layer that ends": archive(gzip.compress(tar([Member("a", 5000)]))[:40]),
    "a packed layer that is damaged": archive(b"\x1f\x8b" + b"\0" * 100),
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_what_is_no_archive_is_said(raw: bytes) -> None:
    with pytest.raises(BadTar):
        of(raw)
    assert try_size(io.BytesIO(raw), len(raw)).why


@given(st.integers(0, 4000), st.binary(min_size=1, max_size=8))
def test_a_damaged_archive_is_read_or_refused(place: int, damage: bytes) -> None:
    raw = bytearray(archive(tar([Member("a/b", 900), Member("c", 3, 0o4755)]), tar([Member("a/.wh.b")])))
    raw[place : place + len(damage)] = damage
    found = try_size(io.BytesIO(bytes(raw)), len(raw))
    assert found.why or found.bytes >= 0


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "FILES", 3)
    raw = archive(tar([Member(str(number)) for number in range(4)]))
    assert try_size(io.BytesIO(raw), len(raw)).why == "it has more than 3 files"


PATHS = st.lists(st.sampled_from("ab"), min_size=1, max_size=3).map("/".join)


@given(st.lists(st.dictionaries(PATHS, st.integers(0, 9), max_size=4), max_size=4))
def test_what_is_not_wasted_is_what_a_container_sees(layers: list[dict[str, int]]) -> None:
    """By the definition of layers; a size of 0 stands for a file that is removed."""
    view: dict[str, int] = {}
    made, total = [], 0
    for layer in layers:
        named = [
            path
            for path in layer
            if not any(f"{path}/".startswith(f"{one}/") for one in layer if one != path)
        ]
        members = []
        for path in named:
            folder, _, name = path.rpartition("/")
            above = {path[:at] for at, mark in enumerate(path) if mark == "/"}
            kept = view.items()
            view = {
                one: size for one, size in kept if one not in above and not f"{one}/".startswith(f"{path}/")
            }
            if layer[path]:
                members.append(Member(path, layer[path]))
                view[path] = layer[path]
                total += layer[path]
            else:
                members.append(Member(f"{folder}/.wh.{name}".lstrip("/")))
        made.append(members)
    found = layered(*made)
    assert found.bytes == total
    assert found.bytes - found.wasted == sum(view.values())
