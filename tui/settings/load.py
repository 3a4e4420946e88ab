"""Reading the configuration. Light: this runs before the first paint.

Read in this order, later wins: settings.toml and apps.d/*.toml in $XDG_CONFIG_HOME/holdfast (what was chosen
and made on the screen), /etc/holdfast/config.toml, $XDG_CONFIG_HOME/holdfast/config.toml, ./holdfast.toml,
--config FILE. So a hand-written file has the last word, and `notes` says so where it overrules a choice made
on the screen. Tables of several files are put together key by key. `tui.settings.floors` has what the last
two cannot weaken, for both may have come with a repository, and `tui.settings.reach` what ./holdfast.toml,
which nobody has named, cannot reach.
"""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from tui.borders import keep
from tui.errors import HoldfastError
from tui.model.policy import Policy
from tui.settings.choices import beneath, chosen_of
from tui.settings.columns import ColumnSettings, ViewSettings
from tui.settings.one_file import checked, parsed, read
from tui.settings.paths import (
    LOCAL_CONFIG,
    SYSTEM_CONFIG,
    apps_folder,
    config_folder,
    settings_file,
    user_config,
)
from tui.settings.schema import (
    BY_ID,
    TABLES,
    TOP,
    ConfirmSettings,
    ContainerSettings,
    LogSettings,
    NotifySettings,
    Settings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.settings.reach import Ask


FLOORED = ("policy", "trust", "engines", "fleets")
"""Tables of which a file that may have come with a repository can only ask for more."""


TRUST_REMEDY = (
    "holdfast trust says it again once it is mended, and what is in force then; what [trust] takes is in "
    "docs/trust.md, and in holdfast init --example"
)


class ConfigError(HoldfastError):
    """What is wrong with the configuration: every problem found, a line each."""

    exit_status = 2

    def __init__(
        self, problems: Sequence[str], hint: str = "holdfast init --example shows everything that can be set"
    ) -> None:
        super().__init__("\n  ".join(problems), hint)
        self.problems = tuple(problems)


def refuse_broken_trust(settings: Settings) -> None:
    """Raises ConfigError where [trust] is broken, before what depends on it is done or said."""
    if settings.trust_problems:
        raise ConfigError(settings.trust_problems, TRUST_REMEDY)


def load(
    config: str | None = None,
    environ: Mapping[str, str] = os.environ,
    instead: Mapping[str, bytes] | None = None,
) -> Settings:
    """The settings from all files. `config` is --config's file, which must exist. Raises ConfigError.

    `instead`: what files of apps.d are taken to hold: what would be, if they did.
    """
    problems: list[str] = []
    broken: list[str] = []  # faults of [trust]: they must not keep anybody from going back
    said: list[str] = []
    not_obeyed: list[str] = []
    chosen = read(settings_file(environ), said)  # the program's own file: a fault in it stops nobody
    home = environ.get("HOME") or os.path.expanduser("~")
    written, origin = _own_files(environ, problems, broken, instead or {})
    if config is not None and not os.path.exists(config):
        problems.append(f"{config}: there is no such file (--config)")
    operators = (SYSTEM_CONFIG, user_config(environ))
    theirs = _named_by_the_user(written, chosen, config, home)
    floor = {key: dict(written[key]) for key in FLOORED if key in written}
    said_by = dict(origin) if floor else {}
    for path in (LOCAL_CONFIG, *filter(None, (config,))):
        foreign = os.path.abspath(path) not in map(os.path.abspath, operators)
        table, content = parsed(path, problems)
        if table and _came_with_a_repository(path, config, environ):
            values, notes = _as_allowed(table, content, path, theirs, environ, problems, broken)
            not_obeyed += notes
            if "engines" in values and theirs["engines"]:
                from tui.settings.same_engine import by_the_users_names

                values = by_the_users_names(values, theirs["engines"])
        else:
            values = checked(table, path, home, problems, broken)
        if foreign and any(key in floor for key in values):
            from tui.settings.floors import Floor, held

            tables = {key: floor.get(key, {}) for key in FLOORED}
            values, notes = held(values, Floor(**tables, files=said_by), path)
            not_obeyed += notes
        _merge(written, origin, values, path)
    if "apps" in written:
        from tui.settings.apps import problems_together

        problems += problems_together(written["apps"])
    if "engines" in written and not problems:
        from tui.settings.engines import engine_problems

        problems += engine_problems(written["engines"], origin)
    if not problems and ("fleets" in written or "apps" in written):
        problems += _fleet_problems(written, origin)
    if problems:
        raise ConfigError([*problems, *broken])
    if not broken:
        broken += _broken_together(written, origin)
    if broken:
        written.pop("trust", None)
    ours, overruled = chosen_of(chosen, written, origin, said, environ)
    if "apps" in written:
        own = _own(written["apps"], config)
        written["apps"] = {name: written["apps"][name] for name in (*own, *written["apps"])}
        written["own"] = own
    return _settings(beneath(ours, written))._replace(
        notes=(*said, *broken, *not_obeyed, *overruled.values()),
        overruled=overruled,
        trust_problems=tuple(broken),
        not_obeyed=tuple(not_obeyed),
        file=config or "",
        trust_files=_files_of("trust.", origin),
        policy_files=_files_of("policy.", origin),
        files={id: path for id, path in origin.items() if id in BY_ID or id.startswith("keys.")},
        chosen=ours,
    )


def _own_files(
    environ: Mapping[str, str],
    problems: list[str],
    broken: list[str],
    instead: Mapping[str, bytes] = MappingProxyType({}),
) -> tuple[dict[str, Any], dict[str, str]]:
    """What the user's own and the system's files say, and which of them says what."""
    written: dict[str, Any] = {}
    origin: dict[str, str] = {}
    home = environ.get("HOME") or os.path.expanduser("~")
    for path in sorted({*_app_files(environ, problems), *instead}):
        values = _only_apps(parsed(path, problems, instead.get(path))[0], path, problems)
        _merge(written, origin, checked(values, path, home, problems, broken), path)
    for path in (SYSTEM_CONFIG, user_config(environ)):
        _merge(written, origin, checked(read(path, problems), path, home, problems, broken), path)
    return written, origin


def _came_with_a_repository(path: str, config: str | None, environ: Mapping[str, str]) -> bool:
    """Whether nobody has named a file: what --config names is the user's word, as their own files are."""
    from tui.settings.reach import is_foreign

    if config is not None and os.path.abspath(path) == os.path.abspath(config):
        return False
    return is_foreign(path, config_folder(environ))


def _named_by_the_user(
    written: Mapping[str, Any], chosen: Mapping[str, Any], config: str | None, home: str
) -> dict[str, Any]:
    """What their own files and the one that --config names say of engines, fleets and apps."""
    said = checked(parsed(config, [])[0], config, home, [], []) if config is not None else {}
    both = {key: {**written.get(key, {}), **said.get(key, {})} for key in ("engines", "fleets", "apps")}
    engine = said.get("engine") or written.get("engine", "")
    return {**both, "engine": engine, "chosen": chosen.get("engine")}


def _as_allowed(
    table: Mapping[str, Any],
    content: bytes,
    path: str,
    theirs: Mapping[str, Any],
    environ: Mapping[str, str],
    problems: list[str],
    broken: list[str],
) -> tuple[dict[str, Any], list[str]]:
    """What a file says that came with a repository, without what its user has not allowed it to ask for; and
    a note of that. `theirs` is what the user's own files say."""
    from tui.settings import reach

    faults: list[str] = []
    doubts: list[str] = []
    home = environ.get("HOME") or os.path.expanduser("~")
    values = checked(table, path, home, faults, doubts)
    mine = reach.own(theirs, environ)
    folder = os.path.dirname(os.path.abspath(path))
    wanted = reach.asks(values, folder, mine) if not faults else []  # with faults nothing is obeyed anyway
    found = None
    obeyed = True
    if wanted:
        from tui.settings.allowed import covers, find

        found = find(path, environ)
        obeyed = covers(found, content, wanted)
    if not faults:
        from tui.settings.kept_within import borders

        keep(path, borders(values, os.path.abspath(path), wanted, theirs, obeyed=obeyed))
    if not obeyed:
        values = checked(table, path, home, problems, broken, foreign=True)
        values, note = reach.withheld(values, wanted, path, mine, changed=found is not None)
        return values, [note]
    problems += faults
    broken += doubts
    return values, []


def asks_of(path: str, environ: Mapping[str, str] = os.environ) -> tuple[bytes, list[Ask]]:
    """The bytes of a file, and what it asks for that has to be allowed. Raises ConfigError."""
    from tui.settings import reach

    problems: list[str] = []
    home = environ.get("HOME") or os.path.expanduser("~")
    written, _ = _own_files(environ, [], [])
    theirs = _named_by_the_user(written, read(settings_file(environ), []), None, home)
    if not os.path.exists(path):
        problems.append(f"{path}: there is no such file")
    table, content = parsed(path, problems)
    values = checked(table, path, home, problems, problems)
    if problems:
        raise ConfigError(problems)
    if not reach.is_foreign(path, config_folder(environ)):
        return content, []
    return content, reach.asks(values, os.path.dirname(os.path.abspath(path)), reach.own(theirs, environ))


def _files_of(table: str, origin: Mapping[str, str]) -> dict[str, str]:
    """Which file each part of a table comes from."""
    return {part.removeprefix(table): path for part, path in origin.items() if part.startswith(table)}


def _fleet_problems(written: Mapping[str, Any], origin: Mapping[str, str]) -> list[str]:
    """What is wrong with the fleets and with the apps that name one, which get their engines."""
    fleets, apps = written.get("fleets", {}), written.get("apps", {})
    if not fleets and not any("fleet" in table for table in apps.values()):
        return []
    from tui.settings.fleets import fleet_problems, put_into_apps

    return fleet_problems(fleets, origin) or put_into_apps(apps, fleets)


def _broken_together(written: Mapping[str, Any], origin: Mapping[str, str]) -> list[str]:
    """What is wrong with `[trust]` of all files together, where nothing is wrong with one."""
    if "trust" not in written:
        return []
    from tui.settings.trust_keys import trust_problems

    return list(trust_problems(written["trust"], origin))


def _own(apps: Mapping[str, Mapping[str, Any]], config: str | None) -> tuple[str, ...]:
    """The apps of --config's file, or where it has none, of the file in this folder."""
    for path in filter(None, (config, LOCAL_CONFIG)):
        if found := [name for name, table in apps.items() if table["origin"] == os.path.abspath(path)]:
            return tuple(found)
    return ()


def _settings(values: Mapping[str, Any]) -> Settings:
    settings = Settings(
        **{key: values[key] for key in TOP if key in values},
        keys=_keys(values),
        view=ViewSettings(**values.get("view", {})),
        columns=ColumnSettings(**values.get("columns", {})),
        confirm=ConfirmSettings(**values.get("confirm", {})),
        log=LogSettings(**values.get("log", {})),
        containers=ContainerSettings(**values.get("containers", {})),
        notify=NotifySettings(**values.get("notify", {})),
        policy=Policy(**values.get("policy", {})),
    )
    # Most dashboards are opened without any of these, and their modules cost time before the first paint.
    if values.get("apps"):
        from tui.settings.apps import Apps

        settings = settings._replace(apps=Apps(values["apps"]), own=values["own"])
    if "trust" in values:
        from tui.settings.trust_keys import trust_of

        settings = settings._replace(policy=settings.policy._replace(trust=trust_of(values["trust"])))
    if values.get("engines"):
        from tui.settings.engines import engines_of

        settings = settings._replace(engines=engines_of(values["engines"]))
    if values.get("fleets"):
        from tui.settings.fleets import fleets_of

        settings = settings._replace(fleets=fleets_of(values["fleets"]))
    return settings


def _keys(values: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Those of the keymap that was chosen, and over them those of [keys]."""
    written: Mapping[str, tuple[str, ...]] = values.get("keys", {})
    if values.get("keymap", "default") == "default":
        return written
    from tui.settings.keymaps import KEYMAPS

    return {**KEYMAPS[values["keymap"]], **written}


def _app_files(environ: Mapping[str, str], problems: list[str]) -> list[str]:
    folder = apps_folder(environ)
    try:
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".toml")]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        problems.append(f"{folder}: cannot be read: {error.strerror}")
        return []


def _only_apps(values: Mapping[str, Any], path: str, problems: list[str]) -> Mapping[str, Any]:
    problems += [
        f"{path}: {key} does not belong here: an app's file has [apps.NAME] alone"
        for key in values
        if key != "apps"
    ]
    return {key: value for key, value in values.items() if key == "apps"}


def _merge(into: dict[str, Any], origin: dict[str, str], values: Mapping[str, Any], path: str) -> None:
    for key, value in values.items():
        origin[key] = path
        if key == "apps":
            from tui.settings.apps import merge

            merge(into.setdefault(key, {}), value)
        elif key in ("engines", "fleets"):
            earlier = into.setdefault(key, {})
            earlier |= {name: {**earlier.get(name, {}), **table} for name, table in value.items()}
            origin |= {f"{key}.{name}": path for name in value}
        elif key == "trust":
            from tui.settings.trust_keys import merge_trust

            into[key] = merge_trust(into.get(key, {}), value, origin, path)
        else:
            if (key in TABLES or key == "keys") and key != "policy":
                origin |= {f"{key}.{name}": path for name in value}
            if key == "policy":
                earlier = into.get(key, {})
                origin |= {f"{key}.{name}": path for name in value if earlier.get(name) != value[name]}
            into[key] = {**into.get(key, {}), **value} if isinstance(value, dict) else value
