"""A Compose project, read as Compose reads it: its files, their variables, what they include and extend.

https://github.com/compose-spec/compose-spec. What is read stays plain values; a text whose variables are not
known is an `Unknown` one. Blocks.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.settings import compose_variables as outside
from tui.settings.compose_file import Tagged, UnreadableFile, find, find_override, read
from tui.settings.compose_merge import Unknown, mapping, merged, without_doubles
from tui.settings.compose_variables import Variables, filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DEEPEST = 20
"""How many files may include, and how many services extend, each other."""

RESOURCES = ("services", "volumes", "networks", "secrets", "configs", "models")


class Project(NamedTuple):
    """A project.

    name       of its volumes and networks on an engine
    files      that it was read from, () where there is none
    document   what they say together
    profiles   that are switched on; "*" for all
    notes      sentences on what could not be read
    said       by service, what a deploy does otherwise than Compose
    """

    name: str = ""
    files: tuple[str, ...] = ()
    document: Mapping[str, Any] = {}
    profiles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    said: Mapping[str, tuple[str, ...]] = {}


def project(folder: str, environ: Mapping[str, str]) -> Project:
    """The project of a folder; without files, and with notes, where it cannot be read."""
    notes: list[str] = []
    variables = Variables(environ)
    dot_env = os.path.join(folder, ".env")
    off = environ.get("COMPOSE_DISABLE_ENV_FILE", "").lower() in ("1", "t", "true")
    if os.path.isfile(dot_env) and not off:
        variables = variables.further(dot_env, notes)
    files = _files(folder, variables.values)
    if not files:
        return Project(notes=tuple(notes))
    place = os.path.dirname(files[0])
    if place != folder and os.path.isfile(os.path.join(place, ".env")) and not off:
        variables = variables.further(os.path.join(place, ".env"), notes)
    try:
        name = _name(files, place, variables)
        variables = variables._replace(values={**variables.values, "COMPOSE_PROJECT_NAME": name})
        document = _Loading(folder, notes).model(files, place, variables)
    except UnreadableFile as error:
        return Project(notes=(*notes, error.message))
    profiles = (profile.strip() for profile in variables.values.get("COMPOSE_PROFILES", "").split(","))
    said = {}
    services = document.get("services")
    for service, table in services.items() if isinstance(services, dict) else ():
        if isinstance(table, dict):
            said[service] = tuple(outside.passed_on(table, variables, folder))
    return Project(
        name=name,
        files=tuple(files),
        document=document,
        profiles=tuple(filter(None, profiles)),
        notes=tuple(notes),
        said=said,
    )


def _files(folder: str, variables: Mapping[str, str]) -> list[str]:
    if named := variables.get("COMPOSE_FILE"):
        separator = variables.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
        return [os.path.normpath(os.path.join(folder, path)) for path in named.split(separator) if path]
    return [path for path in (find(folder), find_override(folder)) if path] if find(folder) else []


def _name(files: Sequence[str], place: str, variables: Variables) -> str:
    """The project's name: set outside, by the last file that has one, or the folder's."""
    named = variables.values.get("COMPOSE_PROJECT_NAME", "")
    if not named:
        for path in files:
            for document in read(path):
                found = document.get("name")
                named = filled(found, variables) if isinstance(found, str) and found else named
    return project_name(named) or project_name(os.path.basename(place))


def project_name(text: str) -> str:
    """A text made the name of a project, as Compose does it.

    >>> project_name("_My Shop.2")
    'myshop2'
    """
    return re.sub(r"[^a-z0-9_-]", "", text.lower()).lstrip("_-")


class _Loading:
    def __init__(self, root: str, notes: list[str]) -> None:
        self.root = root
        self.notes = notes

    def model(
        self, files: Sequence[str], place: str, variables: Variables, including: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """What files say together; the paths in them are those from `place` on."""
        model: dict[str, Any] = {}
        for path in files:
            for raw in read(path):
                document, removed = _untagged(filled(raw, variables))
                if document.get("include"):
                    self._include(document, place, variables, (*including, path))
                model = _without(model, removed)
                services = mapping(document.get("services"))
                if isinstance(services, dict):
                    document["services"] = {
                        name: self._extended(name, services, path, variables, ()) for name in services
                    }
                model = _canonical(merged(model, document))
        model.pop("include", None)
        return self._moved(model, place)

    def _include(
        self, document: dict[str, Any], place: str, variables: Variables, including: tuple[str, ...]
    ) -> None:
        """Put what a document includes under what it says itself."""
        entries = document.pop("include")
        for entry in entries if isinstance(entries, list) else [entries]:
            table = entry if isinstance(entry, dict) else {"path": entry}
            paths = [item for item in _several(table.get("path")) if isinstance(item, str)]
            if not paths or any("://" in path or path.startswith(("git@", "oci:")) for path in paths):
                self.notes.append(f"include: {', '.join(paths) or 'an entry without path'} is not fetched")
                continue
            files = [os.path.normpath(os.path.join(place, path)) for path in paths]
            if files[0] in including or len(including) > DEEPEST:
                self.notes.append(f"include: {files[0]} includes itself")
                continue
            inner = table.get("project_directory")
            inner = os.path.join(place, inner) if isinstance(inner, str) else os.path.dirname(files[0])
            further = variables
            named = [path for path in _several(table.get("env_file")) if isinstance(path, str)]
            env_files = [os.path.join(place, path) for path in named if path != "/dev/null"]
            if not named and os.path.isfile(os.path.join(inner, ".env")):
                env_files = [os.path.join(inner, ".env")]
            for path in env_files:
                further = further.further(path, self.notes)
            try:
                included = self.model(files, inner, further, including)
            except UnreadableFile as error:
                self.notes.append(f"include: {error.message}")
                continue
            for section in RESOURCES:
                found, own = included.get(section), document.get(section)
                if isinstance(found, dict):
                    own = own if isinstance(own, dict) else {}
                    document[section] = merged({section: found}, {section: own})[section]

    def _extended(
        self,
        name: str,
        services: Mapping[str, Any],
        path: str,
        variables: Variables,
        extending: tuple[tuple[str, str], ...],
    ) -> Any:
        """A service with what it extends under it."""
        service = services[name]
        if not isinstance(service, dict) or not service.get("extends"):
            return service
        extends = service["extends"]
        table = extends if isinstance(extends, dict) else {"service": extends}
        base, file = table.get("service"), table.get("file")
        own = {key: value for key, value in service.items() if key != "extends"}
        try:
            if (path, name) in extending or len(extending) > DEEPEST:
                raise UnreadableFile(f"{path}: {name} extends itself")
            others, other_path = services, path
            if isinstance(file, str):
                other_path = os.path.normpath(os.path.join(os.path.dirname(path), file))
                others = {}
                for raw in read(other_path):
                    document, _ = _untagged(filled(raw, variables))
                    others = merged(others, document.get("services") or {}, ("services",))
            if not isinstance(base, str) or base not in others:
                raise UnreadableFile(f"{other_path}: there is no service {base} that {name} could extend")
            under = self._extended(base, others, other_path, variables, (*extending, (path, name)))
        except UnreadableFile as error:
            self.notes.append(f"extends: {error.message}")
            return own
        if not isinstance(under, dict):
            return own
        if other_path != path:
            # Paths of the other file are those from its own folder on; ours go from the project's.
            here, there = os.path.dirname(path), os.path.dirname(other_path)
            under = self._moved({"services": {name: _service(under)}}, there, here)["services"][name]
        return merged(under, own, ("services", name))

    def _moved(self, model: dict[str, Any], place: str, to: str = "") -> dict[str, Any]:
        """With the paths that begin at `place` as those from the root on."""
        to = to or self.root
        if os.path.normpath(place) == os.path.normpath(to):
            return model

        def moved(path: Any) -> Any:
            if not isinstance(path, str) or isinstance(path, Unknown) or path.startswith(("/", "~")):
                return path
            found = os.path.relpath(os.path.join(place, path), to)
            return found if found.startswith("..") else os.path.join(".", found)

        services = model.get("services")
        for service in services.values() if isinstance(services, dict) else ():
            if isinstance(service, dict):
                _move(service, moved)
        for section in ("secrets", "configs"):
            found = model.get(section)
            for table in found.values() if isinstance(found, dict) else ():
                if isinstance(table, dict) and "file" in table:
                    table["file"] = moved(table["file"])
        return model


def _move(service: dict[str, Any], moved: Any) -> None:
    build = service.get("build")
    if isinstance(build, dict) and "context" in build:
        context = build["context"]
        remote = isinstance(context, str) and ("://" in context or context.startswith("git@"))
        build["context"] = context if remote else moved(context)
    for key in ("env_file", "label_file"):
        if key in service:
            service[key] = [
                {**item, "path": moved(item.get("path"))} if isinstance(item, dict) else moved(item)
                for item in _several(service[key])
            ]
    volumes = service.get("volumes")
    if isinstance(volumes, list):
        service["volumes"] = [_moved_volume(volume, moved) for volume in volumes]


def _moved_volume(volume: Any, moved: Any) -> Any:
    if isinstance(volume, dict):
        return {**volume, "source": moved(volume.get("source"))} if volume.get("type") == "bind" else volume
    if isinstance(volume, str) and volume.startswith(".") and not isinstance(volume, Unknown):
        source, colon, rest = volume.partition(":")
        return f"{moved(source)}{colon}{rest}"
    return volume


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _untagged(raw: Any) -> tuple[dict[str, Any], list[tuple[str, ...]]]:
    """A document without its tags, and the paths of what earlier files say that is to go."""
    removed: list[tuple[str, ...]] = []

    def plain(value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, Tagged):
            removed.append(path)
            return plain(value.value, path)
        if isinstance(value, dict):
            found = {}
            for key, inner in value.items():
                made = plain(inner, (*path, key))
                if not (isinstance(inner, Tagged) and inner.tag == "!reset"):
                    found[key] = made
            return found
        if isinstance(value, list):
            kept = (item for item in value if not (isinstance(item, Tagged) and item.tag == "!reset"))
            return [plain(item.value if isinstance(item, Tagged) else item, path) for item in kept]
        return value

    return plain(raw, ()), removed


def _without(model: Any, removed: Sequence[tuple[str, ...]]) -> Any:
    for path in removed:
        *before, last = path
        table = model
        for key in before:
            table = table.get(key) if isinstance(table, dict) else None
        if isinstance(table, dict):
            table.pop(last, None)
    return model


def _canonical(model: dict[str, Any]) -> dict[str, Any]:
    """Short forms whose long ones can be in another file made long, and doubles removed."""
    services = model.get("services")
    if isinstance(services, dict):
        model = {**model, "services": {name: _service(found) for name, found in services.items()}}
    found = without_doubles(model)
    assert isinstance(found, dict)
    return found


def _service(service: Any) -> Any:
    if not isinstance(service, dict):
        return service
    found = dict(service)
    if isinstance(found.get("build"), str):
        found["build"] = {"context": found["build"]}
    if "networks" in found:
        found["networks"] = mapping(found["networks"])
    if isinstance(found.get("ports"), list):
        found["ports"] = [port for item in found["ports"] for port in _ports(item)]
    return found


def _ports(item: Any) -> list[Any]:
    """A port in short syntax in the long one, where it is one."""
    from tui.settings.units import ports

    if isinstance(item, Unknown | dict):
        return [item]
    try:
        made = ports(int(item) if isinstance(item, float) else item)
    except ValueError:
        return [item]
    names = ("target", "published", "host_ip", "protocol")
    return [{name: value for name, value in zip(names, port, strict=True) if value != ""} for port in made]
