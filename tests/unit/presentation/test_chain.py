"""A chain as lines: within the width, harmless, and commands that can be copied."""

from __future__ import annotations

import shlex

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.model.test_chain import DIGEST, IMAGE, KNOWN, NOW
from tui.model.chain import Link, LinkKind, LinkState, chain
from tui.model.checks import signature_check
from tui.model.evidence import Claim, Evidence
from tui.model.verdict import Answer, Verdict
from tui.presentation.chain import chain_fields, chain_lines
from tui.presentation.lines import plain
from tui.presentation.text import safe, width

EVIL = "\x1b]52;c;ZXZpbA==\x07\n\x1b[2J\u202e\u2028"


def said(*links: Link, cells: int = 80) -> list[str]:
    return [plain(line) for line in chain_lines(links, NOW, cells)]


def test_a_link_says_state_key_who_and_when() -> None:
    one = Link("test", LinkState.OK, NOW - 7200, "alice", "this account", "ci", "12 passed")
    assert said(one) == ["  ✓ test  ok, key ci, by alice, 2h ago, this account, 12 passed"]
    bad = Link(
        "signature", LinkState.MISSING, detail="has no signature", required=True, remedy="holdfast sign web"
    )
    assert said(bad) == ["  – signature  missing: has no signature", "               holdfast sign web"]
    doubt = Link("scan", LinkState.UNVERIFIED, detail="cannot be verified")
    assert said(doubt) == ["  ◌ scan  not verified: cannot be verified"]


def test_a_command_is_broken_where_a_shell_puts_it_together() -> None:
    check = signature_check(IMAGE, DIGEST, "keys/the key of ci.pub")
    lines = said(Link("signature", LinkState.OK, check=check))[1:]
    assert len(lines) > 1
    whole = "\n".join(lines).strip().removeprefix("$ ")
    assert shlex.split(whole.replace("\\\n", "")) == shlex.split(check)


def test_the_whole_chain_in_eighty_columns() -> None:
    known = KNOWN._replace(
        evidence=Evidence("i", commit="0f3c2a91b7de" * 3, claims=(Claim("test", True, NOW - 60, "alice"),)),
        verdicts=(Verdict("signature", Answer.OK, "ci", NOW - 60),),
    )
    lines = [line for line in said(*chain(known)) if line.strip()[0] in "✓–✗◌"]
    assert [line.split()[1] for line in lines] == [
        "commit", "build", "test", "scan", "signature", "push", "deploy"
    ]  # fmt: skip
    assert lines[0] == "  ✓ commit     0f3c2a91b7de"
    assert lines[2] == "  ✓ test       ok, by alice, 1m ago, this account"


TEXT = st.one_of(st.text(max_size=60), st.just(EVIL), st.just("漢字" * 40), st.just("x" * 200))


@given(
    st.lists(
        st.builds(
            Link, kind=st.one_of(st.sampled_from([*LinkKind]), TEXT), state=st.sampled_from([*LinkState]),
            at=st.floats(), by=TEXT, where=TEXT, key=TEXT, detail=TEXT, required=st.booleans(), remedy=TEXT,
            check=st.just(""),
        ),
        max_size=5,
    ),
    st.integers(60, 200),
)  # fmt: skip
def test_no_text_breaks_a_line_or_leaves_the_width(links: list[Link], cells: int) -> None:
    for line in said(*links, cells=cells):
        assert safe(line) == line
        assert width(line) <= cells


@given(TEXT, TEXT, TEXT)
def test_no_text_of_a_claim_is_obeyed(by: str, detail: str, key: str) -> None:
    claim = Claim("test", True, NOW, by, by, detail)
    known = KNOWN._replace(
        evidence=Evidence("i", commit=detail, claims=(claim,)),
        verdicts=(Verdict("signature", Answer.OK, key, NOW), Verdict("scan", Answer.WRONG_KEY, key, why=by)),
    )
    for line in said(*chain(known)):
        assert safe(line) == line


def test_json_has_every_field() -> None:
    [fields] = chain_fields([Link("push", LinkState.OK, where="registry:5000")])
    assert fields["kind"] == "push"
    assert fields["state"] == "ok"
    assert set(fields) == {*Link._fields}
