"""A file that may have come with a repository asks for more than the operator's files, never for less."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tui.model.evidence import Claim
from tui.model.policy import Policy
from tui.model.signing import Attested, Identity, KeySource, VerifyKey
from tui.model.trust import Level, ListedIdentity, ListedKey, Trust
from tui.model.verdict import Wanted, judged
from tui.settings.floors import LONGEST_SHOWN, MOST_NAMED, Floor, held, named
from tui.settings.trust_keys import merge_trust, trust_of

NAMES = ("ci", "dev", "ops")
WHO = ("bot", "robot")
KINDS = ("signature", "test", "scan")
REPOSITORIES = ("a/x", "a/y", "b/x")
TAGS = ("latest", "main-1", "v1")
FILE = "holdfast.toml"
IMAGE = "sha256:1"

some_keys = st.lists(st.sampled_from((*NAMES, *WHO)), max_size=3, unique=True).map(tuple)
wanted = st.builds(Wanted, st.sampled_from(KINDS), st.sampled_from((0.0, 50.0, 100.0)), some_keys)
listed = st.builds(
    ListedKey,
    st.sampled_from(NAMES),
    st.sampled_from((KeySource(file="1.pub"), KeySource(file="2.pub"))),
    st.sampled_from((0.0, 900.0, 1100.0)),
)
identified = st.builds(
    ListedIdentity,
    st.sampled_from(WHO),
    st.just("https://issuer"),
    st.sampled_from(("https://team/web", "https://team/*")),
    st.sampled_from((0.0, 900.0, 1100.0)),
)
TRUST: dict[str, st.SearchStrategy[Any]] = {
    "sign_key": st.just(KeySource(env="KEY")),
    "verify_keys": st.lists(listed, max_size=3, unique_by=lambda key: key.name).map(tuple),
    "identities": st.lists(identified, max_size=2, unique_by=lambda one: one.name).map(tuple),
    "trusted_root": st.sampled_from(("/etc/root.json", "/home/root.json")),
    "require": st.lists(wanted, max_size=3, unique_by=lambda one: one.kind).map(tuple),
    "level": st.sampled_from([*Level]).map(str),
    "scope": st.lists(st.sampled_from(("a/*", "a/x", "b/*")), max_size=2, unique=True).map(tuple),
    "accept_unsigned": st.booleans(),
}
POLICY: dict[str, st.SearchStrategy[Any]] = {
    "mutable_tags": st.lists(st.sampled_from(("latest", "main-*", "*")), max_size=2).map(tuple),
    "require_tests": st.booleans(),
    "require_scan": st.booleans(),
    "allow_dirty": st.booleans(),
}


def table_of(keys: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of the keys, all of them, or all but one: a key that is not there means most where others are."""
    without = [{name: keys[name] for name in keys if name != left} for left in ("", *keys)]
    return st.one_of(st.fixed_dictionaries({}, optional=keys), *map(st.fixed_dictionaries, without))


tables = st.one_of(
    st.fixed_dictionaries({"policy": table_of(POLICY), "trust": table_of(TRUST)}),
    st.fixed_dictionaries({}, optional={"policy": table_of(POLICY), "trust": table_of(TRUST)}),
)
many = settings(max_examples=250, deadline=None)


def together(operators: dict[str, Any], *files: dict[str, Any]) -> dict[str, Any]:
    """What is in force: as `tui.settings.load` puts them together."""
    floor = Floor(operators.get("policy", {}), operators.get("trust", {}), {})
    policy, trust = floor.policy, floor.trust
    for asked in files:
        found, _ = held(asked, floor, FILE)
        policy = {**policy, **found.get("policy", {})}
        trust = merge_trust(trust, found.get("trust", {}), {}, FILE)
    return {"policy": policy, "trust": trust}


def notes(operators: dict[str, Any], asked: dict[str, Any], files: dict[str, str] | None = None) -> list[str]:
    floor = Floor(operators.get("policy", {}), operators.get("trust", {}), files or {})
    return held(asked, floor, FILE)[1]


