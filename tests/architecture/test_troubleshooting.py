"""Every error that the program can make has an entry in docs/troubleshooting."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from scripts.raised import ANY, NAME, raised
from scripts.troubleshooting_pages import AREAS, FOLDER, entries, is_said, pages, said, written
from tui.engine.endpoint import Endpoint
from tui.engine.error_mapping import translate
from tui.ledger.errors import LeaseLost
from tui.operations.process.prepared import UnknownApp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scripts.raised import Raised
    from scripts.troubleshooting_pages import Area
    from tui.errors import HoldfastError

AGAIN = ".venv/bin/python scripts/troubleshooting_pages.py writes it again (make docs does)"


@cache
def headings() -> tuple[str, ...]:
    """What the pages have entries for."""
    found = []
    for page in sorted(FOLDER.glob("*.md")):
        if page.name != "index.md":
            said = re.findall(r"^## (.*)$", page.read_text(), re.MULTILINE)
            found += [re.sub(r"^(`+) ?(.*?) ?\1$", r"\2", heading) for heading in said]
    return tuple(found)


def entry_of(message: str) -> str:
    """The heading under which a message is found, "" where it is under none."""
    first = " ".join(message.split())
    fits = [
        heading
        for heading in headings()
        if re.fullmatch(
            re.escape(heading).replace(re.escape(ANY), ".*").replace(re.escape(NAME), ".+"), first
        )
    ]
    return max(fits, key=lambda heading: len(heading.replace(ANY, "")), default="")


def test_every_error_has_an_entry() -> None:
    by_hand = written()["said"]
    there = set(headings())
    missing = []
    for one in raised():
        sentences = said(one, by_hand)
        where = f"tui/{one.place}:{one.line}"
        if one.site not in by_hand and not all(map(is_said, one.messages)):
            missing.append(f'{where} makes its sentence elsewhere: "{one.site}" in [said] of more.toml')
        missing += [f"{where}: {sentence}" for sentence in sentences if sentence not in there]
    assert missing == [], AGAIN


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.name)
def test_the_pages_are_up_to_date(area: Area) -> None:
    page = FOLDER / f"{area.name}.md"
    assert page.read_text() == pages()[page], AGAIN


def test_what_is_written_by_hand_is_of_something_that_is_said() -> None:
    by_hand = written()
    messages = {message for of_area in entries().values() for message in of_area}
    assert [one["message"] for one in by_hand["entry"] if one["message"] not in messages] == []
    assert set(by_hand["kind"]) <= {one.kind for one in raised()}
    assert set(by_hand["said"]) <= {one.site for one in raised()}


def test_warnings_that_are_explained_are_said() -> None:
    """Their words stand in a text of the program, whatever differs between them."""
    source = "".join(
        node.value
        for path in (FOLDER.parents[1] / "tui").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    warnings = written()["warning"]
    assert {one["page"] for one in warnings} <= {area.name for area in AREAS}
    parts = [part for one in warnings for part in one["message"].split(ANY)]
    assert [part for part in parts if part not in source] == []


def test_no_entry_says_nothing() -> None:
    """Under each heading stands more than how it ends."""
    empty = []
    for page in sorted(FOLDER.glob("*.md")):
        for part in re.split(r"^## ", page.read_text(), flags=re.MULTILINE)[1:]:
            heading, _, words = part.partition("\n")
            if page.name != "index.md" and not re.sub(r"^\s*\*[^*]*\*", "", words).strip():
                empty.append(f"{page.name}: {heading}")
    assert empty == [], "more.toml: an entry of its message, or its kind"


REAL: Sequence[tuple[HoldfastError, str]] = [
    (LeaseLost("web", None), "the lease of ... was lost"),
    (UnknownApp('there is no app "wbe"', "did you mean web?"), 'there is no app "..."'),
    (
        translate(FileNotFoundError(2, "x"), Endpoint("unix:///run/x.sock", "DOCKER_HOST")),
        "there is no Docker socket at",
    ),
]


@pytest.mark.parametrize(("error", "heading"), REAL, ids=lambda value: type(value).__name__)
def test_a_message_as_it_is_shown_is_found(error: HoldfastError, heading: str) -> None:
    assert entry_of(error.message).startswith(heading)


def parsed(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Raised]:
    """What the program's own source would be, were it this."""
    import scripts.raised as reading

    (tmp_path / "tui").mkdir()
    (tmp_path / "tui/errors.py").write_text(
        "class HoldfastError(Exception):\n    exit_status = 1\n"
        "class Refused(HoldfastError):\n    'A rule forbids it.'\n    exit_status = 4\n"
    )
    (tmp_path / "tui/verb.py").write_text(f"from tui.errors import Refused\n{text}")
    monkeypatch.setattr(reading, "ROOT", tmp_path)
    monkeypatch.setattr(reading, "SAID", {})
    monkeypatch.setattr(reading, "VALUES", {})
    return list(reading.Tree().raised())


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("Refused('it is so')", ["it is so"]),
        ("def f(x): raise Refused(f'{x} is so')", ["... is so"]),
        ("WHY = 'for a reason'\ndef f(x): raise Refused(f'{x}: {WHY}')", ["...: for a reason"]),
        ("def f(x):\n    y = 'a' if x else 'b'\n    raise Refused(f'{y} it is')", ["a it is", "b it is"]),
        ("def f(why): raise Refused(f'no: {why}')\ndef g(): f('late')", ["no: late"]),
        ("def _why(x): return 'late' if x else 'soon'\nRefused(f'no: {_why(1)}')", ["no: late", "no: soon"]),
        ("class Late(Refused):\n    def __init__(s, x): super().__init__(f'{x} is late')\ndef f(x): Late(x)",
         ["... is late"]),
    ],
)  # fmt: skip
def test_sentences_are_followed_to_where_they_are_written(
    text: str, messages: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [one] = parsed(text, tmp_path, monkeypatch)
    assert list(one.messages) == messages
    assert one.status == 4
    assert one.about in ("A rule forbids it.", "")
