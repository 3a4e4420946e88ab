"""`holdfast trust`: which keys there are, whether they can be had, what is required, and by which file."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.cli.asked import read_settings
from tui.cli.output import answer, answer_json, colours, say_error
from tui.errors import HoldfastError
from tui.model.evidence import ClaimKind
from tui.presentation.amounts import age
from tui.presentation.console import facts, painted, warning_line
from tui.presentation.text import safe
from tui.settings.load import refuse_broken_trust

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tui.cli.asked import Asked
    from tui.cli.trust_keys import KeyState
    from tui.model.trust import Trust
    from tui.model.verdict import Wanted
    from tui.presentation.style import Line
    from tui.settings.schema import Settings

UNUSABLE = 2

DAY = 86_400


def run(asked: Asked, *, json: bool) -> int:
    """Show it; 2 where a key cannot be used."""
    try:
        settings, states = asyncio.run(_look(asked))
    except HoldfastError as error:
        say_error(error)
        return error.exit_status
    except KeyboardInterrupt:
        return 130
    now = time.time()
    if json:
        answer_json(fields(settings, states, now))
    else:
        shown = colours(1)
        answer("".join([painted(line, colours=shown) + "\n" for line in _lines(settings, states, now)]))
    return UNUSABLE if any(state.error is not None for state in states) else 0


async def _look(asked: Asked) -> tuple[Settings, list[KeyState]]:
    settings = await read_settings(asked)
    refuse_broken_trust(settings)
    if settings.policy.trust is None:
        return settings, []
    from tui.cli.trust_keys import key_states

    return settings, await key_states(settings.policy.trust)


def day(seconds: float) -> str:
    """The day of a moment, as the configuration names it: in UTC."""
    from tui.model.moment import written_moment

    return written_moment(seconds)[:10]


def fields(settings: Settings, states: list[KeyState], now: float) -> dict[str, Any]:
    """For --json. `level` and `scope` are in force wherever something is required."""
    trust, files = settings.policy.trust, settings.trust_files
    found: dict[str, Any] = {
        "configured": trust is not None,
        "policy": [one._asdict() for one in _besides(settings)],
        "notes": (*settings.notes, *_same(states)),
    }
    if trust is None:
        return found
    return {
        **found,
        "keys": [_key_fields(state, files, now) for state in states],
        "trusted_root": trust.trusted_root,
        "passphrase_env": trust.passphrase,
        "require": [
            {
                "kind": one.kind,
                "max_age": one.max_age or None,
                "keys": one.keys,
                "file": files.get(f"require.{one.kind}", ""),
            }
            for one in trust.require
        ],
        "level": trust.level,
        "scope": trust.scope,
        "accept_unsigned": trust.accept_unsigned,
        "files": {key: files.get(key) for key in ("passphrase_env", "level", "scope", "accept_unsigned")},
    }


def _key_fields(state: KeyState, files: Mapping[str, str], now: float) -> dict[str, Any]:
    error = state.error
    return {
        "part": state.part,
        "name": state.name,
        "signs": state.signs,
        "identity": state.identifies,
        "source": str(state.source),
        "fingerprint": state.fingerprint,
        "until": state.until or None,
        "ended": state.ended(now),
        "usable": error is None,
        "error": {"message": error.message, "hint": error.hint} if error is not None else None,
        "file": files.get(state.part, ""),
    }


def _lines(settings: Settings, states: list[KeyState], now: float) -> Iterator[Line]:
    trust = settings.policy.trust
    if trust is None:
        yield [("no [trust] is configured: nothing is signed, and nobody else's word counts", "text")]
        yield [("  holdfast trust init makes a key pair, and says what to configure", "muted")]
    else:
        for state in states:
            yield from _key_lines(state, settings.trust_files, now)
        if trust.identities:
            root = trust.trusted_root or "what sigstore's library knows of the public instance"
            yield [("identities are verified by", "strong")]
            yield from facts([("root", root), ("set in", settings.trust_files.get("trusted_root", ""))])
        if not states:
            yield [("no key is configured", "text")]
            yield [("  holdfast trust init makes a pair", "muted")]
        yield from _required(trust, settings.trust_files)
    if besides := _besides(settings):
        yield [("required by [policy] besides, at any level and of every repository", "strong")]
        yield from facts(
            [
                (one.kind, f"{one.key}: {BELIEVED[one.believed]}  ({one.file or 'the default'})")
                for one in besides
            ]
        )
    for note in (*settings.notes, *_same(states)):
        yield warning_line(note)


class Besides(NamedTuple):
    """What [policy] requires, whatever [trust] says.

    key        that says so
    believed   whose word will do: one of BELIEVED
    file       that has it, "" for the default
    """

    kind: str
    key: str
    believed: str
    file: str


BELIEVED = {
    "own": "this account's own word alone",
    "listed": "this account's own word, or that of any key that verifies",
    "anybody": "this account's own word, or a claim that anybody made",
}


def _besides(settings: Settings) -> list[Besides]:
    policy, found = settings.policy, []
    for kind, key, required in (
        (ClaimKind.TEST, "require_tests", policy.require_tests),
        (ClaimKind.SCAN, "require_scan", policy.require_scan),
    ):
        if required:
            wanted = policy.trust.believed(kind) if policy.trust is not None else None
            believed = "own" if wanted is None else "anybody" if wanted.unsigned else "listed"
            found.append(Besides(kind, key, believed, settings.policy_files.get(key, "")))
    return found


def _same(states: list[KeyState]) -> list[str]:
    """What is to be known of keys that are listed twice; the module is loaded only where there are any."""
    if not states:
        return []
    from tui.cli.trust_keys import same_keys

    return same_keys(states)


def _key_lines(state: KeyState, files: Mapping[str, str], now: float) -> Iterator[Line]:
    use = "signs" if state.signs else "verifies"
    what = f"{use} as {safe(state.name)}" if state.signs and state.name else use
    head = state.part if state.signs else state.name
    if state.error is not None:
        yield [
            (f"{safe(head)}  ", "strong"),
            ("cannot be used", "bad"),
            (f": {safe(state.error.message)}", "text"),
        ]
        if state.error.hint:
            yield [(f"  {safe(state.error.hint)}", "muted")]
    elif state.ended(now):
        yield [
            (f"{safe(head)}  ", "strong"), (f"ended on {day(state.until)}", "warn"),
            (": it verifies only what was recorded here before", "text"),
        ]  # fmt: skip
    else:
        until = f" until {day(state.until)}" if state.until else ""
        yield [(f"{safe(head)}  ", "strong"), (f"{what}{until}", "ok")]
    yield from facts(
        [
            ("from", str(state.source)),
            ("fingerprint", f"sha256:{state.fingerprint}" if state.fingerprint else ""),
            ("set in", files.get(state.part, "")),
        ]
    )


def _required(trust: Trust, files: Mapping[str, str]) -> Iterator[Line]:
    def told(words: str, key: str) -> str:
        return f"{words}  ({files[key]})" if key in files else words

    if not trust.require:
        yield [("nothing is required of an image", "strong")]
    else:
        yield [("required of an image before it is deployed", "strong")]
    of = ", ".join(trust.scope) or "every repository"
    becomes = (
        "strict: without it nothing is deployed" if trust.level == "strict" else "audit: it is only told"
    )
    unsigned = "will do, but for a signature" if trust.accept_unsigned else "do not count"
    yield from facts(
        [
            *((one.kind, told(_wanted(one), f"require.{one.kind}")) for one in trust.require),
            ("of", told(of, "scope") if trust.require else ""),
            ("level", told(becomes, "level") if trust.require else ""),
            ("claims that nobody signed", told(unsigned, "accept_unsigned")),
        ]
    )


def _wanted(one: Wanted) -> str:
    by = " or ".join(one.keys) if one.keys else "any key that verifies"
    return f"by {by}, at most {_long(one.max_age)} old" if one.max_age else f"by {by}"


def _long(seconds: float) -> str:
    """How long, in whole days where it is some: as the configuration says it."""
    days, rest = divmod(seconds, DAY)
    return age(seconds) if rest or not days else f"{days:.0f} {'day' if days == 1 else 'days'}"
