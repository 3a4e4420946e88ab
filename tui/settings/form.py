"""An app as a form: its fields, the texts in them, and the table of `[apps.NAME]` that these say together.

A field has rows, each a line of text. What a field cannot say stands in the last one of its table, "more",
as lines of TOML: so nothing of a file is lost by being shown as a form.
"""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Kind(Enum):
    """How the text of a field is read.

    TEXT     as it stands
    NUMBER   as a number where it is one: durations and sizes may be either
    WORDS    a text, or a list of words: ["npm", "test"]
    LINES    a list, a text or an inline table a row
    PAIRS    names with values, "NAME=VALUE" a row
    MORE     a line of TOML a row: user = "app"
    """

    TEXT = "text"
    NUMBER = "number"
    WORDS = "words"
    LINES = "lines"
    PAIRS = "pairs"
    MORE = "more"


class Field(NamedTuple):
    """A field of the form.

    id        "image" stands in `[apps.NAME]`, "run.ports" in `[apps.NAME.run]`
    about     what it is for, with an example where that helps
    default   what holds where nothing stands there
    """

    id: str
    kind: Kind
    about: str
    default: str = ""

    @property
    def table(self) -> str:
        """The table below `[apps.NAME]` that it belongs to, "" for that itself."""
        return self.id.rpartition(".")[0]

    @property
    def key(self) -> str:
        return self.id.rpartition(".")[2]

    @property
    def many(self) -> bool:
        """Whether it may have several rows."""
        return self.kind in (Kind.LINES, Kind.PAIRS, Kind.MORE)


_MORE = "any other key, a line of TOML each: "

FIELDS = (
    Field("name", Kind.TEXT, 'what its containers are called: a-z, 0-9, ".", "_" and "-"'),
    Field("image", Kind.TEXT, "the repository of its images, without a tag", "the app's name"),
    Field("engines", Kind.LINES, "Docker contexts, endpoints or names of [engines]", "the current one"),
    Field("order", Kind.TEXT, "stop-first, or start-first where no port is fixed", "stop-first"),
    Field("keep", Kind.NUMBER, "earlier good releases that are kept", "5"),
    Field("drain", Kind.WORDS, "run in the old container before it stops", "nothing"),
    Field("more", Kind.MORE, _MORE + 'drain_seconds = 10, fleet = "edge", create_volumes = ["files"]'),
    Field("build.context", Kind.TEXT, "the folder that is sent", "it is not built here"),
    Field("build.dockerfile", Kind.TEXT, "the file, from the context on", "Dockerfile"),
    Field("build.target", Kind.TEXT, "the stage that is built", "the last one"),
    Field("build.args", Kind.PAIRS, "build arguments, NAME=VALUE each"),
    Field("build.more", Kind.MORE, _MORE + 'platform = "linux/amd64", pull = true'),
    Field("run.ports", Kind.LINES, "what is published, each 8080:80 or 127.0.0.1:8080:80/udp"),
    Field("run.environment", Kind.PAIRS, "variables, NAME=VALUE each; NAME alone is passed on"),
    Field("run.env_file", Kind.LINES, "files with variables"),
    Field("run.volumes", Kind.LINES, "what is mounted, each files:/srv or /host/path:/srv:ro"),
    Field("run.networks", Kind.LINES, "networks that it is connected to"),
    Field("run.restart", Kind.TEXT, "no, always, unless-stopped or on-failure:3", "unless-stopped"),
    Field("run.command", Kind.WORDS, 'a text, or words: ["nginx", "-g", "daemon off;"]', "the image's own"),
    Field("run.mem_limit", Kind.NUMBER, "memory, such as 512m or 1.5g", "no limit"),
    Field("run.cpus", Kind.NUMBER, "processors, such as 1.5", "no limit"),
    Field("run.more", Kind.MORE, _MORE + 'user = "1000:1000", read_only = true'),
    Field(
        "ready.http", Kind.TEXT, "8080/healthz is asked for; one of http, tcp and exec", "its health check"
    ),
    Field("ready.tcp", Kind.NUMBER, "a port that accepts connections; instead of http"),
    Field("ready.exec", Kind.WORDS, "a command inside that ends with 0; instead of http"),
    Field("ready.timeout", Kind.NUMBER, "until when it must be ready: 90, 1m30s", "1m"),
    Field("ready.bake", Kind.NUMBER, "how long it is watched after a deploy", "30s"),
    Field("ready.more", Kind.MORE, _MORE + 'status = 204, scheme = "https"'),
    Field("test.command", Kind.WORDS, "run inside once it is ready", "being ready is enough"),
    Field("test.timeout", Kind.NUMBER, "how long it may take", "5m"),
    Field("test.more", Kind.MORE, _MORE + 'environment = { CI = "true" }'),
    Field("scan.fail_on", Kind.TEXT, "critical, high, medium, low or none: ship scans then too", "no scan"),
    Field("scan.scanner", Kind.TEXT, "trivy or grype", "the one that is found"),
    Field("scan.more", Kind.MORE, _MORE + "only_fixable = true, dockerfile = true"),
)

