"""The card of first steps in the demo: which keys there are, and what to try. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.presentation.text import fit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.presentation.style import Line

KEYS = (
    (("app.build", "build"), ("app.test", "test"), ("app.tag", "tag")),
    (
        ("app.push", "push"),
        ("app.deploy", "deploy"),
        ("app.rollback", "roll back"),
    ),
)
"""The six, in two lines."""

TRY = (
    ("<app.deploy> on storefront, v1.5.0", "it never becomes healthy, and is undone"),
    (
        "<app.build> <app.test> <app.tag> <app.push> <app.deploy> on storefront",
        "a version of your own, all the way",
    ),
    ("<app.rollback> on storefront", "back in a second or two"),
    ("<app.build> on mailer", "a build that fails in a line"),
    ("<app.verify> on payments", "what has drifted from its release"),
    ("<app.findings> on payments", "what a scan has found"),
)
"""Command and app, and what comes of it."""

WIDE = 26


def first_steps(say: Callable[[str], str]) -> list[Line]:
    """The card's lines, at most 70 cells wide. `say` puts keys in the place of "<app.build>"."""
    lines: list[Line] = [
        [("Nothing here is real: engine, registry and apps go with the demo.", "muted")],
        [],
    ]
    for row in KEYS:
        line: Line = []
        for command, title in row:
            line += [(f"  {say(f'<{command}>')}", "key"), (f"  {fit(title, 12)}", "text")]
        lines.append(line)
    lines += [[], [("Choose an app (", "text"), ("j k", "key"), ("), then try:", "text")]]
    lines += [[(f"  {fit(say(what), WIDE)}", "key"), (f"  {comes}", "text")] for what, comes in TRY]
    lines += [[], [(say("Lower case looks, UPPER CASE changes. <view.help> shows this again."), "muted")]]
    return lines
