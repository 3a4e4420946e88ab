"""From a service of a Compose project to the tables of an app.

What an app does not take is left out and said, key by key: a key that is not taken takes nothing of what
stands around it along. Volumes and networks get the names that Compose gave them: the files are in there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.model.interpolation import as_text
from tui.model.reference import repository_problem, split_reference
from tui.settings import compose_values as forms
from tui.settings.app_keys import BUILD
from tui.settings.compose_file import go_text
from tui.settings.compose_merge import Unknown
from tui.settings.reading import SettingsFile, SettingsPlace, bare, record
from tui.settings.run_keys import RUN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tui.settings.reading import Reader

_VARIABLE = re.compile(r"\$\{[^{}]*\}|\$[A-Za-z_][A-Za-z0-9_]*")

_MODES = ("rw", "ro", "z", "Z", "nocopy", "private", "rprivate", "shared", "rshared", "slave", "rslave")
_CONDITIONS = {"none": "no", "any": "always"}


class Tables(NamedTuple):
    """What a service gives.

    image   the repository, "" where it names none; `tag` of it as the file has it
    build   `[apps.NAME.build]`, None where it is not built
    run     `[apps.NAME.run]`
    left_of_build, left_of_run   a line for each thing that is left out
    """

    image: str = ""
    build: Mapping[str, Any] | None = None
    run: Mapping[str, Any] = {}
    left_of_build: tuple[str, ...] = ()
    left_of_run: tuple[str, ...] = ()
    tag: str = ""


def services(document: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The services of a compose file, by name."""
    found = document.get("services")
    if not isinstance(found, dict):
        return {}
    return {name: service for name, service in found.items() if isinstance(service, dict)}


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
        run = {key: value for key, value in self.service.items() if key not in ("image", "build", "profiles")}
        self._of_deploy(run)
        if run.get("restart") in (None, ""):
            run["restart"] = "no"
        self._place_in_networks(run)
        found = self._allowed(
            run,
            RUN,
            "service",
            {
                "ports": self._ports,
                "volumes": self._volumes,
                "networks": self._networks,
                "healthcheck": forms.healthcheck,
                "env_file": forms.env_files,
            },
        )
        if found.get("network_mode", "bridge") != "bridge" and found.pop("ports", None):
            self.notes.append("ports: nothing can be published in that network_mode")
        left_of_run, self.notes = tuple(self.notes), []
        image, tag = self._image()
        return Tables(
            image=image,
            build=self._build(),
            run=found,
            left_of_build=tuple(self.notes),
            left_of_run=left_of_run,
            tag=tag,
        )

    def _image(self) -> tuple[str, str]:
        image = self.service.get("image")
        if not isinstance(image, str):
            return "", ""
        text = _VARIABLE.sub("x", image) if isinstance(image, Unknown) else image
        repository, tag, _ = split_reference(text)
        # A variable in the tag does not matter, one in the repository does.
        certain = image.startswith(repository) and not repository_problem(repository)
        return (repository, "" if isinstance(image, Unknown) else tag) if certain else ("", "")

    def _build(self) -> Mapping[str, Any] | None:
        build = self.service.get("build")
        if isinstance(build, str):
            build = {"context": build}
        if not isinstance(build, dict):
            return None
        return self._allowed(build, BUILD, "build", {"secrets": self._secrets})

    def _of_deploy(self, run: dict[str, Any]) -> None:
        """What Compose takes of `deploy` for a single container."""
        deploy = run.get("deploy")
        if not isinstance(deploy, dict):
            return
        resources = forms.table(deploy.get("resources"))
        limits, reserved = forms.table(resources.get("limits")), forms.table(resources.get("reservations"))
        taken = {
            "cpus": limits.get("cpus"),
            "mem_limit": limits.get("memory"),
            "pids_limit": limits.get("pids"),
            "mem_reservation": reserved.get("memory"),
        }
        policy = forms.table(deploy.get("restart_policy"))
        if policy and not run.get("restart"):
            condition = str(policy.get("condition") or "any")
            most = policy.get("max_attempts")
            condition = _CONDITIONS.get(condition, condition)
            taken["restart"] = f"{condition}:{most}" if most and condition == "on-failure" else condition
        run.update({key: value for key, value in taken.items() if value is not None})
        others = set(deploy) - {"resources", "restart_policy", "mode"}
        others |= {f"resources.limits.{key}" for key in set(limits) - {"cpus", "memory", "pids"}}
        others |= {f"resources.reservations.{key}" for key in set(reserved) - {"memory"}}
        others |= {f"restart_policy.{key}" for key in set(policy) - {"condition", "max_attempts"}}
        del run["deploy"]
        self.notes += [f"deploy.{key} is not taken: {_SWARM}" for key in sorted(others)]

    def _place_in_networks(self, run: dict[str, Any]) -> None:
        """The network that Compose gives to a service that names none; and what a mode means for them."""
        mode = run.get("network_mode")
        if mode is None or mode == "":
            run.pop("network_mode", None)
            if run.get("networks"):
                return
            run.pop("networks", None)
            if self._default_is_shared():
                run["networks"] = {"default": None}
            else:
                self.notes.append(f"networks: Compose makes {self.project}_default for it alone")
            return
        run.pop("networks", None)
        if mode == "default":
            run["network_mode"] = "bridge"
        elif isinstance(mode, str) and not isinstance(mode, Unknown) and mode.startswith("service:"):
            self.notes.append(f"network_mode: it shares the network of the service {mode[8:]}")
            del run["network_mode"]
        elif (
            isinstance(mode, str)
            and not isinstance(mode, Unknown)
            and not mode.startswith("container:")
            and mode not in ("bridge", "host", "none")
        ):
            del run["network_mode"]
            run["networks"] = {_Named(mode): None}

    def _default_is_shared(self) -> bool:
        """Whether others are in the network that Compose makes for a project, or the file says more of it."""
        others = (service for name, service in services(self.document).items() if name != self.name)
        return bool(self._declared("networks", "default")) or any(
            not service.get("network_mode") and ("default" in (service.get("networks") or ("default",)))
            for service in others
        )

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
        external = declared.get("external")
        if isinstance(external, dict) and isinstance(external.get("name"), str):
            return str(external["name"])
        if isinstance(declared.get("name"), str):
            return str(declared["name"])
        if section == "networks" and isinstance(name, _Named):
            return str(name)
        return name if external not in (None, False, "false") else f"{self.project}_{name}"

    def _ports(self, ports: Any) -> Any:
        return [forms.short_port(port) for port in ports] if isinstance(ports, list) else ports

    def _volumes(self, volumes: Any) -> Any:
        if not isinstance(volumes, list):
            return volumes
        return [self._volume(index, volume) for index, volume in enumerate(volumes)]

    def _volume(self, index: int, volume: Any) -> Any:
        if isinstance(volume, str):
            source, colon, rest = volume.partition(":")
            target, sign, modes = rest.partition(":")
            if sign and ":" not in modes:
                unknown = [mode for mode in modes.split(",") if mode not in _MODES]
                if unknown:
                    kept = ",".join(mode for mode in modes.split(",") if mode in _MODES)
                    rest = f"{target}:{kept}" if kept else target
                    self.notes.append(f"volumes[{index}]: Compose does not know {', '.join(unknown)} either")
            if colon and source.startswith("~") and source != "~" and not source.startswith("~/"):
                return f"~/{source[1:]}:{rest}"
            is_name = colon and source and not source.startswith((".", "/", "~", "$"))
            if is_name:
                self._say_of_volume(index, source)
            return f"{self._real('volumes', source) if is_name else source}{colon}{rest}"
        if not isinstance(volume, dict):
            return volume
        name = volume.get("source")
        if volume.get("type") == "volume" and isinstance(name, str):
            self._say_of_volume(index, name)
            return {**volume, "source": self._real("volumes", name)}
        if volume.get("type") == "bind":
            # Compose makes a missing folder here only where nothing at all is said of the bind mount.
            return {"bind": {"create_host_path": True}, **volume}
        return volume

    def _say_of_volume(self, index: int, name: str) -> None:
        declared = self._declared("volumes", name)
        own = [key for key in ("driver", "driver_opts") if declared.get(key) and declared[key] != "local"]
        if own:
            self.notes.append(
                f"volumes[{index}]: {' and '.join(own)} of {name}: a deploy takes the volume as it is"
            )

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
            named = [] if isinstance(name, _Named) else [self.name]
            table["aliases"] = [*named, *(aliases if isinstance(aliases, list) else [])]
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
            known = self._known(value, key)
            if known is None:
                continue
            known = forms.cast(known, key)
            kept = self._sound(key, renamed[key](known) if key in renamed else known, readers)
            if kept is not None and (kept or not value):
                found[key] = kept
        return found

    def _sound(self, key: str, value: Any, readers: Mapping[str, Reader]) -> Any:
        """The value without what of it is not allowed; None where nothing of it is."""
        self.notes += [f"{key}{fault}" for fault in self._faults(key, value, readers)]
        return forms.pruned(value, lambda part: self._faults(key, part, readers))

    def _faults(self, key: str, value: Any, readers: Mapping[str, Reader], untaken: str = "") -> list[str]:
        """What is wrong with a value, from behind its key on."""
        problems: list[str] = []
        source = SettingsFile("", problems, "/")
        source.folder = self.folder
        record(readers, untaken)({key: value}, SettingsPlace(source, "[]"))
        return [problem.removeprefix(f": [] {bare(key)}") for problem in problems]

    def _known(self, value: Any, place: str) -> Any:
        """The value without what is not known; that is said."""
        if isinstance(value, Unknown):
            self.notes.append(f"{place}: {value.why}")
            return None
        if place == "environment" and isinstance(value, list | dict):
            return self._environment(value)
        if place in ("args", "labels", "sysctls") and isinstance(value, list):
            value = forms.assignments(value)
        if isinstance(value, list):
            items = [self._known(item, f"{place}[{index}]") for index, item in enumerate(value)]
            return [item for item in items if item is not None]
        if isinstance(value, dict):
            known = {name: self._known(item, f"{place}.{name}") for name, item in value.items()}
            if place == "labels":  # a label without a value is an empty one
                return {
                    name: "" if value[name] is None else item
                    for name, item in known.items()
                    if item is not None or value[name] is None
                }
            return {
                name: item
                for name, item in known.items()
                if item is not None or (place == "networks" and value[name] is None)
            }
        return value

    def _environment(self, value: Any) -> Any:
        """A list where a variable is passed on from outside, which a table cannot say."""
        variables = forms.assignments(value) if isinstance(value, list) else value
        found: dict[str, str] = {}
        passed: list[str] = []
        for name, inner in variables.items():
            if inner is None:
                passed.append(name)
            elif isinstance(inner, Unknown):
                own = inner.rpartition("=")[2] if isinstance(value, list) else inner
                if own in (f"${name}", f"${{{name}}}"):
                    passed.append(name)
                    self.notes.append(f"environment.{name}: it is passed on from outside: {inner.why}")
                else:
                    self.notes.append(f"environment.{name}: {inner.why}")
            elif isinstance(inner, dict | list):
                self.notes.append(f"environment.{name}: it takes a text or a number")
            else:
                found[name] = as_text(go_text(inner))
        if not passed:
            return found
        return [*passed, *(f"{name}={text}" for name, text in found.items())]


_SWARM = "of deploy only the limits and the restart policy are for a single container"


class _Named(str):
    """The name of a network on the engine, not in the file."""

    __slots__ = ()
