"""`[trust]`, as it stands in a file. Read only where a file has it: most have none."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from tui.model.evidence import ClaimKind
from tui.model.signing import KeySource
from tui.model.trust import Level, ListedKey, Trust
from tui.model.verdict import Wanted
from tui.settings import units
from tui.settings.moments import MOMENT, moment
from tui.settings.reading import PEM, by, file_path, kind, many, one, record
from tui.settings.schema import FLAG, TEXTS, nearest, one_of
from tui.settings.trust_identities import identities

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tui.settings.reading import Reader, SettingsPlace

SOURCES = ("file", "env", "command")
"""Where a key may come from; exactly one of them is named."""

LONGEST_NAME = 64

FOREIGN = (
    " is not taken from here: a file that may come with a repository names no program to run on this "
    "machine before it is allowed: holdfast allow, or write it into ~/.config/holdfast/config.toml"
)

OUTSIDE = (
    " is not taken from here: a file that may come with a repository names no private key outside of "
    "its folder before it is allowed: holdfast allow, or write it into ~/.config/holdfast/config.toml"
)

FORMS = '"path/of.key", "env:NAME", { file = "path/of.key" }, { env = "NAME" } or { command = ["program"] }'


# -- where a key is


def _file(value: Any, spot: SettingsPlace) -> Any:
    if isinstance(value, str) and (PEM in value or "\n" in value):  # never to be shown
        spot.say(" is not allowed: a key does not stand in the configuration; name the file that holds it")
        return None
    return file_path(value, spot)


_VARIABLE = re.compile("[A-Za-z_][A-Za-z0-9_]{0,254}")


def _env(value: Any, spot: SettingsPlace) -> Any:
    """The name of a variable. What is none may be what was to be in it: it is not shown."""
    if isinstance(value, str) and _VARIABLE.fullmatch(value):
        return value
    spot.say(
        " is not allowed: it takes the name of a variable (letters, digits, _); "
        "a key or a passphrase does not stand in the configuration"
    )
    return None


def _command(value: Any, spot: SettingsPlace) -> Any:
    """Words; a program that is named by a path is found from the file's folder, wherever it is called."""
    if spot.source.foreign:
        spot.say(FOREIGN)
        return None
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(word, str) and word and "\0" not in word for word in value)
    ):
        spot.say(f' = {kind(value)} is not allowed: it takes a list of words such as ["pass", "show", "key"]')
        return None
    program = spot.source.path(value[0]) if "/" in value[0] else value[0]
    return (program, *value[1:])


_SOURCE: Mapping[str, Reader] = {"file": _file, "env": _env, "command": _command}
_source_table = record(_SOURCE)


def _source_of(value: Mapping[str, Any], found: Mapping[str, Any], spot: SettingsPlace) -> KeySource | None:
    """The one that is named of `file`, `env` and `command`; found: what was read of the value."""
    named = {name: found[name] for name in SOURCES if name in found}
    if not named and len(value) > len(found):  # another key stands in its place, and was told of
        return None
    if len(named) != 1:
        spot.say(f" is not allowed: it takes one of {', '.join(SOURCES)}, and has {len(named) or 'none'}")
        return None
    return KeySource(**named)


def _source(value: Any, spot: SettingsPlace) -> Any:
    if isinstance(value, str):
        if value.startswith("env:"):
            return KeySource(env=_env(value.removeprefix("env:"), spot))
        return KeySource(file=_file(value, spot))
    if not isinstance(value, dict):
        spot.say(f" = {kind(value)} is not allowed: it takes {FORMS}")
        return None
    return _source_of(value, _source_table(value, spot), spot)


def _private_source(value: Any, spot: SettingsPlace) -> Any:
    """Of a key to sign by: a file that may have been pulled names none outside of its own folder."""
    found = _source(value, spot)
    if found is not None and found.file and spot.source.foreign:
        folder = os.path.realpath(spot.source.folder)
        if os.path.commonpath((folder, os.path.realpath(found.file))) != folder:
            spot.say(OUTSIDE)
            return None
    return found


# -- names, moments


def _plain(value: Any) -> str:
    if not isinstance(value, str) or not value.isprintable() or not 0 < len(value) <= LONGEST_NAME:
        raise ValueError
    if value != value.strip():
        raise ValueError
    return value


NAME = f"a name of at most {LONGEST_NAME} characters that can be printed"
_name = one(NAME, _plain)


_until = one(MOMENT, moment)
"""The end of a key; a day ends nothing but begins: from then on the key has ended."""


def _sign_keys(value: Any, spot: SettingsPlace) -> Any:
    if not isinstance(value, dict):
        spot.say(f" = {kind(value)} is not allowed: it takes a table such as {{ production = {FORMS} }}")
        return None
    for name in value:
        _name(name, spot.key(name))
    return {name: _private_source(inner, spot.key(name)) for name, inner in value.items()}


_listed_table = record({"name": _name, "until": _until, **_SOURCE})


def _listed(value: Any, spot: SettingsPlace) -> Any:
    found = _listed_table(value, spot)
    if found is None:
        return None
    if "name" not in found:
        spot.say(' is not allowed: name is missing, e.g. { name = "ci", file = "ci.pub" }')
    source = _source_of(value, found, spot)
    if source is None or not found.get("name"):
        return None
    return ListedKey(found["name"], source, found.get("until") or 0.0)


_listed_keys = many(_listed, single=False)