@given(tables, tables, tables)
@many
def test_no_key_of_the_policy_is_weakened(
    operators: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    said = operators.get("policy", {})
    found = Policy(**together(operators, one, other)["policy"])
    assert found.require_tests or said.get("require_tests") is not True
    assert found.require_scan or said.get("require_scan") is not True
    assert not found.allow_dirty or said.get("allow_dirty") is not False
    if "mutable_tags" in said:
        assert not any(found.may_move(tag) and not Policy(**said).may_move(tag) for tag in TAGS)


@given(tables, tables, tables)
@many
def test_all_that_is_required_stays_required_as_strictly(
    operators: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    least = trust_of(operators.get("trust", {}))
    found = trust_of(together(operators, one, other)["trust"])
    for repository in REPOSITORIES:
        now = {each.kind: each for each in found.required(repository)}
        for before in least.required(repository):
            after = now[before.kind]
            assert before.unsigned or not after.unsigned
            assert not before.max_age or 0 < after.max_age <= before.max_age
            assert not before.keys or (after.keys and {*after.keys} <= {*before.keys})
    if least.require:
        assert found.level is Level.STRICT or least.level is Level.AUDIT


@given(tables, tables, tables)
@many
def test_nobody_elses_word_counts(
    operators: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    said = operators.get("trust", {})
    least = trust_of(said)
    found = trust_of(together(operators, one, other)["trust"])
    if least.verify_keys:
        before = {key.name: key for key in least.verify_keys}
        assert {key.name for key in found.verify_keys} == {*before}
        for key in found.verify_keys:
            assert key.source == before[key.name].source
            assert not before[key.name].until or 0 < key.until <= before[key.name].until
    elif least.identities:
        assert found.verify_keys == ()
    if least.identities:
        known = {one.name: one for one in least.identities}
        assert {one.name for one in found.identities} == {*known}
        for one_of in found.identities:
            was = known[one_of.name]
            assert one_of._replace(until=was.until) == was
            assert not was.until or 0 < one_of.until <= was.until
    elif least.verify_keys:
        assert found.identities == ()
    if least.names or least.trusted_root:
        assert found.trusted_root == least.trusted_root
    policy = operators.get("policy", {})
    explicit = "accept_unsigned" in said or least.require or least.names
    if explicit or policy.get("require_tests") or policy.get("require_scan"):
        assert least.accept_unsigned or not found.accept_unsigned


def keys_of(trust: Trust) -> list[VerifyKey]:
    keys = [VerifyKey(key.name, str(key.source), key.until) for key in trust.verify_keys]
    return keys + [
        VerifyKey(one.name, "", one.until, Identity(one.issuer, one.subject, trust.trusted_root))
        for one in trust.identities
    ]


claims = st.builds(
    Attested,
    claim=st.builds(Claim, st.sampled_from(KINDS), st.just(True), st.sampled_from((920.0, 960.0))),
    digests=st.just((IMAGE,)),
    key=st.sampled_from(("", *NAMES, *WHO)),
    signed=st.booleans(),
)


@given(tables, tables, st.lists(claims, max_size=4), st.sampled_from(REPOSITORIES))
@many
def test_an_image_that_is_good_enough_now_was_good_enough_for_the_operator(
    operators: dict[str, Any], asked: dict[str, Any], attested: list[Attested], repository: str
) -> None:
    least = trust_of(operators.get("trust", {}))
    found = trust_of(together(operators, asked)["trust"])
    if least.require and not least.names:
        return  # whose signatures count is left to others

    def passes(trust: Trust) -> bool:
        return all(
            verdict.ok
            for verdict in judged(trust.required(repository), attested, [IMAGE], keys_of(trust), now=1000.0)
        )

    assert passes(least) or not passes(found)


@given(tables)
@many
def test_what_the_operator_says_nothing_of_is_free(asked: dict[str, Any]) -> None:
    assert held(asked, Floor({}, {}, {}), FILE) == (asked, [])


@given(tables)
@many
def test_to_ask_for_the_same_again_changes_nothing(table: dict[str, Any]) -> None:
    trust = trust_of(table.get("trust", {}))
    names = {*trust.names}
    assume(not names or all(names.issuperset(one.keys) for one in trust.require))  # else it is a fault
    assert together(table, table) == {"policy": {}, "trust": {}, **table}
    if table.get("trust", {}).get("require", True):  # an empty list is nothing to be asked for
        assert notes(table, table) == []


def test_where_nobody_is_left_to_count_the_operators_are() -> None:
    operators = {"trust": {"require": (Wanted("scan", keys=("ci",)),)}}
    asked = {"trust": {"require": (Wanted("scan", 50.0, keys=("dev",)),)}}
    assert together(operators, asked)["trust"]["require"] == (Wanted("scan", 50.0, keys=("ci",)),)


def test_each_note_names_file_key_wish_and_who_says_otherwise() -> None:
    etc = "/etc/holdfast/config.toml"
    ci = ListedKey("ci", KeySource(file="/etc/ci.pub"), 900.0)
    operators = {
        "policy": {"require_tests": True, "allow_dirty": False, "mutable_tags": ("latest",)},
        "trust": {
            "verify_keys": (ci, ListedKey("ops", KeySource(env="OPS"))),
            "require": (Wanted("scan", 86_400.0 * 7, ("ci",)), Wanted("signature")),
            "scope": ("shop/*",),
        },
    }
    files = dict.fromkeys(
        [
            "policy.require_tests", "policy.allow_dirty", "policy.mutable_tags", "trust.verify_keys.ci",
            "trust.verify_keys.ops", "trust.require.scan", "trust.require.signature", "trust.scope",
        ],
        etc,
    )  # fmt: skip
    asked = {
        "policy": {"require_tests": False, "allow_dirty": True, "mutable_tags": ("latest", "*")},
        "trust": {
            "verify_keys": (
                ListedKey("ci", KeySource(file="mine.pub"), 1000.0),
                ListedKey("mine", KeySource(file="mine.pub")),
            ),
            "require": (Wanted("scan", 86_400.0 * 30, ("ops", "mine")),),
            "scope": ("shop/web",),
            "level": "audit",
            "accept_unsigned": True,
        },
    }
    said = notes(operators, asked, files)
    assert said == [
        f"{FILE}: {part} is not obeyed: {etc} {why}"
        for part, why in (
            ("[policy] require_tests = false", "says true"),
            ("[policy] allow_dirty = true", "says false"),
            ('[policy] mutable_tags with "*"', 'lets "latest" move alone'),
            ('[trust] verify_keys with "mine"', 'lists whose signatures count: "ci", "ops"'),
            ('[trust] verify_keys with another "ci"', "has it from /etc/ci.pub"),
            ('[trust] verify_keys with a later end of "ci"', "ends it earlier"),
            ('[trust] require of scan by "mine"', 'lists whose signatures count: "ci", "ops"'),
            ("[trust] require of a scan that may be older", "wants one that is 7 days old at most"),
            ('[trust] require of scan by "ops"', 'wants it by "ci"'),
            ('[trust] level = "audit"', "requires strictly what it does"),
            ("[trust] accept_unsigned = true", "does not say that anybody's word will do"),
            ('[trust] scope = "shop/web"', 'requires what it does of "shop/*"'),
        )
    ]
    assert notes(operators, {"trust": {"require": ()}}, files) == [
        f'{FILE}: [trust] require = [] is not obeyed: {etc} requires "scan", "signature"'
    ]


def test_nobody_is_added_beside_keys_or_identities_and_nothing_else_is_trusted() -> None:
    etc = "/etc/holdfast/config.toml"
    ci = ListedKey("ci", KeySource(file="/etc/ci.pub"))
    bot = ListedIdentity("bot", "https://issuer", "https://team/web", 900.0)
    mine = ListedIdentity("mine", "https://issuer", "https://me/web")
    asked = {"identities": (mine, bot._replace(subject="*", until=1000.0)), "trusted_root": "mine.json"}
    files = dict.fromkeys(["trust.verify_keys.ci", "trust.identities.bot", "trust.trusted_root"], etc)

    both = {"trust": {"verify_keys": (ci,), "identities": (bot,), "trusted_root": "/etc/root.json"}}
    assert together(both, {"trust": asked}) == {"policy": {}, **both}
    assert notes(both, {"trust": asked}, files) == [
        f"{FILE}: [trust] {part} is not obeyed: {etc} {why}"
        for part, why in (
            ('identities with "mine"', 'lists whose signatures count: "ci", "bot"'),
            ('identities with another "bot"', "has it from https://team/web, vouched for by https://issuer"),
            ('identities with a later end of "bot"', "ends it earlier"),
            ('trusted_root = "mine.json"', "says /etc/root.json"),
        )
    ]
    keys = {"trust": {"verify_keys": (ci,)}}
    counts = f'is not obeyed: {etc} lists whose signatures count: "ci"'
    assert together(keys, {"trust": asked})["trust"] == {"verify_keys": (ci,), "identities": ()}
    assert notes(keys, {"trust": asked}, files) == [
        f'{FILE}: [trust] identities with "mine", "bot" {counts}',
        f'{FILE}: [trust] trusted_root = "mine.json" {counts}',
    ]
    who = {"trust": {"identities": (bot,)}}
    assert together(who, {"trust": {"verify_keys": (ci,)}})["trust"] == {
        "verify_keys": (),
        "identities": (bot,),
    }
    assert notes(who, {"trust": {"verify_keys": (ci,)}}, files) == [
        f'{FILE}: [trust] verify_keys with "ci" is not obeyed: {etc} lists whose signatures count: "bot"'
    ]


def test_of_many_names_a_note_has_the_first() -> None:
    assert named([str(number) for number in range(MOST_NAMED + 2)]).endswith('"4" and 2 more')
    assert named(["x" * 1000, "a\x1b[2J\n"]) == f'"{"x" * LONGEST_SHOWN}…", ' + r"'a\x1b[2J\n'"


@pytest.mark.parametrize(
    ("operators", "asked", "protected"),
    [
        (True, False, True),
        (True, None, True),
        (False, True, True),
        (False, False, False),
        (None, False, False),
    ],
)
def test_an_engine_that_the_operator_protects_stays_protected(
    operators: bool | None, asked: bool | None, protected: bool
) -> None:
    said = {} if operators is None else {"prod": {"protected": operators, "colour": "red"}}
    wished = {} if asked is None else {"protected": asked}
    floor = Floor({}, {}, {"engines.prod": "/etc/holdfast/config.toml"}, said)
    found, notes = held({"engines": {"prod": wished, "other": {"protected": False}}}, floor, FILE)
    assert {**said.get("prod", {}), **found["engines"]["prod"]}.get("protected", False) is protected
    assert found["engines"]["other"] == {"protected": False}
    if operators and asked is False:
        assert notes == [
            f"{FILE}: [engines.prod] protected = false is not obeyed: /etc/holdfast/config.toml says true"
        ]
    else:
        assert notes == []


def test_a_pulled_file_changes_nothing_of_what_is_signed_by() -> None:
    mine, other = KeySource(file="/home/me/ci.key"), KeySource(file="/home/me/production.key")
    said = {"trust": {"sign_key": mine, "sign_keys": {"production": other}, "passphrase": "PW"}}
    asked = {"trust": {"sign_key": other, "sign_keys": {"ci": other}, "passphrase": "OTHER"}}
    floor = Floor({}, said["trust"], {"trust.sign_key": "/etc/holdfast/config.toml"})
    found, notes = held(asked, floor, FILE)
    assert found["trust"] == {}
    assert [note.partition(" for another is not obeyed: ")[0] for note in notes] == [
        f"{FILE}: [trust] {key}" for key in ("sign_key", "sign_keys", "passphrase_env")
    ]
    assert held(said, floor, FILE)[1] == [], "the same is no change"
    assert held(asked, Floor({}, {"level": "strict"}, {}), FILE)[0] == asked, (
        "who says nothing leaves it free"
    )
