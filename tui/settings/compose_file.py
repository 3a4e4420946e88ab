"""A compose file's YAML: the plain values in it, nothing checked and no variable put in.

YAML as Compose takes it (go-yaml): 22:22, yes and 2020-01-01 are texts, 0755 is octal and 1_000 a number.
PyYAML by itself reads YAML 1.1, in which the first three are a number, true and a date.
"""

from __future__ import annotations

import math
import os
import re
from typing import Any, NamedTuple

import yaml

from tui.errors import HoldfastError
from tui.files import read_file

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""In the order in which Compose looks for them."""

OVERRIDES = (
    "compose.override.yml", "compose.override.yaml", "docker-compose.override.yml",
    "docker-compose.override.yaml",
)  # fmt: skip

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
    (
        "float",
        r"[-+]?(?:[0-9][0-9_]*|0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+"
        r"|(?:\.[0-9][0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?)",
        "-+.0123456789",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"(?:{_pattern})\Z"), list(_first))


class Tagged(NamedTuple):
    """A value behind `!reset` (it is removed) or `!override` (it replaces what earlier files have)."""

    tag: str
    value: Any


def _number(loader: _Loader, node: yaml.ScalarNode) -> int | float | str:
    text = str(loader.construct_scalar(node))
    plain = text.replace("_", "")
    digits = plain.lstrip("+-")
    try:
        if digits.isdigit() and digits.startswith("0") and not set(digits) - set("01234567"):
            found: int | float = int(plain, 8)
        else:
            found = int(plain, 0)
        return found if abs(found) < 2**63 else float(found)
    except ValueError:
        pass
    try:
        return float(plain)
    except ValueError:
        return text


def _tagged(loader: _Loader, node: yaml.MappingNode | yaml.SequenceNode | yaml.ScalarNode) -> Tagged:
    if isinstance(node, yaml.MappingNode):
        return Tagged(node.tag, loader.construct_mapping(node, deep=True))
    if isinstance(node, yaml.SequenceNode):
        return Tagged(node.tag, loader.construct_sequence(node, deep=True))
    tag = loader.resolve(yaml.ScalarNode, node.value, (node.style is None, False))  # type: ignore[no-untyped-call]
    return Tagged(node.tag, loader.construct_object(yaml.ScalarNode(tag, node.value)))


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    """A key that stands twice is refused, as Compose does: which of them was meant is unknown."""
    seen: set[str] = set()
    for key, _ in node.value:
        if isinstance(key, yaml.ScalarNode):
            if key.value in seen and key.value != "<<":
                why = f"the key {key.value!r} stands there twice"
                raise yaml.constructor.ConstructorError(None, None, why, key.start_mark)
            seen.add(key.value)
    loader.flatten_mapping(node)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor("tag:yaml.org,2002:float", _number)
_Loader.add_constructor("tag:yaml.org,2002:int", _number)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
_Loader.add_constructor("!reset", _tagged)
_Loader.add_constructor("!override", _tagged)


def find(folder: str) -> str:
    """The path of the folder's compose file, "" where it has none."""
    paths = (os.path.join(folder, name) for name in NAMES)
    return next((path for path in paths if os.path.isfile(path)), "")


def find_override(folder: str) -> str:
    """The path of the file that Compose reads behind the folder's compose file, "" where there is none."""
    paths = (os.path.join(folder, name) for name in OVERRIDES)
    return next((path for path in paths if os.path.isfile(path)), "")


def contents(path: str) -> bytes:
    """What a file holds: a regular one, with a bound. Raises UnreadableFile."""
    try:
        return read_file(path, LARGEST)
    except OSError as error:
        raise UnreadableFile(f"{path}: cannot be read: {error.strerror}") from None


def read(path: str) -> list[dict[str, Any]]:
    """Its documents: texts, numbers, true and false, None, lists, dicts and Tagged. Raises UnreadableFile."""
    content = contents(path)
    try:
        documents = list(yaml.load_all(content, _Loader))
    except yaml.MarkedYAMLError as error:
        line = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
        raise UnreadableFile(f"{path}: not valid YAML: {error.problem}{line}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UnreadableFile(f"{path}: not valid YAML: {type(error).__name__}") from None
    plain = _Plain(path)
    found = [plain(document) for document in documents if document is not None]
    if not found or not all(isinstance(document, dict) for document in found):
        raise UnreadableFile(f"{path}: is not a compose file: it has no services")
    return found


class _Plain:
    """What TOML can hold of a value, or its text; only so much of it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._left = MOST

    def __call__(self, value: Any, depth: int = 0) -> Any:
        self._left -= 1
        if self._left < 0 or depth > DEEPEST:
            raise UnreadableFile(f"{self._path}: has more than {MOST} values, or more than {DEEPEST} levels")
        if isinstance(value, Tagged):
            return Tagged(value.tag, self(value.value, depth))
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
    return go_text(value).encode("utf-8", "replace").decode()


def go_text(value: Any) -> str:
    """A value as Compose writes it as a text: 1.0 is "1", and true is "true"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e21:
            return str(int(value))
        return repr(value)
    return "" if value is None else str(value)
