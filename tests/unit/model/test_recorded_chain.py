"""The chain of a release by its record alone: what is required now and not on record is not OK."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.model.app import AppSpec
from tui.model.chain import CLAIMED, Link
from tui.model.evidence import ClaimKind
from tui.model.policy import Policy
from tui.model.recorded_chain import NOT_RECORDED, besides, recorded_chain
from tui.model.release import Entry, Outcome, Release
from tui.model.signing import KeySource
from tui.model.trust import ListedKey, Trust
from tui.model.verdict import Wanted

NOW = 1_700_000_000.0
DIGEST = "sha256:" + "a" * 64
IMAGE = "registry:5000/shop/web"
WEB = AppSpec("web", IMAGE, "holdfast.toml")
FACTS = {
    "signature key": "ci", "signature at": f"{NOW:.0f}", "signature by": "ci@box", "signature source": "s",
    "test key": "unsigned", "tested": f"{NOW:.0f}", "commit": "0f3c2a91b7de", "manifest": DIGEST,
}  # fmt: skip


def policy(*kinds: str) -> Policy:
    key = ListedKey("ci", KeySource(file="ci.pub"))
    return Policy(trust=Trust(verify_keys=(key,), require=tuple(map(Wanted, kinds))))


def links(facts: dict[str, str], asked: Policy | None = None, **more: str) -> dict[str, Link]:
    made = Release("web", 7, "v1", f"{IMAGE}@{DIGEST}", DIGEST, "i", evidence=facts, at=NOW)
    entry = Entry(made._replace(**more), Outcome(7, True, NOW))
    return {one.kind: one for one in recorded_chain(entry, WEB, asked)}


def test_what_was_verified_then_is_told_with_its_key_and_check() -> None:
    found = links(FACTS, policy("signature", "test"))
    assert (found["signature"].key, found["signature"].by, found["signature"].at) == ("ci", "ci@box", NOW)
    assert found["signature"].check.startswith("cosign verify --key=ci.pub")
    assert (found["test"].ok, found["test"].key) == (True, "unsigned")
    assert found["push"].check == f"docker manifest inspect {IMAGE}@{DIGEST}"
    assert found["deploy"].ok


def test_commands_say_where_the_registry_has_no_tls() -> None:
    entry = Entry(Release("web", 7, "v1", f"{IMAGE}@{DIGEST}", DIGEST, "i", evidence=FACTS, at=NOW))
    found = {one.kind: one for one in recorded_chain(entry, WEB, policy("signature"), plain=True)}
    assert "--allow-insecure-registry" in found["signature"].check
    assert "--insecure" in found["push"].check


def test_what_is_required_now_and_was_not_then_is_named() -> None:
    found = links({"tested": f"{NOW:.0f}"}, policy("signature"))
    assert (found["signature"].ok, found["signature"].required) == (False, True)
    assert NOT_RECORDED in found["signature"].detail
    assert found["test"].ok


def test_an_image_that_is_only_local_names_no_registry() -> None:
    found = links({}, None, digest="", reference="sha256:" + "b" * 64)
    assert "local only" in found["push"].detail
    assert not any("cosign" in one.check for one in found.values())


def test_what_no_link_shows_is_left() -> None:
    assert besides({**FACTS, "audit": "x"}) == {"manifest": DIGEST, "audit": "x"}


@given(
    st.dictionaries(st.one_of(st.sampled_from([*FACTS]), st.text(max_size=9)), st.text(max_size=30)),
    st.sets(st.sampled_from([*ClaimKind])),
)
def test_whatever_a_record_says_what_is_required_is_there_or_named(
    facts: dict[str, str], kinds: set[str]
) -> None:
    found = links(facts, policy(*kinds))
    names = {claim: name for name, claim in CLAIMED.items()}
    for kind in kinds:
        assert found[names[kind]].ok or found[names[kind]].required
    assert [*found][:2] == ["commit", "build"]
