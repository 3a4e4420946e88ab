"""Where a port of a container is reached from here, and what is said where it is not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tui.operations.deploying.gate import NotReady
from tui.operations.deploying.reachable import reachable


def engine(published: dict[str, Any], addresses: dict[str, str]) -> Any:
    async def inspect(_: str) -> SimpleNamespace:
        return SimpleNamespace(name="web.r2", published=published, addresses=addresses)

    return SimpleNamespace(containers=SimpleNamespace(inspect=inspect))


@pytest.mark.parametrize(
    ("published", "addresses", "found"),
    [
        ({"80/tcp": (("0.0.0.0", 8080),)}, {"bridge": "172.17.0.2"}, ("127.0.0.1", 8080)),
        ({"80/tcp": (("10.1.1.1", 8080),)}, {}, ("10.1.1.1", 8080)),
        ({"81/tcp": (("", 8081),)}, {"bridge": "172.17.0.2"}, ("172.17.0.2", 80)),
        ({}, {"host": ""}, ("127.0.0.1", 80)),
        ({}, {"none": "", "own": "172.18.0.2"}, ("172.18.0.2", 80)),
    ],
)
async def test_it_is_reached_as_it_is_published_else_by_its_address(
    published: dict[str, Any], addresses: dict[str, str], found: tuple[str, int]
) -> None:
    assert await reachable(engine(published, addresses), "id", 80) == found


async def test_what_cannot_be_reached_is_no_fault_of_the_engine_and_has_a_remedy() -> None:
    with pytest.raises(NotReady) as failed:
        await reachable(engine({}, {"none": ""}), "id", 80)
    assert failed.value.message.startswith("port 80 of web.r2, which its probe asks, cannot be reached")
    assert "engine" not in failed.value.message
    assert "publish it" in failed.value.hint
