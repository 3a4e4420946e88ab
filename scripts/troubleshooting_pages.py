"""Writes docs/troubleshooting: what each error says, and what to do, from the program and from more.toml."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from scripts.raised import ANY, Raised, raised

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FOLDER = Path(__file__).parents[1] / "docs" / "troubleshooting"
MORE = FOLDER / "more.toml"


class Area(NamedTuple):
    """A page. places: what the files that make its errors begin with."""

    name: str
    title: str
    about: str
    places: tuple[str, ...]


AREAS = (
    Area(
        "building", "Building", "What [build](../verbs/build.md) says.",
        ("engine/build", "model/ignore", "operations/verbs/build.py"),
    ),
    Area(
        "readiness", "Tests and readiness",
        "What [test](../verbs/test.md) and the gate of a deploy say of a container.",
        ("operations/testing", "operations/deploying/gate.py", "operations/deploying/reachable.py",
         "operations/deploying/probes.py", "operations/orchestrators"),
    ),
    Area(
        "fleets", "Fleets", "What is said of several engines at once ([fleets](../fleets.md)).",
        ("operations/fleets", "operations/process/prepared_fleet.py"),
    ),
    Area(
        "trust", "Keys and signatures", "What [trust](../trust.md) says.",
        ("trust/", "operations/attesting", "operations/verbs/sign.py", "operations/verbs/promote.py",
         "operations/deploying/trusted.py", "cli/trust", "operations/looking/image_chain.py"),
    ),
    Area(
        "scanning", "Scanning", "What [scan](../verbs/scan.md) says.",
        ("scanners/", "operations/scanning", "operations/verbs/scan.py"),
    ),
    Area(
        "registries", "Registries", "What is said of registries and logins, by us and by the engine.",
        ("registry/", "engine/transfers.py", "engine/credentials.py", "operations/verbs/push.py",
         "operations/looking/app_repository.py", "operations/looking/registry_alone.py",
         "operations/deploying/pulling.py"),
    ),
    Area(
        "versions", "Versions, images and containers",
        "What [tag](../verbs/tag.md) and [adopt](../verbs/adopt.md) say.",
        ("operations/verbs/tag.py", "operations/verbs/adopt", "operations/looking/image_choice.py",
         "operations/deploying/targets.py", "operations/deploying/wanted.py", "cli/verify.py"),
    ),
    Area(
        "ledger", "Leases and the ledger", "What is said of who changes an app, and of what is recorded.",
        ("ledger/", "operations/deploying/undisturbed.py", "operations/deploying/leased.py", "cli/unlock.py",
         "operations/verbs/unlock.py"),
    ),
    Area(
        "deploying", "Deploys and roll backs",
        "What [deploy](../verbs/deploy.md), [rollback](../verbs/rollback.md), "
        "[recover](../verbs/recover.md), [ship](../verbs/ship.md) and [prune](../verbs/prune.md) say.",
        ("operations/deploying", "operations/verbs", "engine/container/", "engine/env_files.py",
         "operations/looking/run_files.py", "model/"),
    ),
    Area(
        "configuration", "Configuration",
        "What is said of `holdfast.toml` and its like, of themes, and of compose files. "
        "The file, and the key, stand before each.",
        ("settings/", "presentation/theme.py", "operations/looking/withheld.py", "cli/allow.py",
         "cli/init.py"),
    ),
    Area(
        "engines", "Reaching engines", "What is said where an engine is not reached, or answers strangely.",
        ("engine/", "operations/looking", "sync/", "cli/doctor"),
    ),
    Area(
        "commands", "The command line, the dashboard and the demo", "What is said before anything begins.",
        ("",),
    ),
)  # fmt: skip
"""In the order in which a place is looked for."""

STATUS = {
    0: "There is nothing to do",
    1: "Failed",
    2: "Usage or configuration",
    3: "Out of reach",
    4: "Refused: nothing was changed",
    5: "Leased by somebody else",
    6: "Needs attention",
    130: "Cancelled",
}

HEAD = """\
# {title}

