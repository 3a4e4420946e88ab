"""Commands on the releases of an app: putting one into service, going back, looking at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.apps import free, no_app
from tui.commands.command import Asks, Command, Scope, Situation, named

if TYPE_CHECKING:
    from tui.model.releases import Releases

RECOVERY = "<app.recover> in the apps finishes or undoes it"


def _one(situation: Situation) -> str:
    if reason := no_app(situation):
        return reason
    return "select one app: several are marked" if len(situation.apps) > 1 else ""


def _known(situation: Situation) -> str:
    """For what needs to know the releases."""
    if reason := _one(situation):
        return reason
    releases, name = situation.releases, named(situation.apps[0].name)
    if releases is None:
        return f"the releases of {name} are not read yet"
    return f"the releases of {name} cannot be read: {releases.error}" if releases.error else ""


def _held(situation: Situation) -> str:
    """Somebody is at it, on this machine or on another one."""
    if reason := _one(situation) or free(situation):
        return reason
    holder = situation.releases.holder if situation.releases is not None else None
    if holder is not None and holder.alive:
        return f"leased by {holder.text}"
    return ""


def _changeable(situation: Situation) -> str:
    if reason := _held(situation):
        return reason
    releases, name = situation.releases, named(situation.apps[0].name)
    if releases is None:
        return ""  # the operation looks for itself
    if releases.foreign:
        return f"the container {name} is there and was not made by Holdfast: <app.adopt> in the containers adopts it"
    if releases.interrupted is not None:
        return f"the deploy of {releases.called(releases.interrupted)} was interrupted: {RECOVERY}"
    return ""


def _ship(situation: Situation) -> str:
    app = situation.apps[0] if situation.apps else None
    if app is not None and app.build is None:
        return f"{named(app.name)} is not built here: {app.origin} has no [apps.{app.name}.build]"
    return _changeable(situation)


def _rollback(situation: Situation) -> str:
    if reason := _changeable(situation) or _known(situation):
        return reason
    assert situation.releases is not None
    if not situation.releases.ways_back:
        return (
            f"nothing to go back to: no other release of {named(situation.apps[0].name)} has passed its gate"
        )
    return ""


def _recover(situation: Situation) -> str:
    if reason := _held(situation) or _known(situation):
        return reason
    assert situation.releases is not None
    if situation.releases.foreign:
        name = situation.apps[0].name
        return f"the container {name} is there and was not made by Holdfast: rename or adopt it first"
    if situation.releases.interrupted is None:
        return f"no deploy of {named(situation.apps[0].name)} was interrupted"
    return ""


def _prune(situation: Situation) -> str:
    """Whether there is anything, builds and volumes too, the plan finds out."""
    return _changeable(situation) or _known(situation)


def _unlock(situation: Situation) -> str:
    if reason := _known(situation):
        return reason
    assert situation.releases is not None
    if situation.releases.holder is None:
        return f"nobody has the lease of {named(situation.apps[0].name)}"
    return ""


def _live(situation: Situation) -> str:
    if reason := _known(situation):
        return reason
    return "" if _slot(situation.releases) else f"nothing of {named(situation.apps[0].name)} is live"


def _slot(releases: Releases | None) -> bool:
    return releases is not None and releases.live_slot is not None


def _verify(situation: Situation) -> str:
    if not situation.live:
        return "the engine does not answer"
    return _one(situation) or free(situation._replace(running=()))


def _record(situation: Situation) -> str:
    if reason := _known(situation):
        return reason
    return "" if situation.release else "no release is selected: <app.unfold> shows those of the app"


APP_DEPLOY = Command(
    "app.deploy",
    "Deploy a version of the app",
    ("D",),
    changes=True,
    asks=Asks.PLAN,
    why_not=_changeable,
    footer="deploy",
    menu="d",
    of_app=True,
)
APP_ROLLBACK = Command(
    "app.rollback",
    "Roll the app back",
    ("R",),
    changes=True,
    asks=Asks.PLAN,
    why_not=_rollback,
    footer="roll back",
    menu="r",
    of_app=True,
)
APP_SHIP = Command(
    "app.ship",
    "Ship: build, test, scan, tag, push and deploy",
    ("A",),
    changes=True,
    asks=Asks.PLAN,
    why_not=_ship,
    footer="ship",
    menu="a",
    of_app=True,
)

RELEASES = (
    APP_DEPLOY, APP_ROLLBACK, APP_SHIP,
)  # fmt: skip

APP_MENU = Command(
    "app.menu",
    "Deploy, roll back, recover, prune ...",
    ("X",),
    Scope.APPS,
    why_not=_one,
    footer="actions",
    also=Scope.OPERATION,
)
APP_UNFOLD = Command("app.unfold", "Show the app's releases", ("right",), Scope.APPS, why_not=_one)
APP_FOLD = Command("app.fold", "Hide the app's releases", ("left",), Scope.APPS, why_not=_one)
RELEASE_SHOW = Command(
    "release.show",
    "Show the release's record, and how it differs from the live one",
    ("i",),
    Scope.APPS,
    why_not=_record,
)
APP_LOG = Command(
    "app.log", "Show the log of the live container", ("l",), Scope.APPS, why_not=_live, footer="log"
)
APP_VERIFY = Command(
    "app.verify", "Verify: look for drift now", ("v",), Scope.APPS, why_not=_verify, footer="verify"
)
APP_PLAN = Command(
    "app.plan",
    "Show the plan of a deploy, or of going back to the release; does nothing",
    ("p",),
    Scope.APPS,
    why_not=_changeable,
    footer="plan",
    opens=True,
)
APP_RECOVER = Command(
    "app.recover",
    "Recover an interrupted deploy",
    (),
    Scope.APPS,
    changes=True,
    asks=Asks.PLAN,
    why_not=_recover,
    menu="c",
    begins="recover",
)
APP_PRUNE = Command(
    "app.prune",
    "Prune: remove old releases, builds, images and volumes",
    (),
    Scope.APPS,
    changes=True,
    asks=Asks.PLAN,
    why_not=_prune,
    menu="p",
    begins="prune",
)
APP_UNLOCK = Command(
    "app.unlock",
    "Unlock: take the lease away",
    (),
    Scope.APPS,
    changes=True,
    asks=Asks.CONFIRM,
    why_not=_unlock,
    menu="u",
)

APP_COMMANDS = (
    APP_MENU, APP_UNFOLD, APP_FOLD, RELEASE_SHOW, APP_LOG, APP_VERIFY, APP_PLAN, APP_RECOVER, APP_PRUNE,
    APP_UNLOCK,
)  # fmt: skip
