"""What a record tells of who stood for an image is what was found then."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.model.evidence import Claim, ClaimKind, recorded_claims
from tui.model.recorded_trust import recorded_sources, recorded_verdicts, unrecorded, verified_facts
from tui.model.release import Entry, Integrity, Release, Soundness
from tui.model.signing import Attested
from tui.model.verdict import Answer, Verdict, Wanted

UNSOUND = (Soundness.DAMAGED, Soundness.CHAIN_BROKEN)
DIGEST, OTHER, SOURCE = ("sha256:" + character * 64 for character in "abc")


def said(kind: str, digest: str = DIGEST, key: str = "ci", source: str = SOURCE, **told: str) -> Attested:
    claim = Claim(kind, True, 7.0, by="ann@build", op="op-1")
    return Attested(claim, digests=(digest,), key=key, signed=bool(key), source=source, told=told)


def release(facts: dict[str, str], at: float = 100.0) -> Release:
    return Release("web", 1, "v1", "web@" + DIGEST, DIGEST, "", evidence=facts, at=at)


def test_who_signed_what_and_when_is_on_record() -> None:
    facts = verified_facts(
        [Verdict("test", Answer.OK, key="ci", at=7.0, source=SOURCE)], [said("test")], [DIGEST]
    )
    assert facts == {
        "test key": "ci",
        "test at": "7",
        "test by": "ann@build",
        "test op": "op-1",
        "test source": SOURCE,
        "tested": "7",
        "test": "op-1",
    }
    assert [one.kind for one in recorded_claims(facts)] == ["test"], "as a test of this account's"


def test_what_is_not_ok_is_not_on_record() -> None:
    for answer in Answer:
        facts = verified_facts([Verdict("test", answer, key="ci", source=SOURCE)], [said("test")], [DIGEST])
        if answer is not Answer.OK:
            assert facts == {"test lacking": answer.value}, "an audit let it in, and the record says so"
            assert recorded_verdicts(facts) == ()


def test_the_build_of_another_image_is_not_on_record() -> None:
    built = [
        said("provenance", OTHER, commit="bad"),
        said("provenance", key="", source="sha256:d", commit="x"),
    ]
    assert verified_facts([], built, [DIGEST]) == {}
    assert verified_facts([], [said("provenance", commit="good")], [DIGEST]) == {"commit": "good"}


@given(
    kind=st.sampled_from([*ClaimKind]),
    key=st.sampled_from(["", "ci"]),
    at=st.integers(0, 10**10),
    source=st.sampled_from(["", SOURCE]),
)
def test_a_record_gives_back_its_verdicts(kind: str, key: str, at: int, source: str) -> None:
    verdict = Verdict(kind, Answer.OK, key=key, at=float(at), source=source)
    assert recorded_verdicts(verified_facts([verdict], [], [])) == (verdict,)


@given(st.dictionaries(st.sampled_from(["test key", "test at", "scan source", "x"]), st.text(max_size=20)))
def test_whatever_a_record_says_is_read(facts: dict[str, str]) -> None:
    for verdict in recorded_verdicts(facts):
        assert verdict.ok
        assert 0 <= verdict.at < 1e11


def test_a_key_vouches_by_records_that_are_whole() -> None:
    facts = verified_facts([Verdict("test", Answer.OK, key="ci", at=7.0, source=SOURCE)], [], [])
    entries = [Entry(release(facts, at=at)) for at in (200.0, 100.0)]
    assert recorded_sources(entries) == {SOURCE: 100.0}
    damaged = [entries[0]._replace(integrity=Integrity(one)) for one in UNSOUND]
    assert recorded_sources(damaged) == {}


def test_what_is_required_now_and_was_not_then_is_named() -> None:
    facts = verified_facts([Verdict("test", Answer.OK, key="ci")], [], [])
    assert unrecorded(facts, [Wanted("test"), Wanted("signature")]) == ("signature",)
