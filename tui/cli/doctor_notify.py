"""What `holdfast doctor` says of who is told of endings; nothing where nobody is."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from tui.cli.doctor_checks import NOTE, OK, PROBLEM, WARNING, Finding
from tui.model.notice import origin
from tui.notices.webhook import stays_here
from tui.presentation.announcing import means_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tui.settings.schema import NotifySettings

NAME = "notify"


def notifying(settings: NotifySettings, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the webhook, the command and the terminal can be told. Nobody is told for it."""
    if settings.webhook:
        yield _webhook(settings)
    if settings.command:
        program = os.path.expanduser(settings.command[0])  # noqa: PTH111
        if shutil.which(program) is None:
            remedy = "install it, or name another in [notify] command"
            yield Finding(NAME, PROBLEM, f"{program} is not found, or is no program", remedy)
        else:
            yield Finding(NAME, OK, f"{program} is run when something long has ended")
    means = means_of(environ)
    if settings.terminal == "off":
        return
    if not means.notices:
        yield Finding(NAME, WARNING, f"a terminal that is TERM={environ.get('TERM', '')} has no notices")
    elif means.tmux:
        yield Finding(NAME, NOTE, "inside tmux notices pass where allow-passthrough is on")


def _webhook(settings: NotifySettings) -> Finding:
    where = origin(settings.webhook)
    if settings.webhook.startswith("https://") or settings.allow_plain or stays_here(settings.webhook):
        return Finding(NAME, OK, f"{where} is told when something long has ended")
    remedy = "write its https address, or allow_plain = true in [notify]"
    return Finding(NAME, PROBLEM, f"{where} is not told: its address is not https", remedy)
