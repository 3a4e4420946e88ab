"""Places in log lines that rules of the configuration give a style of the theme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.line_match import as_expression, line_match
from tui.presentation.lines import plain
from tui.store.matching import REACH, TooSlow, within

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from tui.model.highlight import Highlight
    from tui.presentation.style import Line

SECONDS = 0.02
"""Of processor time that all rules may take for a line."""


class Highlights:
    """Finds them. A rule that takes too long is left out from then on, and stands in `slow`."""

    def __init__(self, rules: Sequence[Highlight] = ()) -> None:
        self.slow: list[str] = []
        self._rules: list[tuple[str, re.Pattern[str], str]] = []
        for rule in rules:
            if (match := line_match(rule.match)) is not None:
                self._rules.append((rule.match, as_expression(match), rule.colour))

    def places(self, line: Line) -> list[tuple[tuple[int, int], str]]:
        """Where something stands in a line, and its style; an earlier rule has the first word."""
        if not self._rules:
            return []
        text = plain(line)[:REACH]
        found: list[tuple[tuple[int, int], str]] = []
        for begin, end, colour in self._spans(text):
            if begin < end and not any(begin < last and first < end for (first, last), _ in found):
                found.append(((begin, end), colour))
        return sorted(found)

    def _spans(self, text: str) -> list[tuple[int, int, str]]:
        """All places that the rules find, those of the first rule first."""
        while self._rules:
            rule, spans = self._rules[0], list[tuple[int, int, str]]()
            try:
                with within(SECONDS):
                    for rule in self._rules:
                        spans += [(*found.span(), rule[2]) for found in rule[1].finditer(text)]
            except TooSlow:
                self._rules.remove(rule)
                self.slow.append(rule[0])
            else:
                return spans
        return []
