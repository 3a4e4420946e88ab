"""Builds of the demo's apps before anybody looks: when, how long each step took, what was there already."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.demo.pasts import DAY, HOUR, MINUTE, PASTS

if TYPE_CHECKING:
    from collections.abc import Iterator

INSTALLED = {"node:22-alpine": "npm ci", "python:3.12-slim": "pip install --no-cache-dir -r requirements.txt"}
"""By the base of an app: the instruction that takes longest."""

BETWEEN = {
    "storefront": (9 * DAY, 3 * DAY, 26 * HOUR, 23 * HOUR),
    "payments": (8 * DAY,),
    "mailer": (2 * DAY,),
}
"""Ages of builds that became no release."""

BROKEN = ("storefront", 26 * HOUR)
"""The one that failed."""


class BuildStep(NamedTuple):
    """One step of a build: what it says, seconds, and whether it was there already."""

    title: str
    seconds: float
    cached: bool = False


class PastBuild(NamedTuple):
    """One build; with `failed` its last step has broken it."""

    app: str
    age: float
    steps: tuple[BuildStep, ...]
    failed: bool = False


def builds() -> Iterator[PastBuild]:
    """All of them."""
    for app, past in PASTS.items():
        ages = [one.age + 12 * MINUTE for one in past.deploys]
        ages += [age + 12 * MINUTE for _, age in past.pushed]
        for number, age in enumerate(sorted([*ages, *BETWEEN[app]], reverse=True)):
            failed = (app, age) == BROKEN
            yield PastBuild(app, age, tuple(_steps(past.base, number, failed=failed)), failed)


def _steps(base: str, number: int, *, failed: bool) -> Iterator[BuildStep]:
    """The first one fetches its base; every third one installs anew; one is slow now and then."""
    anew = number % 3 == 0 or failed
    slow = 1 + number % 4 / 3
    yield BuildStep("[internal] load build definition from Dockerfile", 0.05)
    yield BuildStep(f"[internal] load metadata for docker.io/library/{base}", 0.8)
    yield BuildStep("[internal] load build context", 0.4 * slow)
    yield BuildStep(f"[1/5] FROM docker.io/library/{base}", 6.5 if number == 0 else 0.02)
    yield BuildStep("[2/5] COPY manifest .", 0.1, cached=not anew)
    yield BuildStep(f"[3/5] RUN {INSTALLED[base]}", 7.5 * slow, cached=not anew)
    if failed:
        return
    yield BuildStep("[4/5] COPY . .", 0.2)
    yield BuildStep("[5/5] RUN make assets", 3.1 * slow)
    yield BuildStep("exporting to image", 0.9)
