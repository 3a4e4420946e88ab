"""Commands on apps, and on the operations that they start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.commands.command import Asks, Command, Scope, Situation, named
from tui.settings.paths import is_made_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.store.operation import Operation

NONE = "no app is configured: <app.new> in the apps makes one, holdfast init writes holdfast.toml"


def _under_way(operation: Operation) -> str:
    from tui.model.verb import verb_named  # not before the first paint, when nothing is under way

    verb = operation.started.verb
    return f"{named(operation.started.app)} is being {verb_named(verb).done}: <operation.cancel> cancels"


def no_app(situation: Situation) -> str:
    """Why there is no app that could be meant, "" where there is one."""
    if situation.apps:
        return ""
    name = situation.unknown
    return f"{named(name)} is no app of this configuration" if name else NONE


def free(situation: Situation) -> str:
    """Why nothing can be begun with an app: there is none, or something is under way already."""
    if reason := no_app(situation):
        return reason
    for app in situation.apps:
        if home := situation.elsewhere.get(app.name):
            return f"{named(app.name)} lives on {home}: open holdfast there (--context or --host)"
    names = {app.name for app in situation.apps}
    return next((_under_way(one) for one in situation.running if one.started.app in names), "")


def _build(situation: Situation) -> str:
    without = next((app for app in situation.apps if app.build is None), None)
    if without is not None:
        return f"{named(without.name)} is not built here: {without.origin} has no [apps.{without.name}.build]"
    return free(situation)


def _one_image(why_not: Callable[[Situation], str]) -> Callable[[Situation], str]:
    """For a verb on one image of one app."""

    def refusal(situation: Situation) -> str:
        if len(situation.apps) > 1:
            return "select one app: several are marked"
        if len(situation.images) > 1:
            return "select one image: several are marked"
        return why_not(situation)

    return refusal


def _push(situation: Situation) -> str:
    if situation.apps and not situation.apps[0].has_registry:
        app = situation.apps[0]
        return f"{named(app.name)} has no registry: its image is {app.image}, local only"
    return free(situation)


def _sign(situation: Situation) -> str:
    if reason := _push(situation):
        return reason
    signs = situation.trust is not None and situation.trust.sign_key is not None
    return "" if signs else "no sign_key in [trust]"


def _promote(situation: Situation) -> str:
    if reason := _push(situation):
        return reason
    further = situation.trust is not None and situation.trust.sign_keys
    return "" if further else "no sign_keys in [trust]"


def _cancel(situation: Situation) -> str:
    if situation.read_only:
        return "read-only: Holdfast was started with --read-only"
    return "" if situation.running else "nothing is running"


def _history(situation: Situation) -> str:
    if reason := no_app(situation):
        return reason
    return "select one app: several are marked" if len(situation.apps) > 1 else ""


def _forget(situation: Situation) -> str:
    if reason := _history(situation):
        return reason
    app = situation.apps[0]
    if under_way := next((_under_way(one) for one in situation.running if one.started.app == app.name), ""):
        return under_way
    if not is_made_here(app.origin):
        return f"{named(app.name)} stands in {app.origin}, which somebody writes by hand: <app.edit> opens it there"
    return ""


def _copied(situation: Situation) -> str:
    return "" if made(situation.shown) else "it has made no image that could be copied"


def made(operation: Operation | None) -> str:
    """What an operation has made, in its most exact name: a digest, an image ID, else "" """
    if operation is None or operation.ended is None:
        return ""
    return operation.ended.result.digest or operation.ended.result.image


APP_BUILD = Command(
    "app.build",
    "Build the app",
    ("B",),
    changes=True,
    why_not=_build,
    footer="build",
    menu="b",
    of_app=True,
    begins="build",
)
APP_TEST = Command(
    "app.test",
    "Test the app's image",
    ("T",),
    changes=True,
    why_not=_one_image(free),
    footer="test",
    menu="t",
    of_app=True,
)
APP_SCAN = Command(
    "app.scan",
    "Scan the app's image for vulnerabilities",
    ("S",),
    changes=True,
    why_not=_one_image(free),
    footer="scan",
    menu="n",
    of_app=True,
)
APP_FINDINGS = Command(
    "app.findings",
    "Show what the scan of the app's image found",
    ("F",),
    why_not=_one_image(no_app),
    menu="f",
    of_app=True,
    opens=True,
)
APP_TAG = Command(
    "app.tag",
    "Give the app's image a version",
    ("G",),
    changes=True,
    asks=Asks.PLAN,
    why_not=_one_image(free),
    footer="tag",
    menu="g",
    of_app=True,
)
APP_PUSH = Command(
    "app.push",
    "Push the app's version to its registry",
    ("P",),
    changes=True,
    asks=Asks.PLAN,
    why_not=_one_image(_push),
    footer="push",
    menu="s",
    of_app=True,
)
APP_SIGN = Command(
    "app.sign",
    "Sign the app's version in its registry",
    changes=True,
    asks=Asks.PLAN,
    why_not=_one_image(_sign),
    menu="i",
    of_app=True,
)
APP_PROMOTE = Command(
    "app.promote",
    "Promote the app's version by a further key",
    changes=True,
    asks=Asks.PLAN,
    why_not=_one_image(_promote),
    menu="o",
    of_app=True,
)
OPERATION_CANCEL = Command(
    "operation.cancel",
    "Cancel the running operation",
    ("C",),
    asks=Asks.CONFIRM,
    why_not=_cancel,
    footer="cancel",
    of_app=True,
)
APP_HISTORY = Command(
    "app.history",
    "Show what was done with the app",
    ("h",),
    Scope.APPS,
    why_not=_history,
    footer="history",
    menu="h",
    opens=True,
)
APP_TIMELINE = Command(
    "app.timeline",
    "Show the app's releases in time",
    ("t",),
    Scope.APPS,
    why_not=_history,
    opens=True,
)
APP_BUILDS = Command(
    "app.builds",
    "Show where the time of the app's builds went",
    ("b",),
    Scope.APPS,
    why_not=_history,
    opens=True,
)
APP_NEW = Command("app.new", "Make a new app, by a form", ("n",), Scope.APPS, opens=True)
APP_EDIT = Command(
    "app.edit",
    "Edit the app: by its form, or its file in your editor",
    ("E",),
    Scope.APPS,
    why_not=_history,
    menu="m",
    opens=True,
)
APP_COPY = Command(
    "app.copy",
    "Copy the app as another one",
    (),
    Scope.APPS,
    why_not=_history,
    menu="y",
    opens=True,
)
APP_FORGET = Command(
    "app.forget",
    "Remove the app from the configuration; the engine keeps it",
    (),
    Scope.APPS,
    asks=Asks.CONFIRM,
    why_not=_forget,
    menu="x",
)

APP_BUNDLE = Command(
    "app.bundle",
    "Bundle: write down what is known of the app",
    (),
    Scope.APPS,
    why_not=_history,
    menu="e",
)

APPS = (
    APP_BUILD, APP_TEST, APP_SCAN, APP_FINDINGS, APP_TAG, APP_PUSH, APP_SIGN, APP_PROMOTE, OPERATION_CANCEL, APP_HISTORY,
    APP_TIMELINE, APP_BUILDS, APP_BUNDLE, APP_NEW, APP_EDIT, APP_COPY, APP_FORGET,
)  # fmt: skip

OPERATION_FOLD = Command(
    "operation.fold",
    "Show or hide the output of the step",
    ("enter", "space"),
    Scope.OPERATION,
    footer="output",
)
OPERATION_ERROR = Command("operation.error", "To the first error", ("e",), Scope.OPERATION, footer="error")
OPERATION_COPY = Command(
    "operation.copy",
    "Copy the digest or the image's ID",
    ("y",),
    Scope.OPERATION,
    why_not=_copied,
    footer="copy",
)

OPERATION = (
    OPERATION_FOLD, OPERATION_ERROR, OPERATION_COPY,
)  # fmt: skip
