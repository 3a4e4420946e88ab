"""Lines of JSON or logfmt as fields for people. Only lines on the screen come here."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tui.presentation.text import cut, safe, width

if TYPE_CHECKING:
    from tui.presentation.style import Line

LONGEST = 65_536
"""Bytes of a line that is read as fields; a longer one stays as it is."""

MOST = 40
"""Fields that are shown of a line; that there are more is said."""

LEVELS = ("level", "severity", "lvl", "log.level", "loglevel", "levelname")
TIMES = ("time", "ts", "timestamp", "@timestamp", "t", "date", "asctime")
LOGGERS = ("logger", "logger_name", "name", "log.logger", "caller", "component", "module")
MESSAGES = ("message", "msg", "event", "text", "@message")

ROLES = {
    "trace": "muted", "debug": "muted", "info": "ok", "notice": "ok", "warn": "warn", "error": "bad",
    "fatal": "bad",
}  # fmt: skip

_SAME = {
    "verbose": "trace", "dbg": "debug", "information": "info", "informational": "info", "inf": "info",
    "warning": "warn", "wrn": "warn", "err": "error", "eror": "error", "critical": "fatal", "crit": "fatal",
    "panic": "fatal", "emerg": "fatal", "emergency": "fatal", "alert": "fatal", "dpanic": "fatal",
}  # fmt: skip

_NUMBERS = {10: "trace", 20: "debug", 30: "info", 40: "warn", 50: "error", 60: "fatal"}
"""Levels of pino and bunyan. Python's own numbers say another thing; it writes words."""

_PAIR = re.compile(r'([A-Za-z_@][\w.@/-]{0,63})=("(?:[^"\\]|\\.)*"|[^\s"]*)(?:\s+|$)')
_ESCAPE = re.compile(r"\\(.)")
TIME_CELLS = 32
"""Of a time that cannot be read: enough for every usual way to write one."""

_EARLIEST = 1e8
"""A number below is no moment."""


def fields_line(text: bytes, base: str, limit: int) -> Line | None:
    """The first cells of a line as fields: level, time, logger, message, the rest; None where it has none.

    Control characters are made visible, as everywhere; what a field holds that is no text is JSON again.
    """
    if len(text) > LONGEST:
        return None
    fields = _json(text) if text.lstrip()[:1] == b"{" else _logfmt(text)
    if not fields:
        return None
    return _cut(_spans(fields, base), limit)


def _json(text: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _logfmt(text: bytes) -> dict[str, Any] | None:
    """Pairs from the beginning to the end of the line, two at least, of which one is a level or a message."""
    if b"=" not in text[:80]:
        return None
    line = text.decode("utf-8", "replace").strip()
    fields: dict[str, Any] = {}
    at = 0
    while at < len(line):
        found = _PAIR.match(line, at)
        if found is None:
            return None
        value = found[2]
        fields[found[1]] = _ESCAPE.sub(r"\1", value[1:-1]) if value.startswith('"') else value
        at = found.end()
    return fields if len(fields) > 1 and any(key in fields for key in (*LEVELS, *MESSAGES)) else None


def _taken(fields: dict[str, Any], names: tuple[str, ...]) -> Any:
    """The first of these fields that is there; it is taken out."""
    for name in names:
        if name in fields and not isinstance(fields[name], dict | list):
            return fields.pop(name)
    return None


def _spans(fields: dict[str, Any], base: str) -> Line:
    rest = dict(fields)
    level, at = _taken(rest, LEVELS), _taken(rest, TIMES)
    message = _taken(rest, MESSAGES)
    logger = _taken(rest, LOGGERS) if message is not None else None
    line: Line = []
    if level is not None:
        word, role = _level(level)
        line.append((f"{safe(word):<5} ", f"{base} {role}"))
    if at is not None:
        line.append((f"{_fitting(safe(_short_time(at)))} ", f"{base} log.time"))
    if logger is not None:
        line.append((f"{safe(str(logger))}: ", f"{base} muted"))
    if message is not None:
        line.append((f"{safe(str(message))} ", base))
    for number, (name, value) in enumerate(rest.items()):
        if number == MOST:
            line.append((f"and {len(rest) - MOST} more", f"{base} muted"))
            break
        line += [(f"{safe(name)}=", f"{base} muted"), (f"{safe(_value(value))} ", base)]
    return line


def _level(level: Any) -> tuple[str, str]:
    """A level in five letters, and its style; a word that is none of them stays."""
    if isinstance(level, int) and not isinstance(level, bool):
        word = _NUMBERS.get(level, str(level))
    else:
        word = str(level).lower()
    word = _SAME.get(word, word)
    return word.upper(), ROLES.get(word, "text")


def _short_time(at: Any) -> str:
    """A time of day, in local time where it says of which zone it is; else as it is."""
    try:
        if isinstance(at, int | float) and not isinstance(at, bool):
            seconds = float(at)
            while 1e11 < seconds < 1e30:  # milliseconds, microseconds or nanoseconds
                seconds /= 1000
            if seconds < _EARLIEST:
                return str(at)
            return datetime.fromtimestamp(seconds).strftime("%H:%M:%S.%f")[:-3]
        moment = datetime.fromisoformat(str(at).replace(",", "."))
        moment = moment.astimezone() if moment.tzinfo is not None else moment
        return moment.strftime("%H:%M:%S.%f")[:-3]
    except (ValueError, OverflowError, OSError):
        return str(at)


def _fitting(time: str) -> str:
    return time if width(time) <= TIME_CELLS else f"{cut(time, TIME_CELLS - 1)}…"


def _value(value: Any) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if not value or " " in value else value
    return json.dumps(value, ensure_ascii=False)


def _cut(line: Line, limit: int) -> Line:
    """The first cells of a line, or a little more."""
    out: Line = []
    cells = 0
    for text, style in line:
        if cells >= limit:
            break
        piece = cut(text, limit - cells) if len(text) > limit else text
        out.append((piece, style))
        cells += width(piece)
    return out
