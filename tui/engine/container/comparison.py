"""Whether a container still is what a run configuration makes: both are read the same way, and compared.

What the image says by itself counts for neither (Engine API 1.41, ContainerInspect and ContainerCreate).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.engine.container.attribute import Expected, ReadBack
from tui.engine.container.attributes import differing
from tui.engine.container.creation import create_body
from tui.engine.container.inherited import merged
from tui.engine.container.networking import is_default

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.engine.container.attribute import Json
    from tui.engine.container.creation import Creation
    from tui.model.app import RunSpec

NEVER = "0001-01-01T00:00:00Z"
"""What the engine writes for no time."""


def differences(item: Json, image: Json, wanted: RunSpec, app: str, unsure: Iterable[str] = ()) -> list[str]:
    """The attributes of a `resolved` RunSpec in which a container of that image is not what it says.

    app      the app's name, which a network may know the container by besides
    unsure   variables that are not compared
    """
    config = image.get("Config") or {}
    made = as_inspected(create_body("", wanted), config)
    return differing(ReadBack(item, config), ReadBack(made, config), Expected(wanted, app, frozenset(unsure)))


def as_inspected(creation: Creation, image: Json) -> dict[str, Any]:
    """What an engine would tell of a container created so from an image of this `Config`."""
    body = dict(creation.body)
    host = body.pop("HostConfig", {})
    body.pop("NetworkingConfig", None)
    first = (creation.body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
    networks = {name: {"Aliases": list(end.get("Aliases") or ())} for name, end in first.items()}
    networks |= {name: {"Aliases": list(aliases)} for name, aliases in creation.later.items()}
    return {
        "Id": "",
        "Name": "",
        "Image": "",
        "Created": NEVER,
        "State": {"Status": "created", "ExitCode": 0, "StartedAt": NEVER, "FinishedAt": NEVER},
        "Config": merged(body, image),
        "HostConfig": host,
        "NetworkSettings": {"Networks": networks or ({"bridge": {}} if is_default(host) else {})},
        "Mounts": [],
    }
