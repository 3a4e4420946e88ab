"""What is known of an image beyond its bytes: how it was built, that it passed its test.

One small file per app and image, $XDG_STATE_HOME/holdfast/evidence/APP/IMAGE.json: it outlives the journals.
"""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.files import read_file, write_whole
from tui.journal.folder import state_folder
from tui.model.app_name import is_app_name
from tui.model.codec import plain, read

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Evidence(NamedTuple):
    """Of one image of an app; times are seconds since the epoch, 0.0 for never.

    commit      the commit it was built from, "" when unknown; `dirty` when there were uncommitted changes
    bases       base image -> digest, as the engine resolved them
    seconds     how long the build took
    test_op     the operation that tested it
    named       the versions that it was given, pushed or deployed as: version -> when, the last time
    digests     of those, the digest that the registry had: version -> digest
    """

    image: str
    built: float = 0.0
    seconds: float = 0.0
    commit: str = ""
    dirty: bool = False
    bases: Mapping[str, str] = {}
    tested: float = 0.0
    test_op: str = ""
    named: Mapping[str, float] = {}
    digests: Mapping[str, str] = {}


def _path(app: str, image: str, environ: Mapping[str, str]) -> Path:
    if not is_app_name(app):  # "..": it would lead elsewhere
        raise OSError(errno.EINVAL, "no app can be called so", app)
    return state_folder(environ) / "evidence" / app / f"{image.removeprefix('sha256:')}.json"


def read_evidence(app: str, image: str, environ: Mapping[str, str] = os.environ) -> Evidence:
    """What is known of an image; an empty Evidence where nothing is. Blocks."""
    try:
        path = _path(app, image, environ)
    except OSError:
        return Evidence(image)
    return _read(path) or Evidence(image)


def all_evidence(app: str, environ: Mapping[str, str] = os.environ) -> list[Evidence]:
    """Of every image of an app, the newest build first. Blocks."""
    folder = state_folder(environ) / "evidence" / app
    try:
        paths = sorted(folder.glob("*.json"))
    except OSError:
        return []
    found = [one for path in paths if (one := _read(path)) is not None]
    return sorted(found, key=lambda one: -one.built)


def add_evidence(app: str, image: str, environ: Mapping[str, str] = os.environ, **changes: Any) -> Evidence:
    """Keep further facts about an image; written beside and renamed. Blocks. Raises OSError."""
    path = _path(app, image, environ)
    evidence = read_evidence(app, image, environ)._replace(**changes)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, json.dumps(plain(evidence, Evidence)).encode())
    return evidence


def name_version(
    app: str, image: str, version: str, digest: str, at: float, environ: Mapping[str, str] = os.environ
) -> None:
    """Keep that an image was given a version, or was pushed or deployed as it. Blocks. Raises OSError."""
    before = read_evidence(app, image, environ)
    digests = {**before.digests, version: digest} if digest else before.digests
    add_evidence(app, image, environ, named={**before.named, version: at}, digests=digests)


def _read(path: Path) -> Evidence | None:
    """None for a file that is missing or damaged: then nothing is known, and nothing is claimed."""
    try:
        found: Evidence = read(json.loads(read_file(path)), Evidence, [])
    except (OSError, ValueError, RecursionError):
        return None
    return found
