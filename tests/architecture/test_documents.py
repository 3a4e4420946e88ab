"""What README and docs/ point to is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import yaml

from scripts.verbs_pages import pages as verbs_pages
from tests.support.documents import DOCS, ROOT, anchors, blocks, by_hand, inline, links, name_of, pages
from tui.settings.keymaps import KEYMAPS

if TYPE_CHECKING:
    from pathlib import Path

EXTERNAL = {
    "https://trivy.dev",
    "https://github.com/anchore/grype",
    "https://pypi.org/project/sigstore/",
    "https://github.com/in-toto/attestation",
}
"""Where the documents lead to beyond themselves; no test goes there."""

LONGEST = 120
"""Lines of the README."""

PAGES = pytest.mark.parametrize("page", pages(), ids=name_of)


@PAGES
def test_links_lead_somewhere(page: Path) -> None:
    astray = []
    for link in links(page):
        place = urlsplit(link)
        if place.scheme:
            if link not in EXTERNAL:
                astray.append(f"{link}: list it in EXTERNAL, with https://, once you have been there")
            continue
        target = (page.parent / place.path).resolve() if place.path else page
        if not target.exists():
            astray.append(f"{link}: there is no such file")
        elif place.fragment and place.fragment not in anchors(target):
            astray.append(f"{link}: {name_of(target)} has no such heading")
    assert astray == []


def test_nothing_external_is_listed_that_nobody_links_to() -> None:
    assert {link for page in pages() for link in links(page) if urlsplit(link).scheme} == EXTERNAL
    assert all(link.startswith("https://") for link in EXTERNAL)


@pytest.mark.parametrize("page", by_hand(), ids=name_of)
def test_targets_of_make_are_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = [*inline(page), *(line for block in blocks(page) for line in block.text.splitlines())]
    named = {
        target
        for text in code
        if (words := re.match(r"make((?: [a-z]+)+)", text))
        for target in words[1].split()
    }
    assert named <= targets


def test_the_readme_is_short() -> None:
    lines = (ROOT / "README.md").read_text().count("\n")
    assert lines <= LONGEST, "what not everybody needs stands in docs/"


@pytest.mark.parametrize(
    ("page", "text"), verbs_pages().items(), ids=lambda value: getattr(value, "stem", "")
)
def test_the_pages_of_verbs_are_up_to_date(page: Path, text: str) -> None:
    assert page.exists() and page.read_text() == text, "write it again: make docs"


def test_every_page_stands_in_the_navigation_of_the_site() -> None:
    found: set[str] = set()

    def walk(part: object) -> None:
        if isinstance(part, str):
            found.add(part)
        elif isinstance(part, dict):
            for one in part.values():
                walk(one)
        elif isinstance(part, list):
            for one in part:
                walk(one)

    class Loader(yaml.SafeLoader):
        """Takes the names of Python functions, which mkdocs.yml may have, for texts."""

    Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, suffix, node: str(suffix))
    walk(yaml.load((ROOT / "mkdocs.yml").read_text(), Loader)["nav"])
    mine = {str(page.relative_to(DOCS)) for page in pages()[1:] if page.parent.name != "decisions"}
    assert mine - found == set(), "add it to nav in mkdocs.yml"
    assert found - mine <= {"overview.md", "CHANGELOG.md"}, "mkdocs.yml names what is not there"


@PAGES
def test_files_that_are_shown_are_those_that_are_there(page: Path) -> None:
    shown = re.findall(
        r"<!-- file: (\S+) -->\n```\w*\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL
    )
    for name, text in shown:
        assert (page.parent / name).read_text() == text, f"{name} and {name_of(page)} differ"


def test_each_promise_has_tests_that_are_there() -> None:
    text = (DOCS / "guarantees.md").read_text()
    promises = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    for promise in promises:
        named = re.findall(r"^- `(tests/\S+\.py)::(\w+)`$", promise, re.MULTILINE)
        assert named, promise.partition("\n")[0]
        for path, test in named:
            assert f"def {test}(" in (ROOT / path).read_text(), f"{path} has no {test}"


def spelled(key: str) -> str:
    """A key as documents write it, as Textual calls it."""
    return (
        key.lower() if len(key) > 1 else {"*": "asterisk", "/": "slash", "?": "question_mark"}.get(key, key)
    )


@pytest.mark.parametrize("name", ["lazydocker", "k9s"])
def test_keys_that_are_named_for_others_are_ours(name: str) -> None:
    page = DOCS / "coming-from" / f"{name}.md"
    table = re.findall(r"^\| `([^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", page.read_text(), re.MULTILINE)
    assert len(table) > 8
    cells = re.findall(r"^\| `([^`|]+)` \| [^|]+ \| `", (DOCS / "keys.md").read_text(), re.MULTILINE)
    ours = {*cells, *(key for cell in cells if not cell.startswith("X ") for key in cell.split())}
    theirs = {key for keys in KEYMAPS[name].values() for key in keys}
    for _, does, default, then in table:
        for key in re.findall(r"`([^`]+)`", default):
            assert key in ours or key.startswith(("--", "1")), f"{does}: nothing is on {key}"
        for key in re.findall(r"`([^`]+)`", then):
            assert spelled(key) in theirs or key in ours, f"{does}: with this keymap nothing is on {key}"
    shown = {spelled(key) for *_, then in table for key in re.findall(r"`([^`]+)`", then)}
    first = {keys[0] for command, keys in KEYMAPS[name].items() if command.startswith("container.")}
    assert first - shown == set(), f"keys of {name} that its page does not name"
