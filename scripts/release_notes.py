"""Release notes from CHANGELOG.md.

release_notes.py             print what is not released yet
release_notes.py VERSION     print what VERSION brought
release_notes.py --cut DATE  make what is not released yet the section of the present version, and print it
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tui import __version__

FILE = Path(__file__).parents[1] / "CHANGELOG.md"
UNRELEASED = "Unreleased"


class NoSection(ValueError):
    """The changelog has no section of that name, or it is empty, or is there already."""


def section(text: str, name: str) -> str:
    """What stands below the heading of a version, without it. Raises NoSection."""
    parts = re.split(r"^## \[([^\]]+)\].*$", text, flags=re.MULTILINE)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    if not found.get(name, "").strip():
        raise NoSection(f"CHANGELOG.md has nothing of [{name}]")
    return found[name].strip() + "\n"


def cut(text: str, version: str, date: str) -> str:
    """The changelog in which what was unreleased is of a version. Raises NoSection."""
    section(text, UNRELEASED)
    if f"## [{version}]" in text:
        raise NoSection(f"CHANGELOG.md has [{version}] already: raise the version first")
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", date):
        raise NoSection(f"{date} is no date: 2026-11-28")
    return text.replace(f"## [{UNRELEASED}]", f"## [{UNRELEASED}]\n\n## [{version}] - {date}", 1)


def main(arguments: list[str]) -> int:
    """Print the notes; the exit status."""
    text = FILE.read_text(encoding="utf-8")
    try:
        match arguments:
            case []:
                sys.stdout.write(section(text, UNRELEASED))
            case ["--cut", date]:
                text = cut(text, __version__, date)
                FILE.write_text(text, encoding="utf-8")
                sys.stdout.write(section(text, __version__))
            case [version]:
                sys.stdout.write(section(text, version))
            case _:
                raise NoSection((__doc__ or "").strip())
    except NoSection as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
