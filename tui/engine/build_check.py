"""Looking before a build whether what it begins with is there."""

from __future__ import annotations

import errno
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from tui.borders import check as check_border
from tui.errors import HoldfastError
from tui.files import open_file, read_file

if TYPE_CHECKING:
    from tui.model.app import BuildSpec


class BuildImpossible(HoldfastError):
    """What is to be built is not there, or the engine's builder cannot build it."""

    exit_status = 2


def check(spec: BuildSpec) -> str:
    """The text of a build's Dockerfile, once its folder is there too; blocks. Raises BuildImpossible."""
    folder, path = Path(spec.context), Path(spec.dockerfile)
    try:
        check_border(folder)
        if not stat.S_ISDIR(folder.stat().st_mode):
            raise BuildImpossible(f"build.context: {folder} is no folder", "name the folder that is sent")
        text = read_file(path).decode("utf-8", "replace")
    except FileNotFoundError as error:
        if str(error.filename) == str(folder):
            raise BuildImpossible(
                f"build.context: there is no folder {folder}",
                _near(folder) or "correct it in the app's table",
            ) from None
        hint = _near(path) or "write one: https://docs.docker.com/reference/dockerfile/"
        raise BuildImpossible(f"build.dockerfile: there is no file {path}", hint) from None
    except IsADirectoryError:
        raise BuildImpossible(f"build.dockerfile: {path} is a folder", _near(path / "Dockerfile")) from None
    except OSError as error:
        raise BuildImpossible(f"build: {error.filename} cannot be read: {error.strerror}") from None
    for ignoring in (f"{path}.dockerignore", f"{path.parent}/.dockerignore", f"{folder}/.dockerignore"):
        _check_ignore_file(ignoring)
    return text


def _check_ignore_file(path: str) -> None:
    """A FIFO is sent as what it is, and BuildKit would wait for ever for somebody to write into it."""
    try:
        open_file(path).close()
    except OSError as error:
        if error.errno == errno.EINVAL:
            hint = "make it a file, or remove it"
            raise BuildImpossible(f"build: {path} cannot be read: {error.strerror}", hint) from None


def _near(path: Path) -> str:
    """What is there instead of a missing path: names like its own, or that nothing is."""
    import difflib

    existing = next(folder for folder in path.parents if folder.is_dir())
    if existing != path.parent:
        return f"there is {existing}, but no {path.relative_to(existing).parts[0]} in it"
    names = sorted(entry.name for entry in existing.iterdir())
    kind = "dockerfile" if "dockerfile" in path.name.lower() else path.name.lower()
    near = [name for name in names if kind in name.lower() and not name.endswith(".dockerignore")]
    near += [name for name in difflib.get_close_matches(path.name, names, 3) if name not in near]
    return f"in {existing} there is {', '.join(near[:5])}" if near else ""
