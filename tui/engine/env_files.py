"""Environment files, in the format of `docker run --env-file`.

NAME=VALUE on a line, the value taken as it stands: no quotes, no expansion. NAME alone takes the value from
the environment of whoever asks, and is left out where that has none. Lines that begin with # are comments.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tui.errors import HoldfastError

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST = 1 << 20
"""Bytes of the largest file that is read."""

HINT = "a line is NAME=VALUE, NAME alone, or a comment that begins with #"


class EnvFileUnusable(HoldfastError):
    """An environment file is missing, or a line of it is none. Its values are never told."""

    exit_status = 2


def read_env_file(path: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of a file, the last of a name counts. Blocks. Raises EnvFileUnusable."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise EnvFileUnusable(f"{path}: the env_file cannot be read: {error.strerror}") from error
    if len(content) > LARGEST:
        raise EnvFileUnusable(f"{path}: the env_file is larger than 1 MiB", "is it the right file?")
    return parse_env_file(content, path, environ)


def parse_env_file(content: bytes, path: str, environ: Mapping[str, str]) -> dict[str, str]:
    """As `read_env_file`, of what stands in the file."""
    variables: dict[str, str] = {}
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, raw in enumerate(lines, 1):
        where = f"{path}, line {number}"
        try:
            line = raw.removesuffix(b"\r").decode().lstrip()
        except UnicodeDecodeError as error:
            raise EnvFileUnusable(f"{where}: not UTF-8") from error
        if not line or line.startswith("#"):
            continue
        name, given, value = line.partition("=")
        if "\0" in line:
            raise EnvFileUnusable(f"{where}: it holds a zero byte")
        if not name:
            raise EnvFileUnusable(f"{where}: there is no name before the =", HINT)
        if " " in name or "\t" in name:
            raise EnvFileUnusable(f"{where}: the name of a variable has a space in it", HINT)
        if given:
            variables[name] = value
        elif name in environ:
            variables[name] = environ[name]
    return variables
