"""Before the first rows stand on the screen only what they need is imported."""

from __future__ import annotations

import subprocess
import sys

import pytest

NEEDED = """
tui tui.borders tui.cli tui.cli.dashboard tui.cli.plainness tui.errors tui.files tui.first_paint tui.paths
tui.terminal
tui.commands tui.commands.apps tui.commands.command tui.commands.container_actions tui.commands.containers
tui.commands.fleets tui.commands.images tui.commands.log tui.commands.meant tui.commands.releases
tui.commands.resources tui.commands.table tui.commands.view
tui.engine tui.engine.bounds tui.engine.container tui.engine.container.listed tui.engine.endpoint
tui.engine.endpoint_tls tui.engine.errors
tui.engine.jsonmessage
tui.model tui.model.build_tag tui.model.container tui.model.digest tui.model.labels tui.model.typed
tui.presentation tui.presentation.amounts tui.presentation.app_row tui.presentation.apps
tui.presentation.containers tui.presentation.contrast tui.presentation.first_screen
tui.presentation.folding tui.presentation.frame tui.presentation.grouping tui.presentation.header
tui.presentation.layout
tui.presentation.lines tui.presentation.style tui.presentation.table tui.presentation.text
tui.presentation.theme tui.presentation.titles
tui.settings tui.settings.columns tui.settings.paths tui.settings.rules tui.store tui.store.store
"""
"""A further one takes some tenths of a millisecond, mostly for its named tuples, enumerations and patterns.

Whoever adds one here has looked whether the first picture needs it: else it is imported where it is used.
"""

HEAVY = """
asyncio dataclasses datetime hashlib inspect logging pathlib random subprocess tempfile tomllib urllib uuid
aiohttp docker h2 humanize hypothesis rich textual yarl
"""
"""What costs milliseconds."""


@pytest.fixture(scope="module")
def imported() -> set[str]:
    """The modules that are there when the first paint begins."""
    script = "import sys; import tui.cli.dashboard, tui.first_paint; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(found.stdout.split())


def test_exactly_the_modules_that_it_needs_are_imported_before_the_first_paint(imported: set[str]) -> None:
    assert {name for name in imported if name.partition(".")[0] == "tui"} == set(NEEDED.split())


def test_what_is_slow_is_imported_after_the_first_paint(imported: set[str]) -> None:
    assert imported.isdisjoint(HEAVY.split())


def test_patterns_for_foreign_text_are_compiled_when_there_is_some() -> None:
    script = (
        "from tui.presentation import text; text.safe('▸ web: 5 earlier releases'); "
        "print(text._foreign.cache_info().currsize); text.safe('Страница'); "
        "print(text._foreign.cache_info().currsize)"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["0", "1"]
