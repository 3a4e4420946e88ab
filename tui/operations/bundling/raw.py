"""What goes into a bundle before secrets are taken out: they are all known only once everything was read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.errors import HoldfastError
from tui.model.bundle import LeftOut, Part, unlike
from tui.model.scrubbing import Scrubber
from tui.model.secrets import MASK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SECTION_SECONDS = 60.0
"""Time limit for reading one kind of thing."""

VALUED = ("environment", "interpolated", "headers", "args")
"""Tables of which a bundle has the names alone."""


class Raw(NamedTuple):
    """A file of a bundle with its secrets still in it: text, or decoded JSON; `lines`: a line each."""

    name: str
    about: str
    content: Any
    cut: str = ""
    lines: bool = False


class Gathered:
    """What was found so far.

    secrets   never to be told
    away      the exit status that an engine or registry asks for which could not be reached, else 0
    """

    def __init__(self) -> None:
        self.raw: list[Raw] = []
        self.left_out: list[LeftOut] = []
        self.secrets: set[str] = set()
        self.away = 0

    def leave_out(self, what: str, why: str) -> None:
        self.left_out.append(LeftOut(what, why))

    async def take(self, what: str, parts: AsyncIterator[Raw], seconds: float = SECTION_SECONDS) -> bool:
        """Take what comes within so many seconds; False where something fails, and then that is said."""
        try:
            async with asyncio.timeout(seconds):
                async for one in parts:
                    self.raw.append(one)
            return True
        except TimeoutError:
            self.leave_out(what, f"not read within {seconds:.0f} s")
        except HoldfastError as error:
            self.leave_out(what, error.message)
            self.away = max(self.away, error.exit_status if error.exit_status == 3 else 0)
        except OSError as error:
            self.leave_out(what, f"{error.filename or what}: {error.strerror}")
        return False

    def parts(self) -> tuple[list[Part], list[LeftOut], int]:
        """The files and what is not there, without secrets; how often one was masked. Takes a while."""
        scrubber = Scrubber(self.secrets)
        parts = [
            Part(one.name, scrubber.sentence(one.about), _written(one, scrubber), scrubber.sentence(one.cut))
            for one in self.raw
        ]
        left = [LeftOut(scrubber.text(what), scrubber.sentence(why)) for what, why in self.left_out]
        return [*unlike(parts)], left, scrubber.found


def _written(one: Raw, scrubber: Scrubber) -> str:
    if isinstance(one.content, str):
        return scrubber.text(one.content)
    if one.lines:
        return "".join(json.dumps(scrubber.json(line), ensure_ascii=False) + "\n" for line in one.content)
    return json.dumps(scrubber.json(one.content), ensure_ascii=False, indent=2) + "\n"


def as_json(value: Any) -> Any:
    """A value of the model as JSON has it."""
    match value:
        case tuple() if hasattr(value, "_fields"):
            return {name: as_json(getattr(value, name)) for name in value._fields}
        case Mapping():
            return {str(name): as_json(one) for name, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [as_json(one) for one in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def names_alone(fields: Any) -> Any:
    """A configuration as JSON has it, of whose variables only the names are left."""
    match fields:
        case dict():
            return {name: _names(name, value) for name, value in fields.items()}
        case list():
            return [names_alone(one) for one in fields]
        case _:
            return fields


def _names(name: str, value: Any) -> Any:
    if name in VALUED and isinstance(value, dict):
        table: Mapping[str, Any] = value
        return {one: None if given is None else MASK for one, given in table.items()}
    return names_alone(value)
