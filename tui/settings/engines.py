"""`[engines.NAME]`, as it stands in a file. Read only where a file has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.policy import EngineSettings
from tui.model.ssh_address import read_ssh_address
from tui.model.tcp_address import read_tcp_address
from tui.settings.moments import MOMENT, moment
from tui.settings.reading import SettingsPlace, bare, by, file_path, many, one, record
from tui.settings.schema import COLOUR, FLAG
from tui.settings.units import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.settings.reading import SettingsFile

TCP = ("tcp", "https")
SCHEMES = ("unix", "ssh", *TCP)

TLS = ("ca", "cert", "key", "skip_tls_verify", "allow_plain")
"""Keys that say something of tcp alone."""

REACHED = ("host", *TLS, "ssh_options")
"""Keys that say how an engine is reached, and what runs on this machine for it."""


def _host(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    scheme, mark, rest = value.partition("://")
    if not mark or not rest or scheme not in SCHEMES or not value.isprintable() or " " in value:
        raise ValueError
    try:
        if scheme == "ssh":
            read_ssh_address(value)
        elif scheme in TCP:
            read_tcp_address(value)
    except ValueError as why:
        raise NotAllowed(str(why)) from why
    return value


def _option(value: Any) -> str:
    """Of ssh: "ProxyJump=bastion". What it may be is ssh's own affair."""
    name = value.partition("=")[0] if isinstance(value, str) and "=" in value else ""
    if not name.isascii() or not name.isalnum() or any(not char.isprintable() for char in value):
        raise ValueError
    return str(value)


def _maintenance(value: Any) -> float:
    return moment(value.removeprefix("until ") if isinstance(value, str) else value)


_read = record(
    {
        "colour": by(COLOUR),
        "protected": by(FLAG),
        "host": one('an endpoint such as "ssh://deploy@web-1", "tcp://web-1:2376" or "unix:///path"', _host),
        "ca": file_path,
        "cert": file_path,
        "key": file_path,
        "skip_tls_verify": by(FLAG),
        "allow_plain": by(FLAG),
        "ssh_options": many(one('an option of ssh such as "ProxyJump=bastion"', _option)),
        "enabled": by(FLAG),
        "maintenance": one(f'{MOMENT}, with or without "until " before it', _maintenance),
    }
)


def read_engines(value: Mapping[str, Any], source: SettingsFile) -> dict[str, dict[str, Any]]:
    """The tables of a file by name; what is wrong is told."""
    found = {}
    for name, table in value.items():
        if isinstance(table, dict):
            found[name] = _read(table, SettingsPlace(source, f"[engines.{bare(name)}]"))
        else:
            place = f"engines.{bare(name)}"
            SettingsPlace(source, place).say(f" is a table: write [{place}] above its keys")
    return found


def engine_problems(tables: Mapping[str, Mapping[str, Any]], origin: Mapping[str, str]) -> list[str]:
    """What is wrong with the tables of all files together; `origin` says where "engines.NAME" stands."""
    problems = []
    for name, table in tables.items():
        scheme = url_of(name, table).partition("://")[0]
        where = f"{origin.get(f'engines.{name}', 'the configuration')}: [engines.{bare(name)}]"
        if "host" in table and "://" in name:
            problems.append(f"{where} host is of no use: the engine is called by its endpoint already")
        strange = [key for key in TLS if table.get(key)] if scheme not in TCP else []
        problems += [
            f"{where} {key} is of no use: it belongs to a host that begins with tcp://" for key in strange
        ]
        if table.get("ssh_options") and scheme != "ssh":
            problems.append(f"{where} ssh_options is of no use: it belongs to a host that begins with ssh://")
        if bool(table.get("cert")) != bool(table.get("key")):
            has, lacks = ("cert", "key") if table.get("cert") else ("key", "cert")
            problems.append(f"{where} {has} is of no use alone: name the {lacks} that belongs to it")
    hosts: dict[str, str] = {}
    for name, table in tables.items():
        if (host := url_of(name, table)) and (first := hosts.setdefault(host, name)) != name:
            where = f"{origin.get(f'engines.{name}', 'the configuration')}: [engines.{bare(name)}]"
            problems.append(
                f"{where} host = {host!r} is that of [engines.{bare(first)}] already "
                f"({origin.get(f'engines.{first}', 'the configuration')}): keep one of both tables, "
                "and name that one wherever the other is named"
            )
    return problems


def engines_of(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, EngineSettings]:
    """The tables as settings."""
    return {name: EngineSettings(**{**table, "host": url_of(name, table)}) for name, table in tables.items()}


def url_of(name: str, table: Mapping[str, Any]) -> str:
    """The endpoint of a table: an engine may be called by it."""
    return name if "://" in name else table.get("host", "")
