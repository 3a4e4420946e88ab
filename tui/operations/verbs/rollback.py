"""Going back to an earlier release: a deploy of what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.operations.deploying.from_release import FromRelease
from tui.operations.deploying.turn import ALONE
from tui.operations.verbs import deploy

if TYPE_CHECKING:
    from tui.model.app import AppSpec
    from tui.model.trust import Trust
    from tui.operations.deploying.orchestrator import Orchestrator
    from tui.operations.deploying.turn import Turn
    from tui.operations.running.runner import Planned


async def plan(
    orchestrator: Orchestrator,
    app: AppSpec,
    op: str,
    to: int = 0,
    *,
    force: bool = False,
    trust: Trust | None = None,
    turn: Turn = ALONE,
) -> Planned:
    """Roll an app back. Raises HoldfastError.

    trust   what is required of images now: an earlier release that lacks it is named, and never refused
    """
    required = trust.required(app.image) if trust is not None else ()
    source = FromRelease(orchestrator, app, op, to, force=force, required=required)
    return await deploy.plan(orchestrator, app, op, source, turn)
