"""A passphrase is typed twice, and shown to nobody."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tests.support.engine_calls import until
from tui.model.signing import KeySource
from tui.trust.keys import load_signer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.terminal.conftest import OpenTerminal

SECRET = "correct horse"


def typed(open_holdfast: OpenTerminal, status: int, *answers: str) -> bytes:
    """What is seen where these are answered, and it ends so."""
    terminal = open_holdfast("trust", "init", "a.key", "--passphrase")
    for question, answer in zip((b"passphrase: ", b"once more: "), answers, strict=False):
        until(lambda wanted=question: wanted in terminal.output)
        terminal.send(answer)
    assert terminal.wait_end() == status
    return bytes(terminal.output)


async def test_a_key_is_sealed_by_what_was_typed_and_nobody_sees_it(
    open_holdfast: OpenTerminal, tmp_path: Path
) -> None:
    seen = typed(open_holdfast, 0, f"{SECRET}\r", f"{SECRET}\r")
    assert b'the key pair "a" is made' in seen
    assert SECRET.encode() not in seen
    source = KeySource(file=str(tmp_path / "a.key"))
    assert await load_signer("a", source, "WORD", {**os.environ, "WORD": SECRET})


def test_what_is_not_typed_twice_the_same_makes_nothing(open_holdfast: OpenTerminal, tmp_path: Path) -> None:
    seen = typed(open_holdfast, 2, "one\r", "two\r")
    assert b"the two passphrases are not the same: nothing was made" in seen
    assert b"the passphrase is empty: nothing was made" in typed(open_holdfast, 2, "\r")
    assert b"the passphrase is empty: nothing was made" in typed(open_holdfast, 2, "\x04")
    assert b"Traceback" not in typed(open_holdfast, 130, "one\r", "\x03")
    assert not [*tmp_path.glob("a.*")]
