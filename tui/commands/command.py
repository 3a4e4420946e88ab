"""A command: something a user can do, declared once.

From the declaration come the key bindings, the footer, the palette, the help screen and docs/keys.md.
"""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.model.app import AppSpec
    from tui.model.container import Container
    from tui.model.image import Image
    from tui.model.network import Network
    from tui.model.releases import Releases
    from tui.model.trust import Trust
    from tui.model.volume import Volume
    from tui.store.operation import Operation


class Scope(Enum):
    """Where a command applies: everywhere, or while a certain pane has the focus.

    LISTS are the panes that list things, OUTPUTS what the pane at the bottom shows: a log or an operation.
    """

    ANYWHERE = "anywhere"
    LISTS = "lists"
    OUTPUTS = "outputs"
    CONTAINERS = "containers"
    IMAGES = "images"
    TAGS = "tags"
    APPS = "apps"
    LOG = "log"
    OPERATION = "operation"
    VOLUMES = "volumes"
    NETWORKS = "networks"
    EVENTS = "events"


LIST_PANES = {Scope.APPS: "1", Scope.IMAGES: "2", Scope.TAGS: "3", Scope.CONTAINERS: "4"}
"""The panes that list things, in the order in which one goes through them, and the key that goes to each."""

LIST_SCOPES = tuple(LIST_PANES)
OUTPUT_SCOPES = (Scope.LOG, Scope.OPERATION)
RESOURCE_SCOPES = (Scope.VOLUMES, Scope.NETWORKS, Scope.EVENTS)
"""Lists that have a screen of their own."""


class Situation(NamedTuple):
    """All that decides whether a command is available.

    pane        the scope of the focused pane
    containers  marked ones, else the one under the cursor (none outside their pane)
    project     the Compose project of all these, where the cursor is on its heading, "" anywhere else
    images      likewise
    tags        likewise: references "repository:tag"
    volumes     likewise
    networks    likewise
    apps        those of the marked rows or of the one under the cursor, the current one where they belong to
                none; () where none is configured
    unknown     an app that the rows belong to and that is not configured, "" where there is none
    running     operations that run now: first the one that is looked at, then those of the current app
    shown       the operation in the pane at the bottom, None where a log is shown
    releases    those of the current app, None where they are not known
    release     the number of the one under the cursor, 0 where there is none
    elsewhere   the engines that apps live on, by name, where that is not the one that is looked at
    trust       `[trust]`, None where it is not configured
    live        whether the engine answers
    read_only   whether Holdfast was started with --read-only
    """

    pane: Scope
    containers: tuple[Container, ...] = ()
    project: str = ""
    images: tuple[Image, ...] = ()
    tags: tuple[str, ...] = ()
    volumes: tuple[Volume, ...] = ()
    networks: tuple[Network, ...] = ()
    apps: tuple[AppSpec, ...] = ()
    unknown: str = ""
    running: tuple[Operation, ...] = ()
    shown: Operation | None = None
    releases: Releases | None = None
    release: int = 0
    elsewhere: Mapping[str, str] = MappingProxyType({})
    trust: Trust | None = None
    live: bool = True
    read_only: bool = False


class Asks(Enum):
    """What is asked before a command does anything.

    NOTHING   it is done at once
    CONFIRM   whether to do it
    PLAN      the same, once its plan is read
    TYPED     the name of what it changes: so on a protected engine, whatever it asks elsewhere
    """

    NOTHING = "nothing"
    CONFIRM = "confirm"
    PLAN = "plan"
    TYPED = "typed"


def named(name: str) -> str:
    """A name in a reason: cut in its middle, so that a long one does not hide the reason behind it."""
    return name if len(name) <= NAMED else f"{name[: NAMED // 2]}…{name[1 - NAMED // 2 :]}"


NAMED = 28
"""Characters that a name takes in a reason at most."""


def available(_: Situation) -> str:
    """For commands that always are."""
    return ""


class Command(NamedTuple):
    """One thing a user can do.

    id         "container.stop": noun and verb, the name in [keys] of the configuration
    title      for palette and help, a verb phrase
    keys       default keys in Textual's names ("k", "K", "ctrl+p", "slash"), the first is shown; may be empty
    scope      where its keys work
    changes    whether it changes anything outside Holdfast: unavailable with --read-only
    asks       what is asked first
    why_not    the reason why it is unavailable now, "" when it is available; called often, so cheap
    footer     a word for the key footer, "" to leave it out
    footer_now the word where it depends on the situation, None where it does not
    menu       the letter in the X menu, "" when it is not in it
    also       a further pane where its keys work, on what that one shows
    of_app     whether it is about the current app: not in the footer where none is configured
    opens      whether it opens a screen, though not at once: keys wait for that one
    docker     the docker command that does the same, without its arguments; "" where there is none
    begins     the verb that it begins with the apps, and nothing else to say; "" where a controller asks more
    """

    id: str
    title: str
    keys: tuple[str, ...] = ()
    scope: Scope = Scope.ANYWHERE
    changes: bool = False
    asks: Asks = Asks.NOTHING
    why_not: Callable[[Situation], str] = available
    footer: str = ""
    footer_now: Callable[[Situation], str] | None = None
    menu: str = ""
    also: Scope | None = None
    of_app: bool = False
    opens: bool = False
    docker: str = ""
    begins: str = ""

    def __hash__(self) -> int:
        return hash(self.id)  # looked up with every key

    @property
    def keeps_keys(self) -> bool:
        """Whether keys that come behind it are for the screen that it opens."""
        return self.opens or self.asks is not Asks.NOTHING

    def unavailable(self, situation: Situation) -> str:
        """Why this cannot be done now, or ""."""
        return allow(self, situation).refusal


class Permission(NamedTuple):
    """Whether a command may run.

    refusal   why not, "" where it may
    asks      what is to be asked first
    """

    refusal: str
    asks: Asks


ALWAYS, TYPED = "always", "typed"
"""What a user may want of a command beyond what it asks by itself."""


def allow(command: Command, situation: Situation, *, protected: bool = False, rule: str = "") -> Permission:
    """The one decision on read-only, the link, protection and the command's own reasons.

    It is asked when a command is offered, and again when it is chosen, from a menu too. `protected`: whether
    the engine is, which takes a moment to find out: it is asked before something changes. `rule` is what the
    user wants of it, which is never less than what it asks by itself.
    """
    asks = command.asks
    if command.changes and (protected or rule == TYPED):
        asks = Asks.TYPED
    elif command.changes and rule == ALWAYS and asks is Asks.NOTHING:
        asks = Asks.CONFIRM
    if command.changes and situation.read_only:
        return Permission("read-only: Holdfast was started with --read-only", asks)
    if command.changes and not situation.live:
        return Permission("the engine does not answer", asks)
    return Permission(command.why_not(situation), asks)
