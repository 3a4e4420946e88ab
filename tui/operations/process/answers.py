"""What an operation process answers: both ends of the pipe between it and the dashboard."""

from __future__ import annotations

import json
from typing import NamedTuple

from tui.model.codec import plain, read
from tui.model.operation import Failure, Plan  # noqa: TC001  # read by the codec too


class Answer(NamedTuple):
    """One line of JSON; exactly one of these is in it.

    plan      what it will do
    failure   why it can do nothing
    started   the path of its journal
    """

    plan: Plan | None = None
    failure: Failure | None = None
    started: str = ""

    def line(self) -> str:
        return json.dumps(plain(self, Answer)) + "\n"

    @classmethod
    def read(cls, line: str | bytes) -> Answer:
        """Raises ValueError for what is no answer."""
        answer: Answer = read(json.loads(line), Answer, [])
        return answer
