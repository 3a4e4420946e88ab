"""`[apps.NAME]`: read and checked, made into values when they are asked for.

Reading gives plain dicts, so that several files can be put together key by key, and so that the classes of an
app (several milliseconds) need not be made before the first paint: `Apps` does it on first use.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tui.model.app_name import LONGEST, SHORTEST, free_name, is_app_name, taken_by
from tui.settings.app_keys import APP, BUILD, READY, TEST, folder
from tui.settings.reading import SettingsFile, SettingsPlace, bare, record, shown, untaken_keys
from tui.settings.run_keys import RUN
from tui.settings.scan_keys import SCAN
from tui.settings.schema import LATER, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui.model.app import AppSpec
    from tui.settings.reading import Reader

RIVALS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "": (("engine", "engines", "fleet"),),
    "run": (("network_mode", "networks"),),
    "ready": (("http", "tcp", "exec"),),
}
"""Keys of a table of which one can be set; a later file's replaces an earlier one's."""


_TABLES: Mapping[str, tuple[Mapping[str, Reader], str]] = {
    "build": (BUILD, "build"),
    "run": (RUN, "service"),
    "ready": (READY, ""),
    "test": (TEST, ""),
    "scan": (SCAN, ""),
}


def read_apps(value: dict[str, Any], source: SettingsFile) -> dict[str, dict[str, Any]]:
    """What a file's `apps` says: name -> checked table."""
    found = {}
    for name, table in value.items():
        spot = SettingsPlace(source, _head("apps", name))
        if not isinstance(table, dict):
            spot.say(f" is a table, not {shown(table)}: write {spot.where} above its keys")
        elif not SHORTEST <= len(name) <= LONGEST:
            spot.say(f" is no name of an app: it has {SHORTEST} to {LONGEST} characters")
        elif not is_app_name(name):
            spot.say(' is no name of an app: it takes a-z, 0-9, ".", "_" and "-", the first of a-z or 0-9')
        elif whose := taken_by(name):
            spot.say(f" is no name of an app: {whose} is called so; take another, such as {free_name(name)}")
        else:
            found[name] = _app(name, table, spot)
    return found


def _head(*names: str) -> str:
    return f"[{'.'.join(map(bare, names))}]"


def _app(name: str, table: dict[str, Any], spot: SettingsPlace) -> dict[str, Any]:
    found: dict[str, Any] = {"origin": os.path.abspath(spot.source.file)}
    if "build" in table:
        found["folder"] = spot.source.folder
    for key, value in table.items():
        place = spot.key(key)
        if key in APP:
            found[key] = APP[key](value, place)
        elif key in _TABLES:
            found[key] = _table(name, key, value, spot.source)
        elif key in LATER:
            place.say(f" is not taken: {LATER[key]}")
        else:
            place.say(_unknown(name, key, value))
    if isinstance(image := found.get("image"), str) and (why := image_problem(image)):
        spot.key("image").refuse(image, why)
    _rivals(found, spot, RIVALS[""])
    if "engine" in found:
        found["engines"] = found.pop("engine")
    return found


def _unknown(name: str, key: str, value: Any) -> str:
    for table, (readers, untaken) in _TABLES.items():
        if key in readers:
            return f" is not allowed here: it belongs in {_head('apps', name, table)}"
        if key in untaken_keys(untaken):
            return f" is not taken: {untaken_keys(untaken)[key]}"
    said = f" is unknown{nearest(key, (*APP, *_TABLES))}"
    if isinstance(value, dict):
        said += f"; an app's name with a dot in it is written in quotes: {_head('apps', f'{name}.{key}')}"
    return said


def _table(name: str, key: str, value: Any, source: SettingsFile) -> dict[str, Any]:
    spot = SettingsPlace(source, _head("apps", name, key))
    if key == "build" and isinstance(value, str):
        return {"context": folder(value, SettingsPlace(source, _head("apps", name)).key(key))}
    if not isinstance(value, dict):
        spot.say(f" is a table, not {shown(value)}: write {spot.where} above its keys")
        return {}
    readers, untaken = _TABLES[key]
    found: dict[str, Any] = record(readers, untaken)(value, spot)
    _rivals(found, spot, RIVALS.get(key, ()))
    return found


