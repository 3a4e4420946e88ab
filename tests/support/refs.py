"""Engines as the command line names them."""

from __future__ import annotations

from tui.engine.endpoint import Endpoint
from tui.engine.ref import EngineRef


def ref(url: str) -> EngineRef:
    """The engine at a URL, as if by --host."""
    return EngineRef(Endpoint(url, "the test"), url, asked=True)
