"""Known secrets leave in no form in which they are usually written."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.bundle import Part, file_name, unlike
from tui.model.scrubbing import SHORTEST, Scrubber
from tui.model.secrets import MASK, is_harmless

SECRETS = st.text(st.characters(codec="utf-8", exclude_characters=MASK), min_size=6, max_size=40).filter(
    lambda text: len(text.strip()) >= 6 and not is_harmless(text.strip()) and len(set(text)) > 3
)


@given(SECRETS, st.text(max_size=20), st.text(max_size=20))
def test_a_known_secret_is_not_in_what_is_left(secret: str, before: str, behind: str) -> None:
    raw = secret.encode()
    forms = [secret, json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret)]
    forms += [base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode().rstrip("=")]
    scrubber = Scrubber([secret])
    for form in forms:
        assert form not in scrubber.text(f"{before}{form}{behind}")
        assert form not in json.dumps(scrubber.json({before: [form], form: 1}), ensure_ascii=False)


def test_a_secret_of_several_lines_is_masked_line_by_line() -> None:
    scrubber = Scrubber(["-----BEGIN X-----\nabcdefgh\nijklmnop\n"])
    assert scrubber.text("12:00 abcdefgh\n12:01 ijklmnop") == f"12:00 {MASK}\n12:01 {MASK}"
    assert scrubber.found == 2


def test_what_every_log_has_is_left() -> None:
    assert Scrubber(["true", "info", "8080", "abc"]).text("info: true 8080 abc") == "info: true 8080 abc"
    assert SHORTEST == 4


def test_the_longest_of_those_that_are_in_each_other_counts() -> None:
    assert Scrubber(["hunter2", "hunter2hunter3"]).text("hunter2hunter3") == MASK


@given(st.text(max_size=200))
def test_a_name_from_outside_leads_nowhere(text: str) -> None:
    name = file_name(text)
    assert name
    assert "/" not in name
    assert "\\" not in name
    assert ".." not in name
    assert not name.startswith((".", "-"))
    assert name.isascii()


@pytest.mark.parametrize("names", [("logs/a.log",) * 3, ("a",) * 2, ("x.tar.gz", "x.tar.gz")])
def test_no_two_files_have_one_name(names: tuple[str, ...]) -> None:
    made = [part.name for part in unlike(Part(name, "", "") for name in names)]
    assert len(set(made)) == len(names)
    assert made[0] == names[0]
