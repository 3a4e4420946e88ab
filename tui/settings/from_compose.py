"""From a service of a compose file to the tables of an app.

What an app does not take is left out and said. A variable is replaced by its default where it has one: an
app's file knows none. Volumes and networks get the names that Compose gave them: the files are in there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.reference import repository_problem, split_reference
from tui.settings.app_keys import BUILD
from tui.settings.reading import Source, Spot, bare, record
from tui.settings.run_keys import RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.settings.reading import Reader

_VARIABLE = re.compile(
    r"\$(?:(?P<escaped>\$)|(?P<plain>[A-Za-z_][A-Za-z0-9_]*)"
    r"|\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?:(?P<sign>:?-)(?P<default>[^${}]*)|[^{}]*)\})"
)


class Tables(NamedTuple):
    """What a service gives.

    image   the repository, "" where it names none
    build   `[apps.NAME.build]`, None where it is not built
    run     `[apps.NAME.run]`
    left_of_build, left_of_run   a line for each thing that is left out
    """

    image: str = ""
    build: Mapping[str, Any] | None = None
    run: Mapping[str, Any] = {}
    left_of_build: tuple[str, ...] = ()
    left_of_run: tuple[str, ...] = ()


def services(document: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The services of a compose file, by name."""
    found = document.get("services")
    if not isinstance(found, dict):
        return {}
    return {name: service for name, service in found.items() if isinstance(service, dict)}


def project_name(document: Mapping[str, Any], folder_name: str) -> str:
    """The project's name, which Compose makes of the folder's where the file has none."""
    named = document.get("name")
    text = named if isinstance(named, str) and "$" not in named else folder_name
    return re.sub(r"[^a-z0-9_-]", "", text.lower()).lstrip("_-")


def tables(document: Mapping[str, Any], service: str, project: str, folder: str) -> Tables:
    """What the service gives for an app in `folder`."""
    return _Translation(document, service, project, folder).tables()


