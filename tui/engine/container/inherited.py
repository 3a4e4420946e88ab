"""What a container takes over from its image where it says nothing by itself: there, back, and joined."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tui.engine.container.attribute import Attribute
from tui.model.app import Healthcheck
from tui.model.labels import COMPOSE, OWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tui.engine.container.attribute import Expected, Json, ReadBack
    from tui.model.app import RunSpec

NANOSECONDS = 1_000_000_000


def merged(config: Json, image: Json) -> dict[str, Any]:
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


def _words(words: Iterable[str] | None) -> list[str] | None:
    return None if words is None else [*words]


def _entrypoint_and_command(source: ReadBack) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    """An entrypoint that is given takes the image's command away."""
    config, image = source.config, source.image
    entrypoint, command = tuple(config.get("Entrypoint") or ()), tuple(config.get("Cmd") or ())
    of_image, its_command = tuple(image.get("Entrypoint") or ()), tuple(image.get("Cmd") or ())
    if entrypoint == of_image and (command or not its_command):
        return None, None if command == its_command else command
    return entrypoint, command or None


def _asked_environment(run: RunSpec) -> Json:
    return {
        "Env": [name if value is None else f"{name}={value}" for name, value in run.environment.items()],
    }


def _environment(source: ReadBack) -> dict[str, str | None]:
    """What the image does not say. One that is only named is one of its own that is taken away: an app has no
    word for that, and None would mean that it is passed on."""
    known = {*(source.image.get("Env") or ())}
    found: dict[str, str | None] = {}
    for entry in source.config.get("Env") or ():
        name, sign, value = entry.partition("=")
        if sign and entry not in known:
            found[name] = value
    return found


def _same_environment(has: ReadBack, should: ReadBack, wanted: Expected) -> bool:
    ours, theirs = (
        {name: value for name, value in _environment(one).items() if name not in wanted.unsure}
        for one in (has, should)
    )
    return ours == theirs


def _text(field: str, key: str, *defaults: str) -> Attribute:
    """A text, "" where the image says it as well, or where it is the engine's default."""

    def read(source: ReadBack) -> str:
        text = str(source.config.get(key) or "")
        return "" if text in (source.image.get(key) or "", *defaults) else text

    return Attribute(field, lambda run: {key: getattr(run, field)}, read)


def _asked_check(run: RunSpec) -> Json:
    """Durations in nanoseconds; 0, as an empty test, means: as the image says."""
    check = run.healthcheck
    if check is None:
        return {}
    durations = {"Interval": check.interval, "Timeout": check.timeout, "StartPeriod": check.start_period}
    wanted: dict[str, Any] = {name: round(value * NANOSECONDS) for name, value in durations.items() if value}
    if check.test:
        wanted["Test"] = [*check.test]
    if check.retries:
        wanted["Retries"] = check.retries
    return {"Healthcheck": wanted}


def _check(source: ReadBack) -> Healthcheck | None:
    """Only what the image does not say; None where that is nothing."""
    check, of_image = source.config.get("Healthcheck") or {}, source.image.get("Healthcheck") or {}

    def own(key: str) -> Any:
        return None if check.get(key) == of_image.get(key) else check.get(key)

    found = Healthcheck(
        test=tuple(own("Test") or ()),
        interval=(own("Interval") or 0) / NANOSECONDS,
        timeout=(own("Timeout") or 0) / NANOSECONDS,
        start_period=(own("StartPeriod") or 0) / NANOSECONDS,
        retries=own("Retries") or 0,
    )
    return None if found == Healthcheck() else found


def _asked_grace(run: RunSpec) -> Json:
    return {"StopTimeout": None if run.stop_grace_period is None else math.ceil(run.stop_grace_period)}


def _grace(source: ReadBack) -> float | None:
    seconds = source.config.get("StopTimeout")
    return None if seconds is None else float(seconds)


def _labels(source: ReadBack) -> dict[str, str]:
    """Neither the image's, nor those that Holdfast or Compose gives."""
    of_image: Mapping[str, str] = source.image.get("Labels") or {}
    return {
        name: value
        for name, value in (source.config.get("Labels") or {}).items()
        if not name.startswith((OWN, COMPOSE)) and of_image.get(name) != value
    }


COMMAND = Attribute(
    "command", lambda run: {"Cmd": _words(run.command)}, lambda source: _entrypoint_and_command(source)[1]
)
ENTRYPOINT = Attribute(
    "entrypoint",
    lambda run: {"Entrypoint": _words(run.entrypoint)},
    lambda source: _entrypoint_and_command(source)[0],
)
ENVIRONMENT = Attribute("environment", _asked_environment, _environment, _same_environment)
USER = _text("user", "User")
WORKING_DIR = _text("working_dir", "WorkingDir")
HEALTHCHECK = Attribute("healthcheck", _asked_check, _check)
STOP_GRACE_PERIOD = Attribute("stop_grace_period", _asked_grace, _grace)
STOP_SIGNAL = _text("stop_signal", "StopSignal", "SIGTERM")
LABELS = Attribute("labels", lambda run: {"Labels": dict(run.labels)}, _labels)
