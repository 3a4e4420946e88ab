"""Evidence as files: one small one per app and image, $XDG_STATE_HOME/holdfast/evidence/APP/IMAGE.json.

What a first version wrote (`tested`, `test_op`) is read as a claim, and written beside the claims: it reads
ours too. What only a newer version understands stays in the file.
"""

from __future__ import annotations

import errno
import json
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.files import read_file, write_whole
from tui.model.app_name import is_app_name
from tui.model.codec import plain, read
from tui.model.evidence import Claim, ClaimKind, Evidence, place
from tui.paths import state_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class _Earlier(NamedTuple):
    """How a first version says that an image passed its test."""

    tested: float = 0.0
    test_op: str = ""


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
    return _evidence(_table(path)) or Evidence(image)


def all_evidence(app: str, environ: Mapping[str, str] = os.environ) -> list[Evidence]:
    """Of every image of an app, the newest build first. Blocks."""
    folder = state_folder(environ) / "evidence" / app
    try:
        paths = sorted(folder.glob("*.json"))
    except OSError:
        return []
    found = [one for path in paths if (one := _evidence(_table(path))) is not None]
    return sorted(found, key=lambda one: -one.built)


def add_claim(app: str, image: str, claim: Claim, environ: Mapping[str, str] = os.environ) -> None:
    """Keep a further claim about an image. Blocks. Raises OSError."""
    _write(app, image, read_evidence(app, image, environ).with_claim(claim), environ)


def add_facts(app: str, image: str, environ: Mapping[str, str] = os.environ, **facts: Any) -> None:
    """Keep further fields of its Evidence. Blocks. Raises OSError."""
    _write(app, image, read_evidence(app, image, environ)._replace(**facts), environ)


def name_version(
    app: str,
    image: str,
    version: str,
    digest: str,
    at: float,
    environ: Mapping[str, str] = os.environ,
    *,
    engine: str = "",
) -> None:
    """Keep that an image was given a version, or was pushed or deployed as it. Blocks. Raises OSError.

    engine   the ID of the one on which it was given, "" where a registry counts
    """
    before = read_evidence(app, image, environ)
    digests = {**before.digests, version: digest} if digest else before.digests
    places = {**before.places, place(version, engine): at} if engine else before.places
    named = {**before.named, version: at}
    add_facts(app, image, environ, named=named, digests=digests, places=places)


def _write(app: str, image: str, evidence: Evidence, environ: Mapping[str, str]) -> None:
    """Written beside and renamed."""
    path = _path(app, image, environ)
    table = _table(path)
    if _evidence(table) is None:
        table = {}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, json.dumps(table | _written(evidence, table)).encode())


def _written(evidence: Evidence, table: Mapping[str, Any]) -> dict[str, Any]:
    """As the file has it; a claim that is in the file already stays as it is there."""
    there = {_claim(one): one for one in table.get("claims", ())}
    claim = evidence.passed(ClaimKind.TEST)
    earlier = _Earlier(claim.at, claim.op) if claim is not None else _Earlier()
    return {
        **plain(evidence, Evidence),
        **plain(earlier, _Earlier),
        "claims": [there.get(claim) or plain(claim, Claim) for claim in evidence.claims],
    }


def _claim(fields: Any) -> Claim:
    found: Claim = read(fields, Claim, [])
    return found


def _table(path: Path) -> dict[str, Any]:
    """What is in a file; nothing where it is missing or damaged."""
    try:
        table = json.loads(read_file(path))
    except (OSError, ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}


def _evidence(table: Mapping[str, Any]) -> Evidence | None:
    """None where a field has another type: then nothing is known, and nothing is claimed."""
    try:
        found: Evidence = read(table, Evidence, [])
        earlier: _Earlier = read(
            {name: table[name] for name in _Earlier._fields if name in table}, _Earlier, []
        )
    except ValueError:
        return None
    known = {claim.at for claim in found.claims if claim.kind == ClaimKind.TEST}
    if not earlier.tested or earlier.tested in known:
        return found
    return found.with_claim(Claim(ClaimKind.TEST, True, earlier.tested, op=earlier.test_op))
