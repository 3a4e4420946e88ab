"""The real scanners, as the tests' own environment has them, and an app whose image has planted findings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tests.support.busybox import IMAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.project import Project

PROGRAMS = Path(sys.executable).parent
TRIVY, HADOLINT = PROGRAMS / "trivy", PROGRAMS / "hadolint"

SCAN = '\n[apps.{name}.scan]\nscanner = "{scanner}"\ndatabase = "{database}"\n'


def plant(project: Project, *layers: Mapping[str, str], base: str = IMAGE) -> None:
    """Let the project's image have these files, a layer for each."""
    lines = [f"FROM {base}"]
    for number, files in enumerate(layers):
        for path, content in files.items():
            project.write(f"layer{number}/{path}", content)
        lines.append(f"COPY layer{number} /")
    lines += ["COPY index.html /www/", 'CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]']
    project.write("Dockerfile", "\n".join(lines) + "\n")
    project.commit("planted")


def scanned_by(project: Project, database: Path, more: str = "", scanner: Path = TRIVY) -> None:
    """Give the app a scan table."""
    text = (project.folder / "holdfast.toml").read_text().partition(f"\n[apps.{project.name}.scan]")[0]
    table = SCAN.format(name=project.name, scanner=scanner, database=database)
    project.write("holdfast.toml", f"{text}{table}{more}\n")
    project.commit("scanned")
