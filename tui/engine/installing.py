"""How Docker is installed on this machine, where it is not: one command of its distribution."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tui.files import read_file

RELEASE = Path("/etc/os-release")

PAGE = "https://docs.docker.com/engine/install/"
"""Where it is not known by what the distribution calls it."""

COMMANDS = {
    "debian": "apt-get install docker.io",
    "ubuntu": "apt-get install docker.io",
    "fedora": "dnf install moby-engine",
    "opensuse": "zypper install docker",
    "suse": "zypper install docker",
    "arch": "pacman -S docker",
    "alpine": "apk add docker",
    "void": "xbps-install docker",
    "gentoo": "emerge app-containers/docker",
}
"""By ID or ID_LIKE of os-release(5)."""


def install_command(release: str, *, root: bool) -> str:
    """The command for a distribution by the text of its os-release, "" where none is known."""
    fields = dict(line.partition("=")[::2] for line in release.split("\n"))
    named = f"{fields.get('ID', '')} {fields.get('ID_LIKE', '')}".replace('"', "").replace("'", "")
    for word in named.split():
        if found := COMMANDS.get(word.partition("-")[0]):
            return found if root else f"sudo {found}"
    return ""


def not_installed() -> str:
    """What to do where Docker is not installed on this machine, "" where it is. Blocks for a moment."""
    if any(shutil.which(name) for name in ("dockerd", "docker", "dockerd-rootless.sh")):
        return ""
    try:
        release = read_file(RELEASE).decode("utf-8", "replace")
    except OSError:
        release = ""
    command = install_command(release, root=os.geteuid() == 0)
    return f"Docker is not installed here: {command or PAGE}"
