"""What a file that may have come with a repository cannot weaken. Pure.

/etc's file and the user's own are the operator's, and may say anything. `./holdfast.toml` and `--config FILE`
may have been pulled a minute ago: of `[policy]`, of `[trust]` and of which engines are protected they can ask
for more than the operator's files explicitly say, never for less. What asks for less is not obeyed, and told
in a note: it is no fault, or a pulled file could keep somebody from rolling back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from tui.model.trust import ListedIdentity, ListedKey
    from tui.model.verdict import Wanted

    AnyListed = TypeVar("AnyListed", ListedKey, ListedIdentity)
    Say = Callable[[str, str, str, str], None]
    """What is not obeyed, as it was wished; the part of the floor that it is about, and what that says."""

STRICTER: Mapping[str, bool] = {"require_tests": True, "require_scan": True, "allow_dirty": False}
"""Keys of `[policy]` that are true or false, and which of both asks for more."""

LISTS = ("verify_keys", "identities")
"""Keys of `[trust]` that list whose signatures count: where either does, nobody is added to either."""

SIGNING: Mapping[str, str] = {
    "sign_key": "sign_key", "sign_keys": "sign_keys", "passphrase": "passphrase_env",
}  # fmt: skip
"""Keys of `[trust]` that say what is signed by, and how a file has them."""

MOST_NAMED = 5
"""Names in a note: a list of thousands says nothing."""

LONGEST_SHOWN = 60
"""Characters of each."""


class Floor(NamedTuple):
    """What the operator's files say together.

    policy, trust   their tables as they were read, by key
    files           which file says it: "policy.require_tests", "trust.verify_keys.ci", "engines.prod"
    engines         what they say of engines, by name
    fleets          and of fleets
    """

    policy: Mapping[str, Any]
    trust: Mapping[str, Any]
    files: Mapping[str, str]
    engines: Mapping[str, Mapping[str, Any]] = {}
    fleets: Mapping[str, Mapping[str, Any]] = {}


def held(asked: Mapping[str, Any], floor: Floor, path: str) -> tuple[dict[str, Any], list[str]]:
    """What the file at `path` says, nowhere less than the floor; and a note of everything that was less."""
    notes: list[str] = []

    def say(key: str, wish: str, part: str, why: str) -> None:
        file = floor.files.get(part, "the operator's configuration")
        notes.append(f"{path}: {key} {wish} is not obeyed: {file} {why}")

    found = dict(asked)
    if "policy" in found:
        found["policy"] = _policy(found["policy"], floor.policy, say)
    if "trust" in found:
        found["trust"] = _trust(found["trust"], floor, say)
    if "engines" in found:
        found["engines"] = {
            name: _engine(name, table, floor.engines.get(name, {}), say)
            for name, table in found["engines"].items()
        }
    if "fleets" in found:
        for name in floor.fleets.keys() & found["fleets"].keys():
            say(f"[fleets.{name}]", "anew", f"fleets.{name}", "says how it is deployed to")
        found["fleets"] = {name: one for name, one in found["fleets"].items() if name not in floor.fleets}
    return found, notes


def _engine(name: str, asked: Mapping[str, Any], floor: Mapping[str, Any], say: Say) -> dict[str, Any]:
    for key in ("enabled", "maintenance"):
        if floor and key in asked:
            say(f"[engines.{name}] {key}", "anew", f"engines.{name}", "says of that engine what it does")
    asked = {key: value for key, value in asked.items() if not floor or key not in ("enabled", "maintenance")}
    if not floor.get("protected") or asked.get("protected", True):
        return dict(asked)
    say(f"[engines.{name}] protected", "= false", f"engines.{name}", "says true")
    return {**asked, "protected": True}


def _policy(asked: Mapping[str, Any], floor: Mapping[str, Any], say: Say) -> dict[str, Any]:
    found = dict(asked)
    for key, stricter in STRICTER.items():
        if floor.get(key) is stricter and found.get(key) is (not stricter):
            del found[key]
            say(f"[policy] {key}", f"= {_word(not stricter)}", f"policy.{key}", f"says {_word(stricter)}")
    if "mutable_tags" in floor and "mutable_tags" in found:
        may = floor["mutable_tags"]
        if more := [tag for tag in found["mutable_tags"] if tag not in may]:
            why = f"lets {named(may)} move alone" if may else "lets no tag move"
            say("[policy] mutable_tags", f"with {named(more)}", "policy.mutable_tags", why)
        found["mutable_tags"] = tuple(tag for tag in found["mutable_tags"] if tag in may)
    return found


def _trust(asked: Mapping[str, Any], floor: Floor, say: Say) -> dict[str, Any]:
    found = dict(asked)
    required: Sequence[Wanted] = floor.trust.get("require", ())
    listed = _listed(floor)
    for key in LISTS:
        if listed and key in found:
            found[key] = _keys(key, found[key], floor.trust.get(key, ()), listed, say)
    root = floor.trust.get("trusted_root", "")
    if (listed or root) and found.pop("trusted_root", root) != root:
        part, why = ("trust.trusted_root", f"says {root}") if root else (_first(listed), _counting(listed))
        say("[trust] trusted_root", f"= {named([asked['trusted_root']])}", part, why)
    if part := _signing_by(floor):
        for key in SIGNING:
            if found.pop(key, floor.trust.get(key)) != floor.trust.get(key):
                say(f"[trust] {SIGNING[key]}", "for another", part, "says which keys sign")
    if "require" in found:
        found["require"] = _require(found["require"], required, listed, say)
    if found.get("level") == "audit" and (part := _strict_by(floor)):
        del found["level"]
        say("[trust] level", '= "audit"', part, "requires strictly what it does")
    if found.get("accept_unsigned") and (part := _signed_by(floor)):
        del found["accept_unsigned"]
        say("[trust] accept_unsigned", "= true", part, "does not say that anybody's word will do")
    if required and "scope" in found:
        part = "trust.scope" if "scope" in floor.trust else _required_by(floor)
        found["scope"] = _scope(found["scope"], floor.trust.get("scope", ()), part, say)
        if found["scope"] == floor.trust.get("scope", ()):
            del found["scope"]  # what stays in force is the floor's
    return found


def _signing_by(floor: Floor) -> str:
    """The part by which keys to sign by are said, "" where none is."""
    if "sign_key" in floor.trust:
        return "trust.sign_key"
    return next((f"trust.sign_keys.{name}" for name in floor.trust.get("sign_keys", ())), "")


def _listed(floor: Floor) -> dict[str, str]:
    """The names of all whose signatures count, and the part of the floor that lists each."""
    return {one.name: f"trust.{key}.{one.name}" for key in LISTS for one in floor.trust.get(key, ())}


def _first(listed: Mapping[str, str]) -> str:
    """The part that lists the first, "" where nobody is."""
    return next(iter(listed.values()), "")


def _required_by(floor: Floor) -> str:
    """The part of a floor that requires something of an image, "" where none does."""
    return next((f"trust.require.{one.kind}" for one in floor.trust.get("require", ())), "")


def _strict_by(floor: Floor) -> str:
    """The part by which the level is strict: what is required is, where nothing is said of it."""
    if "level" in floor.trust:
        return "trust.level" if floor.trust["level"] == "strict" else ""
    return _required_by(floor)


def _signed_by(floor: Floor) -> str:
    """The part by which what nobody signed is not believed.

    Besides the key itself all that would be worth less: what is required, whose signatures count, and a test
    or a scan that is to have been passed.
    """
    if "accept_unsigned" in floor.trust:
        return "" if floor.trust["accept_unsigned"] else "trust.accept_unsigned"
    asked = (f"policy.{key}" for key in ("require_tests", "require_scan") if floor.policy.get(key))
    return _required_by(floor) or _first(_listed(floor)) or next(asked, "")


def _require(
    asked: Sequence[Wanted], required: Sequence[Wanted], listed: Mapping[str, str], say: Say
) -> tuple[Wanted, ...]:
    """All that either asks for; of a kind that both ask for, what both are content with.

    listed   by name all who are, with their parts: where there are any, no others can be counted on
    """
    found = {one.kind: one for one in required}
    if required and not asked:
        part = f"trust.require.{required[0].kind}"
        say("[trust] require", "= []", part, f"requires {named([*found])}")
    for one in asked:
        if listed and (strange := [name for name in one.keys if name not in listed]):
            wish = f"of {one.kind} by {named(strange)}"
            say("[trust] require", wish, _first(listed), _counting(listed))
            one = one._replace(keys=tuple(name for name in one.keys if name in listed))
        least = found.get(one.kind)
        found[one.kind] = one if least is None else _stricter(one, least, say)
    return tuple(found.values())


def _stricter(asked: Wanted, least: Wanted, say: Say) -> Wanted:
    key, part = "[trust] require", f"trust.require.{least.kind}"
    if asked.max_age > least.max_age > 0:
        days = f"wants one that is {least.max_age / 86_400:g} days old at most"
        say(key, f"of a {asked.kind} that may be older", part, days)
    ages = [age for age in (asked.max_age, least.max_age) if age]
    keys = asked.keys
    if least.keys:
        keys = tuple(name for name in asked.keys if name in least.keys) or least.keys
        if more := [name for name in asked.keys if name not in least.keys]:
            say(key, f"of {asked.kind} by {named(more)}", part, f"wants it by {named(least.keys)}")
    return asked._replace(max_age=min(ages, default=0.0), keys=keys)


def _keys(
    key: str, asked: Sequence[AnyListed], least_of: Sequence[AnyListed], listed: Mapping[str, str], say: Say
) -> tuple[AnyListed, ...]:
    """Those of the floor; of each the earlier end.

    key        which of LISTS they stand in; `least_of` is what the floor has there
    listed     by name all who are, there and elsewhere
    """
    found = {one.name: one for one in least_of}
    key = f"[trust] {key}"
    if strange := [one.name for one in asked if one.name not in found]:
        say(key, f"with {named(strange)}", _first(listed), _counting(listed))
    for one in asked:
        if (least := found.get(one.name)) is None:
            continue
        part = listed[one.name]
        if one._replace(until=0.0) != least._replace(until=0.0):
            say(key, f"with another {named([one.name])}", part, f"has it from {least.of}")
        if one.until > least.until > 0:
            say(key, f"with a later end of {named([one.name])}", part, "ends it earlier")
        ends = [at for at in (one.until, least.until) if at]
        found[one.name] = least._replace(until=min(ends, default=0.0))
    return tuple(found.values())


def _scope(asked: Sequence[str], least: Sequence[str], part: str, say: Say) -> tuple[str, ...]:
    """Both: there is one scope for all that is required, so it is widened where they differ."""
    if not asked:
        return ()
    if not least:
        say("[trust] scope", f"= {named(asked)}", part, "requires what it does of every repository")
        return ()
    if set(least) - set(asked):
        say("[trust] scope", f"= {named(asked)}", part, f"requires what it does of {named(least)}")
    return (*least, *(pattern for pattern in asked if pattern not in least))


def _counting(names: Collection[str]) -> str:
    return f"lists whose signatures count: {named(names)}"


def named(names: Collection[str]) -> str:
    """Names in quotes, of many the first, and of each its beginning."""
    said = ", ".join(_quoted(name) for name in [*names][:MOST_NAMED])
    return f"{said} and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else said


def _quoted(name: str) -> str:
    name = name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…"
    return f'"{name}"' if name.isprintable() else ascii(name)


def _word(value: bool) -> str:
    return "true" if value else "false"
