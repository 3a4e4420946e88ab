"""Environment files of an app, in Compose's format: the words of the configuration are Compose's.

The format itself is `tui.model.env_file`. A variable that a value refers to and that nobody sets is refused,
where Compose puts nothing in its place: in a password a dollar sign is seldom meant as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.borders import beyond
from tui.errors import HoldfastError
from tui.files import read_file
from tui.model import env_file
from tui.model.interpolation import required

if TYPE_CHECKING:
    from collections.abc import Mapping

HINT = (
    "a line is NAME=VALUE, NAME alone, or a comment that begins with #; "
    "in single quotes a value stays as it is, elsewhere $$ is a dollar sign"
)


class EnvFileUnusable(HoldfastError):
    """An environment file is missing, or a line of it is none. Its values are never told."""

    exit_status = 2


def read_env_file(
    path: str, environ: Mapping[str, str], known: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The variables of a file, beyond those that are `known`; the last of a name counts. Blocks.

    A variable in a value is looked for in `environ`, then among those before it; NAME alone in `environ`.
    Raises EnvFileUnusable.
    """
    try:
        content = read_file(path)
    except OSError as error:
        raise EnvFileUnusable(
            f"{path}: the env_file cannot be read: {error.strerror}", "is it the right file?"
        ) from error
    asked = env_file.variables_of(content.decode("utf-8", "replace").removeprefix("\ufeff"))
    name, file = beyond(path, asked)
    if name:
        raise EnvFileUnusable(
            f"{path} asks for ${name}, which {file} is not allowed to ask for",
            "holdfast allow lists what it asks for, and allows it",
        )
    return parse_env_file(content, path, environ, known)


def parse_env_file(
    content: bytes, path: str, environ: Mapping[str, str], known: Mapping[str, str] | None = None
) -> dict[str, str]:
    """As `read_env_file`, of what stands in the file."""
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise EnvFileUnusable(f"{path}, line {line}: not UTF-8") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise EnvFileUnusable(f"{path}, line {line}: it holds a zero byte")
    variables = dict(known or {})
    try:
        env_file.parse_env_file(text, environ.get, variables, required, needed=True)
    except env_file.EnvFileInvalid as error:
        raise EnvFileUnusable(f"{path}, {error}", HINT) from None
    return variables
