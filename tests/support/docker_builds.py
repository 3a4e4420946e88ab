"""What the docker command line puts into an image: the judge of which files belong to a build."""

from __future__ import annotations

import io
import os
import shutil
import stat
import subprocess
import tarfile
import uuid
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tests.support.private_engine import PrivateEngine

PATIENCE = 60.0

_KINDS = {
    tarfile.REGTYPE: stat.S_IFREG, tarfile.DIRTYPE: stat.S_IFDIR, tarfile.SYMTYPE: stat.S_IFLNK,
    tarfile.FIFOTYPE: stat.S_IFIFO,
}  # fmt: skip


class Copied(NamedTuple):
    """A file in an image. mode: as stat has it; a link's permissions say nothing and are left out."""

    mode: int
    link: str
    content: bytes


def without_permissions(mode: int) -> int:
    return stat.S_IFMT(mode) if stat.S_ISLNK(mode) else mode


def command(buildkit: bool) -> str:
    """A docker command that can build like this: since 23.0 it leaves BuildKit to a plugin of its own."""
    for folder in os.get_exec_path():
        docker = shutil.which("docker", path=folder)
        if docker and (not buildkit or _has_buildkit(docker)):
            return docker
    raise AssertionError("the tests need the docker command line, with BuildKit: apt-get install docker.io")


def _has_buildkit(docker: str) -> bool:
    version = subprocess.run([docker, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.split()[2].partition(".")[0]) < 23:
        return True
    return subprocess.run([docker, "buildx", "version"], capture_output=True, check=False).returncode == 0


def build(
    engine: PrivateEngine, folder: str, *options: str, buildkit: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run `docker build`."""
    return subprocess.run(
        [command(buildkit), "--host", engine.host, "build", *options, folder],
        env=os.environ | {"DOCKER_BUILDKIT": str(int(buildkit))},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def copied(engine: PrivateEngine, folder: str, *options: str, buildkit: bool = False) -> dict[str, Copied]:
    """Build a folder whose Dockerfile has `COPY . /all/`; what is then in /all."""
    tag = f"holdfast-test/{uuid.uuid4().hex}:1"
    made = build(engine, folder, "--tag", tag, *options, buildkit=buildkit)
    assert made.returncode == 0, made.stderr + made.stdout
    return content(engine, tag)


def content(engine: PrivateEngine, image: str) -> dict[str, Copied]:
    """What an image has in /all."""
    container = engine.api.create("none", Image=image)
    packed = engine.api.ask("GET", f"/containers/{container}/export").body
    engine.api.remove(container)
    engine.api.untag(image)
    found = {}
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        for member in tar:
            if not member.name.startswith("all/"):
                continue
            file = tar.extractfile(member) if member.isreg() or member.islnk() else None
            kind = stat.S_IFREG if member.islnk() else _KINDS[member.type]
            link = member.linkname if member.issym() else ""
            mode = without_permissions(kind | member.mode)
            found[member.name.removeprefix("all/")] = Copied(mode, link, file.read() if file else b"")
    return found
