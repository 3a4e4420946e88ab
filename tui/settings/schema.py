"""What can be set, and the values that come of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.highlight import DEFAULT, ROLES, Highlight
from tui.model.notice import DONE, ENDINGS, FAILED
from tui.model.policy import Policy
from tui.settings.columns import KNOWN, PANES, ColumnSettings, ViewSettings, columns_of
from tui.settings.log_keys import COLOURS, colour, highlights, since
from tui.settings.rules import COMMAND, WEBHOOK
from tui.settings.rules import FLAG as FLAG
from tui.settings.rules import TEXT as TEXT
from tui.settings.rules import TEXTS as TEXTS
from tui.settings.rules import Key as Key
from tui.settings.rules import nearest as nearest
from tui.settings.rules import number as number
from tui.settings.rules import one_of as one_of
from tui.settings.rules import some_of as some_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.app import AppSpec
    from tui.model.fleet import Fleet
    from tui.model.policy import EngineSettings


class LogSettings(NamedTuple):
    """[log]. tail: lines fetched when a log opens, or those since `since`; lines: lines kept in memory."""

    tail: int = 500
    lines: int = 100_000
    wrap: bool = False
    timestamps: bool = False
    since: str = ""
    highlight: tuple[Highlight, ...] = DEFAULT


class ContainerSettings(NamedTuple):
    """[containers]. debug_image: what a debug container is made of, "" for one that is chosen then;
    debug_read_only: whether it may only read the volumes of the container that it is for."""

    show_stopped: bool = True
    sort: str = "state"
    projects: bool = True
    debug_image: str = ""
    debug_read_only: bool = False


PROTECTED, ALWAYS, TYPED = "protected", "always", "typed"


class ConfirmSettings(NamedTuple):
    """[confirm]: what is asked before something changes; on a protected engine a name is always typed.

    quick     of what is done at once: start, rename, shell, build, test, scan
    changes   of what is asked: stop, restart, remove, prune, unlock
    plans     of what is asked with its plan: tag, push, deploy, roll back, ship
    """

    quick: str = PROTECTED
    changes: str = ALWAYS
    plans: str = ALWAYS


class NotifySettings(NamedTuple):
    """[notify]: who is told that an operation has ended.

    terminal      "off", "auto", or what the terminal takes: "osc9", "osc777"
    webhook       a URL that is posted to, "" for none; allow_plain: also where it is not https
    command       words of a command that is run then
    after         seconds that make an operation long: of others nobody is told
    on            which endings: some of model.notice.ENDINGS
    """

    bell: bool = False
    terminal: str = "off"
    webhook: str = ""
    allow_plain: bool = False
    command: tuple[str, ...] = ()
    after: int = 10
    on: tuple[str, ...] = (FAILED, DONE)


class Settings(NamedTuple):
    """Everything that can be set, frozen.

    keys      command ID -> its keys, in Textual's names
    keymap    the keys that everything begins with, by the name of a program that has taught them
    ascii     whether nothing but ASCII is on the screen
    colour    how many colours: "auto", "none", "16", "256" or "truecolor"
    mouse     whether clicks and the wheel are the dashboard's; else they are the terminal's
    title     whether the terminal's title says what goes on
    notes     sentences for the user about the files that were read
    overruled    of these, the one that tells that a file overrules what was chosen, by the setting's name
    trust_problems   what is wrong with [trust], a line each: then `policy.trust` is None, and what depends
                 on it is refused, but nothing else
    files     which file a setting was written in by hand: "theme", "log.tail"
    chosen    what was chosen on the screen, by the same names
    not_obeyed   of these, what a file that may have come with a repository asks for in vain
    apps      name -> app: those of `own` first, then in the order of the files
    own       the apps of --config's file, else of the folder's own: what is meant where none is named
    engines   name, docker context or endpoint -> how it is reached, and what is special about it
    fleets    name -> the engines that have it in common
    file      the one that was named for this time (--config), "" for none
    trust_files  which file a part of `policy.trust` comes from: "level", "verify_keys.ci", "require.scan"
    policy_files the same of what is in `[policy]`: "require_tests"
    """

    theme: str = "holdfast-dark"
    engine: str = ""
    keymap: str = "default"
    ascii: bool = False
    colour: str = "auto"
    mouse: bool = True
    title: bool = True
    keys: Mapping[str, tuple[str, ...]] = {}
    view: ViewSettings = ViewSettings()
    columns: ColumnSettings = ColumnSettings()
    confirm: ConfirmSettings = ConfirmSettings()
    log: LogSettings = LogSettings()
    containers: ContainerSettings = ContainerSettings()
    notify: NotifySettings = NotifySettings()
    notes: tuple[str, ...] = ()
    apps: Mapping[str, AppSpec] = {}
    policy: Policy = Policy()
    engines: Mapping[str, EngineSettings] = {}
    fleets: Mapping[str, Fleet] = {}
    own: tuple[str, ...] = ()
    file: str = ""
    trust_files: Mapping[str, str] = {}
    policy_files: Mapping[str, str] = {}
    files: Mapping[str, str] = {}
    chosen: Mapping[str, Any] = {}
    overruled: Mapping[str, str] = {}
    not_obeyed: tuple[str, ...] = ()
    trust_problems: tuple[str, ...] = ()

    def new_notes(self, told: set[str]) -> list[str]:
        """The notes; which settings are overruled is told once, and `told` is by now of which it was."""
        before = {self.overruled[id] for id in told & self.overruled.keys()}
        told.update(self.overruled)
        return [note for note in self.notes if note not in before]


class Setting(NamedTuple):
    """A setting: its place in the files, and what is said of it.

    The loader, the screen, docs/configuration.md and the example follow from it.

    id        "theme" stands above all tables, "log.tail" in [log]
    about     what it is for, in words
    by_hand   whether only a file that somebody writes may say it: what a team relies on is no matter of taste
    """

    id: str
    title: str
    rule: Key
    about: str
    by_hand: bool = False

    @property
    def default(self) -> Any:
        """What holds where nobody says anything."""
        return value_of(Settings(), self.id)


def value_of(settings: Settings, id: str) -> Any:
    """What holds of a setting now."""
    table, _, name = id.rpartition(".")
    return getattr(getattr(settings, table) if table else settings, name)


def with_value(settings: Settings, id: str, value: Any) -> Settings:
    """The settings, in which another value of one holds."""
    table, _, name = id.rpartition(".")
    if not table:
        return settings._replace(**{name: value})
    return settings._replace(**{table: getattr(settings, table)._replace(**{name: value})})


def with_looks(settings: Settings, looks: Settings) -> Settings:
    """The settings, in which others hold of looks and keys wherever nothing was chosen on the screen."""
    kept = [one.id for one in SETTINGS if not one.by_hand and one.id not in settings.chosen]
    for id in kept:
        settings = with_value(settings, id, value_of(looks, id))
    files = {id: path for id, path in looks.files.items() if id in kept}
    keys = settings.keys if "keymap" in settings.chosen else looks.keys
    return settings._replace(keys=keys, files=files, policy_files={}, notes=looks.notes)


COLOUR_MODES = ("auto", "none", "16", "256", "truecolor")

KEYMAPS = ("default", "k9s", "lazydocker")

SETTINGS = (
    Setting("theme", "Theme", TEXT, "the colours, or the name of one of your own in themes/NAME.toml"),
    Setting(
        "engine",
        "Engine",
        TEXT,
        'an endpoint, a Docker context or a table [engines.NAME]; "" for the one that docker uses',
    ),
    Setting(
        "keymap",
        "Keys",
        one_of(*KEYMAPS),
        "what a letter does: ours, or as fingers know it; [keys] has the last word",
    ),
    Setting("ascii", "ASCII only", FLAG, "no glyph beyond ASCII on the screen: lines, marks, names, logs"),
    Setting(
        "colour",
        "Colours",
        one_of(*COLOUR_MODES),
        "how many the terminal has; auto asks it, and NO_COLOR has the last word",
    ),
    Setting("mouse", "Mouse", FLAG, "clicks and the wheel; false leaves selecting text to the terminal"),
    Setting(
        "title",
        "Terminal's title",
        FLAG,
        "the terminal's title says what runs, while something does; the one before comes back",
    ),
    Setting(
        "view.panes",
        "Panes: shown",
        some_of(*PANES),
        "those of the main screen, none for all; one that has the focus is always there",
    ),
    Setting(
        "view.left",
        "Panes: width at the left",
        number(0, 80),
        "percent that the lists at the left have, 0 for what suits the screen",
    ),
    Setting("view.apps", "Panes: height of the apps", number(0, 80), "percent, 0 for what suits the screen"),
    Setting("view.log", "Panes: height of the log", number(0, 80), "percent, 0 for what suits the screen"),
    *(
        Setting(
            f"columns.{pane}",
            f"Columns: {pane}",
            columns_of(pane),
            "which are shown, in what order and how wide; none for all that fit",
        )
        for pane in KNOWN
    ),
    Setting(
        "confirm.quick",
        "Ask: what is done at once",
        one_of(PROTECTED, ALWAYS, TYPED),
        "before start, rename, shell, build, test, scan; protected: on protected engines alone",
    ),
    Setting(
        "confirm.changes",
        "Ask: stop, remove, prune",
        one_of(ALWAYS, TYPED),
        "whether the name has to be typed, as on a protected engine; never less than a question",
    ),
    Setting(
        "confirm.plans",
        "Ask: deploy, roll back, push",
        one_of(ALWAYS, TYPED),
        "whether the app's name has to be typed beneath the plan; never less than the plan",
    ),
    Setting("log.tail", "Log: lines at first", number(0, 100_000), "lines fetched when a log is opened"),
    Setting("log.lines", "Log: lines kept", number(1000, 1_000_000), "lines kept in memory, the newest"),
    Setting("log.wrap", "Log: wrap", FLAG, "wrap long lines"),
    Setting("log.timestamps", "Log: timestamps", FLAG, "show when each line was written"),
    Setting(
        "log.since",
        "Log: since when",
        Key('"" for the newest lines, "10m", "2h", "1d", "14:30" or "2026-11-28 10:00"', since),
        "how far back a log is fetched when it is opened, instead of a number of lines",
    ),
    Setting(
        "log.highlight",
        "Log: highlights",
        Key(
            f"rules {{match, colour}}: a text or /expression/, and {', '.join(ROLES)} or a colour; "
            'or in one text "error bad, /time.?out/ yellow"',
            highlights,
        ),
        "what is to be seen at once; a text without a capital is found in any case",
    ),
    Setting("containers.show_stopped", "Containers: stopped ones", FLAG, "show those that do not run"),
    Setting(
        "containers.sort",
        "Containers: order",
        one_of("state", "name", "age", "image", "project", "cpu", "memory"),
        "what they are sorted by",
    ),
    Setting(
        "containers.projects",
        "Containers: projects",
        FLAG,
        "those of a Compose project stand together under a heading",
    ),
    Setting(
        "containers.debug_image",
        "Containers: image to debug with",
        TEXT,
        'what a debug container is made of; "" offers what the engine has: busybox, alpine ...',
    ),
    Setting(
        "containers.debug_read_only",
        "Containers: debug reads only",
        FLAG,
        "a debug container may only read the volumes of the one that it is for",
    ),
    Setting("notify.bell", "Notify: bell", FLAG, "the terminal's bell when a long operation has ended"),
    Setting(
        "notify.terminal",
        "Notify: terminal",
        one_of("off", "auto", "osc9", "osc777"),
        "a notice of the terminal's own; auto goes by what it says it is, which ssh does not pass on",
    ),
    Setting(
        "notify.webhook",
        "Notify: webhook",
        WEBHOOK,
        "it is posted as JSON how a long operation has ended",
        by_hand=True,
    ),
    Setting(
        "notify.allow_plain",
        "Notify: webhook in plain text",
        FLAG,
        "whether the webhook may be beyond this machine without https",
        by_hand=True,
    ),
    Setting(
        "notify.command",
        "Notify: command",
        COMMAND,
        "it is run when a long operation has ended, which HOLDFAST_STATE, HOLDFAST_TEXT ... tell it of",
        by_hand=True,
    ),
    Setting("notify.after", "Notify: long is", number(0, 86_400), "seconds that make an operation long"),
    Setting("notify.on", "Notify: endings", some_of(*ENDINGS), "how it has to end for anybody to be told"),
    Setting(
        "policy.mutable_tags",
        "Policy: tags that may move",
        TEXTS,
        'patterns: ["latest", "main-*"]; every other tag is a version',
        by_hand=True,
    ),
    Setting(
        "policy.require_tests",
        "Policy: tests",
        FLAG,
        "only what passed its test is pushed and deployed",
        by_hand=True,
    ),
    Setting(
        "policy.require_scan",
        "Policy: scans",
        FLAG,
        "only what passed its scan is pushed and deployed",
        by_hand=True,
    ),
    Setting(
        "policy.allow_dirty",
        "Policy: uncommitted changes",
        FLAG,
        "an image that is built from uncommitted changes may be given a version",
        by_hand=True,
    ),
)

BY_ID: Mapping[str, Setting] = {one.id: one for one in SETTINGS}

TOP: Mapping[str, Key] = {one.id: one.rule for one in SETTINGS if "." not in one.id}

TABLES: dict[str, dict[str, Key]] = {}
for _one in SETTINGS:
    _table, _, _name = _one.id.rpartition(".")
    if _table:
        TABLES.setdefault(_table, {})[_name] = _one.rule

LATER: Mapping[str, str] = {
    "swarm": "Swarm comes in a later version",
}
"""Keys of what is still to come: refused with a reason rather than read and not obeyed."""

COLOUR = Key(f'"#rrggbb", or one of {", ".join(COLOURS)} with or without "bright_" before it', colour)

KEYS = Key('a key such as "k" or a list of them', TEXTS.check)
"""[keys] takes any command ID; whether the command exists is found out where the keys are bound."""
