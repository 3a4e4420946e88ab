"""The anchor is believed only where it has the ledger's volume."""

from __future__ import annotations

from types import SimpleNamespace as Of

import pytest

from tui.ledger.anchor import ANCHOR, FOLDER, VOLUME, Anchor
from tui.ledger.errors import NotOurs
from tui.model.labels import LEDGER


def engine(source: str) -> Of:
    async def inspect(name: str) -> Of:
        assert name == ANCHOR
        return Of(labels={LEDGER: "1"}, mounts={FOLDER: source})

    async def get(name: str, path: str, *, cut: bool) -> bytes:
        return b"tar"

    async def put(name: str, path: str, tar: bytes) -> None:
        pass

    async def has_file(name: str, path: str) -> bool:
        return True

    containers = Of(inspect=inspect, has_file=has_file)
    return Of(containers=containers, archives=Of(get=get, put=put))


@pytest.mark.parametrize("source", ["another-volume", "/srv/ledger", ""])
async def test_another_volume_is_no_ledger(source: str) -> None:
    for ask in (Anchor.read, Anchor.has, Anchor.write):
        with pytest.raises(NotOurs, match="does not have the volume") as caught:
            await ask(Anchor(engine(source)), b"" if ask is Anchor.write else "web")
        assert f"docker rm {ANCHOR}" in caught.value.hint


async def test_its_own_volume_is() -> None:
    assert await Anchor(engine(VOLUME)).read("web") == b"tar"
