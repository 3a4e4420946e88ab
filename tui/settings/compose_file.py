"""A compose file, read for `holdfast init`: the plain values in it, nothing checked.

YAML as Compose takes it: the core schema of YAML 1.2, in which 22:22, yes and 2020-01-01 are texts. PyYAML by
itself reads YAML 1.1, in which they are a number, true and a date.
"""

from __future__ import annotations

import math
import os
import re
from typing import TYPE_CHECKING, Any

import yaml

from tui.errors import HoldfastError
from tui.files import read_file

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""In the order in which Compose looks for them."""

LARGEST = 1 << 20
"""Bytes that a compose file may have."""

MOST = 10_000
"""Values that are taken from it; aliases can make many of few lines."""

DEEPEST = 20


class UnreadableFile(HoldfastError):
    """A compose file that cannot be read."""

    exit_status = 2


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {}  # noqa: RUF012 -- PyYAML's own way to have others than its parent


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first))


def find(folder: str) -> str:
    """The path of the folder's compose file, "" where it has none."""
    paths = (os.path.join(folder, name) for name in NAMES)
    return next((path for path in paths if os.path.isfile(path)), "")


def read(path: str) -> Mapping[str, Any]:
    """The file's texts, numbers, true and false, None, lists and dicts. Raises UnreadableFile."""
    try:
        content = read_file(path, LARGEST)
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read: {error.strerror}") from None
    try:
        document = yaml.load(content, _Loader)
    except yaml.MarkedYAMLError as error:
        line = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
        raise UnreadableFile(f"{path}: not valid YAML: {error.problem}{line}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnreadableFile(f"{path}: not valid YAML: {type(error).__name__}") from None
    plain = _Plain()(document)
    if not isinstance(plain, dict):
        raise UnreadableFile(f"{path}: is not a compose file: it has no services")
    return plain


class _Plain:
    """What TOML can hold of a value, or its text; only so much of it."""

    def __init__(self) -> None:
        self._left = MOST

    def __call__(self, value: Any, depth: int = 0) -> Any:
        self._left -= 1
        if self._left < 0 or depth > DEEPEST:
            return None
        if isinstance(value, dict):
            return {_text(key): self(inner, depth + 1) for key, inner in value.items()}
        if isinstance(value, list | tuple | set):
            return [self(inner, depth + 1) for inner in value]
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int):
            return value if abs(value) < 2**63 else None
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        return _text(value)


def _text(value: Any) -> str:
    # A lone surrogate, which YAML can write as an escape, has no UTF-8.
    return str(value).encode("utf-8", "replace").decode()
