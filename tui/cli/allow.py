"""`holdfast allow`: a file that came with a repository may name engines, and files beyond its folder."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.cli.asking import Declined, ask, somebody_is_there
from tui.cli.output import answer, answer_json, colours, say_error
from tui.errors import HoldfastError
from tui.presentation.console import local_time, painted
from tui.presentation.text import safe
from tui.settings import allowed
from tui.settings.load import asks_of
from tui.settings.paths import LOCAL_CONFIG

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tui.presentation.style import Line
    from tui.settings.allowed import Allowed
    from tui.settings.reach import Ask


class NotAllowed(HoldfastError):
    """Nobody said that it may."""

    exit_status = 2


def run(file: str, what: str, *, yes: bool, json: bool) -> int:
    """Allow what a file asks for, list what is allowed, or revoke it; the exit status."""
    path = file or LOCAL_CONFIG
    try:
        match what:
            case "list":
                return _list(json=json)
            case "revoke":
                return _revoke(path, json=json)
        return asyncio.run(_allow(path, yes=yes, json=json))
    except OSError as error:
        failed = HoldfastError(f"{error.filename or allowed.allowed_folder()}: {error.strerror}")
        say_error(failed)
        return failed.exit_status
    except HoldfastError as error:
        say_error(error)
        return error.exit_status
    except KeyboardInterrupt:
        return 130


async def _allow(path: str, *, yes: bool, json: bool) -> int:
    content, wanted = await asyncio.to_thread(asks_of, path)
    found = await asyncio.to_thread(allowed.find, path)
    already = allowed.covers(found, content, wanted)
    if not json:
        _show(_lines(path, wanted, already=already, changed=found is not None))
    if wanted and not already:
        if not yes:
            if not somebody_is_there():
                raise NotAllowed(f"{path} is not allowed to ask for that", "--yes says that it may")
            try:
                await ask("Allow it? [y/N] ", "y", "yes")
            except Declined as error:
                raise Declined(f"{path} is not allowed to ask for that", error.hint) from None
        await asyncio.to_thread(allowed.allow, path, content, wanted, time.time())
    if json:
        answer_json({"file": path, "asks": [one._asdict() for one in wanted], "already": already})
    elif wanted and not already:
        answer(f"{safe(path)} is allowed to, as it is now; holdfast allow --revoke takes it back\n")
    return 0


def _lines(path: str, wanted: Sequence[Ask], *, already: bool, changed: bool) -> Iterator[Line]:
    if not wanted:
        yield [(f"{safe(path)} asks for nothing that has to be allowed", "text")]
        return
    state = "is allowed to ask for" if already else "asks for"
    since = ", and has changed since it was allowed" if changed and not already else ""
    yield [(safe(path), "strong"), (f" {state}{since}:", "text")]
    for one in wanted:
        yield [("  ", "muted"), (safe(one.where), "strong"), (f" = {safe(one.means)}", "text")]


def _list(*, json: bool) -> int:
    found = allowed.listed()
    if json:
        answer_json({"allowed": [_fields(one) for one in found]})
    else:
        _show(_listed(found))
    return 0


def _listed(found: Sequence[Allowed]) -> Iterator[Line]:
    if not found:
        yield [("no file is allowed to ask for anything beyond its folder", "text")]
    for one in found:
        state = _state(one)
        role = "ok" if state == "allowed" else "warn"
        yield [(safe(one.path), "strong"), (f"  {state}", role), (f", {local_time(one.at)}", "muted")]
        for words in one.asks:
            yield [(f"  {safe(words)}", "text")]


def _fields(one: Allowed) -> dict[str, Any]:
    return {**one._asdict(), "state": _state(one)}


def _state(one: Allowed) -> str:
    """Whether the file is still as it was allowed."""
    try:
        content, wanted = asks_of(one.path)
    except HoldfastError:
        return "changed since" if Path(one.path).exists() else "gone"
    return "allowed" if allowed.covers(one, content, wanted) else "changed since"


def _revoke(path: str, *, json: bool) -> int:
    was = allowed.revoke(path)
    if json:
        answer_json({"file": path, "revoked": was})
    else:
        answer(f"{safe(path)} {'is allowed no longer' if was else 'was not allowed'}\n")
    return 0


def _show(lines: Iterator[Line]) -> None:
    shown = colours(1)
    answer("".join([painted(line, colours=shown) + "\n" for line in lines]))
