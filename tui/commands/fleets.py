"""Commands on an app on all of its engines at once, and on the operation that is under way there."""

from __future__ import annotations

from tui.commands.apps import free
from tui.commands.command import Asks, Command, Situation, named


def _several(situation: Situation) -> str:
    if len(situation.apps) > 1:
        return "select one app: several are marked"
    if reason := free(situation._replace(elsewhere={})):
        return reason
    app = situation.apps[0]
    if len(app.engines) < 2:
        return f"{named(app.name)} lives on one engine: <app.deploy> and <app.rollback> are for it"
    return ""


def _pause(situation: Situation) -> str:
    if situation.read_only:
        return "read-only: Holdfast was started with --read-only"
    if not situation.running:
        return "nothing is running"
    started = situation.running[0].started
    return "" if started.engines else f"the {started.verb} of {named(started.app)} is on one engine alone"


FLEET_DEPLOY = Command(
    "fleet.deploy",
    "Deploy a version to all engines of the app, in waves",
    ("W",),
    changes=True,
    asks=Asks.PLAN,
    footer="deploy to all",
    why_not=_several,
    of_app=True,
)
FLEET_ROLLBACK = Command(
    "fleet.rollback",
    "Roll the app back on all of its engines at once",
    ("U",),
    changes=True,
    asks=Asks.PLAN,
    footer="roll all back",
    why_not=_several,
    of_app=True,
)
OPERATION_PAUSE = Command(
    "operation.pause",
    "Pause a deploy to several engines before the next one, or go on",
    ("H",),
    footer="pause",
    footer_now=lambda situation: "go on" if situation.running[0].paused else "pause",
    why_not=_pause,
    of_app=True,
)

FLEETS = (FLEET_DEPLOY, FLEET_ROLLBACK, OPERATION_PAUSE)
