"""Notes of a release are a section of the changelog."""

from __future__ import annotations

import pytest

from scripts.release_notes import FILE, NoSection, cut, section

TEXT = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- a thing\n\n## [0.1.0] - 2026-01-01\n\n- the first\n"


def test_what_is_not_released_becomes_a_version() -> None:
    made = cut(TEXT, "0.2.0", "2026-02-02")
    assert section(made, "0.2.0") == "### Added\n\n- a thing\n"
    assert section(made, "0.1.0") == "- the first\n"
    with pytest.raises(NoSection):
        section(made, "Unreleased")
    with pytest.raises(NoSection):
        cut(made, "0.3.0", "2026-03-03")


@pytest.mark.parametrize(("version", "date"), [("0.1.0", "2026-02-02"), ("0.2.0", "tomorrow")])
def test_no_version_twice_and_no_date_that_is_none(version: str, date: str) -> None:
    with pytest.raises(NoSection):
        cut(TEXT, version, date)


def test_the_changelog_is_one() -> None:
    assert section(FILE.read_text(encoding="utf-8"), "Unreleased")