def _rivals(table: Mapping[str, Any], spot: SettingsPlace, groups: tuple[tuple[str, ...], ...]) -> None:
    for group in groups:
        both = [name for name in group if name in table]
        if len(both) > 1:
            spot.key(both[1]).say(f" is not allowed beside {both[0]}: one of {', '.join(group)} can be set")


def image_problem(text: str) -> str:
    """Why a text is no repository without tag and digest, "" where it is one."""
    host, slash, path = text.partition("/")
    host, colon, port = host.partition(":")
    plain = f"{host}/{path}" if slash else host
    # Most names are plain, and the grammar's module costs milliseconds.
    if (
        len(text) < 64
        and plain.isascii()
        and plain == plain.lower()
        and all(piece.isalnum() for piece in plain.replace(".", "/").replace("-", "/").split("/"))
        and (not colon or (slash and port.isdigit()))
    ):
        return ""
    from tui.model.reference import repository_problem, split_reference

    taken = split_reference(text)
    if taken.digest:
        return f'it takes a repository, and "@{taken.digest}" is a digest: leave it out'
    if taken.tag and "://" not in text:
        return f'it takes a repository, and ":{taken.tag}" is a tag: leave it out'
    return repository_problem(text)


def merge(into: dict[str, dict[str, Any]], later: dict[str, dict[str, Any]]) -> None:
    """Put what a later file says over what earlier ones do, key by key; lists are replaced."""
    for name, table in later.items():
        earlier = into.setdefault(name, {})
        for key, value in table.items():
            for group in RIVALS.get(key, ()):
                if isinstance(value, dict) and any(rival in value for rival in group):
                    for rival in group:
                        earlier.get(key, {}).pop(rival, None)
        into[name] = _over(earlier, table)


def _over(earlier: Any, later: Any) -> Any:
    if not isinstance(earlier, dict) or not isinstance(later, dict):
        return later
    return {**earlier, **{key: _over(earlier.get(key), value) for key, value in later.items()}}


def problems_together(apps: Mapping[str, dict[str, Any]]) -> list[str]:
    """What only shows once all files are put together: a line each."""
    found: list[str] = []
    for name, table in apps.items():
        source = SettingsFile(table["origin"], found, "")
        run, ready = table.get("run", {}), table.get("ready", {})
        if "image" not in table and (why := image_problem(name)):
            spot = SettingsPlace(source, _head("apps", name))
            spot.say(f" image is missing, and the app's name cannot stand for it: {why}")
        mode = run.get("network_mode") or "bridge"
        if mode != "bridge" and run.get("ports"):
            spot = SettingsPlace(source, _head("apps", name, "run")).key("ports")
            spot.say(f' is not allowed where network_mode = "{mode}": nothing can be published')
        if "status" in ready and "http" not in ready:
            spot = SettingsPlace(source, _head("apps", name, "ready")).key("status")
            spot.say(" is not allowed without http: nothing else answers with one")
        for key in ("host", "scheme", "verify", "headers"):
            if key in ready and "http" not in ready:
                spot = SettingsPlace(source, _head("apps", name, "ready")).key(key)
                spot.say(" is not allowed without http: it says how that asks")
        if "verify" in ready and "http" in ready and ready.get("scheme") != "https":
            spot = SettingsPlace(source, _head("apps", name, "ready")).key("verify")
            spot.say(' is not allowed without scheme = "https": nothing else has a certificate')
    return found


class Apps(Mapping[str, "AppSpec"]):
    """Name -> app, made when it is first asked for."""

    def __init__(self, tables: Mapping[str, dict[str, Any]]) -> None:
        self._tables = tables
        self._made: dict[str, AppSpec] = {}

    def __getitem__(self, name: str) -> AppSpec:
        if name not in self._made:
            from tui.settings.made import app_spec

            app = app_spec(name, self._tables[name])
            self._made[name] = app._replace(shares=self._sharing(app))
        return self._made[name]

    def _sharing(self, app: AppSpec) -> dict[str, int]:
        """The other apps that have the repository of this one -> their `keep`."""
        last, default = app.image.rpartition("/")[2], app._field_defaults["keep"]
        return {
            name: table.get("keep") or default
            for name, table in self._tables.items()
            if name != app.name
            and (image := str(table.get("image", name))).rpartition("/")[2] == last
            and app.owns(image)
        }

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)

    def __repr__(self) -> str:
        return f"Apps({', '.join(self._tables)})"
