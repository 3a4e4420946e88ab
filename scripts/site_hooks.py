"""What mkdocs is told besides mkdocs.yml: the README and others beside docs/, and the list of decisions."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
BESIDE = {name: name for name in ("CHANGELOG.md", "config.example.toml")} | {"README.md": "overview.md"}
"""File -> what it is called on the site, where README.md would be another word for index.md."""

DECISIONS = "decisions/index.md"


def on_files(files: Any, config: Any) -> Any:
    """Adds what is not in docs/, as if it were."""
    from mkdocs.structure.files import File

    for name, called in BESIDE.items():
        text = re.sub(r"\]\(docs/", "](", (ROOT / name).read_text())
        files.append(File.generated(config, called, content=text))
    files.append(File.generated(config, DECISIONS, content=_decisions()))
    config.nav[-1]["Holdfast itself"].append({"Decisions": DECISIONS})
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links to what lies beside docs/ lead to where it is now, and to a folder of its own to its list."""
    up = posixpath.relpath(".", posixpath.dirname(page.file.src_uri) or ".")
    for name, called in BESIDE.items():
        markdown = re.sub(rf"\]\((?:\.\./)+{re.escape(name)}", f"]({up}/{called}", markdown)
    return re.sub(r"\]\(((?:\.\./)*)decisions/\)", rf"](\1{DECISIONS})", markdown)


def _decisions() -> str:
    lines = ["# Decisions", "", "Why it is as it is: what somebody will question.", ""]
    for path in sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")):
        title = path.read_text().partition("\n")[0].removeprefix("# ")
        lines.append(f"- [{title}]({path.name})")
    return "\n".join(lines) + "\n"
