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
        for rule in tuple(self._rules):
            name, expression, colour = rule
            try:
                with within(SECONDS):
                    spans = [one.span() for one in expression.finditer(text)]
            except TooSlow:
                self._rules.remove(rule)
                self.slow.append(name)
                continue
            found += [
                (span, colour)
                for span in spans
                if span[0] < span[1]
                and not any(span[0] < end and begin < span[1] for (begin, end), _ in found)
            ]
        return sorted(found)
