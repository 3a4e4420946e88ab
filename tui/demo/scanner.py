"""The demo's scanner: a program that answers as Trivy would, with the findings of the demo's images.

`python -m tui.demo.scanner`, which the demo's own PATH calls trivy. It reads the archive that it is given,
reaches nobody, and knows no image but the demo's.
"""

from __future__ import annotations

import itertools
import json
import sys
import tarfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.demo.findings import VERSION, distribution_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.demo.findings import Distribution
    from tui.model.finding import Finding

TAKES = 0.6
"""Seconds that it takes, as somebody who looks can see."""

SYSTEMS = ("debian", "alpine")
"""Kinds of packages that are those of a distribution."""


def main(words: Sequence[str]) -> int:
    """As Trivy's command line, as far as it is used here; the exit status."""
    if not words or words[0] not in ("version", "image"):
        _say(f"the demo's trivy knows no {words[0] if words else 'command'}")
        return 1
    if words[0] == "version":
        sys.stdout.write(json.dumps({"Version": VERSION}))
        return 0
    given = dict(itertools.pairwise(words))
    if "--download-db-only" in words:
        write_database(Path(given["--cache-dir"]), time.time())
        return 0
    Path(given["--output"]).write_text(json.dumps(_report(Path(given["--input"]))))
    return 0


def write_database(folder: Path, built: float) -> None:
    """Say that a database was built then. Blocks. Raises OSError."""
    file = folder / "db" / "metadata.json"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(built))
    file.write_text(json.dumps({"Version": 2, "UpdatedAt": moment}))


def _report(archive: Path) -> dict[str, Any]:
    config, id = _configuration(archive)
    found = distribution_of(json.dumps(config))
    said = f"family={found.family} version={found.release}" if found is not None else "family=none"
    _say(f"INFO Detected OS {said}")
    time.sleep(TAKES)
    _say("INFO Number of language-specific files num=1")
    system = {"OS": {"Family": found.family, "Name": found.release}} if found is not None else {}
    return {
        "SchemaVersion": 2,
        "Trivy": {"Version": VERSION},
        "Metadata": {"ImageID": id, "DiffIDs": config["rootfs"]["diff_ids"], **system},
        "Results": _results(found) if found is not None else [],
    }


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _configuration(archive: Path) -> tuple[dict[str, Any], str]:
    """Of the image in an archive of `docker save`; and its ID."""
    with tarfile.open(archive) as tar:
        manifest = tar.extractfile("manifest.json")
        assert manifest is not None
        name = json.load(manifest)[0]["Config"]
        config = tar.extractfile(name)
        assert config is not None
        return json.load(config), f"sha256:{Path(name).stem}"


def _results(found: Distribution) -> list[dict[str, Any]]:
    of_system = [one for one in found.findings if one.kind in SYSTEMS]
    of_language = [one for one in found.findings if one.kind not in SYSTEMS]
    system, language = found.packages
    return [
        {
            "Target": f"image ({found.family} {found.release})",
            "Class": "os-pkgs",
            "Type": found.family,
            "Packages": [{"Name": f"package-{number}"} for number in range(system)],
            "Vulnerabilities": [_finding(one) for one in of_system],
        },
        {
            "Target": "srv",
            "Class": "lang-pkgs",
            "Type": of_language[0].kind,
            "Packages": [{"Name": f"module-{number}"} for number in range(language)],
            "Vulnerabilities": [_finding(one) for one in of_language],
        },
    ]


def _finding(one: Finding) -> dict[str, str]:
    return {
        "VulnerabilityID": one.id,
        "PkgName": one.package,
        "InstalledVersion": one.installed,
        "FixedVersion": one.fixed,
        "Status": one.status,
        "Severity": one.severity.upper(),
        "Title": one.title,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
