"""The `filters` parameter of lists and events (moby/api/types/filters, moby/daemon/list.go)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from tui.demo.refused import Refused
from tui.model.container import STATES
from tui.model.reference import split_reference

if TYPE_CHECKING:
    from tui.demo.journal import Happening
    from tui.demo.objects import Container, Image

Filters = Mapping[str, tuple[str, ...]]

CONTAINER_KEYS = {"id", "name", "status", "label", "ancestor", "health", "network", "volume", "exited"} | {
    "before", "since", "expose", "publish", "is-task", "isolation",
}  # fmt: skip
IMAGE_KEYS = {"dangling", "label", "reference", "before", "since", "until"}


def parse(text: str | None, known: set[str] | None = None) -> Filters:
    """Filters from JSON: both {"a": ["b"]} and the old {"a": {"b": true}}.

    Raises Refused as the engine does: 500 for no JSON, 400 for a filter that it does not know.
    """
    if not text:
        return {}
    try:
        raw = json.loads(text)
    except ValueError:
        raise Refused(500, f"invalid character '{text[0]}' looking for beginning of value") from None
    if not isinstance(raw, dict):
        raise Refused(400, "invalid filter")
    found: dict[str, tuple[str, ...]] = {}
    for key, values in raw.items():
        if known is not None and key not in known:
            raise Refused(400, f"Invalid filter '{key}'")
        if isinstance(values, dict):
            found[key] = tuple(str(value) for value, wanted in values.items() if wanted)
        else:
            found[key] = tuple(map(str, values))
    return {key: values for key, values in found.items() if values}


def matches_labels(labels: Mapping[str, str], wanted: Iterable[str]) -> bool:
    """Whether all of "key" and "key=value" hold."""
    for term in wanted:
        key, equals, value = term.partition("=")
        if key not in labels or (equals and labels[key] != value):
            return False
    return True


def _found(pattern: str, text: str) -> bool:
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return pattern == text


def container_filter(
    filters: Filters, ancestors: Callable[[str], set[str]]
) -> Callable[[Container, str], bool]:
    """A test of a container and its state as listed; `ancestors`: the image IDs that a reference means.

    Raises Refused 400 for a status that does not exist.
    """
    for status in filters.get("status", ()):
        if status not in STATES:
            raise Refused(400, f"Invalid filter 'status={status}'")
    images = {image for reference in filters.get("ancestor", ()) for image in ancestors(reference)}

    def test(container: Container, state: str) -> bool:
        tests: dict[str, Callable[[str], bool]] = {
            "id": container.id.startswith,
            "name": lambda value: _found(value, container.name) or _found(value, f"/{container.name}"),
            "status": lambda value: value == state,
            "ancestor": lambda _value: container.image_id in images,
            "health": lambda value: value == (container.health.status if container.health else "none"),
            "network": container.networks.__contains__,
            "volume": lambda value: any(
                value in (mount.get("Name"), mount["Destination"]) for mount in container.mounts
            ),
            "exited": lambda value: state == "exited" and value == str(container.exit_code),
        }
        return matches_labels(container.labels, filters.get("label", ())) and all(
            any(map(tests[key], values)) for key, values in filters.items() if key in tests
        )

    return test


def matches_image(image: Image, filters: Filters) -> bool:
    """Whether an image is meant; `reference` is a pattern over names, as path.Match."""
    dangling = filters.get("dangling")
    if dangling and (dangling[0].lower() in ("1", "true")) != (not image.tags):
        return False
    if not matches_labels(image.labels, filters.get("label", ())):
        return False
    patterns = filters.get("reference", ())
    return not patterns or any(_matches_reference(pattern, tag) for pattern in patterns for tag in image.tags)


def _matches_reference(pattern: str, tag: str) -> bool:
    expression = "".join("[^/]*" if char == "*" else re.escape(char) for char in pattern)
    return any(re.fullmatch(expression, text) for text in (tag, split_reference(tag).repository))


def matches_event(happening: Happening, filters: Filters) -> bool:
    """Whether an event is meant; "health_status" means every "health_status: ..." too."""
    attributes = happening.attributes
    for key, values in filters.items():
        if key == "type":
            fits = happening.kind in values
        elif key in ("event", "action"):
            fits = happening.action in values or happening.action.partition(":")[0] in values
        elif key in ("container", "image", "network", "volume"):
            fits = happening.kind == key and any(
                happening.id.removeprefix("sha256:").startswith(value) or attributes.get("name") == value
                for value in values
            )
        elif key == "label":
            fits = matches_labels(attributes, values)
        else:
            fits = True
        if not fits:
            return False
    return True
