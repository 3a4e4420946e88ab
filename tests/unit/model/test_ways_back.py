"""Where an app can go back to: one answer for roll back, status, dashboard and undo."""

from __future__ import annotations

from typing import Any

from tests.unit.ledger.made import release
from tui.model.app import RunSpec
from tui.model.release import FROM_LABELS, WHOLE, Entry, Integrity, Outcome, Soundness
from tui.model.standing import Slot, Standing
from tui.model.ways_back import WayBack, default_of, passed_over, ways_back


class History:
    """Releases of one app, one after the other; the newest good one is live."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}

    def deploy(self, what: int, good: bool = True, integrity: Integrity = WHOLE, **fields: Any) -> int:
        """A release of the bytes of this number."""
        number = len(self.entries) + 1
        of = release(what)
        made = of._replace(number=number, previous=self.live or 0, **fields)
        self.entries[number] = Entry(made, Outcome(number, good, 1.0), integrity)
        return number

    def roll_back(self, to: int) -> int:
        past = self.entries[to].release
        number = len(self.entries) + 1
        made = past._replace(number=number, previous=self.live or 0, rollback_of=to)
        self.entries[number] = Entry(made, Outcome(number, True, 1.0))
        return number

    @property
    def live(self) -> int | None:
        return next(
            (number for number in sorted(self.entries, reverse=True) if self.entries[number].good), None
        )

    def ways(self, live: int | None = None, **looked: Any) -> tuple[WayBack, ...]:
        live = live or self.live
        slots = {
            number: Slot(f"id{number}", "web" if number == live else f"web.r{number}", number, False, False)
            for number in self.entries
        }
        records = {number: entry.good for number, entry in self.entries.items()}
        return ways_back(Standing("web", slots, records), self.entries, **looked)


def numbers(ways: tuple[WayBack, ...]) -> list[int]:
    return [way.number for way in ways]


def test_the_newest_earlier_one_that_passed() -> None:
    web = History()
    for what in (1, 2):
        web.deploy(what)
    web.deploy(3, good=False)
    web.deploy(4)
    assert web.ways() == (WayBack(2), WayBack(1))
    assert default_of(web.ways()) == 2


def test_rolling_back_twice_does_not_put_the_bad_one_back() -> None:
    web = History()
    for what in (1, 2, 3):
        web.deploy(what)
    assert default_of(web.ways()) == 2
    web.roll_back(2)

    ways = web.ways()

    assert numbers(ways) == [3, 2, 1]
    assert default_of(ways) == 1
    assert "r4 is a roll back from it" in ways[0].why_not
    assert "the same as r4" in ways[1].why_not
    assert [way.number for way in passed_over(ways, 1)] == [3, 2]
    web.roll_back(1)
    assert default_of(web.ways()) is None  # both were left: people have to choose


def test_what_is_deployed_good_again_is_a_way_back_again() -> None:
    web = History()
    for what in (1, 2):
        web.deploy(what)
    web.roll_back(1)
    web.deploy(2, good=False)
    assert default_of(web.ways()) == 1 or "r3" in web.ways()[0].why_not
    web.deploy(2)  # r5: the same bytes, and this time good
    web.deploy(3)
    assert default_of(web.ways()) == 5
    assert all(not way.why_not for way in web.ways() if way.number in (2, 5))


def test_a_good_one_of_other_configuration_does_not_pardon_it() -> None:
    web = History()
    for what in (1, 2):
        web.deploy(what)
    web.roll_back(1)
    web.deploy(2, run=RunSpec(user="other"))
    web.deploy(3)
    why = {way.number: way.why_not for way in web.ways()}
    assert "roll back" in why[2]
    assert why[4] == ""


def test_making_the_live_one_anew_leaves_nothing() -> None:
    web = History()
    for what in (1, 2):
        web.deploy(what)
    web.roll_back(2)
    assert default_of(web.ways()) == 1
    web.deploy(3)
    assert default_of(web.ways()) == 3


def test_a_newer_one_is_there_and_no_default() -> None:
    """With r1 live and r2 good, everybody says the same of r2."""
    web = History()
    for what in (1, 2):
        web.deploy(what)
    ways = web.ways(live=1)
    assert numbers(ways) == [2]
    assert "put back in its place" in ways[0].why_not
    assert default_of(ways) is None


def test_a_record_or_a_container_that_is_not_to_be_trusted_has_to_be_forced() -> None:
    changed = Integrity(Soundness.CHAIN_BROKEN, "r2 is not what r3 was recorded after")
    for integrity, words in (
        (changed, "its record is not whole: r2 is not what r3 was recorded after"),
        (FROM_LABELS, "its record is lost"),
    ):
        web = History()
        web.deploy(1)
        web.deploy(2, integrity=integrity)
        web.deploy(3)
        ways = web.ways()
        assert numbers(ways) == [2, 1]
        assert ways[0].untrusted
        assert words in ways[0].why_not
        assert default_of(ways) == 1
    web = History()
    for what in (1, 2, 3):
        web.deploy(what)
    first, second = web.ways(differing={2: ("mem_limit", "networks")})
    assert first == WayBack(2, "its container is not as it was recorded: mem_limit, networks", untrusted=True)
    assert second == WayBack(1)


def test_one_whose_outcome_was_forged_with_its_record_is_offered_to_whoever_insists() -> None:
    web = History()
    web.deploy(1)
    web.deploy(2, good=False, integrity=Integrity(Soundness.CHAIN_BROKEN, "changed"))
    web.deploy(3)
    assert [(way.number, way.untrusted) for way in web.ways()] == [(2, True), (1, False)]


def test_a_record_that_cannot_be_read_has_nothing_to_go_back_to() -> None:
    web = History()
    web.deploy(1, good=False, integrity=Integrity(Soundness.DAMAGED, "no JSON"))
    web.deploy(2)
    assert web.ways() == ()


def test_what_was_adopted_is_one_once_it_has_passed_its_gate() -> None:
    for gate_passed, default in ((False, None), (True, 1)):
        web = History()
        web.deploy(1, adopted=True, container="c", gate_passed=gate_passed)
        web.deploy(2)
        assert numbers(web.ways()) == [1]
        assert default_of(web.ways()) == default
        assert not web.ways()[0].untrusted


def test_only_what_is_really_there() -> None:
    """A local image that was removed is no way back; what a registry had may be there."""
    web = History()
    web.deploy(1, digest="", reference="sha256:one", image="sha256:one")
    web.deploy(2)
    web.deploy(3)
    assert numbers(web.ways(images=["sha256:one"])) == [2, 1]
    assert numbers(web.ways(images=[])) == [2]
