"""The one command that installs Docker, by what a distribution says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.engine import installing
from tui.engine.installing import PAGE, install_command, not_installed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("release", "command"),
    [
        ('PRETTY_NAME="Debian GNU/Linux 13"\nID=debian\n', "sudo apt-get install docker.io"),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', "sudo apt-get install docker.io"),
        ('ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', "sudo zypper install docker"),
        ("ID=alpine\n", "sudo apk add docker"),
        ("ID=somethingelse\n", ""),
        ("", ""),
    ],
)
def test_the_command_is_that_of_the_distribution(release: str, command: str) -> None:
    assert install_command(release, root=False) == command
    assert install_command(release, root=True) == command.removeprefix("sudo ")


def test_only_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(installing, "RELEASE", tmp_path / "os-release")
    assert not_installed() == f"Docker is not installed here: {PAGE}"
    (tmp_path / "os-release").write_text("ID=debian\n")
    assert "apt-get install docker.io" in not_installed()
    (tmp_path / "docker").write_text("#!/bin/sh\n")
    (tmp_path / "docker").chmod(0o755)
    assert not_installed() == ""
