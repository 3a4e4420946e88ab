"""Generated examples: the same for everybody in `make test`, new ones each time in `make fuzz`."""

from __future__ import annotations

import os

import hypothesis
from hypothesis.database import DirectoryBasedExampleDatabase
from hypothesis.internal.conjecture import providers

FUZZ = "FUZZ_EXAMPLES"
"""The environment variable of `make fuzz`: how many examples each property gets."""


def begin() -> None:
    """Choose how examples are made; before any test is imported."""
    if wanted := os.environ.get(FUZZ):
        hypothesis.settings.register_profile(
            "fuzz",
            deadline=None,
            derandomize=False,
            max_examples=int(wanted),
            print_blob=True,
            database=DirectoryBasedExampleDatabase(".cache/fuzz"),
            suppress_health_check=[hypothesis.HealthCheck.too_slow],
        )
        hypothesis.settings.load_profile("fuzz")
        return
    hypothesis.settings.register_profile(
        "holdfast",
        deadline=None,  # a loaded machine is slow, not wrong
        derandomize=True,
        database=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
    )
    hypothesis.settings.load_profile("holdfast")
    # Constants of the sources are tried too, of those modules that are imported so far: other ones in each
    # process, by what ran there before.
    providers._get_local_constants = lambda: providers.Constants()  # type: ignore[assignment]
