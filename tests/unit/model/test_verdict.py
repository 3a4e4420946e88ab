"""Whether what is said of an image is enough: no stranger decides that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.evidence import Claim, ClaimKind
from tui.model.signing import Attested, Identity, VerifyKey
from tui.model.verdict import AHEAD, Answer, Verdict, Wanted, judged

INDEX, PLATFORM, OTHER = (f"sha256:{letter * 64}" for letter in "abc")
DIGESTS = (INDEX, PLATFORM)
NOW = 1_000_000.0
WHO = Identity("https://issuer", "https://team/web")
KEYS = (
    VerifyKey("release", "pem"),
    VerifyKey("old", "older pem", until=500_000.0),
    VerifyKey("ci", "", identity=WHO),
    VerifyKey("ended", "", until=500_000.0, identity=WHO._replace(subject="https://other.example.com")),
)
STAND, ENDED = ("release", "ci"), ("old", "ended")
PASSED = Claim(ClaimKind.TEST, True, NOW - 100)


def said(claim: Claim = PASSED, digest: str = INDEX, key: str = "release", **others: object) -> Attested:
    fields = {"digests": (digest,), "key": key, "signed": True, "source": f"sha256:{key}", **others}
    return Attested(claim, **fields)  # type: ignore[arg-type]


def fault(words: str = "503") -> Attested:
    return Attested(Claim("", False, 0.0), fault=words)


def judge(*attested: Attested, recorded: dict[str, float] | None = None, **wanted: object) -> Verdict:
    want = Wanted(ClaimKind.TEST, **wanted)  # type: ignore[arg-type]
    [verdict] = judged([want], attested, DIGESTS, KEYS, NOW, recorded or {})
    return verdict


FAILED = said(PASSED._replace(passed=False, at=NOW - 50, detail="2 of 7"))
OLD = said(PASSED._replace(at=NOW - 10_000))


@pytest.mark.parametrize(
    ("attested", "answer"),
    [
        ([], Answer.ABSENT),
        ([said()], Answer.OK),
        ([said(digest=PLATFORM)], Answer.OK),
        ([said(digest=OTHER)], Answer.OTHER_IMAGE),
        ([said(key="")], Answer.WRONG_KEY),
        ([said(key="stranger")], Answer.WRONG_KEY),
        ([said(key="old")], Answer.ENDED_KEY),
        ([said(key="ci")], Answer.OK),
        ([said(key="ended")], Answer.ENDED_KEY),
        ([said(key="", digest=OTHER)], Answer.ABSENT),
        ([said(key="", signed=False)], Answer.ABSENT),
        ([said(Claim(ClaimKind.SCAN, True, NOW))], Answer.ABSENT),
        ([FAILED], Answer.FAILED),
        ([said(), FAILED], Answer.FAILED),
        ([FAILED, said(PASSED._replace(at=NOW - 10))], Answer.OK),
        ([said(), FAILED._replace(claim=PASSED._replace(passed=False))], Answer.FAILED),
        ([said(), FAILED._replace(claim=PASSED._replace(passed=False, at=0.0))], Answer.FAILED),
        ([FAILED, said(PASSED._replace(at=NOW + 2 * AHEAD))], Answer.FAILED),
        ([said(), FAILED._replace(key="")], Answer.OK),
        ([OLD], Answer.TOO_OLD),
        ([OLD, said()], Answer.OK),
        ([said(PASSED._replace(at=0.0))], Answer.TOO_OLD),
        ([said(PASSED._replace(at=NOW + 2 * AHEAD))], Answer.TOO_OLD),
        ([said(PASSED._replace(at=NOW + AHEAD / 2))], Answer.OK),
        ([fault()], Answer.UNREACHABLE),
        ([fault(), said()], Answer.OK),
        ([fault(), FAILED], Answer.FAILED),
        ([fault(), OLD], Answer.UNREACHABLE),
        ([fault(), said(key="")], Answer.UNREACHABLE),
        ([fault(), said(digest=OTHER)], Answer.UNREACHABLE),
    ],
)
def test_the_answer(attested: list[Attested], answer: Answer) -> None:
    verdict = judge(*attested, max_age=3600.0)
    assert verdict.answer == answer
    assert judge(*reversed(attested), max_age=3600.0).answer == answer
    assert bool(verdict.lacks) is not verdict.ok


def test_only_ok_passes() -> None:
    assert [answer for answer in Answer if Verdict("test", answer).ok] == [Answer.OK]


def test_any_age_will_do_where_none_is_wanted() -> None:
    assert judge(OLD).ok
    assert judge(said(PASSED._replace(at=0.0))).ok


def test_a_verdict_names_what_decided_it() -> None:
    assert judge(said()) == Verdict(
        kind="test", answer=Answer.OK, key="release", at=PASSED.at, source="sha256:release"
    )
    assert judge(FAILED).lacks == "has a test result that says it failed (2 of 7)"
    assert judge(said(key="old")).lacks == (
        'has a test result by a key that has ended (the key "old" ended on 1970-01-06)'
    )
    assert judge(said(key="", signed=False)).lacks.endswith("(one is there, and nobody has signed it)")
    assert judge(fault("it answered 503")).lacks.endswith("could not be read (it answered 503)")


def test_certain_keys_may_be_wanted() -> None:
    assert judge(said(), keys=("release",)).ok
    verdict = judge(said(), keys=("production",))
    assert (verdict.answer, verdict.why) == (Answer.WRONG_KEY, 'it is by the key "release"')


def test_a_claim_that_nobody_signed_counts_only_where_that_is_said() -> None:
    unsigned = said(key="", signed=False)
    assert not judge(unsigned).ok
    assert judge(unsigned, unsigned=True).ok
    assert not judge(said(key="", signed=True), unsigned=True).ok
    signature = unsigned._replace(claim=PASSED._replace(kind=ClaimKind.SIGNATURE))
    [verdict] = judged([Wanted(ClaimKind.SIGNATURE, unsigned=True)], [signature], DIGESTS, KEYS, NOW)
    assert verdict.answer == Answer.ABSENT


@pytest.mark.parametrize(
    ("recorded", "ok"),
    [
        ({}, False),
        ({"sha256:old": 499_999.0}, True),
        ({"sha256:old": 500_000.0}, False),
        ({"other": 1.0}, False),
    ],
)
def test_a_retired_key_vouches_for_what_was_recorded_before_its_end(
    recorded: dict[str, float], ok: bool
) -> None:
    for key in ENDED:
        back_dated = said(PASSED._replace(at=400_000.0), key=key, source="sha256:old")
        assert judge(back_dated, recorded=recorded).ok is ok


def test_a_key_without_a_source_that_could_be_recorded_is_retired() -> None:
    assert not judge(said(key="old", source=""), recorded={"": 1.0}).ok


CLAIMS = st.builds(
    Claim, st.sampled_from([*ClaimKind, ""]), st.booleans(), st.sampled_from([0.0, 1.0, NOW - 50, NOW, 9e9])
)
ANY = st.builds(
    Attested,
    CLAIMS,
    digests=st.lists(st.sampled_from([INDEX, PLATFORM, OTHER]), max_size=2).map(tuple),
    key=st.sampled_from(["", *STAND, *ENDED, "stranger"]),
    signed=st.booleans(),
    source=st.sampled_from(["", "sha256:1", "sha256:2"]),
    told=st.sampled_from([{}, {"version": "v1"}, {"version": "v2"}]),
    fault=st.sampled_from(["", "", "", "broken"]),
).map(lambda one: one._replace(key="") if not one.signed else one)
FOREIGN = ANY.filter(
    lambda one: one.fault or one.key in ("", "stranger", *ENDED) or not {*one.digests} & {*DIGESTS}
)
WANTED = st.builds(
    Wanted, st.sampled_from([*ClaimKind]), st.sampled_from([0.0, 100.0]), st.just(()), st.just(False)
)


@given(st.data(), st.lists(ANY, max_size=4), st.lists(FOREIGN, max_size=6), WANTED)
def test_no_sequence_of_foreign_claims_changes_whether_it_passes(
    data: st.DataObject, known: list[Attested], foreign: list[Attested], wanted: Wanted
) -> None:
    mixed = data.draw(st.permutations([*known, *foreign]))
    [before] = judged([wanted], known, DIGESTS, KEYS, NOW, version="v1")
    [after] = judged([wanted], mixed, DIGESTS, KEYS, NOW, version="v1")
    assert after.ok == before.ok


@given(st.lists(ANY, max_size=5), WANTED, st.sampled_from([(), *((name,) for name in (*STAND, *ENDED))]))
def test_an_identity_is_judged_exactly_as_a_key(
    found: list[Attested], wanted: Wanted, names: tuple[str, ...]
) -> None:
    wanted = wanted._replace(keys=names)
    as_keys = [key._replace(pem=f"pem of {key.name}", identity=None) for key in KEYS]
    [one] = judged([wanted], found, DIGESTS, KEYS, NOW)
    [other] = judged([wanted], found, DIGESTS, as_keys, NOW)
    assert one._replace(why="") == other._replace(why="")
    assert one.why.replace("the identity", "the key") == other.why


@given(st.lists(ANY, max_size=5), WANTED)
def test_unreachable_is_never_absent_and_absent_never_a_pass(found: list[Attested], wanted: Wanted) -> None:
    [verdict] = judged([wanted], found, DIGESTS, KEYS, NOW, version="v1")
    if any(one.fault for one in found):
        assert verdict.answer in (Answer.OK, Answer.FAILED, Answer.UNREACHABLE)
    else:
        assert verdict.answer != Answer.UNREACHABLE
    if verdict.ok:
        assert any(
            one.key in STAND
            and one.claim.passed
            and one.claim.kind == wanted.kind
            and {*one.digests} & {*DIGESTS}
            and (wanted.kind != ClaimKind.SIGNATURE or one.told.get("version", "v1") == "v1")
            for one in found
        )


def signature(version: str = "", **others: object) -> Attested:
    told = {"version": version} if version else {}
    return said(Claim(ClaimKind.SIGNATURE, True, NOW - 100), told=told, **others)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("attested", "answer"),
    [
        ([signature("v2")], Answer.OK),
        ([signature()], Answer.OK),
        ([signature("v1")], Answer.OTHER_VERSION),
        ([signature("v1"), signature("v2")], Answer.OK),
        ([signature("v1"), signature()], Answer.OK),
        ([signature("v1"), signature("v2", key="stranger")], Answer.OTHER_VERSION),
        ([signature("v1", key="stranger")], Answer.WRONG_KEY),
        ([signature("v1", digest=OTHER)], Answer.ABSENT),
        ([signature("v1"), fault()], Answer.UNREACHABLE),
    ],
)
def test_a_tag_moved_to_an_older_image_is_not_what_was_signed(
    attested: list[Attested], answer: Answer
) -> None:
    want = [Wanted(ClaimKind.SIGNATURE)]
    [verdict] = judged(want, attested, DIGESTS, KEYS, NOW, version="v2")
    assert verdict.answer is answer
    [verdict] = judged(want, attested, DIGESTS, KEYS, NOW)
    assert verdict.ok or answer is not Answer.OTHER_VERSION, "by its digest it is what was signed"


def test_which_version_was_signed_is_said() -> None:
    [verdict] = judged([Wanted(ClaimKind.SIGNATURE)], [signature("v1")], DIGESTS, KEYS, NOW, version="v2")
    assert verdict.lacks == "has a signature of another version (v1)"


@given(
    st.lists(ANY, max_size=5),
    WANTED,
    st.dictionaries(st.sampled_from(["sha256:1", "sha256:2"]), st.floats(0, 9e9)),
)
def test_a_retired_key_alone_passes_only_by_the_record(
    found: list[Attested], wanted: Wanted, recorded: dict[str, float]
) -> None:
    retired = [one._replace(key=ENDED[place % 2], signed=True) for place, one in enumerate(found)]
    [verdict] = judged([wanted], retired, DIGESTS, KEYS, NOW, recorded)
    if verdict.ok:
        assert 0 < recorded[verdict.source] < 500_000.0


def promotion(*levels: str, key: str = "release", passed: bool = True, digest: str = INDEX) -> Attested:
    claim = Claim(ClaimKind.VERDICT, passed, NOW - 50)
    return said(claim, digest, key, told={"levels": " ".join(f"HOLDFAST_{one}" for one in levels)})


@pytest.mark.parametrize(
    ("attested", "wanted", "answer"),
    [
        ([promotion("TEST", "SIGNATURE")], {}, Answer.OK),
        ([promotion("SIGNATURE")], {}, Answer.ABSENT),
        ([promotion("TEST", key="stranger")], {}, Answer.ABSENT),
        ([promotion("TEST", key="old")], {}, Answer.ABSENT),
        ([promotion("TEST", passed=False)], {}, Answer.ABSENT),
        ([promotion("TEST", digest=OTHER)], {}, Answer.ABSENT),
        ([promotion("TEST")], {"max_age": 100.0}, Answer.ABSENT),
        ([promotion("TEST")], {"keys": ("ci",)}, Answer.ABSENT),
        ([promotion("TEST"), FAILED], {}, Answer.FAILED),
        ([promotion("TEST"), said(key="stranger")], {}, Answer.OK),
        ([promotion("TEST"), fault()], {}, Answer.UNREACHABLE),
    ],
)
def test_who_promotes_an_image_stands_for_what_was_verified_then(
    attested: list[Attested], wanted: dict[str, object], answer: Answer
) -> None:
    assert judge(*attested, **wanted).answer is answer


def test_a_promotion_is_no_signature() -> None:
    [verdict] = judged([Wanted("signature")], [promotion("SIGNATURE", "TEST")], DIGESTS, KEYS, NOW)
    assert verdict.answer is Answer.ABSENT


def test_a_key_counts_by_each_of_its_names() -> None:
    keys = (VerifyKey("was", "pem", until=500_000.0), VerifyKey("is", "pem"), VerifyKey("other", "other"))
    found = [said(key="was")]
    for wanted in (Wanted("test"), Wanted("test", keys=("is",))):
        [verdict] = judged([wanted], found, DIGESTS, keys, NOW)
        assert (verdict.answer, verdict.key) == (Answer.OK, "is")
    [verdict] = judged([Wanted("test", keys=("other",))], found, DIGESTS, keys, NOW)
    assert verdict.answer is Answer.WRONG_KEY


def test_a_requirement_that_names_keys_takes_no_unsigned_claim() -> None:
    unsigned = said(key="", signed=False)
    assert judge(unsigned, unsigned=True).ok
    assert judge(unsigned, unsigned=True, keys=("release",)).answer is Answer.ABSENT
