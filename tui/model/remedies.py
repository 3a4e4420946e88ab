"""What gets an app out of a state that nothing goes on from: one answer for all who name it. Pure.

Every remedy that is named works in that state: what forbids it is looked at by the same rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.switching import should_serve
from tui.model.ways_back import default_of, may_be_made_anew

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.releases import Releases
    from tui.model.ways_back import WayBack


class Trouble(NamedTuple):
    """What is wrong with how the releases of an app stand, and what gets out of it."""

    message: str
    remedy: str


def troubles(releases: Releases, *, busy: bool = False) -> list[Trouble]:
    """All that is wrong, what to do first at the top. While somebody is `busy`, what is open is not wrong."""
    standing, ways = releases.standing, releases.ways
    app, interrupted = standing.app, bool(standing.open)
    found = []
    if releases.foreign:
        said = f"the container {app} was not made by Holdfast"
        found.append(Trouble(said, taken_remedy(app, interrupted=interrupted)))
    last, slot, live = should_serve(standing, 0), releases.live_slot, releases.live
    if standing.live is None and last is not None and not (releases.foreign or interrupted):
        called = releases.called(last)
        said = f"no container bears the app's name: {called} was live last, and nothing serves"
        found.append(Trouble(said, gone_remedy(app, ways, last=last)))
    if standing.live is not None and slot is not None and not slot.running:
        again = live is not None and may_be_made_anew(live)
        remedy = stopped_remedy(app, standing.live, ways, again=again, interrupted=interrupted)
        found.append(Trouble("the live release does not run", remedy))
    found += [
        Trouble(f"the deploy of r{number} was interrupted", f"holdfast recover {app}")
        for number in ([] if busy else standing.open)
    ]
    return found


def attention_remedy(releases: Releases) -> str:
    """What to do after something failed and could not be undone, by how things stand now."""
    app, found = releases.standing.app, troubles(releases)
    if found:
        return found[0].remedy
    # What was started at last, as nothing else could be had, may not be ready: there is nothing to recover.
    return f"holdfast status {app} shows how it stands, docker logs {app} what it says"


def unseen_remedy(app: str) -> str:
    """The same where nobody knows how things stand."""
    return f"see what is live: holdfast status {app}; finish or undo what is left: holdfast recover {app}"


def taken_words(app: str) -> str:
    """A container that is no release bears the app's name."""
    return f"the container {app} is there and was not made by Holdfast: it is never replaced"


def taken_remedy(app: str, *, interrupted: bool) -> str:
    """Where a deploy was interrupted it has to be recovered first, and that needs the name."""
    if interrupted:
        return f"docker rename {app} ANOTHER-NAME, then holdfast recover {app}"
    return f"holdfast adopt {app} takes it over, or docker rename {app} ANOTHER-NAME gives the name back"


def stopped_remedy(
    app: str, live: int, ways: Sequence[WayBack], *, again: bool, interrupted: bool = False
) -> str:
    """The live release does not run; `again` where it can be made anew from its record."""
    if interrupted:
        return f"holdfast recover {app}"
    remedies = [f"docker start {app}"]
    if again:
        remedies.append(f"holdfast rollback {app} --to r{live} makes it anew")
    if (number := default_of(ways)) is not None:
        remedies.append(f"holdfast rollback {app} goes back to r{number}")
    return ", or ".join(remedies)


def gone_remedy(app: str, ways: Sequence[WayBack], *, last: int = 0, interrupted: bool = False) -> str:
    """Nothing bears the app's name, and something should: `last` was live last, 0 where that is not known."""
    if interrupted:
        return f"holdfast recover {app}"
    if any(way.number == last and not way.untrusted for way in ways):
        return f"holdfast recover {app} brings r{last} back"
    if (number := default_of(ways)) is not None:
        return f"holdfast rollback {app} brings r{number} back"
    if ways:
        way = min(ways, key=lambda way: way.untrusted)
        force = " --force" if way.untrusted else ""
        return f"holdfast rollback {app} --to r{way.number}{force} brings it back"
    return f"holdfast deploy {app} VERSION"
