"""The keys whose signatures count, loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tui.model.signing import Identity, KeySource, VerifyKey
from tui.model.trust import ListedIdentity, ListedKey, Trust
from tui.operations.looking.trusted_keys import verify_keys
from tui.trust.errors import KeyUnusable
from tui.trust.keys import make_pair

if TYPE_CHECKING:
    from pathlib import Path


async def test_all_are_loaded_in_their_order(tmp_path: Path) -> None:
    made = [make_pair(tmp_path / f"{name}.key", name) for name in ("release", "security")]
    listed = [ListedKey(key.name, KeySource(file=str(tmp_path / f"{key.name}.pub")), 9.0) for key in made]
    assert await verify_keys(Trust(verify_keys=tuple(listed))) == tuple(
        key._replace(until=9.0) for key in made
    )
    assert await verify_keys(Trust()) == ()


async def test_one_that_cannot_be_had_is_told(tmp_path: Path) -> None:
    make_pair(tmp_path / "release.key")
    listed = [
        ListedKey("release", KeySource(file=str(tmp_path / "release.pub"))),
        ListedKey("gone", KeySource(file=str(tmp_path / "gone.pub"))),
    ]
    with pytest.raises(KeyUnusable, match=r"gone\.pub cannot be read") as caught:
        await verify_keys(Trust(verify_keys=tuple(listed)))
    assert caught.value.hint


async def test_identities_stand_behind_the_keys(tmp_path: Path) -> None:
    made = make_pair(tmp_path / "release.key", "release")
    root = tmp_path / "root.json"
    trust = Trust(
        verify_keys=(ListedKey("release", KeySource(file=str(tmp_path / "release.pub"))),),
        identities=(ListedIdentity("ci", "https://issuer", "https://team/web", 9.0),),
        trusted_root=str(root),
    )
    with pytest.raises(KeyUnusable, match=r"the trusted root .*root\.json cannot be read") as caught:
        await verify_keys(trust)
    assert caught.value.hint == "name the file that holds it"
    root.write_text("{}")
    identity = Identity("https://issuer", "https://team/web", str(root))
    assert await verify_keys(trust) == (made, VerifyKey("ci", "", 9.0, identity))
    root.chmod(0o666)
    with pytest.raises(KeyUnusable, match=r"root\.json can be changed by anybody"):
        await verify_keys(trust)
    assert (await verify_keys(trust._replace(trusted_root="")))[1].identity == identity._replace(root="")
