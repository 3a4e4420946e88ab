"""A release to read: its record, and how it differs from the live one. Values of variables are masked."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from tui.model.app import Mount, Port, ReadySpec, RunSpec
from tui.model.differences import differences
from tui.model.digest import short_id
from tui.model.recorded_chain import besides, recorded_chain
from tui.model.releases import State
from tui.model.secrets import MASK, is_secret_name, mask_sentence, mask_text
from tui.model.ways_back import doubt_of
from tui.presentation.amounts import age, date, gap
from tui.presentation.chain import chain_lines
from tui.presentation.operations import fact_lines
from tui.presentation.releases import holder_words
from tui.presentation.text import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tui.commands.keymap import Keymap
    from tui.model.app import AppSpec
    from tui.model.drift import Cause, Drift
    from tui.model.policy import Policy
    from tui.model.release import Entry
    from tui.model.releases import Releases
    from tui.presentation.style import Line

CHAIN_CELLS = 76
"""Of the words of a chain: they fit into the smallest terminal, beside its frame."""

CUT_SHORT = "what it had begun was interrupted: <app.recover> in the apps finishes or undoes it"

STANDS = {
    State.LIVE: "live: it bears the app's name",
    State.KEPT: "kept: its container waits, stopped",
    State.LEDGER_ONLY: "ledger only: its container is gone; it is made anew by this record",
    State.FAILED: "failed",
    State.OPEN: "open: neither finished nor undone",
}


def moment(seconds: float, now: float) -> str:
    """When, and how long ago: "2026-11-24 12:30:05, 2h ago"."""
    if not seconds:
        return ""
    return f"{date(seconds)}, {age(now - seconds)} ago"


def record_lines(
    releases: Releases,
    number: int,
    now: float,
    keymap: Keymap,
    app: AppSpec | None = None,
    policy: Policy | None = None,
    *,
    plain: bool = False,
    elsewhere: bool = False,
) -> list[Line]:
    """Everything that the ledger has of a release; where `policy` is given, what it requires besides.

    plain       whether its registry is spoken to without TLS
    elsewhere   whether its registry is on the loopback of another host
    """
    entry = releases.entries.get(number)
    if entry is None:
        return [[("the ledger has no record of it", "bad")]]
    release = entry.release
    lines = _section("Release", _about(releases, entry, now))
    lines += _section("Outcome", _outcome(releases, entry, now, keymap))
    if entry.outcome is not None and entry.outcome.said:
        lines += [[], [("What it said last", "accent bold")]]
        lines += [[(safe(mask_text(line)), "text")] for line in entry.outcome.said]
    lines += [
        [],
        [("Chain", "accent bold")],
        *chain_lines(recorded_chain(entry, app, policy, plain=plain, elsewhere=elsewhere), now, CHAIN_CELLS),
    ]
    lines += _section("Evidence", _evidence(entry))
    lines += _section("Run configuration", _fields(release.run, RunSpec()))
    lines += _section("Gate", _fields(release.ready, ReadySpec()))
    lines += _section("Files", [(file.path, f"sha256:{file.sha256}") for file in release.files])
    return lines[1:]


def _section(title: str, facts: Iterable[tuple[str, str]]) -> list[Line]:
    shown = list(fact_lines(list(facts)))
    return [[], [(title, "accent bold")], *shown] if shown else []


def _about(releases: Releases, entry: Entry, now: float) -> list[tuple[str, str]]:
    release = entry.release
    slot = releases.standing.slots.get(release.number)
    return [
        ("release", releases.called(release.number)),
        ("stands", STANDS[releases.state(release.number)]),
        ("container", f"{slot.name} ({short_id(slot.id)})" if slot is not None else ""),
        ("runs", release.reference),
        ("digest", release.digest or "none: local only"),
        ("image", release.image),
        ("by", f"{release.by} on {release.host}" if release.host else release.by),
        ("at", moment(release.at, now)),
        ("operation", release.op),
        ("engines", ", ".join(release.engines)),
        ("before it", releases.called(release.previous) if release.previous else "nothing was live"),
        ("rollback of", releases.called(release.rollback_of) if release.rollback_of else ""),
        ("adopted", "it was running already, and was taken over as it stood" if release.adopted else ""),
        ("doubt", mask_sentence(doubt_of(entry))),
        ("order", release.order),
    ]


def _outcome(releases: Releases, entry: Entry, now: float, keymap: Keymap) -> list[tuple[str, str]]:
    outcome = entry.outcome
    if outcome is None:
        holder = releases.holder
        if holder is not None and holder.alive:
            return [("open", holder_words(holder))]
        return [("open", keymap.say(CUT_SHORT))]
    return [
        ("gate", "passed" if outcome.good else "failed"),
        ("at", moment(outcome.at, now)),
        ("gap", gap(outcome.gap_seconds) if outcome.gap_seconds is not None else ""),
        ("because", mask_sentence(outcome.message)),
    ]


def _evidence(entry: Entry) -> list[tuple[str, str]]:
    """What the record has of the image beside its chain."""
    facts = []
    if entry.release.adopted:
        facts.append(("gate", "passed as it stood" if entry.release.gate_passed else "not passed"))
    return [*facts, *((name, mask_text(value)) for name, value in besides(entry.release.evidence).items())]


def _fields(spec: Any, usual: Any) -> Iterator[tuple[str, str]]:
    """What is set, named as in the configuration; what is as always is left out."""
    for name in spec._fields:
        value = getattr(spec, name)
        if value == getattr(usual, name) and name != "restart":
            continue
        if name == "environment":
            for variable, text in value.items():
                said = MASK if text is not None else "from the environment of the deploy"
                yield f"environment {variable}", said
        elif name == "headers":
            for header in value:
                yield f"header {header}", MASK
        elif name == "interpolated":
            for variable in value:
                yield f"environment {variable}", "from the environment of the deploy, or its default"
        elif name in ("command", "entrypoint", "exec") and value is not None:
            yield name, mask_text(shlex.join(value)) or "none: the image's own is taken away"
        else:
            yield name, value_text(value)


def value_text(value: Any) -> str:
    """A value of a run configuration in one line; what is secret by its name or look is masked."""
    match value:
        case Port():
            published = f"{value.host_ip}:{value.published}" if value.host_ip else value.published or "any"
            return f"{published} -> {value.target}/{value.protocol}"
        case Mount():
            source = mask_text(value.source) or value.kind
            mode = ",".join((*(["ro"] if value.read_only else []), *map(_option, value.options.items())))
            return ":".join(filter(None, (source, value.target, mode)))
        case str():
            return mask_text(value)
        case bool():
            return "yes" if value else "no"
        case None:
            return "unset"
    if hasattr(value, "_fields"):
        usual = type(value)._field_defaults
        set_ = [
            f"{name} {value_text(one)}"
            for name, one in zip(value._fields, value, strict=True)
            if one != usual.get(name)
        ]
        return " ".join(set_)
    if hasattr(value, "items"):
        pairs = [
            f"{name}={MASK}" if is_secret_name(name) and one else f"{name}={value_text(one)}".rstrip("=")
            for name, one in value.items()
        ]
        return ", ".join(pairs)
    if isinstance(value, tuple):
        return ", ".join(value_text(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else f"{value:,}"


def _option(option: tuple[str, str | int | bool]) -> str:
    """One of a mount: "nocopy", "propagation=rslave"."""
    name, value = option
    return name if value is True else f"{name}={value}"


def difference_lines(releases: Releases, number: int) -> list[Line]:
    """What going from the live release to this one would change."""
    entry, live = releases.entries.get(number), releases.live
    if entry is None or live is None:
        return [[("nothing is live that it could be compared with", "muted")]]
    if live.release.number == number:
        return [[("it is the live one", "muted")]]
    head: Line = [
        (safe(releases.called(live.release.number)), "strong"),
        (" -> ", "muted"),
        (safe(releases.called(number)), "strong"),
    ]
    found = differences(live.release, entry.release)
    if not found:
        return [head, [], [("they are the same: bytes and configuration", "text")]]
    facts = [(name, mask_text(words)) for name, words in found]
    return [head, [], *fact_lines(facts)]


def drift_lines(drift: Drift, now: float) -> list[Line]:
    """Every cause with its remedy; then what could not be looked at."""
    lines: list[Line] = [[(f"looked at {moment(drift.checked_at, now)}", "muted")]]
    if drift.release:
        lines.append([("live: ", "muted"), (safe(drift.release), "strong")])
    lines.append([])
    if not drift.causes:
        said = "no drift in what could be looked at" if drift.unknown else "no drift: it is what was released"
        lines.append([(f"✓ {said}", "warn" if drift.unknown else "ok")])
    lines += [line for cause in drift.causes for line in _cause("!", "bad", cause)]
    if drift.unknown:
        lines += [[], [("Not known", "accent bold")]]
        lines += [line for cause in drift.unknown for line in _cause("?", "warn", cause)]
    return lines


def _cause(sign: str, role: str, cause: Cause) -> Iterator[Line]:
    yield [(f"{sign} {safe(cause.kind)}", role)]
    yield [(f"  {safe(mask_sentence(cause.message))}", "text")]
    if cause.hint:
        yield [(f"  {safe(cause.hint)}", "strong")]
