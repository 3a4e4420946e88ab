"""No size of the terminal is too small: what fits is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.commands.keymap import Keymap
from tui.model.app import AppSpec
from tui.presentation.cells import width_of
from tui.presentation.first_screen import first_screen
from tui.presentation.layout import PANES, arrange
from tui.settings.schema import Settings
from tui.store.store import Link, LinkState

if TYPE_CHECKING:
    from tests.ui.conftest import Open

SMALL = [(1, 1), (2, 2), (80, 1), (80, 2), (80, 3), (80, 4), (1, 24), (3, 3), (100, 24)]
APPS = {"web": AppSpec("web", "shop/web", "/holdfast.toml", None)}
