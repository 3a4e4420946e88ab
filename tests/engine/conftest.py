"""Calls to the real engine that do not go through the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.engine_calls import EngineCalls
    from tests.support.private_engine import PrivateEngine


@pytest.fixture
def api(private_engine: PrivateEngine) -> Iterator[EngineCalls]:
    """The shared engine; what stands on it after the test is removed."""
    yield private_engine.api
    private_engine.api.sweep()
