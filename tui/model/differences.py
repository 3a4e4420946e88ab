"""How two releases differ, in words fit for a screen: values of variables are never shown. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.digest import short_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.model.release import Release

CUT = 60

VARIABLES = ("environment", "interpolated", "headers")
"""Fields whose values are never shown."""


def differences(old: Release, new: Release) -> list[tuple[str, str]]:
    """(name, words) for each difference between a release and the one that is to follow it."""
    found = []
    if old.version != new.version:
        found.append(("version", f"{old.version or 'none'} -> {new.version or 'none'}"))
    if (old.digest or old.image) != (new.digest or new.image):
        found.append(("image", f"{_short(old.digest or old.image)} -> {_short(new.digest or new.image)}"))
    for kind, before, after in (("", old.run, new.run), ("ready.", old.ready, new.ready)):
        for name in before._fields:
            was, will = getattr(before, name), getattr(after, name)
            if was != will:
                words = _names(was, will) if name in VARIABLES else f"{_text(was)} -> {_text(will)}"
                found.append((kind + name, words))
    if old.files != new.files:
        paths = sorted({file.path for file in {*old.files} ^ {*new.files}})
        found.append(("contents of", ", ".join(paths)))
    return found


def _names(was: Mapping[str, str | None], will: Mapping[str, str | None]) -> str:
    """Which variables come, go and change; not to what."""
    words = [f"+{name}" for name in will if name not in was]
    words += [f"-{name}" for name in was if name not in will]
    words += [f"{name} changed" for name in will if name in was and was[name] != will[name]]
    return ", ".join(words)


def _text(value: Any) -> str:
    if value in (None, (), {}, "", 0):
        return "unset"
    text = str(dict(value)) if hasattr(value, "items") else str(value)
    return text if len(text) <= CUT else text[: CUT - 1] + "…"


def _short(digest: str) -> str:
    return short_id(digest) or "none"
