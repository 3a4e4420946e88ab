"""From the checked tables of an app to its frozen values."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tui.model.app import (
    AppSpec,
    BuildSecret,
    BuildSpec,
    Healthcheck,
    Mount,
    Port,
    ProofSpec,
    ReadySpec,
    RunSpec,
    Ulimit,
)
from tui.model.interpolation import from_text, is_variable
from tui.model.reference import app_repository

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.scan_spec import ScanSpec


def app_spec(name: str, table: Mapping[str, Any]) -> AppSpec:
    """The app of a table that `tui.settings.apps` has read and put together."""
    values = {"image": name, **table}
    values["image"] = app_repository(values["image"])
    folder = values.pop("folder", "")
    if "build" in table:
        values["build"] = _build(table["build"], folder)
    if "run" in table:
        values["run"] = _run(table["run"])
    if "ready" in table:
        values["ready"] = ReadySpec(**table["ready"])
    if "test" in table:
        values["test"] = ProofSpec(**table["test"])
    if "scan" in table:
        values["scan"] = _scan(table["scan"])
    return AppSpec(name, **values)


def _build(table: Mapping[str, Any], folder: str) -> BuildSpec:
    values = {"context": folder, "dockerfile": "Dockerfile", **table}
    # As Compose has it: relative to the build context, where it need not lie.
    values["dockerfile"] = os.path.normpath(os.path.join(values["context"], values["dockerfile"]))
    secrets = table.get("secrets", {})
    values["secrets"] = tuple(BuildSecret(id, file, env) for id, (file, env) in secrets.items())
    return BuildSpec(**values)


def _environment(table: Mapping[str, str | None]) -> dict[str, Any]:
    """What stands as it is, and what is filled in later: a value that is "${...}" as a whole. "$${...}" is
    the text "${...}"."""
    found: dict[str, Any] = {"environment": {}, "interpolated": {}}
    for name, value in table.items():
        if value is not None and is_variable(value):
            found["interpolated"][name] = value
        else:
            found["environment"][name] = value and from_text(value)
    return {key: variables for key, variables in found.items() if variables or key == "environment"}


def _scan(table: Mapping[str, Any]) -> ScanSpec:
    from tui.model.scan_spec import Ignore, ScanSpec  # apart: most apps are not scanned

    values = dict(table)
    if "ignore" in table:
        values["ignore"] = tuple(Ignore(**one) for one in table["ignore"])
    return ScanSpec(**values)


def _run(table: Mapping[str, Any]) -> RunSpec:
    values = dict(table)
    values |= _environment(values.get("environment", {}))
    logging = values.pop("logging", {})
    if "driver" in logging:
        values["logging_driver"] = logging["driver"]
    if "options" in logging:
        values["logging_options"] = logging["options"]
    if "ports" in table:
        values["ports"] = tuple(Port(*port) for port in table["ports"])
    if "volumes" in table:
        values["volumes"] = tuple(Mount(*mount) for mount in table["volumes"])
    if "ulimits" in table:
        values["ulimits"] = tuple(Ulimit(name, *limits) for name, limits in table["ulimits"].items())
    if "healthcheck" in table:
        values["healthcheck"] = Healthcheck(**table["healthcheck"])
    return RunSpec(**values)
