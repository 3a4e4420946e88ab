"""The size of a terminal is the kernel's, within bounds."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios

import pytest

from tui.terminal import MOST_COLUMNS, MOST_ROWS, Terminal


@pytest.mark.parametrize(
    ("said", "size"),
    [((0, 0), (80, 24)), ((132, 43), (132, 43)), ((65535, 65535), (MOST_COLUMNS, MOST_ROWS))],
)
def test_a_size_is_bounded(said: tuple[int, int], size: tuple[int, int]) -> None:
    ours, theirs = pty.openpty()
    try:
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", said[1], said[0], 0, 0))
        assert Terminal(theirs, theirs).size == size
    finally:
        os.close(ours)
        os.close(theirs)
