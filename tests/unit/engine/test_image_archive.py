"""Archives of images, byte by byte: what is hashed, what differs, and what is no archive."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.engine.conftest import ScriptedEngine, answered, streamed
from tui.engine import image_archive
from tui.engine.errors import AnswerTooLarge, LayersDamaged, MalformedAnswer, NotFound, ServerFault
from tui.engine.image_archive import ALL_KEPT_BYTES, Compared, ImageArchive, NoArchive, compare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.engine.client import Engine


def tar(files: Mapping[str, bytes | str], form: int = tarfile.USTAR_FORMAT) -> bytes:
    """Texts are links to that target."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as made:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                made.addfile(member)
            else:
                member.size = len(content)
                made.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def sha(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def packed(value: Any) -> bytes:
    return json.dumps(value).encode()


LAYERS = [b"one" * 400, b"{two}" * 700, b""]
CONFIG = packed({"rootfs": {"type": "layers", "diff_ids": [sha(layer) for layer in LAYERS]}})
ID = sha(CONFIG)
NAMES = ["a" * 64, "b" * 64, "c" * 64]


def saved(**changed: bytes | str | None) -> dict[str, bytes | str]:
    """As `docker save` of 20.10; `changed` by the first letter of the layer's folder, or "config"."""
    files: dict[str, bytes | str] = {}
    for name, layer in zip(NAMES, LAYERS, strict=True):
        files[f"{name}/VERSION"] = b"1.0"
        taken = changed.get(name[0], layer)
        if taken is not None:
            files[f"{name}/layer.tar"] = taken
    files[f"{ID[7:]}.json"] = changed.get("config") or CONFIG
    manifest = {"Config": f"{ID[7:]}.json", "RepoTags": None, "Layers": [f"{n}/layer.tar" for n in NAMES]}
    return {**files, "manifest.json": packed([manifest])}


MANIFEST = packed(
    {
        "config": {"digest": ID, "size": len(CONFIG)},
        "layers": [{"digest": sha(layer), "size": len(layer)} for layer in LAYERS],
    }
)
INDEX = packed({"manifests": [{"digest": sha(MANIFEST)}, {"digest": sha(b"another platform's")}]})


def layout(
    *left_out: bytes, altered: bytes = b"", extra: Mapping[str, bytes] | None = None
) -> dict[str, Any]:
    """As an OCI image layout."""
    blobs = [INDEX, MANIFEST, CONFIG, *LAYERS]
    files: dict[str, Any] = {
        f"blobs/{sha(blob).replace(':', '/')}": b"{}" if altered and blob == altered else blob
        for blob in blobs
        if blob not in left_out
    }
    return {"oci-layout": b"{}", "index.json": INDEX, **files, **(extra or {})}


def found(files: Mapping[str, bytes | str], image: str = ID, pieces: int = 0, **options: Any) -> Compared:
    archive, raw = ImageArchive(), tar(files, **options)
    for at in range(0, len(raw), pieces or len(raw)):
        archive.feed(raw[at : at + (pieces or len(raw))])
    archive.close()
    return compare(archive, image)


@pytest.mark.parametrize("pieces", [0, 1, 7, 511, 512, 513, 1000])
def test_an_image_as_it_was_saved_agrees_wherever_its_bytes_are_cut(pieces: int) -> None:
    assert found(saved(), pieces=pieces) == Compared((), 3)
    assert found(layout(), sha(MANIFEST), pieces) == Compared((), 3, packed=True)


def test_an_altered_layer_is_named() -> None:
    (words,) = found(saved(b=b"evil")).differing
    assert words == f"layer 2 of 3 is {sha(b'evil')}, and should be {sha(LAYERS[1])}"


def test_a_missing_layer_is_named() -> None:
    (words,) = found(saved(a=None)).differing
    assert words == f"layer 1 of 3 is missing, which should be {sha(LAYERS[0])}"


def test_another_configuration_is_named_though_its_layers_agree_with_it() -> None:
    other = packed({"rootfs": {"diff_ids": [sha(layer) for layer in LAYERS]}, "config": {"Env": ["EVIL=1"]}})
    (words,) = found(saved(config=other)).differing
    assert words == f"its configuration is {sha(other)}"


def test_a_layer_that_stands_there_once_is_a_link_the_other_time() -> None:
    config = packed({"rootfs": {"diff_ids": [sha(b"same"), sha(b"same")]}})
    manifest = [{"Config": "c.json", "Layers": ["a/layer.tar", "b/layer.tar"]}]
    files: dict[str, bytes | str] = {"a/layer.tar": b"same", "b/layer.tar": "../a/layer.tar"}
    whole = {**files, "c.json": config, "manifest.json": packed(manifest)}
    assert found(whole, sha(config)) == Compared((), 2)
    turning = {**whole, "a/layer.tar": "../b/layer.tar"}
    assert [words.split(",")[0] for words in found(turning, sha(config)).differing] == [
        "layer 1 of 2 is missing",
        "layer 2 of 2 is missing",
    ]


@pytest.mark.parametrize("image", [sha(INDEX), sha(MANIFEST)], ids=["index", "manifest"])
def test_blobs_are_what_their_names_say(image: str) -> None:
    assert found(layout(), image) == Compared((), 3, packed=True)
    assert found(layout(altered=LAYERS[1]), image).differing == (
        f"the blob {sha(LAYERS[1])} has other contents",
    )
    assert found(layout(LAYERS[1]), image).differing == (f"the blob {sha(LAYERS[1])} is missing",)
    assert found(layout(CONFIG), image).differing == (f"the blob {ID} is missing",)


def test_a_manifest_that_was_altered_differs_and_one_that_is_missing_too() -> None:
    assert found(layout(altered=MANIFEST), sha(MANIFEST)).differing
    assert found(layout(MANIFEST), sha(INDEX)).differing == ("none of the manifests that it names is there",)


def test_an_engine_that_gives_both_forms_is_compared_by_unpacked_layers() -> None:
    names = [f"blobs/{sha(layer).replace(':', '/')}" for layer in LAYERS]
    both = {"Config": f"blobs/{ID.replace(':', '/')}", "Layers": names}
    files = layout(extra={"manifest.json": packed([both])})
    assert found(files) == Compared((), 3)
    files[names[0]] = b"evil"
    assert len(found(files).differing) == 2


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_long_names(form: int) -> None:
    long = "d" * 150
    files: dict[str, bytes | str] = {f"{long}/layer.tar": b"layer"}
    config = packed({"rootfs": {"diff_ids": [sha(b"layer")]}})
    manifest = [{"Config": "c", "Layers": [f"{long}/layer.tar"]}]
    whole = {**files, "c": config, "manifest.json": packed(manifest)}
    assert found(whole, sha(config), 99, form=form) == Compared((), 1)


def header(name: bytes = b"x", size: bytes = b"00000000001\0", kind: bytes = b"0") -> bytes:
    made = bytearray(512)
    made[: len(name)], made[124:136], made[156:157] = name, size, kind
    made[148:156] = b" " * 8
    made[148:156] = b"%06o\0 " % sum(made)
    return bytes(made)


HOSTILE = {
    "nothing": b"",
    "no tar": b"\x01" * 512,
    "half a header": tar({"a": b"a"})[:700][:100],
    "cut in a file": tar({"a": b"a" * 5000})[:2000],
    "cut before its end": tar({"a": b"a"})[:1024],
    "a name that is too long": header(kind=b"L", size=b"77777777777\0"),
    "records that are too long": header(kind=b"x", size=b"77777777777\0"),
    "a size that is none": header(size=b"99999999999\0"),
    "a size beyond all sense": header(size=b"\xff" * 12),
    "records that are none": header(kind=b"x", size=b"00000000004\0") + b"9 ab".ljust(512, b"\0"),
    "a record of a size that is none": (
        header(kind=b"x", size=b"00000000013\0") + b"11 size=-1\n".ljust(512, b"\0")
    ),
    "a file twice": tar({"manifest.json": b"[]"})[:1024] + tar({"manifest.json": b"[]"}),
    "an empty block in the middle": bytes(512) + tar({"a": b"a"}),
    "no end behind the end": bytes(1024) + bytes(2**21),
    "no image": tar({"hello": b"world"}),
    "JSON that is none": tar({"manifest.json": b"[" * 100_000}),
    "a manifest of nothing": tar({"manifest.json": b"[{}]"}),
    "a manifest of other types": tar({"manifest.json": b'[{"Config": [], "Layers": {}}]'}),
    "too many files": header(size=b"00000000000\0") * 1 + b"".join(
        header(b"%d" % number, b"00000000000\0", b"5") for number in range(image_archive.ENTRIES)
    ),
}  # fmt: skip


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_archive_of_an_image_is_said_to_be_none(raw: bytes) -> None:
    archive = ImageArchive()
    with pytest.raises(NoArchive):
        for at in range(0, len(raw), 70_000):
            archive.feed(raw[at : at + 70_000])
        archive.close()
        compare(archive, ID)


def test_of_much_json_only_so_much_is_kept() -> None:
    archive = ImageArchive()
    for number in range(40):
        archive.feed(tar({str(number): b"{" + b" " * (2**20 - 1)})[: 512 + 2**20])
    kept = [file.content for file in archive.files.values() if file.content is not None]
    assert sum(map(len, kept)) <= ALL_KEPT_BYTES
    assert len(archive.files) == 40


async def test_an_engine_is_asked_by_the_image_s_id(scripted: ScriptedEngine, engine: Engine) -> None:
    path, raw = f"/images/{ID}/get", tar(saved())
    scripted.scripts[path] = streamed(raw[:3000], raw[3000:], then_wait=False)
    told: list[int] = []
    assert await engine.images.contents(ID, 2**20, told.append) == Compared((), 3)
    assert told[-1] == len(raw)
    with pytest.raises(AnswerTooLarge):
        await engine.images.contents(ID, 2000)
    scripted.scripts[path] = streamed(b"no tar" * 200, then_wait=False)
    with pytest.raises(MalformedAnswer, match="a number in it is none"):
        await engine.images.contents(ID, 2**20)


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        ("500 Internal Server Error", 'file integrity checksum failed for "bin/sh"', LayersDamaged),
        ("500 Internal Server Error", "open /x/diff/bin/sh: no such file or directory", LayersDamaged),
        ("500 Internal Server Error", "write /var/tmp: no space left on device", ServerFault),
        ("404 Not Found", "No such image", NotFound),
    ],
)
async def test_what_an_engine_says_instead_of_an_archive(
    scripted: ScriptedEngine, engine: Engine, status: str, words: str, kind: type[Exception]
) -> None:
    scripted.scripts[f"/images/{ID}/get"] = answered({"message": words}, status)
    with pytest.raises(kind) as caught:
        await engine.images.contents(ID, 2**20)
    assert type(caught.value) is kind
