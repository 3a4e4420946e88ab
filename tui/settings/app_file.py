"""The file of an app that the program writes: $XDG_CONFIG_HOME/holdfast/apps.d/NAME.toml."""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.errors import HoldfastError, Refused
from tui.model.app import AppSpec, RunSpec
from tui.model.interpolation import as_text
from tui.model.secrets import mask_json
from tui.settings.apps import read_apps
from tui.settings.made import app_spec
from tui.settings.paths import apps_folder
from tui.settings.reading import SettingsFile, SettingsPlace, record
from tui.settings.run_keys import RUN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.model.app import Healthcheck, Mount, Port, Ulimit


class AppFile(NamedTuple):
    """A file to be written.

    text    of the file
    shown   its lines without secrets
    app     what is read from it
    left    what cannot be said in it, and why: a line each
    """

    path: str
    text: str
    shown: tuple[str, ...]
    app: AppSpec
    left: tuple[str, ...]


def app_file(
    name: str,
    image: str,
    run: RunSpec,
    comments: Sequence[str],
    engine: str = "",
    environ: Mapping[str, str] = os.environ,
) -> AppFile:
    """The file of an app without a build. `engine` is a docker context or an endpoint, "" for any."""
    import tomllib

    import tomli_w

    path = os.path.join(apps_folder(environ), f"{name}.toml")
    table, left = _sound(run_table(run), path)
    app: dict[str, Any] = {"image": image} | ({"engine": engine} if engine else {}) | {"run": table}
    head = "".join(f"# {_plain(line)}\n" for line in comments)
    text = f"{head}\n{tomli_w.dumps({'apps': {name: app}})}"
    masked = tomli_w.dumps({"apps": {name: {**app, "run": mask_json(table)}}})
    problems: list[str] = []
    found = read_apps(tomllib.loads(text)["apps"], SettingsFile(path, problems, "/"))
    if problems:
        raise HoldfastError(
            f"{name} cannot be written as an app",
            "write it by hand: holdfast init --example shows every key",
            tuple(problems),
        )
    return AppFile(
        path=path,
        text=text,
        shown=tuple(f"{head}{masked}".rstrip().split("\n")),
        app=app_spec(name, found[name]),
        left=tuple(left),
    )


def _sound(table: dict[str, Any], path: str) -> tuple[dict[str, Any], list[str]]:
    """Without what a configuration does not take, which is said."""
    kept, left = {}, []
    for key, value in table.items():
        problems: list[str] = []
        record(RUN, "service")({key: value}, SettingsPlace(SettingsFile(path, problems, "/"), "[]"))
        if problems:
            left += [problem.removeprefix(f"{path}: [] ") for problem in problems]
        else:
            kept[key] = value
    return kept, left


def _plain(text: str) -> str:
    """TOML allows no control characters in a comment."""
    return "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text)


def run_table(run: RunSpec) -> dict[str, Any]:
    """`[apps.NAME.run]` as TOML has it: what differs from the defaults."""
    table: dict[str, Any] = {}
    for key in run._fields:
        value = getattr(run, key)
        if value == RunSpec._field_defaults[key]:
            continue
        match key:
            case "environment":
                table[key] = _environment(value, run.interpolated)
            case "interpolated":
                table["environment"] = _environment(run.environment, value)
            case "ports":
                table[key] = [_port(port) for port in value]
            case "volumes":
                table[key] = [_mount(mount) for mount in value]
            case "tmpfs":
                table[key] = [f"{target}:{options}".removesuffix(":") for target, options in value.items()]
            case "networks":
                aliases = any(value.values())
                table[key] = {n: {"aliases": [*a]} for n, a in value.items()} if aliases else [*value]
            case "ulimits":
                table[key] = _limits(value)
            case "healthcheck":
                table[key] = _healthcheck(value)
            case "logging_driver" | "logging_options":
                name = key.removeprefix("logging_")
                table.setdefault("logging", {})[name] = dict(value) if name == "options" else value
            case _:
                table[key] = list(value) if isinstance(value, tuple) else value
    return table


def _environment(variables: Mapping[str, str | None], interpolated: Mapping[str, str]) -> Any:
    """A list where a variable has no value, which a table cannot say."""
    written = {**{name: value and as_text(value) for name, value in variables.items()}, **interpolated}
    if None not in written.values():
        return written
    return [name if value is None else f"{name}={value}" for name, value in written.items()]


def _port(port: Port) -> Any:
    if port.host_ip:
        whole = {"target": port.target, "published": port.published, "host_ip": port.host_ip}
        return whole | ({"protocol": port.protocol} if port.protocol != "tcp" else {})
    outside = f"{port.published}:" if port.published else ""
    protocol = f"/{port.protocol}" if port.protocol != "tcp" else ""
    return f"{outside}{port.target}{protocol}"


def _mount(mount: Mount) -> Any:
    if mount.kind == "volume" and "selinux" in mount.options:  # only the short syntax can say it
        words = ["ro" if mount.read_only else "rw", mount.options["selinux"]]
        words += ["nocopy"] if mount.options.get("nocopy") else []
        return f"{mount.source}:{mount.target}:{','.join(map(str, words))}"
    table: dict[str, Any] = {"type": mount.kind}
    if mount.source:
        table["source"] = mount.source
    table["target"] = mount.target
    if mount.read_only:
        table["read_only"] = True
    if mount.options:
        table[mount.kind] = dict(mount.options)
    return table


def _limits(limits: Sequence[Ulimit]) -> dict[str, Any]:
    """All in one form: TOML has what is no table first, and their order would be another one."""
    if all(limit.soft == limit.hard for limit in limits):
        return {limit.name: limit.soft for limit in limits}
    return {limit.name: {"soft": limit.soft, "hard": limit.hard} for limit in limits}


def _healthcheck(check: Healthcheck) -> dict[str, Any]:
    table = {key: value for key, value in check._asdict().items() if value}
    return table | ({"test": [*check.test]} if check.test else {})


def write_app(file: AppFile) -> None:
    """Write it, for this account's eyes alone. Blocks.

    Raises Refused where there is such a file, which is never overwritten, HoldfastError where it fails.
    """
    folder = os.path.dirname(file.path)
    beside = ""
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=folder, prefix=".new-")  # 0600 by itself
        with os.fdopen(handle, "wb") as written:
            written.write(file.text.encode())
            written.flush()
            os.fsync(written.fileno())
        os.link(beside, file.path)  # unlike a renaming it never replaces anything
    except FileExistsError:
        raise Refused(
            f"{file.path} exists and is not overwritten", "edit it, or move it away first"
        ) from None
    except OSError as error:
        raise HoldfastError(f"{file.path}: cannot be written: {error.strerror}") from None
    finally:
        if beside:
            os.unlink(beside)
