"""Whether a container still is what a run configuration makes: both are read the same way, and compared.

What the image says by itself counts for neither (Engine API 1.41, ContainerInspect and ContainerCreate).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine.adoption import run_spec
from tui.engine.creation import create_body
from tui.engine.mounted import inside, mounts
from tui.model.app import RunSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.engine.creation import Creation
    from tui.model.app import Mount

NOT_COMPARED = ("logging_driver", "logging_options", "shm_size")
"""What the engine's own configuration decides where nothing is asked for, and nothing can change later."""


def differences(
    item: Mapping[str, Any],
    image: Mapping[str, Any],
    wanted: RunSpec,
    app: str,
    unsure: Iterable[str] = (),
) -> list[str]:
    """The attributes of a `resolved` RunSpec in which a container of that image is not what it says.

    app      the app's name, which a network may know the container by besides
    unsure   variables that are not compared
    """
    config = image.get("Config") or {}
    made = as_inspected(create_body("", wanted), config)
    ignored = {*unsure}
    has, should = (_comparable(run_spec(one, config, "")[0], app, ignored) for one in (item, made))
    default = RunSpec._field_defaults
    names = [
        name
        for name in RunSpec._fields
        if name != "volumes"
        and getattr(has, name) != getattr(should, name)
        and not (name in NOT_COMPARED and getattr(should, name) == default[name])
    ]
    declared = {inside(path) for one in (item, made) for path in one["Config"].get("Volumes") or ()}
    if _cut_off(item) and "networks" not in names:
        names.append("networks")
    same = _mounted(item, wanted, declared) == _mounted(made, wanted, declared)
    return names if same else [*names, "volumes"]


def _cut_off(item: Mapping[str, Any]) -> bool:
    """Whether somebody took the engine's own network from it, which no app names."""
    settings = item.get("NetworkSettings") or {}
    return _is_default(item["HostConfig"]) and "Networks" in settings and not settings["Networks"]


def _is_default(host: Mapping[str, Any]) -> bool:
    """Whether a container is in the engine's own network."""
    return str(host.get("NetworkMode") or "default") in ("default", "bridge")


def _mounted(item: Mapping[str, Any], wanted: RunSpec, declared: set[str]) -> dict[str, Mount]:
    """By target; a volume without a name counts by its ID only where the app names it so.

    One where the image declares a volume is mounted whether it is asked for or not.
    """
    named = {mount.source for mount in wanted.volumes}
    own = declared - {mount.target for mount in wanted.volumes}
    found = mounts(item)
    kept = {}
    for mount in found.mounts:
        nameless = mount.source in found.unnamed and mount.source not in named
        if nameless and mount.target in found.undeclared | own:
            continue  # the image's own
        kept[mount.target] = mount._replace(source="") if nameless else mount
    return kept


def _comparable(run: RunSpec, app: str, unsure: set[str]) -> RunSpec:
    networks = {name: tuple(sorted({*aliases} - {app})) for name, aliases in run.networks.items()}
    other = run.network_mode.startswith("container:")  # by name or by ID
    return run._replace(
        environment={name: value for name, value in run.environment.items() if name not in unsure},
        networks=networks,
        network_mode="container" if other else run.network_mode,
        ports=tuple(sorted(run.ports)),
        ulimits=tuple(sorted(run.ulimits)),
        cap_add=tuple(sorted(run.cap_add)),
        cap_drop=tuple(sorted(run.cap_drop)),
    )


def as_inspected(creation: Creation, image: Mapping[str, Any]) -> dict[str, Any]:
    """What an engine would tell of a container created so from an image of this `Config`."""
    body = dict(creation.body)
    host = body.pop("HostConfig", {})
    body.pop("NetworkingConfig", None)
    first = (creation.body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
    networks = {name: {"Aliases": list(end.get("Aliases") or ())} for name, end in first.items()}
    networks |= {name: {"Aliases": list(aliases)} for name, aliases in creation.later.items()}
    return {
        "Id": "",
        "Name": "",
        "Image": "",
        "Config": merged(body, image),
        "HostConfig": host,
        "NetworkSettings": {"Networks": networks or ({"bridge": {}} if _is_default(host) else {})},
        "Mounts": [],
    }


def merged(config: Mapping[str, Any], image: Mapping[str, Any]) -> dict[str, Any]:
    """A container's configuration with what it takes over from its image, as the engine joins them."""
    whole = dict(config)
    for key in ("User", "WorkingDir", "StopSignal"):
        whole[key] = config.get(key) or image.get(key)
    env = list(config.get("Env") or ())
    given = {entry.partition("=")[0] for entry in env}
    whole["Env"] = env + [entry for entry in image.get("Env") or () if entry.partition("=")[0] not in given]
    whole["Labels"] = {**(image.get("Labels") or {}), **(config.get("Labels") or {})}
    for key in ("ExposedPorts", "Volumes"):
        whole[key] = {**(image.get(key) or {}), **(config.get(key) or {})}
    if not config.get("Entrypoint"):
        whole["Cmd"] = config.get("Cmd") or image.get("Cmd")
        if config.get("Entrypoint") is None:
            whole["Entrypoint"] = image.get("Entrypoint")
    if of_image := image.get("Healthcheck"):
        given_check = {key: value for key, value in (config.get("Healthcheck") or {}).items() if value}
        whole["Healthcheck"] = {**of_image, **given_check}
    return whole
