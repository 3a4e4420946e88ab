"""What a shell can offer where the cursor stands: found from the parser of the command line alone. Pure."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, NamedTuple

from tui.model.verb import VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

VERB, OPTION, CHOICE, FILE, FOLDER, NOTHING = "verb", "option", "choice", "file", "folder", ""
APP, VERSION, RELEASE, CONTAINER, ENGINE, THEME, KEY, OP = (
    "app", "version", "release", "container", "engine", "theme", "key", "op",
)  # fmt: skip
"""What is wanted. Of those in the second line the parser knows no values."""

_BY_METAVAR = {
    "APP": APP, "VERSION": VERSION, "IMAGE": VERSION, "rN": RELEASE, "CONTAINER": CONTAINER, "FILE": FILE,
    "FOLDER": FOLDER, "OP": OP, "behind": CHOICE,
}  # fmt: skip
_BY_NAME = {"context": ENGINE, "theme": THEME, "key": KEY}
"""NAME names all sorts of things: the option says which."""

_WORDS = {"trust": ("show", "init")}
"""Words of a verb that are neither apps nor files."""


class Candidate(NamedTuple):
    """What can stand there, and what is said of it."""

    value: str
    about: str = ""


class Wanted(NamedTuple):
    """What is to stand where the cursor is.

    kind      one of the above, or two where both can stand: an app that may be left out
    before    what of the word stands fast: "--context=", and is no part of a value
    typed     what was typed of the value
    offered   what the parser itself knows
    verb      that stands there already, "" where none does
    words     the verb's words before
    given     its options before, by their names in the parser: "context" -> "prod"
    """

    kind: str = NOTHING
    before: str = ""
    typed: str = ""
    offered: tuple[Candidate, ...] = ()
    verb: str = ""
    words: tuple[str, ...] = ()
    given: Mapping[str, str] = {}


def wanted(made: argparse.ArgumentParser, before: Sequence[str], word: str) -> Wanted:
    """What is wanted as `word`, which may be half typed, behind the words `before`."""
    verb, words, given = "", list[str](), dict[str, str]()
    open_option: argparse.Action | None = None
    only_words = False
    for one in before:
        if open_option is not None:
            given[open_option.dest], open_option = one, None
        elif one == "--" and not only_words:
            only_words = True
        elif one.startswith("-") and len(one) > 1 and not only_words:
            name, sign, value = one.partition("=")
            action = made._option_string_actions.get(name)
            if action is not None:
                given[action.dest] = value
                open_option = action if action.nargs != 0 and not sign else None
        elif verb:
            words.append(one)
        elif (below := _verbs(made).get(one)) is None:
            return Wanted()  # no verb: nothing that comes behind it can be known
        else:
            verb, made = one, below
    found = Wanted(typed=word, verb=verb, words=tuple(words), given=given)
    if open_option is not None:
        return _value(open_option, found)
    if word.startswith("--") and "=" in word and not only_words:
        name, _, typed = word.partition("=")
        action = made._option_string_actions.get(name)
        if action is None or action.nargs == 0:
            return Wanted()
        return _value(action, found._replace(before=f"{name}=", typed=typed))
    if word.startswith("-") and not only_words:
        return found._replace(kind=OPTION, offered=tuple(_options(made, given)))
    if not verb:
        about = {one.dest: one.help or "" for one in _subparsers(made)._choices_actions}
        verbs = tuple(Candidate(name, about.get(name, "")) for name in _verbs(made))
        return found._replace(kind=VERB, offered=verbs)
    return _word(made, found)


def _subparsers(made: argparse.ArgumentParser) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    return next(one for one in made._actions if isinstance(one, argparse._SubParsersAction))


def _verbs(made: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    return _subparsers(made).choices


def _options(made: argparse.ArgumentParser, given: Mapping[str, str]) -> Iterator[Candidate]:
    """Those that can still be said: not twice, and not beside what rules them out."""
    out = set(given)
    for group in made._mutually_exclusive_groups:
        ones = {action.dest for action in group._group_actions}
        out |= ones if ones & out else set()
    for action in made._actions:
        if action.option_strings and action.dest not in out and action.help != argparse.SUPPRESS:
            longest = max(action.option_strings, key=len)
            yield Candidate(
                next((one for one in action.option_strings if one[:2] == "--"), longest), action.help or ""
            )


def _value(action: argparse.Action, found: Wanted) -> Wanted:
    """The value of an option."""
    return found._replace(kind=_kind(action), offered=_choices(action))


def _kind(action: argparse.Action) -> str:
    if action.choices is not None:
        return CHOICE
    metavar = action.metavar if isinstance(action.metavar, str) else ""
    return _BY_METAVAR.get(metavar) or _BY_NAME.get(action.dest, NOTHING)


def _choices(action: argparse.Action) -> tuple[Candidate, ...]:
    if action.choices is not None:
        return tuple(Candidate(str(one)) for one in action.choices)
    return (Candidate("behind"),) if action.metavar == "behind" else ()


def _word(made: argparse.ArgumentParser, found: Wanted) -> Wanted:
    """A word of the verb: an operation's are in its usage, others have theirs in the parser."""
    place = len(found.words)
    if found.verb in VERBS:
        names = re.findall(r"\b[A-Z]{3,}\b", re.sub(r"--\w+ \w+", "", VERBS[found.verb].usage))
        kinds = [_BY_METAVAR.get(name, NOTHING) for name in names]
        return found._replace(kind=kinds[place] if place < len(kinds) else NOTHING)
    if found.verb in _WORDS:
        first = tuple(map(Candidate, _WORDS[found.verb]))
        return found._replace(kind=CHOICE, offered=first) if not place else found._replace(kind=FILE)
    actions = [one for one in made._actions if not one.option_strings]
    if place >= len(actions):
        return found
    return _value(actions[place], found)
