"""Environment files in Compose's format: NAME=VALUE lines with quotes, comments, `export` and variables.

https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.model.interpolation import NotATemplate, Required, interpolate, variables_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.model.interpolation import Lookup

SPACE = "\t\v\f\r \x85\xa0"
"""What may stand around a name; a line's end is none of it."""

_EXPORT = re.compile(r"export[\t\n\v\f\r ]+")
_ESCAPE = re.compile(r"\\(?:[abfnrtv$\"\\]|0[0-7]{3})")
_MEANINGS = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    '"': '"',
    "\\": "\\",
}


class EnvFileInvalid(ValueError):
    """A line that is none of an environment file. Its text never holds a value."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


def parse_env_file(
    text: str,
    lookup: Lookup,
    known: dict[str, str],
    unset: Callable[[str], str] = lambda name: "",
    *,
    needed: bool = False,
) -> None:
    """Add a file's variables to those that are `known`; the last of a name counts. Raises EnvFileInvalid.

    lookup   what a variable in a value stands for, before those that are known; and the value of NAME alone,
             which is left out where it has none, or refused where it is `needed`
    unset    what a variable in a value stands for where nobody has it
    """
    _Parser(text, lookup, known, unset, needed=needed).parse()


class _Parser:
    def __init__(
        self,
        text: str,
        lookup: Lookup,
        known: dict[str, str],
        unset: Callable[[str], str],
        *,
        needed: bool,
    ) -> None:
        self.needed = needed
        self.text = text
        self.at = 0
        self.lookup = lookup
        self.known = known
        self.unset = unset

    def parse(self) -> None:
        while self._to_statement():
            name, given = self._name()
            if given:
                self.known[name] = self._value(name)
            elif (value := self.lookup(name)) is not None:
                self.known[name] = value
            elif self.needed and name not in self.known:
                raise self._wrong(
                    f"{name} is to be passed on, and is not set here; a default: {name}=${{{name}:-default}}"
                )

    def _wrong(self, why: str) -> EnvFileInvalid:
        return EnvFileInvalid(self.text.count("\n", 0, self.at) + 1, why)

    def _line_end(self) -> int:
        end = self.text.find("\n", self.at)
        return len(self.text) if end < 0 else end

    def _to_statement(self) -> bool:
        """Go over empty lines and comments; whether anything is left."""
        while self.at < len(self.text):
            if self.text[self.at].isspace():
                self.at += 1
            elif self.text[self.at] == "#":
                self.at = self._line_end()
            else:
                return True
        return False

    def _name(self) -> tuple[str, bool]:
        """A name, and whether a value follows."""
        if export := _EXPORT.match(self.text, self.at):
            self.at = export.end()
        begin = end = self.at
        while end < len(self.text) and self.text[end] not in "=:\n":
            mark = self.text[end]
            if mark not in SPACE and mark not in "_.-[]" and not mark.isalpha() and not mark.isnumeric():
                raise self._wrong("the name of a variable is made of letters, digits and _ . - [ ] alone")
            end += 1
        name = self.text[begin:end].strip()
        if not name:
            raise self._wrong("there is no name before the =")
        if any(mark in name for mark in SPACE):
            raise self._wrong("the name of a variable has a space in it")
        given = end < len(self.text) and self.text[end] != "\n"
        self.at = end + given
        return name, given

    def _value(self, name: str) -> str:
        while self.at < len(self.text) and self.text[self.at] in SPACE:
            self.at += 1
        quote = self.text[self.at : self.at + 1]
        if quote not in ("'", '"') or not quote:
            end = self._line_end()
            value = self.text[self.at : end].split(" #", 1)[0].rstrip()
            value = self._filled(name, value)
            self.at = end
            return value
        inner, end = self._quoted(name, quote)
        value = self._filled(name, _ESCAPE.sub(_meaning, inner)) if quote == '"' else inner
        self.at = end
        return value

    def _quoted(self, name: str, quote: str) -> tuple[str, int]:
        """What stands between quotes, without the backslashes before quotes, and where it ends."""
        parts: list[str] = []
        at = self.at + 1
        while at < len(self.text):
            mark = self.text[at]
            if mark == quote:
                return "".join(parts), at + 1
            if mark == "\\" and at + 1 < len(self.text):
                at += 1
                mark = self.text[at] if self.text[at] == quote else mark + self.text[at]
            parts.append(mark)
            at += 1
        raise self._wrong(f"the quote around the value of {name} is not closed")

    def _filled(self, name: str, value: str) -> str:
        def known(variable: str) -> str | None:
            found = self.lookup(variable)
            return self.known.get(variable) if found is None else found

        # What follows a dollar sign may be a piece of a password: it is never told.
        try:
            return interpolate(value, known, self.unset)
        except Required:
            why = f"in the value of {name} a $ is followed by a variable that is not set"
            raise self._wrong(why) from None
        except NotATemplate:
            raise self._wrong(f"in the value of {name} a $ is followed by what is no variable") from None


class _Asking(_Parser):
    """Looks up every variable that a value may ask for, whichever of them are set."""

    def _filled(self, name: str, value: str) -> str:
        for variable in variables_in(value):
            self.lookup(variable)
        return ""


def variables_of(text: str) -> list[str]:
    """The variables that a file asks for: NAME alone, and those in values; each once. What follows a fault
    is left out: such a file is refused where it is read."""
    found: dict[str, None] = {}
    with suppress(EnvFileInvalid):
        _Asking(text, found.setdefault, {}, lambda name: "", needed=False).parse()
    return [*found]


def _meaning(match: re.Match[str]) -> str:
    mark = match[0][1:]
    if mark == "$":
        return "$$"  # a dollar sign, once the variables are filled in
    if mark.startswith("0"):
        number = int(mark[1:], 8)
        return chr(number) if number < 256 else match[0]
    return _MEANINGS[mark]
