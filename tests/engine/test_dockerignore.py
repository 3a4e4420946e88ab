"""Which files belong to a build: our decision beside that of the docker command line, on a real engine."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import pytest

from tests.support.docker_builds import Copied, build, content, copied, without_permissions
from tui.engine.build_files import ignore_file, open_file, walk
from tui.engine.build_tar import tar_stream
from tui.errors import HoldfastError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.private_engine import PrivateEngine

FILES = (
    "README.md", "CHANGELOG.md", "a.log", "keep.log", "temp1", "tempting", ".hidden", ".git/HEAD", "run.sh",
    "src/main.go", "src/main_test.go", "src/temp2", "src/deep/README.md", "src/deep/er/x.go", "src/sec/key",
    "src/node_modules/y/index.js", "node_modules/x/index.js", "docs/a.md", "docs/b/c.md", "docs/keep/d.md",
    "name with spaces/f", "#hash", "!bang", "star*", "[x]", "back\\slash", "ünï/é.txt", "empty/",
    "dir/empty/", "dir/full/f", "sticky/", "private/f",
)  # fmt: skip


class Tree(NamedTuple):
    folder: str
    dockerfile: str


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    for path in FILES:
        (tmp_path / path if path.endswith("/") else (tmp_path / path).parent).mkdir(
            parents=True, exist_ok=True
        )
        if not path.endswith("/"):
            (tmp_path / path).write_text(f"{path}\n" * 100)
    for path, mode in (("run.sh", 0o4755), ("sticky", 0o1777), ("private", 0o700), ("private/f", 0o600)):
        os.chmod(tmp_path / path, mode)
    for path, to in (
        ("link", "src/main.go"),
        ("abs", "/etc/passwd"),
        ("dangling", "none"),
        ("docs2", "docs"),
    ):
        (tmp_path / path).symlink_to(to)
    os.link(tmp_path / "a.log", tmp_path / "hard")
    os.mkfifo(tmp_path / "pipe")
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")).write_text("coffee")
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text("FROM scratch\nCOPY . /all/\n")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(f"{tmp_path}/socket")
        yield Tree(str(tmp_path), str(dockerfile))


def ours_with_buildkit(tree: Tree) -> dict[str, Copied]:
    """What is told to BuildKit, except for pipes, which its COPY passes over."""
    _, ignore = ignore_file(tree.dockerfile, tree.folder)
    found = {}
    for entry in walk(tree.folder, excludes=ignore):
        if stat.S_ISFIFO(entry.mode):
            continue
        text = b""
        if stat.S_ISREG(entry.mode) and (file := open_file(tree.folder, entry.path)):
            with file:
                text = file.read()
        found[entry.path] = Copied(without_permissions(entry.mode), entry.link, text)
    return found


def ours_with_classic(engine: PrivateEngine, tree: Tree) -> dict[str, Copied]:
    """What is in an image that the classic builder makes of our tar."""
    name, chunks = tar_stream(
        tree.folder, ignore_file(tree.dockerfile, tree.folder, classic=True)[1], tree.dockerfile
    )
    query = urlencode({"version": 1, "t": "holdfast-test/ours:1", "dockerfile": name, "nocache": 1})
    reply = engine.api.ask("POST", f"/build?{query}", b"".join(chunks), seconds=60)
    assert any("aux" in line for line in reply.lines), reply.body
    return content(engine, "holdfast-test/ours:1")


SAME = [
    "",
    "*.md\n!README.md",
    "docs",
    "docs/\nempty/\n",
    "/docs\n/src/",
    "**/*.go",
    "**/node_modules",
    "*/temp*\ntemp?",
    "# docs\n  \n # src\nsrc # no comment\n#hash",
    "  docs  \n\ta.log",
    "\ufeffdocs\r\n*.log\r\n!keep.log\r\n",
    "src\n!src/deep\nsrc/deep/er",
    "*\n!docs/keep/d.md\n!private/f",
    "**\n!src/deep",
    "docs/**",
    "docs/*\n!docs/keep",
    ".*",
    "[a-k]*",
    "[^.]*",
    "\\#hash\n\\!bang\nstar\\*\n\\[x]\nback\\\\slash",
    "Dockerfile\n.dockerignore",
    "./docs/../src//deep/.",
    "..\n.\n/",
    "dir\n!dir/empty",
    "ünï\nname with spaces\ncaf?",
    "link\ndocs2/a.md\nsocket\npipe\nhard",
    "a.log\n!a.log\na.log",
    "s[^q]c/*.go\nv\\d",
]
"""Ignore files of which all of Docker's clients make the same."""

