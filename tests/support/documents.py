"""README and docs/ as what they are made of: headings, links, code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^(```+)(\w*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")


class Block(NamedTuple):
    """A block of code. language: what stands behind its fence, "" where nothing does; line: its first."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """Everything that is read by people: the decisions too, but for what is not in the tree."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def by_hand() -> list[Path]:
    """Those of which the words are not the program's own."""
    generated = DOCS / "troubleshooting"
    return [page for page in pages() if page.parent != generated or page.name == "index.md"]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> list[Block]:
    text = page.read_text()
    return [
        Block(page, text.count("\n", 0, found.start()) + 2, found[2], found[3])
        for found in _FENCE.finditer(text)
    ]


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return _FENCE.sub("", page.read_text())


def inline(page: Path) -> list[str]:
    """What stands between backquotes in the prose."""
    return _INLINE.findall(prose(page))


def links(page: Path) -> list[str]:
    """Where its links and pictures lead to, as they are written."""
    return _LINK.findall(_INLINE.sub("", prose(page)))


def anchors(page: Path) -> set[str]:
    """What its headings can be linked by, as GitHub makes them; mkdocs is told to do the same."""
    found: dict[str, int] = {}
    for heading in re.findall(r"^#{1,6} +(.*?)\s*$", prose(page), re.MULTILINE):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        slug = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
        if found[slug]:
            found[f"{slug}-{found[slug]}"] = 0
    return set(found)


def shell_lines(block: Block) -> Iterator[tuple[int, str]]:
    """The lines that somebody types, joined where a backslash ends them; of a console what is behind $."""
    typed = block.text
    line = block.line
    for text in re.sub(r"\\\n", "\\\\\r", typed).split("\n"):
        whole = text.replace("\\\r", " ")
        if block.language != "console":
            yield line, whole
        elif whole.startswith("$ "):
            yield line, whole[2:]
        line += 1 + text.count("\r")