{about} Written by `make docs` from the program itself; `...` stands for what differs each time.
"""


class Entry(NamedTuple):
    """A sentence, and what is known of it. kinds: the classes that say it, with their own words."""

    message: str
    statuses: tuple[int, ...] = ()
    hints: tuple[str, ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()


def written() -> dict[str, Any]:
    """What is written by hand: `said`, by the place that says it, further words on each `entry`, and each
    `warning`, which no error is made for."""
    return tomllib.loads(MORE.read_text())


def said(one: Raised, by_hand: dict[str, Sequence[str]]) -> tuple[str, ...]:
    """The sentences of a place, those that are known by hand among them; "..." alone is none."""
    known = tuple(message for message in one.messages if is_said(message))
    return (*known, *by_hand.get(one.site, ()))


def is_said(message: str) -> bool:
    """Whether anything of it is known."""
    return bool(message.strip(f"{ANY} ;:,()"))


def area_of(place: str) -> Area:
    return next(area for area in AREAS if place.startswith(area.places))


@cache
def entries() -> dict[Area, dict[str, Entry]]:
    """Every sentence, by the page that it stands on; one that several make stands where it is made first."""
    by_hand = written()["said"]
    found: dict[Area, dict[str, Entry]] = defaultdict(dict)
    home: dict[str, Area] = {}
    for one in raised():
        for message in said(one, by_hand):
            area = home.setdefault(message, area_of(one.place))
            before = found[area].get(message, Entry(message))
            hints = [hint for hint in one.hints if hint.strip(f"{ANY} ")]
            found[area][message] = Entry(
                message,
                tuple(dict.fromkeys((*before.statuses, one.status))),
                tuple(dict.fromkeys((*before.hints, *hints))),
                tuple(dict.fromkeys((*before.kinds, (one.kind, one.about)))),
            )
    return found


@cache
def pages() -> dict[Path, str]:
    """Each page as it should be."""
    by_hand = written()
    found = entries()
    made = {}
    for area in AREAS:
        text = HEAD.format(title=area.title, about=area.about)
        words = {message: _words(entry, by_hand) for message, entry in found[area].items()}
        words |= {one["message"]: _warned(one) for one in by_hand["warning"] if one["page"] == area.name}
        for message in sorted(words, key=_sorting):
            text += f"\n## {_code(message)}\n\n{words[message]}\n"
        made[FOLDER / f"{area.name}.md"] = text
    return made


def _sorting(message: str) -> str:
    return message.casefold().lstrip(f"{ANY}\"' :,")


def _words(entry: Entry, by_hand: dict[str, Any]) -> str:
    """What it means, by hand or by its kind; what to do; what it says itself."""
    more = next((one for one in by_hand["entry"] if one["message"] == entry.message), {})
    kinds = [(by_hand["kind"].get(kind, {}), about) for kind, about in entry.kinds]
    means = more.get("means") or " ".join(dict.fromkeys(kind.get("means", about) for kind, about in kinds))
    do = more.get("do") or next((kind["do"] for kind, _ in kinds if "do" in kind and not entry.hints), "")
    status = " or ".join(f"{STATUS[one]} (exit status {one})" for one in entry.statuses)
    lines = [f"*{status}.* {means.strip()}".strip()]
    if do:
        lines.append(f"**Do:** {do.strip()}")
    return "\n\n".join([*lines, *_remedies(entry.hints)])


def _warned(warning: dict[str, str]) -> str:
    return f"*A warning: it goes on.* {warning['means']}\n\n**Do:** {warning['do']}"


def _remedies(hints: Iterable[str]) -> list[str]:
    hints = list(hints)
    if not hints:
        return []
    if len(hints) == 1:
        return [f"It says: {_code(hints[0])}"]
    return ["It says one of:\n\n" + "\n".join(f"- {_code(hint)}" for hint in hints)]


def _code(text: str) -> str:
    """As it is shown, whatever is in it."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


if __name__ == "__main__":
    for page, text in pages().items():
        page.write_text(text, encoding="utf-8")