ONLY_CLASSIC = ["**\n!**/*.go", "src\n!src/*/README.md", "*\n!d*"]
"""Those that its classic clients understand otherwise than BuildKit's."""


@pytest.mark.parametrize("lines", [*SAME, *ONLY_CLASSIC])
def test_the_classic_builder_gets_what_docker_sends_it(
    private_engine: PrivateEngine, tree: Tree, lines: str
) -> None:
    Path(tree.folder, ".dockerignore").write_bytes(lines.encode())
    assert ours_with_classic(private_engine, tree) == copied(private_engine, tree.folder)


@pytest.mark.parametrize("lines", SAME)
def test_buildkit_is_told_what_docker_tells_it(private_engine: PrivateEngine, tree: Tree, lines: str) -> None:
    Path(tree.folder, ".dockerignore").write_bytes(lines.encode())
    assert ours_with_buildkit(tree) == copied(private_engine, tree.folder, buildkit=True)


def test_the_ignore_file_of_a_dockerfile_counts_for_buildkit_only(
    private_engine: PrivateEngine, tree: Tree
) -> None:
    own = Path(tree.folder, "src/web.Dockerfile")
    own.write_text("FROM scratch\nCOPY . /all/\n")
    Path(tree.folder, ".dockerignore").write_text("docs")
    Path(tree.folder, "src/web.Dockerfile.dockerignore").write_text("**/*.md\nnode_modules")
    tree = tree._replace(dockerfile=str(own))
    options = ("--file", str(own))
    with_buildkit = copied(private_engine, tree.folder, *options, buildkit=True)
    assert ours_with_buildkit(tree) == with_buildkit
    assert "docs/a.md" not in with_buildkit
    assert "docs" in with_buildkit
    with_classic = copied(private_engine, tree.folder, *options)
    assert ours_with_classic(private_engine, tree) == with_classic
    assert "docs" not in with_classic


@pytest.mark.parametrize("lines", ["", "docs", "*\n!src\n.dockerignore"])
def test_a_dockerfile_from_elsewhere(
    private_engine: PrivateEngine, tree: Tree, lines: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "web.Dockerfile"
    elsewhere.write_text("FROM scratch\nCOPY . /all/\n")
    if lines:
        Path(tree.folder, ".dockerignore").write_text(lines)
    tree = tree._replace(dockerfile=str(elsewhere))
    ours = ours_with_classic(private_engine, tree)
    theirs = copied(private_engine, tree.folder, "--file", str(elsewhere))
    if ".dockerignore" in theirs:  # with the name that the Dockerfile had on its way
        assert ours.pop(".dockerignore").content.startswith(lines.encode())
        assert theirs.pop(".dockerignore").content.startswith(lines.encode())
    assert ours == theirs


@pytest.mark.parametrize("buildkit", [False, True])
@pytest.mark.parametrize("lines", ["!", "[a-", "[z-a]", "a\\", "a[]b", "[^]", "[a-]", "\\y"])
def test_what_docker_refuses_is_refused(
    private_engine: PrivateEngine, tree: Tree, lines: str, buildkit: bool
) -> None:
    Path(tree.folder, ".dockerignore").write_text(lines)
    assert build(private_engine, tree.folder, buildkit=buildkit).returncode != 0
    with pytest.raises(HoldfastError, match="line 1"):
        ignore_file(tree.dockerfile, tree.folder)