BY_ID: Mapping[str, Field] = {field.id: field for field in FIELDS}
TABLES = ("build", "run", "ready", "test", "scan")

NAME = "name"
"""The field that is no key, but the app's name."""

Draft = dict[str, list[str]]
"""The rows of each field, by its ID; those without any are left out."""


def inline(value: Any) -> str:
    """A value as TOML writes it in one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list():
            return f"[{', '.join(map(inline, value))}]"
        case dict():
            inner = ", ".join(f"{_bare(name)} = {inline(one)}" for name, one in value.items())
            return f"{{ {inner} }}" if inner else "{}"
        case int() | float():
            return str(value)
        case _:
            return str(value.isoformat())


def _bare(name: str) -> str:
    plain = name.replace("-", "").replace("_", "")
    return name if plain.isalnum() and plain.isascii() else inline(name)


# From a table to texts


def drafted(name: str, table: Mapping[str, Any]) -> Draft:
    """The form of an app whose table is this."""
    draft: Draft = {NAME: [name]} if name else {}
    inner = {key: _whole(key, table[key]) for key in TABLES if key in table}
    beside = {key: value for key, value in table.items() if not isinstance(inner.get(key), dict)}
    if "engine" in beside and "engines" not in beside:
        beside["engines"] = beside.pop("engine")
    for place, values in (("", beside), *inner.items()):
        if not isinstance(values, dict):
            continue
        more = []
        for key, value in values.items():
            field = BY_ID.get(f"{place}.{key}" if place else key)
            rows = _texts(field.kind, value) if field is not None and key not in ("more", NAME) else None
            if field is None or rows is None:
                more.append(f"{_bare(key)} = {inline(value)}")
            else:
                draft[field.id] = rows
        if more:
            draft[f"{place}.more" if place else "more"] = more
    return draft


def _whole(key: str, value: Any) -> Any:
    """A table in its long form: one that is there and says nothing has a meaning too."""
    if key == "build" and isinstance(value, str):
        return {"context": value}
    if key == "scan" and value == {}:
        return {"fail_on": "critical"}
    return value


_TOML = {Kind.TEXT: "\"'", Kind.NUMBER: "", Kind.WORDS: "[\"'", Kind.LINES: "{\"'", Kind.PAIRS: "\"'"}
"""What a row begins with that is a value of TOML; any other is a text as it stands."""


def _is_line(kind: Kind, text: str) -> bool:
    """Whether a text can stand in a row as it is."""
    return text.isprintable() and text == text.strip() and text[:1] != "" and text[0] not in _TOML[kind]


def _scalar(value: Any) -> str:
    return inline(value) if not isinstance(value, str) else value


def _texts(kind: Kind, value: Any) -> list[str] | None:
    """The rows that say a value; None where this kind of field cannot."""
    match kind, value:
        case Kind.TEXT, str() if _is_line(kind, value):
            return [value]
        case Kind.NUMBER, int() | float() if not isinstance(value, bool):
            return [str(value)]
        case Kind.NUMBER, str() if _is_line(kind, value) and _number(value) == value:
            return [value]
        case Kind.WORDS, str() if _is_line(kind, value):
            return [value]
        case Kind.WORDS, list():
            return [inline(value)]
        case Kind.LINES, str() if value:
            return [value if _is_line(kind, value) else inline(value)]
        case Kind.LINES, [_, *_] if all(isinstance(one, str | dict) for one in value):
            return [one if isinstance(one, str) and _is_line(kind, one) else inline(one) for one in value]
        case Kind.PAIRS, dict() if value:
            if any(isinstance(one, dict | list) for one in value.values()):
                return None
            if any(not name or "=" in name for name in value):
                return None
            return [_pair(f"{name}={_scalar(one)}") for name, one in value.items()]
        case Kind.PAIRS, [_, *_] if all(isinstance(one, str) for one in value):
            return [_pair(one) for one in value]
    return None


def _pair(text: str) -> str:
    return text if _is_line(Kind.PAIRS, text) else inline(text)


# From texts to a table


def table_of(draft: Draft, before: Mapping[str, Any] | None = None) -> tuple[dict[str, Any], Faults]:
    """What the form says, and what of it is no TOML. `before`: the table that it was, for the order."""
    found: dict[str, Any] = {}
    faults: Faults = {}
    for field in FIELDS:
        rows = draft.get(field.id, [])
        if field.id == NAME or not any(row.strip() for row in rows):
            continue
        place = found.setdefault(field.table, {}) if field.table else found
        if field.kind is Kind.MORE:
            _add_lines(place, field, rows, faults)
        else:
            place[field.key] = _value(field, rows, faults)
    engines = found.get("engines")
    if isinstance(engines, list) and len(engines) == 1:
        found["engine"] = found.pop("engines")[0]
    return _ordered(found, before or {}), faults


Faults = dict[tuple[str, int], str]
"""What is wrong, by field and number of the row."""


def _value(field: Field, rows: Sequence[str], faults: Faults) -> Any:
    numbered = [(row, text.strip()) for row, text in enumerate(rows) if text.strip()]
    values = [
        text if text[0] not in _TOML[field.kind] else _toml(text, faults, (field.id, row))
        for row, text in numbered
    ]
    match field.kind:
        case Kind.NUMBER:
            return _number(values[0])
        case Kind.LINES:
            return values
        case Kind.PAIRS:
            return _named(values)
        case _:
            return values[0]


def _named(texts: Sequence[Any]) -> Any:
    """A table, which later files can be put over; a list where a table cannot say it."""
    pairs = [text.partition("=") for text in texts if isinstance(text, str)]
    table = {name: value for name, sign, value in pairs if sign}
    return table if len(table) == len(texts) else list(texts)


def _number(text: str) -> int | float | str:
    """A number as TOML writes it, else the text: "007" and "1_000" are none."""
    if text.isascii() and text.isdigit() and len(text) < 19 and (text == "0" or text[0] != "0"):
        return int(text)
    whole, point, part = text.partition(".")
    digits = whole.isdigit() and part.isdigit() and text.isascii() and len(text) < 16
    return float(text) if point and digits and str(float(text)) == text else text


def _toml(text: str, faults: Faults, place: tuple[str, int]) -> Any:
    import tomllib

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError, KeyError) as error:
        faults[place] = f"not valid TOML: {error}"
        return text


def _add_lines(into: dict[str, Any], field: Field, rows: Sequence[str], faults: Faults) -> None:
    import tomllib

    for row, text in enumerate(rows):
        if not text.strip():
            continue
        try:
            found = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            faults[field.id, row] = f"not valid TOML: {error}"
            continue
        if text.lstrip().startswith("[") or not found:
            faults[field.id, row] = 'it takes a key and its value, such as user = "app"'
        for key, value in found.items():
            if key in into and not (isinstance(value, dict) and isinstance(into[key], dict)):
                faults[field.id, row] = f"{key} is set already"
            elif isinstance(value, dict) and isinstance(into.get(key), dict):
                into[key] = {**into[key], **value}
            else:
                into[key] = value


def _ordered(table: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """With its keys where they were; new ones behind them."""
    keys = dict.fromkeys((*(key for key in before if key in table), *table))
    return {
        key: _ordered(table[key], before[key])
        if isinstance(table[key], dict) and isinstance(before.get(key), dict)
        else table[key]
        for key in keys
    }


def row_of(draft: Draft, table: str, path: str) -> tuple[str, int]:
    """The field and row that the loader's place stands for: "ports[1]" in the table "run".

    The items of a list are numbered without the empty rows; a key that has no field of its own is in "more".
    """
    key = path.split(".")[0].split("[")[0]
    key = "engines" if key == "engine" and not table else key
    id = f"{table}.{key}" if table else key
    field = BY_ID.get(id)
    if field is None or key in ("more", NAME):
        id = f"{table}.more" if table else "more"
        rows = draft.get(id, [])
        return id, next((n for n, text in enumerate(rows) if text.strip().lstrip("\"'").startswith(key)), 0)
    rows = draft.get(id, [])
    filled = [number for number, text in enumerate(rows) if text.strip()]
    if path.startswith(f"{key}["):
        item = path[len(key) + 1 :].partition("]")[0]
        if item.isdigit() and int(item) < len(filled):
            return id, filled[int(item)]
    elif path.startswith(f"{key}.") and field.kind is Kind.PAIRS:
        name = path[len(key) + 1 :].strip('"')
        for number, text in enumerate(rows):
            if text.strip().lstrip("\"'").startswith(f"{name}="):
                return id, number
    return id, filled[0] if filled else 0