class _Translation:
    def __init__(self, document: Mapping[str, Any], service: str, project: str, folder: str) -> None:
        self.document = document
        self.name = service
        self.service = services(document)[service]
        self.project = project
        self.folder = folder
        self.notes: list[str] = []

    def tables(self) -> Tables:
        run = {
            key: value
            for key, value in self.service.items()
            if key not in ("image", "build", "container_name")
        }
        if "network_mode" in run:
            run.pop("networks", None)
        found = self._allowed(run, RUN, "service", {"volumes": self._volumes, "networks": self._networks})
        if found.get("network_mode", "bridge") != "bridge" and found.pop("ports", None):
            self.notes.append("ports: nothing can be published in that network_mode")
        left_of_run, self.notes = tuple(self.notes), []
        return Tables(self._image(), self._build(), found, tuple(self.notes), left_of_run)

    def _image(self) -> str:
        image = self.service.get("image")
        if not isinstance(image, str):
            return ""
        known = self._resolved(image)
        repository = split_reference(known if known is not None else _VARIABLE.sub("x", image)).repository
        # A variable in the tag does not matter, one in the repository does.
        certain = known is not None or image.startswith(repository)
        return repository if certain and not repository_problem(repository) else ""

    def _build(self) -> Mapping[str, Any] | None:
        build = self.service.get("build")
        if isinstance(build, str):
            build = {"context": build}
        if not isinstance(build, dict):
            return None
        return self._allowed(build, BUILD, "build", {"secrets": self._secrets})

    def _secrets(self, secrets: Any) -> Any:
        return [self._secret(secret) for secret in secrets] if isinstance(secrets, list) else secrets

    def _secret(self, secret: Any) -> Any:
        """Compose names a secret of the file's top; `source` and `target` are its long syntax."""
        name = secret.get("source") if isinstance(secret, dict) else secret
        declared = self._declared("secrets", name)
        id = secret.get("target", name) if isinstance(secret, dict) else name
        if "environment" in declared:
            return {"id": id, "env": declared["environment"]}
        return {"id": id, "file": declared["file"]} if "file" in declared else secret

    def _declared(self, section: str, name: Any) -> Mapping[str, Any]:
        """What the top of the file says of a volume, network or secret."""
        section_found = self.document.get(section)
        found = section_found.get(name) if isinstance(section_found, dict) and isinstance(name, str) else None
        return found if isinstance(found, dict) else {}

    def _real(self, section: str, name: str) -> str:
        """The name that Compose gives a volume or network on the engine."""
        declared = self._declared(section, name)
        if isinstance(declared.get("name"), str):
            return str(declared["name"])
        return name if declared.get("external") else f"{self.project}_{name}"

    def _volumes(self, volumes: Any) -> Any:
        if not isinstance(volumes, list):
            return volumes
        return [self._volume(volume) for volume in volumes]

    def _volume(self, volume: Any) -> Any:
        if isinstance(volume, str):
            source, colon, rest = volume.partition(":")
            is_name = colon and source and not source.startswith((".", "/", "~", "$"))
            return f"{self._real('volumes', source)}:{rest}" if is_name else volume
        if (
            isinstance(volume, dict)
            and volume.get("type") == "volume"
            and isinstance(volume.get("source"), str)
        ):
            return {**volume, "source": self._real("volumes", volume["source"])}
        return volume

    def _networks(self, networks: Any) -> Any:
        """Their names on the engine; in them the service's name stays known."""
        if isinstance(networks, list):
            networks = dict.fromkeys((name for name in networks if isinstance(name, str)), None)
        if not isinstance(networks, dict):
            return networks
        found = {}
        for name, settings in networks.items():
            table = dict(settings) if isinstance(settings, dict) else {}
            aliases = table.get("aliases")
            table["aliases"] = [self.name, *(aliases if isinstance(aliases, list) else [])]
            found[self._real("networks", name)] = table
        return found

    def _allowed(
        self,
        values: Mapping[str, Any],
        readers: Mapping[str, Reader],
        untaken: str,
        renamed: Mapping[str, Callable[[Any], Any]],
    ) -> dict[str, Any]:
        """What an app takes of the values; the reasons against the others go to the notes."""
        found = {}
        for key, value in values.items():
            if value is None or key.startswith("x-"):
                continue
            if key not in readers:
                self.notes += [f"{key}{reason}" for reason in self._faults(key, value, readers, untaken)]
                continue
            known = self._without_variables(value, key)
            kept = self._sound(key, renamed[key](known) if key in renamed else known, readers)
            if kept is not None and (kept or not value):
                found[key] = kept
        return found

    def _sound(self, key: str, value: Any, readers: Mapping[str, Reader]) -> Any:
        """The value without those of its items that are not allowed; None where nothing of it is."""
        if value is None:
            return None
        faults = self._faults(key, value, readers)
        if not faults:
            return value
        kept: Any = None
        if isinstance(value, list):
            kept = [item for item in value if not self._faults(key, [item], readers)]
        elif isinstance(value, dict):
            kept = {
                name: item for name, item in value.items() if not self._faults(key, {name: item}, readers)
            }
        self.notes += [f"{key}{fault}" for fault in faults]
        return kept if kept and not self._faults(key, kept, readers) else None

    def _faults(self, key: str, value: Any, readers: Mapping[str, Reader], untaken: str = "") -> list[str]:
        """What is wrong with a value, from behind its key on."""
        problems: list[str] = []
        source = Source("", problems, "/")
        source.folder = self.folder
        record(readers, untaken)({key: value}, Spot(source, "[]"))
        return [problem.removeprefix(f": [] {bare(key)}") for problem in problems]

    def _resolved(self, text: str) -> str | None:
        """The text with the defaults of its variables; None where one has no default."""
        missing = False

        def replace(match: re.Match[str]) -> str:
            nonlocal missing
            if match["escaped"]:
                return "$"
            if match["sign"] is None:
                missing = True
            return match["default"] or ""

        found = _VARIABLE.sub(replace, text)
        return None if missing else found

    def _without_variables(self, value: Any, place: str) -> Any:
        """The value with the defaults of its variables; what needs one that has none is left out and said."""
        if isinstance(value, str):
            known = self._resolved(value)
            if known is None:
                self.notes.append(f"{place}: it needs a variable, and those are not replaced here")
            return known
        if isinstance(value, list):
            if place == "environment":
                return self._environment(dict(_assigned(item) for item in value if isinstance(item, str)))
            items = [self._without_variables(item, place) for item in value]
            return [item for item in items if item is not None]
        if isinstance(value, dict):
            if place == "environment":
                return self._environment(value)
            found = {name: self._without_variables(item, f"{place}.{name}") for name, item in value.items()}
            return {name: item for name, item in found.items() if item is not None}
        return value

    def _environment(self, variables: Mapping[str, Any]) -> Any:
        """A list where a variable is passed on from outside, which a table cannot say."""
        found: dict[str, Any] = {}
        passed: list[str] = []
        for name, value in variables.items():
            if value is None or value in (f"${name}", f"${{{name}}}"):
                passed.append(name)
            else:
                known = self._without_variables(value, f"environment.{name}")
                if known is not None:
                    found[name] = known
        if not passed:
            return found
        return [*passed, *(f"{name}={_written(value)}" for name, value in found.items())]


def _assigned(text: str) -> tuple[str, str | None]:
    name, sign, value = text.partition("=")
    return name, value if sign else None


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
