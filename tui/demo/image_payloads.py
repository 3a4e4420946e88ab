"""Images as the Engine API's JSON, with the keys that every engine from 20.10 to 28.5 gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.demo.manifests import digest_of, layers
from tui.demo.words import stamp

if TYPE_CHECKING:
    from tui.demo.objects import JSON, Image


CONFIG_DEFAULTS: JSON = {
    "User": "",
    "Env": None,
    "Cmd": None,
    "Volumes": None,
    "WorkingDir": "",
    "Entrypoint": None,
    "OnBuild": None,
    "Labels": None,
}
"""What an image's configuration always says; other keys are there only with a value."""


def listed(image: Image, users: int = -1) -> JSON:
    """An entry of GET /images/json."""
    return {
        "Containers": users,
        "Created": image.created,
        "Id": image.id,
        "Labels": image.labels or None,
        "ParentId": image.parent,
        "RepoDigests": sorted(image.digests) or (["<none>@<none>"] if not image.tags else None),
        "RepoTags": sorted(image.tags) or (["<none>:<none>"] if not image.digests else None),
        "SharedSize": -1,
        "Size": image.size,
    }


def inspected(image: Image) -> JSON:
    """GET /images/{name}/json."""
    config = {**CONFIG_DEFAULTS, **{key: value for key, value in image.config.items() if value}}
    return {
        "Id": image.id,
        "RepoTags": sorted(image.tags),
        "RepoDigests": sorted(image.digests),
        "Parent": image.parent,
        "Comment": image.history[-1].comment if image.history else "",
        "Created": stamp(image.created * 10**9),
        "DockerVersion": "",
        "Author": "",
        "Config": config,
        "Architecture": "amd64",
        "Os": "linux",
        "Size": image.size,
        "GraphDriver": {
            "Data": {"MergedDir": f"/var/lib/docker/overlay2/{image.id[7:]}/merged"},
            "Name": "overlay2",
        },
        "RootFS": {
            "Type": "layers",
            "Layers": [digest_of(layer) for layer in layers(image.history)],
        },
        "Metadata": {"LastTagTime": stamp(image.tagged)},
    }


def history(image: Image) -> list[JSON]:
    """GET /images/{name}/history: the newest entry first; only that one has an ID and tags."""
    entries: list[JSON] = [
        {
            "Comment": entry.comment,
            "Created": entry.created,
            "CreatedBy": entry.created_by,
            "Id": "<missing>",
            "Size": entry.size,
            "Tags": None,
        }
        for entry in reversed(image.history)
    ]
    if entries:
        entries[0] |= {"Id": image.id, "Tags": image.tags or None}
    return entries
