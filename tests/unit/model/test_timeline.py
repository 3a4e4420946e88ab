"""Releases in time: who served when, from records that may be of several clocks."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tui.model.release import Entry, Integrity, Outcome, Release, Soundness
from tui.model.timeline import Fate, Window, cells_of, spans, window


def entry(number: int, at: float, good: bool | None = True, **more: object) -> Entry:
    release = Release("web", number, f"v{number}", "ref", "", "", at=at, **more)  # type: ignore[arg-type]
    outcome = None if good is None else Outcome(number, good, at + 5, 1.5, "" if good else "exit code 1")
    return Entry(release, outcome)


def made(*found: Entry) -> tuple[dict[int, Entry], dict[int, bool | None]]:
    return {one.release.number: one for one in found}, {one.release.number: one.good for one in found}


def test_each_serves_until_the_next_good_one_and_a_failed_one_never() -> None:
    entries, goods = made(entry(1, 100), entry(2, 200, good=False), entry(3, 300))
    first, failed, live = spans(entries, 3, goods)
    assert (first.fate, first.begin, first.end) == (Fate.REPLACED, 100, 300)
    assert (failed.fate, failed.end, failed.message) == (Fate.FAILED, 205, "exit code 1")
    assert (live.fate, live.end, live.gap) == (Fate.LIVE, None, 1.5)
    assert live.lasted(350) == 50 and first.lasted(350) == 200


def test_a_roll_back_says_where_to_and_what_it_has_left() -> None:
    entries, goods = made(entry(1, 100), entry(2, 200), entry(3, 300, rollback_of=1))
    first, left, live = spans(entries, 3, goods)
    assert first.fate is Fate.REPLACED
    assert (left.fate, left.left_for) == (Fate.ROLLED_BACK, 1)
    assert (live.fate, live.back_to) == (Fate.LIVE, 1)


def test_what_is_under_way_and_what_cannot_be_read_are_neither() -> None:
    damaged = entry(2, 0)._replace(integrity=Integrity(Soundness.DAMAGED, "no record"))
    entries, goods = made(entry(1, 100), damaged, entry(3, 300, good=None))
    live, unreadable, begun = spans(entries, 1, goods)
    assert (live.fate, live.end) == (Fate.LIVE, None)
    assert (unreadable.fate, unreadable.begin) == (Fate.UNREADABLE, 0)
    assert (begun.fate, begun.end) == (Fate.OPEN, None)


RELEASES = st.lists(
    st.tuples(st.floats(-10, 1e10), st.sampled_from([True, False, None]), st.integers(0, 12)), max_size=12
)


@given(RELEASES, st.integers(0, 13), st.floats(1, 1e10), st.integers(0, 20), st.integers(0, 80))
def test_what_served_never_overlaps_and_bars_stay_in_their_place(found, live, now, zoom, cells) -> None:  # type: ignore[no-untyped-def]
    entries, goods = made(
        *(entry(n, at, good, rollback_of=of if of < n else 0) for n, (at, good, of) in enumerate(found, 1))
    )
    known = spans(entries, live if goods.get(live) else None, goods)
    assert [span.number for span in known] == sorted(entries)
    served = [one for one in known if one.fate in (Fate.REPLACED, Fate.ROLLED_BACK)]
    for before, after in pairwise(served):
        assert before.end is not None and before.begin <= before.end
        assert before.end <= after.begin or before.begin == after.begin
    looked = window(known, now, zoom, live)
    assert looked.seconds > 0
    for span in known:
        first, last = cells_of(span, looked, now, cells)
        assert 0 <= first <= last <= cells
        assert span.lasted(now) >= 0


def test_zooming_stays_around_a_release_within_what_is_known() -> None:
    entries, goods = made(entry(1, 1000), entry(2, 1800), entry(3, 1900))
    known = spans(entries, 3, goods)
    assert window(known, 2000, 0, 3) == Window(1000, 2000)
    near = window(known, 2000, 2, 2)
    assert near == Window(1675, 1925)
    assert cells_of(known[0], near, 2000, 10) == (0, 5)
    assert window(known, 2000, 2, 1) == Window(1000, 1250)
    assert cells_of(known[2], window(known, 2000, 2, 1), 2000, 10) == (0, 0)
