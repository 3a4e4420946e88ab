"""Which files belong to a build: `.dockerignore` as Docker decides it.

The rule (https://docs.docker.com/reference/dockerfile/#dockerignore-file): a pattern applies to what it
matches and to all that lies in it, and the last one that applies decides. Docker's clients up to 20.10 do
just that. Those since 23.0 (https://github.com/moby/patternmatcher, MatchesUsingParentResults) walk down the
folders and pass over a pattern that changes nothing where they are, and so forget it for what lies deeper: of
the lines "**/*.x" and "!n" they leave out n/a.x. That counts here as well. So does the rule where they forget
the other way round: of "a", "!a/b", "a*" they take a/b, which BuildKit then gets without its content.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Self

from tui.errors import HoldfastError
from tui.model.ignore_pattern import EXACT, EXPRESSION, PREFIX, SUFFIX, Pattern, clean, pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def lines(text: str | bytes) -> Iterator[tuple[int, str]]:
    """The patterns of an ignore file with their lines, counted from 1; cleaned, none of them judged yet.

    A line that starts with "#" is a comment; a byte order mark, empty lines and spaces around a pattern do
    not count; "/a" is "a".
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "surrogateescape")
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        written = "" if line.startswith("#") else line.strip(_SPACES)
        if not written:
            continue
        mark = "!" if written.startswith("!") else ""
        written = written.removeprefix("!").strip(_SPACES)
        if written:
            written = clean(written)
        yield number, mark + (written[1:] if written.startswith("/") and written != "/" else written)


class Matched(NamedTuple):
    """What is known of a path, and handed on to what lies in it. Bit N stands for pattern N.

    yes       whether it is matched and not excepted again
    applied   which patterns apply to it, by the rule
    seen      which of them a client of Docker remembers when it walks down there
    """

    yes: bool
    applied: int
    seen: int


NOTHING = Matched(yes=False, applied=0, seen=0)
"""Of the folder that everything lies in."""


class Patterns:
    """Patterns in their order, of which the last one that applies decides.

    Raises HoldfastError, naming the pattern, where Docker would refuse one.
    """

    def __init__(self, patterns: Iterable[str | Pattern] = ()) -> None:
        read = (each if isinstance(each, Pattern) else _read(each) for each in patterns)
        self._patterns = tuple(each for each in read if each)
        self._matching = [
            (1 << number, each.exception, each.matcher()) for number, each in enumerate(self._patterns)
        ]
        self._exceptions = sum(1 << number for number, each in enumerate(self._patterns) if each.exception)

        def values(kind: str) -> tuple[str, ...]:
            return tuple(each.value for each in self._patterns if each.kind == kind)

        self._prefixes, self._suffixes = values(PREFIX), values(SUFFIX)
        self._exact = {*values(EXACT), *(end[1:] for end in self._suffixes if end.startswith("/"))}
        any_of = "|".join(f"(?:{expression})" for expression in values(EXPRESSION))
        self._any = re.compile(any_of, re.ASCII).fullmatch if any_of else None

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def match(self, path: str, above: Matched = NOTHING) -> Matched:
        """What is known of a path, from what is known of its folder."""
        if not (
            path in self._exact
            or path.endswith(self._suffixes)
            or path.startswith(self._prefixes)
            or (self._any and self._any(path))
        ):
            return above
        yes, applied, seen = False, above.applied, above.seen
        for mark, exception, matches in self._matching:
            if seen & mark:
                yes = not exception
            elif matches(path):
                applied |= mark
                if exception == yes:
                    yes = not exception
                    seen |= mark
        last = 1 << applied.bit_length() >> 1
        return Matched(yes or not self._exceptions & last, applied, seen)

    def may_match_below(self, folder: str, *, exception: bool, literally: bool = False) -> bool:
        """Whether a pattern, or an exception, can match something in a folder that none of them matches.

        literally   as the classic builder's client asks it: wildcards are taken for names
        """
        folder += "/"
        for each in self._patterns:
            if each.exception != exception:
                continue
            if f"{each.text}/".startswith(folder) if literally else each.folder.startswith(folder):
                return True
            if not literally and each.is_wild and folder.startswith(each.folder):
                return True
        return False


def _read(written: str) -> Pattern | None:
    stripped = written.strip(_SPACES)
    return pattern(stripped) if stripped else None


class Ignore(Patterns):
    """What an ignore file says."""

    def __init__(self, patterns: Iterable[str | Pattern] = ()) -> None:
        super().__init__(patterns)
        self._folder = lru_cache(maxsize=1024)(self._judge)

    @classmethod
    def parse(cls, text: str | bytes, name: str = ".dockerignore") -> Self:
        """Read an ignore file. Raises HoldfastError, naming file, line and pattern."""
        found = []
        for number, written in lines(text):
            try:
                found.append(pattern(written))
            except HoldfastError as error:
                raise HoldfastError(f"{name}, line {number}: {error.message}", error.hint) from None
        return cls(found)

    def excludes(self, path: str) -> bool:
        """Whether a file or folder is left out; its path is relative to the folder of the build, as "a/b"."""
        return self._judge(path).yes

    def _judge(self, path: str) -> Matched:
        folder, slash, _ = path.rpartition("/")
        return self.match(path, self._folder(folder) if slash else NOTHING)

    def needs_walk(self, folder: str, *, classic: bool = False) -> bool:
        """Whether an exception may bring back something in a folder that is left out.

        The classic builder's client looks into fewer folders than BuildKit's: never for "!**/name".
        """
        return self.may_match_below(folder, exception=True, literally=classic)

    def keeping(self, *paths: str) -> Ignore:
        """The same, except that these files are never left out."""
        kept = [Pattern(path, True, EXACT, path) for path in paths if self.excludes(path)]
        return Ignore([*self._patterns, *kept])
