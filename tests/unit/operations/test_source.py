"""What git is asked of a build's folder, and that nobody has to wait for it."""

from __future__ import annotations

import asyncio
import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tui.operations.looking import git_state as source
from tui.operations.looking.git_state import GitState, source_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Silent:
    """What a process says that says nothing."""

    async def read(self, _most: int) -> bytes:
        await asyncio.sleep(60)
        return b""


class JustEnded:
    """A process that ends between the moment it is given up and the moment it is killed."""

    returncode = None
    stdout = stderr = Silent()

    def kill(self) -> None:
        raise ProcessLookupError

    async def communicate(self) -> tuple[bytes, bytes]:
        return b"", b""


async def test_a_process_that_has_just_ended_can_be_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a dialog is closed while the dashboard looks at the source."""

    async def started(*_: object, **__: object) -> JustEnded:
        return JustEnded()

    monkeypatch.setattr(asyncio, "create_subprocess_exec", started)
    (tmp_path / ".git").mkdir()
    looking = asyncio.create_task(source_of(str(tmp_path), str(tmp_path / "Dockerfile")))
    await asyncio.sleep(0.01)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking


def script(path: Path, text: str) -> None:
    """A program of a shell's."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=T", "-c", "user.email=t@example.com"]
    done = subprocess.run(
        ["git", "-C", folder, *identity, *words], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit and nothing beside it."""
    git(tmp_path, "init", "-q")
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    return tmp_path


async def test_a_clean_tree_is_told_with_its_commit(repository: Path) -> None:
    found = await source_of(str(repository))
    assert (found.commit, found.dirty, found.unknown) == (git(repository, "rev-parse", "HEAD"), False, "")


async def test_no_repository_is_no_dirty_one(tmp_path: Path) -> None:
    assert await source_of(str(tmp_path)) == GitState()


@pytest.mark.parametrize("inner", [".", "sub"])
async def test_a_folder_that_git_refuses_is_no_clean_tree(repository: Path, inner: str) -> None:
    """As in a container or a job of CI, whose files belong to another account."""
    (repository / "sub").mkdir(exist_ok=True)
    for path in (repository, *repository.rglob("*")):
        os.lchown(path, 12345, 12345)
    found = await source_of(str(repository / inner))
    assert found.dirty
    assert "dubious ownership" in found.unknown


def _no_commit(repository: Path, _monkeypatch: pytest.MonkeyPatch) -> str:
    git(repository, "update-ref", "-d", "HEAD")
    return "does not have any commits yet"


def _no_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PATH", str(repository))
    return "git cannot be started"


def _slow_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(source, "SECONDS", 0.05)
    monkeypatch.setenv("PATH", f"{repository / 'bin'}:{os.environ['PATH']}")
    script(repository / "bin" / "git", "exec sleep 60")
    return "did not answer"


def _damaged(repository: Path, _monkeypatch: pytest.MonkeyPatch) -> str:
    (repository / ".git" / "HEAD").unlink()
    return "not a git repository"


@pytest.mark.parametrize("broken", [_no_commit, _no_git, _slow_git, _damaged])
async def test_a_state_that_git_does_not_tell_is_no_clean_one(
    repository: Path, monkeypatch: pytest.MonkeyPatch, broken: Callable[[Path, pytest.MonkeyPatch], str]
) -> None:
    why = broken(repository, monkeypatch)
    found = await source_of(str(repository))
    assert found.dirty
    assert not found.commit
    assert why in found.unknown


async def test_an_endless_list_of_changes_is_not_read_to_its_end(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{repository / 'bin'}:{os.environ['PATH']}")
    script(
        repository / "bin" / "git", 'case "$3" in status) exec yes "?? file";; log) printf "%040d 1" 7;; esac'
    )
    found = await source_of(str(repository))
    assert (found.commit, found.dirty, found.unknown) == (f"{7:040}", True, "")


async def test_no_program_is_started_that_a_cloned_folder_names(repository: Path) -> None:
    """A folder that looks like a bare repository can be committed, with a configuration of its own."""
    inner = repository / "sub"
    subprocess.run(["git", "init", "-q", "--bare", inner], check=True)
    (inner / "config").write_text(
        f"[core]\nrepositoryformatversion = 0\nworktree = .\nfsmonitor = touch {repository}/RAN\n"
    )
    (inner / "Dockerfile").write_text("FROM scratch\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "sub")
    found = await source_of(str(inner), str(inner / "Dockerfile"))
    assert not (repository / "RAN").exists()
    assert found.commit == git(repository, "rev-parse", "HEAD")
    (repository / ".git" / "config").open("a").write(f"[core]\nfsmonitor = touch {repository}/RAN\n")
    await source_of(str(repository))
    assert not (repository / "RAN").exists()


@pytest.mark.parametrize("key", ["clean", "process"])
async def test_no_filter_is_started_that_the_repository_names(repository: Path, key: str) -> None:
    (repository / ".gitattributes").write_text("*.txt filter=a.b\n")
    (repository / "f.txt").write_text("one\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "two")
    (repository / ".git" / "more").write_text(
        f'[filter "a.b"]\n{key} = "touch {repository}/.git/RAN; cat"\nrequired = true\n'
    )
    (repository / ".git" / "config").open("a").write("[include]\npath = more\n")
    os.utime(repository / "f.txt", (1, 1))  # git looks at what is in it then
    found = await source_of(str(repository))
    assert not (repository / ".git" / "RAN").exists()
    assert (found.dirty, found.unknown) == (False, "")
    (repository / "f.txt").write_text("two\n")
    assert (await source_of(str(repository))).dirty


async def test_no_program_of_a_submodule_is_started_and_its_changes_count(repository: Path) -> None:
    inner = repository / "inner"
    subprocess.run(["git", "init", "-q", inner], check=True)
    (inner / "f").write_text("one\n")
    (inner / ".gitattributes").write_text("f filter=a\n")
    git(inner, "add", "-A")
    git(inner, "commit", "-q", "-m", "one")
    (repository / ".gitmodules").write_text('[submodule "inner"]\npath = inner\nurl = ./inner\n')
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "with it")
    ran = repository / ".git" / "RAN"
    (inner / ".git" / "config").open("a").write(f'[filter "a"]\nclean = "touch {ran}; cat"\n')
    os.utime(inner / "f", (1, 1))
    assert not (await source_of(str(repository))).dirty
    assert not ran.exists()
    (inner / "f").write_text("two\n")
    assert (await source_of(str(repository))).dirty
    assert (await source_of(str(inner))).dirty
    assert not (await source_of(str(repository / "bin"))).dirty
    assert not ran.exists()


async def test_what_is_missing_is_not_fetched_by_a_program_that_the_repository_names(
    repository: Path,
) -> None:
    tree = git(repository, "rev-parse", "HEAD^{tree}")
    (repository / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    (repository / ".git" / "config").open("a").write(
        f'[remote "origin"]\nurl = "ext::touch {repository}/.git/RAN"\npromisor = true\n'
        '[protocol "ext"]\nallow = always\n'
    )
    found = await source_of(str(repository))
    assert not (repository / ".git" / "RAN").exists()
    assert found.dirty


async def test_a_signed_commit_is_told_by_its_digits_alone(repository: Path) -> None:
    script(
        repository / ".git" / "gpg",
        f"cat >/dev/null; touch {repository}/.git/RAN; echo '[GNUPG:] SIG_CREATED ' >&2; echo x",
    )
    for key, value in (("gpg.program", str(repository / ".git" / "gpg")), ("log.showSignature", "true")):
        git(repository, "config", key, value)
    git(repository, "commit", "-q", "-S", "--allow-empty", "-m", "signed")
    (repository / ".git" / "RAN").unlink()
    found = await source_of(str(repository))
    assert found.commit == git(repository, "rev-parse", "HEAD")
    assert not (repository / ".git" / "RAN").exists()


async def test_what_is_no_commit_is_unknown(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{repository / 'bin'}:{os.environ['PATH']}")
    script(repository / "bin" / "git", "case $3 in log) echo gpg: Signature made;; esac")
    found = await source_of(str(repository))
    assert (found.commit, found.dirty, found.unknown) == ("", True, "git says what is no commit")
