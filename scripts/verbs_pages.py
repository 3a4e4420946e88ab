"""Writes what docs/verbs says of options and examples, from the parser of the command line itself."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from tui.cli.arguments import parser
from tui.cli.texts import DESCRIPTIONS, EXAMPLES, SHORT
from tui.model.verb import ASKS, VERBS

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[1] / "docs" / "verbs"
BEGIN, END = "written by make docs -->\n", "<!-- end -->"
EVERYWHERE = {"help", "host", "context", "config", "plain", "plan", "yes", "confirm", "json", "quiet"}
"""What several verbs take, by the name that argparse gives it: said once, in index.md."""

WIDTH = 120

NEW = """\
# holdfast {verb}

{short}.

<!-- options: written by make docs -->
<!-- end -->
"""


def pages() -> dict[Path, str]:
    """Each page of docs/verbs as it should be: what is written by hand, and the rest anew."""
    made = {FOLDER / "index.md": _between((FOLDER / "index.md").read_text(), _list())}
    for verb, parsed in verbs().items():
        path = FOLDER / f"{verb}.md"
        short = SHORT[verb][:1].upper() + SHORT[verb][1:]
        text = path.read_text() if path.exists() else NEW.format(verb=verb, short=short)
        made[path] = _between(text, _options(verb, parsed))
    return made


def verbs() -> dict[str, argparse.ArgumentParser]:
    """The parser of each verb that `--help` lists."""
    for action in parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return {verb: action.choices[verb] for verb in SHORT}
    raise AssertionError("the command line has verbs")


def _between(text: str, new: str) -> str:
    before, _, rest = text.partition(BEGIN)
    if not rest or END not in rest:
        raise ValueError(f"no place for what is generated: {text[:40]!r}")
    return f"{before}{BEGIN}\n{new}\n{END}{rest.partition(END)[2]}"


def _list() -> str:
    lines = ["| verb | does |", "|---|---|"]
    lines += [f"| [`holdfast {verb}`]({verb}.md) | {_cell(short)} |" for verb, short in SHORT.items()]
    return "\n".join(lines) + "\n"


def _options(verb: str, parsed: argparse.ArgumentParser) -> str:
    about = fill(DESCRIPTIONS[verb].replace(ASKS, "").strip(), WIDTH)
    parts = [f"```\n{usage(verb, parsed)}\n```", about, _table(parsed)]
    if verb in VERBS:
        one = VERBS[verb]
        then = one.when_interrupted or "`holdfast recover` finishes or undoes it ([recover](recover.md))"
        asks = "It shows its plan and asks first. " if one.asks else ""
        parts.append(fill(f"{asks}Cancelled: {one.when_cancelled}. Interrupted: {then}.", WIDTH))
    examples = [re.sub(r"^(holdfast .*?\S) {2,}(\S.*)$", r"\1    # \2", line) for line in EXAMPLES[verb]]
    parts.append("```sh\n" + "\n".join(examples) + "\n```")
    return "\n\n".join(part for part in parts if part) + "\n"


def usage(verb: str, parsed: argparse.ArgumentParser) -> str:
    """The line that `--help` begins with, shorter."""
    if parsed.usage:
        return parsed.usage
    words = [
        f"[{action.metavar}]" if action.nargs == "?" else str(action.metavar)
        for action in parsed._actions
        if not action.option_strings and action.help != argparse.SUPPRESS
    ]
    return " ".join(["holdfast", verb, *words, "[options]"])


def _table(parsed: argparse.ArgumentParser) -> str:
    rows = [f"| `{words}` | {_cell(about)} |" for words, about in _own(parsed)]
    shared = [
        f"`{action.option_strings[0]}`"
        for action in parsed._actions
        if action.dest in EVERYWHERE - {"help"} and action.option_strings
    ]
    same = f"As for [all](index.md#what-holds-for-all-of-them): {', '.join(shared)}."
    return "\n".join(["| option | |", "|---|---|", *rows, "", same] if rows else [same])


def _own(parsed: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    for action in parsed._actions:
        if action.dest in EVERYWHERE or action.help in (None, argparse.SUPPRESS):
            continue
        flags = ", ".join(action.option_strings)
        takes = "" if action.nargs == 0 else str(action.metavar or action.dest.upper())
        yield " ".join(word for word in (flags, takes) if word), str(action.help)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")
