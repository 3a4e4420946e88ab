"""Images on their way to the demo's registry and back."""

from __future__ import annotations

import json

import pytest

from tui.demo.dockerfiles import BuildFailed, configure, copied
from tui.demo.manifests import digest_of, image_of, packed, unpacked
from tui.demo.objects import JSON, SECOND, HistoryEntry
from tui.demo.registry import Shelf
from tui.demo.shell import Exit, Shell, Surroundings, Write

HISTORY = [
    HistoryEntry(1_700_000_000, "COPY . .", 12, files={"/www/index.html": b"hello"}),
    HistoryEntry(1_700_000_009, "CMD", 0),
]


def test_a_pulled_image_is_the_one_that_was_pushed() -> None:
    image = image_of(1_700_000_010, HISTORY, {"Cmd": ["serve"], "Labels": {"a": "b"}})
    shelf = Shelf()

    digest = shelf.push("shop/web", "v1", image)

    assert shelf.digest("shop/web", "v1") == digest
    found = shelf.pull("shop/web", digest)
    assert (found.id, found.history, found.config) == (image.id, image.history, image.config)
    assert found.files == {"/www/index.html": b"hello"}


def test_every_digest_is_that_of_the_bytes() -> None:
    image = image_of(1_700_000_010, HISTORY, {})
    held = packed(image)
    manifest = json.loads(held.manifest)
    assert held.digest == digest_of(held.manifest)
    assert manifest["config"]["digest"] == image.id == digest_of(held.blobs[0])
    assert [one["digest"] for one in manifest["layers"]] == [digest_of(blob) for blob in held.blobs[1:]]
    assert unpacked(held.blobs).id == image.id


def test_copy_follows_the_folder_and_says_what_is_missing() -> None:
    files = {"a.txt": b"a", "src/b.txt": b"b"}
    assert copied(files, ". .", "/srv") == {"/srv/a.txt": b"a", "/srv/src/b.txt": b"b"}
    assert copied(files, "src /etc", "/srv") == {"/etc/b.txt": b"b"}
    assert copied(files, "a.txt /etc/", "") == {"/etc/a.txt": b"a"}
    assert copied(files, "a.txt named", "/srv") == {"/srv/named": b"a"}
    with pytest.raises(BuildFailed, match=r"file not found in build context.*: c"):
        copied(files, "c /etc", "")


def test_a_health_check_keeps_its_times() -> None:
    config: JSON = {}
    configure(config, "HEALTHCHECK", "--interval=2s --retries=3 CMD sh check.sh")
    assert config["Healthcheck"] == {
        "Interval": 2 * SECOND,
        "Retries": 3,
        "Test": ["CMD-SHELL", "sh check.sh"],
    }


@pytest.mark.parametrize(
    ("script", "said", "code"),
    [
        ("false && echo no", "", 1),
        ("true && echo yes", "yes\n", 0),
        ("false || echo other", "other\n", 0),
        ("sh check.sh && echo never", "down\n", 3),
        ("grep -q hello page && echo there", "there\n", 0),
        ("grep -c hello page", "1\n", 0),
        ("test -f nothing", "", 1),
    ],
)
def test_a_command_depends_on_the_one_before(script: str, said: str, code: int) -> None:
    files = {"/srv/check.sh": "echo down >&2; exit 3", "/srv/page": "hello\nworld\n"}
    shell = Shell(Surroundings(files=files, directory="/srv"))
    steps = list(shell.run(script))
    assert "".join(step.text.decode() for step in steps if isinstance(step, Write)) == said
    assert shell.code == code
    assert not any(isinstance(step, Exit) for step in steps)
