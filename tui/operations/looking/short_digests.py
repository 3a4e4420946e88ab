"""Digests as lists shorten them, found again among what is known of an app."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from tui.model.version import Version
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.release import Entry
    from tui.model.version import Precedence
    from tui.operations.looking.app_repository import Remote

LEAST = 7
"""Digits that name a digest; fewer may be anything."""

LOOKED_AT = 200
"""Tags of a registry whose digest is asked for: the newest versions."""

AT_ONCE = 8

_BEGINNING = re.compile(rf"(?:sha256:)?([0-9a-f]{{{LEAST},64}})")


def beginning_of(text: str) -> str:
    """What a digest has to begin with that is named so, "sha256:3f2a9c71b0de"; "" for what names none."""
    found = _BEGINNING.fullmatch(text)
    return f"sha256:{found[1]}" if found else ""


async def digests_beginning(
    beginning: str, remote: Remote, app: AppSpec, engine: Engine | None, entries: Mapping[int, Entry]
) -> set[str]:
    """Every digest in an app's repository that begins so: of releases and of images here, else of tags there.

    An image's ID means the digest that it has there. Raises RegistryError, EngineError.
    """
    named = [(entry.release.digest, entry.release.image) for entry in entries.values()]
    for image in await engine.images.list() if engine is not None else ():
        named += [(digest, image.id) for digest in app.digests_of(image.digests)]
    here = {digest for digest, id in named if digest.startswith(beginning) or id.startswith(beginning)}
    here.discard("")
    return here or {digest for digest in await _of_tags(remote) if digest.startswith(beginning)}


async def _of_tags(remote: Remote) -> Iterable[str]:
    newest = sorted(await remote.tags(), key=_age, reverse=True)[:LOOKED_AT]
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(tag: str) -> str:
        async with gate:
            return await remote.digest(tag)

    return await all_of(*map(one, newest))


def _age(tag: str) -> tuple[bool, Precedence | str]:
    """Versions after other tags, the newest last."""
    version = Version.parse(tag)
    return (True, version.precedence) if version is not None else (False, tag)
