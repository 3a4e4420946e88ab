"""Which answer belongs to a request: method and path, with or without the API version in front."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from tui.demo.refused import Refused

API = "1.51"
"""The newest API version spoken, that of Docker Engine 28.5."""

OLDEST = "1.24"
"""The oldest API version that Docker Engine 28.5 takes."""

VERSION = "28.5.2"
"""The engine that this one behaves like."""

HEADERS = {
    "Api-Version": API,
    "Docker-Experimental": "false",
    "Ostype": "linux",
    "Server": f"Docker/{VERSION} (linux)",
}
"""The headers of every answer."""

Answer = Callable[..., Awaitable[web.StreamResponse]]
"""Called with the request and what the path's {} and {*} stand for."""

_VERSION = re.compile(r"/v(\d+)\.(\d+)(/.*)")


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def without_version(path: str) -> str:
    """The path without its version; raises Refused 400 for one that is too new or too old."""
    match = _VERSION.fullmatch(path)
    if not match:
        return path
    major, minor, rest = match.groups()
    wanted = f"{major}.{minor}"
    if _number(wanted) > _number(API):
        raise Refused(400, f"client version {wanted} is too new. Maximum supported API version is {API}")
    if _number(wanted) < _number(OLDEST):
        raise Refused(
            400,
            f"client version {wanted} is too old. Minimum supported API version is {OLDEST}, "
            "please upgrade your client to a newer version",
        )
    return rest


class Router:
    """Routes in the order of their adding; {} stands for one part of the path, {*} for several."""

    def __init__(self) -> None:
        self._routes: dict[str, list[tuple[re.Pattern[str], Answer]]] = {}

    def add(self, method: str, pattern: str, answer: Answer) -> None:
        expression = re.escape(pattern).replace(r"\{\*\}", "(.+)").replace(r"\{\}", "([^/]+)")
        self._routes.setdefault(method, []).append((re.compile(expression, re.DOTALL), answer))

    def find(self, method: str, path: str) -> tuple[Answer, tuple[str, ...]]:
        """The answer and the parts of the path; raises Refused 404."""
        for expression, answer in self._routes.get(method, ()):
            match = expression.fullmatch(path)
            if match:
                return answer, match.groups()
        raise Refused(404, "page not found")