def _verify_keys(value: Any, spot: SettingsPlace) -> Any:
    found = _listed_keys(value, spot)
    _once(found, "name", "a key", spot)
    return found


_listed_identities = identities(_name, _until)


def _identities(value: Any, spot: SettingsPlace) -> Any:
    found = _listed_identities(value, spot)
    _once(found, "name", "an identity", spot)
    return found


# -- what is required


def _age(value: Any) -> float:
    found = units.duration(value)
    if not found:
        raise ValueError
    return found


def _names(value: Any) -> tuple[str, ...]:
    found: tuple[str, ...] = TEXTS.check(value)
    if not found:
        raise units.NotAllowed("name a key at least, or leave it out: then any that is listed counts")
    return found


_kind = by(one_of(*ClaimKind))
_wanted_table = record(
    {
        "kind": _kind,
        "max_age": one(f"{units.DURATION}, more than 0", _age),
        "keys": one(TEXTS.allowed, _names),
    }
)


def _wanted(value: Any, spot: SettingsPlace) -> Any:
    found = {"kind": _kind(value, spot)} if isinstance(value, str) else _wanted_table(value, spot)
    if found is None:
        return None
    if "kind" not in found:
        spot.say(' is not allowed: kind is missing, e.g. { kind = "scan", max_age = "30d" }')
        return None
    return Wanted(found["kind"] or "", max_age=found.get("max_age") or 0.0, keys=found.get("keys") or ())


_wanted_many = many(_wanted)


def _require(value: Any, spot: SettingsPlace) -> Any:
    found = _wanted_many(value, spot)
    _once(found, "kind", "a requirement", spot)
    return found


def _once(found: Any, field: str, what: str, spot: SettingsPlace) -> None:
    """Say where the same stands twice."""
    seen = set()
    for index, item in enumerate(found or ()):
        if (said := getattr(item, field, "")) and said in seen:
            spot.item(index).say(f' is not allowed: there is {what} "{said}" already')
        seen.add(said)


TRUST: Mapping[str, Reader] = {
    "sign_key": _private_source,
    "sign_keys": _sign_keys,
    "passphrase_env": _env,
    "verify_keys": _verify_keys,
    "identities": _identities,
    "trusted_root": file_path,
    "require": _require,
    "level": by(one_of(*Level)),
    "scope": by(TEXTS),
    "accept_unsigned": by(FLAG),
}
_table = record(TRUST)


# -- the whole


def read_trust(value: Any, spot: SettingsPlace) -> dict[str, Any]:
    """What a file says, by key; nothing of it where there is a fault, which is told."""
    before = len(spot.source.problems)
    found = _table(value, spot)
    return found if len(spot.source.problems) == before else {}


def merge_trust(
    earlier: Mapping[str, Any], later: Mapping[str, Any], origin: dict[str, str], path: str
) -> dict[str, Any]:
    """Two tables put together: key by key, the later wins. `origin` learns what comes from `path`."""
    merged = {**earlier, **later}
    if "sign_keys" in later:
        merged["sign_keys"] = {**earlier.get("sign_keys", {}), **later["sign_keys"]}
    known = dict(_parts(earlier))
    for name, part in _parts(merged):
        if name not in known or known[name] != part:
            origin[f"trust.{name}"] = path
    return merged


def _parts(table: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What each has a file that it comes from: "level", "verify_keys.ci", "require.scan"."""
    for key, value in table.items():
        match key:
            case "sign_keys":
                yield from ((f"{key}.{name}", source) for name, source in value.items())
            case "verify_keys" | "identities":
                yield from ((f"{key}.{listed.name}", listed) for listed in value)
            case "require":
                yield from ((f"{key}.{wanted.kind}", wanted) for wanted in value)
            case _:
                yield key, value


def trust_problems(table: Mapping[str, Any], origin: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with all files together: what is required, and cannot be had."""
    required: tuple[Wanted, ...] = table.get("require", ())
    keys = [key.name for key in table.get("verify_keys", ())]
    identified = [one.name for one in table.get("identities", ())]
    for name in identified:
        if name in keys:
            yield (
                f'{origin[f"trust.identities.{name}"]}: [trust] identities has "{name}", and so has '
                "verify_keys: a name is of one of them; call it otherwise"
            )
    listed = [*keys, *identified]
    unsigned = table.get("accept_unsigned", False)
    nobody = [one for one in required if not unsigned or one.kind == ClaimKind.SIGNATURE]
    if nobody and not listed:
        kinds = [one.kind for one in nobody]
        yield (
            f"{origin[f'trust.require.{kinds[0]}']}: [trust] require asks for {', '.join(kinds)}, and no key "
            'is listed whose signature counts: write verify_keys = [{ name = "ci", file = "ci.pub" }]'
            + ("" if ClaimKind.SIGNATURE in kinds else ", or accept_unsigned = true")
        )
        return
    for wanted in required:
        where = f"{origin[f'trust.require.{wanted.kind}']}: [trust] require"
        for name in wanted.keys:
            if name not in listed:
                near = nearest(name, listed) if listed else ", which list none"
                wants = f'wants a {wanted.kind} by "{name}"'
                yield f"{where} {wants}, which is not in verify_keys or identities{near}"


def trust_of(table: Mapping[str, Any]) -> Trust:
    """The value of what all files say together."""
    found = {**table}
    if "passphrase_env" in found:
        found["passphrase"] = found.pop("passphrase_env")
    if "level" in found:
        found["level"] = Level(found["level"])
    return Trust(**found)
