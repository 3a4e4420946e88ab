"""What gets an app out of a state that nothing goes on from: one answer for all who name it. Pure.

Every remedy that is named works in that state: what forbids it is looked at by the same rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.ways_back import default_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.ways_back import WayBack


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
