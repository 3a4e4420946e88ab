"""What answers and parameters have in common."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tui.demo.refused import Refused
from tui.demo.words import from_stamp

if TYPE_CHECKING:
    from tui.demo.objects import JSON

MULTIPLEXED = "application/vnd.docker.multiplexed-stream"
RAW = "application/vnd.docker.raw-stream"
COMPACT = (",", ":")


def answer(body: object, status: int = 200) -> web.Response:
    """JSON, as the engine sends it: with a newline at its end; bytes are sent as they are."""
    encoded = body if isinstance(body, bytes) else json.dumps(body, separators=COMPACT).encode() + b"\n"
    return web.Response(body=encoded, status=status, content_type="application/json")


def done(status: int = 204) -> web.Response:
    """An answer without a body."""
    return web.Response(status=status)


def flag(request: web.BaseRequest, name: str, default: bool = False) -> bool:
    """A boolean parameter: everything but "", 0, no, false and none means yes (moby httputils)."""
    if name not in request.query:
        return default
    return request.query[name].strip().lower() not in ("", "0", "no", "false", "none")


def number(request: web.BaseRequest, name: str) -> int | None:
    """A whole number; raises Refused 500 as the engine does where it is none."""
    text = request.query.get(name, "")
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise Refused(500, f'strconv.Atoi: parsing "{text}": invalid syntax') from None


def moment(request: web.BaseRequest, name: str) -> int:
    """A time in nanoseconds since the epoch, 0 where it is not given; raises Refused 400."""
    text = request.query.get(name, "")
    if not text or text == "0":
        return 0
    whole, _, rest = text.partition(".")
    if whole.isdigit() and (rest.isdigit() or not rest):
        return int(whole) * 10**9 + int((rest + "000000000")[:9])
    try:
        return int(from_stamp(text) * 1e9)
    except ValueError:
        raise Refused(400, f'strconv.ParseInt: parsing "{text}": invalid syntax') from None


async def body(request: web.BaseRequest) -> JSON:
    """The JSON object of a request; raises Refused 400."""
    raw = await request.read()
    if not raw:
        raise Refused(400, "got EOF while reading request body")
    try:
        parsed: Any = json.loads(raw)
    except ValueError as error:
        raise Refused(400, f"invalid JSON: {error}") from None
    if not isinstance(parsed, dict):
        raise Refused(400, "invalid JSON: not an object")
    return parsed
