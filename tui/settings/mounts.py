"""`volumes` and `tmpfs` of `[apps.NAME.run]`, in the Compose Specification's short and long syntax."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tui.settings import units
from tui.settings.reading import by, one, record
from tui.settings.schema import FLAG, TEXT, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.settings.reading import SettingsPlace

    MountValue = tuple[str, str, str, bool, Mapping[str, str | int | bool]]
    """The fields of `tui.model.app.Mount`, in its order."""

SHORT = '"[SOURCE:]TARGET[:MODE]", e.g. "./files:/srv:ro" or "cache:/var/cache"'

_PROPAGATION = ("private", "rprivate", "shared", "rshared", "slave", "rslave")
_MODES: Mapping[str, Mapping[str, str | bool]] = {
    "rw": {},
    "z": {"selinux": "z"},
    "Z": {"selinux": "Z"},
    "nocopy": {"nocopy": True},
    "cached": {},
    "delegated": {},
    "consistent": {},
    **{word: {"propagation": word} for word in _PROPAGATION},
}


def _target(value: Any) -> str:
    """A path in the container."""
    if not isinstance(value, str) or not value.startswith("/") or "\0" in value:
        raise ValueError
    path = os.path.normpath(value)
    if path.strip("/") == "":
        raise units.NotAllowed("nothing can be mounted over / of the container")
    return "/" + path.lstrip("/")


def _volume_name(text: str) -> str:
    """The name of a volume, as the engine takes it."""
    plain = text.translate({ord(mark): None for mark in "_.-"})
    if len(text) > 1 and text[0].isalnum() and plain.isalnum() and text.isascii():
        return text
    if "/" in text:
        raise units.NotAllowed(f'a path begins with /, . or ~, and a volume\'s name has no /: "{text}"')
    raise units.NotAllowed(
        f'"{text}" is no name of a volume: two letters, digits, "_", "." or "-" and more, '
        "the first a letter or a digit"
    )


def _is_path(text: str) -> bool:
    """As Compose tells it: no volume's name begins so, and ".env" is a file beside the configuration."""
    return text.startswith(("/", ".", "~"))


def _short(value: Any, spot: SettingsPlace) -> MountValue | None:
    read = one(SHORT, lambda text: _parse_short(text, spot))
    return read(value, spot)  # type: ignore[no-any-return]


def _parse_short(value: Any, spot: SettingsPlace) -> MountValue:
    if not isinstance(value, str):
        raise ValueError
    parts = value.split(":")
    if len(parts) > 3:
        raise ValueError
    if len(parts) == 1:
        return ("volume", "", _path_inside(parts[0]), False, {})
    source, target = parts[0], _path_inside(parts[1])
    kind = "bind" if _is_path(source) else "volume"
    options: dict[str, str | int | bool] = {}
    read_only = False
    for word in parts[2].split(",") if len(parts) == 3 else ():
        if word == "ro":
            read_only = True
        elif word in _MODES:
            options |= _MODES[word]
        else:
            raise units.NotAllowed(f'"{word}" is no mode: ro, {", ".join(_MODES)}')
    if kind == "volume":
        if "propagation" in options:
            raise units.NotAllowed("propagation is for folders of the host, not for volumes")
        return ("volume", _volume_name(source), target, read_only, options)
    if "nocopy" in options:
        raise units.NotAllowed("nocopy is for volumes, not for folders of the host")
    if source.startswith("~") and source != "~" and not source.startswith("~/"):
        # Compose takes it for a folder of one's own home, a shell for another user's.
        raise units.NotAllowed(f'no home is looked up for "{source}": write "~/..." or "./{source}"')
    # The short syntax makes a missing folder, as it always did; the long one only where it says so.
    return ("bind", spot.source.path(source), target, read_only, {"create_host_path": True, **options})


def _path_inside(text: str) -> str:
    try:
        return _target(text)
    except units.NotAllowed:
        raise
    except ValueError:
        raise units.NotAllowed(f'"{text}" is not an absolute path in the container') from None


def _file_mode(value: Any) -> int:
    """Permission bits; TOML writes octal as 0o1777, and a text is taken as octal."""
    if isinstance(value, str) and value and not value.strip("01234567"):
        value = int(value[:6], 8)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 0o7777:
        raise ValueError
    return value


_KINDS = {
    "bind": record(
        {
            "propagation": by(one_of(*_PROPAGATION)),
            "create_host_path": by(FLAG),
            "selinux": by(one_of("z", "Z")),
        },
        "bind",
    ),
    "volume": record({"nocopy": by(FLAG), "subpath": by(TEXT)}, "volume"),
    "tmpfs": record(
        {
            "size": one(units.SIZE, units.size),
            "mode": one("permissions such as 0o1777", _file_mode),
        }
    ),
}

_mount_table = record(
    {
        "type": by(one_of(*_KINDS)),
        "source": by(TEXT),
        "target": one("an absolute path in the container", _target),
        "read_only": by(FLAG),
        **_KINDS,
    },
    "mount",
)


def _long(value: dict[str, Any], spot: SettingsPlace) -> MountValue | None:
    before = len(spot.source.problems)
    found = _mount_table(value, spot)
    for key in ("type", "target"):
        if key not in value:
            spot.say(f" is not allowed: {key} is missing")
    if len(spot.source.problems) > before:
        return None
    kind = found["type"]
    for other in _KINDS:
        if other in found and other != kind:
            spot.key(other).say(f' is not allowed where type = "{kind}"')
    source = found.get("source", "")
    if kind == "tmpfs" and source:
        spot.key("source").refuse(source, "a tmpfs has none")
    elif kind == "bind" and not source:
        spot.say(" is not allowed: source, a folder or file of the host, is missing")
    elif kind == "bind":
        source = spot.source.path(source)
    elif kind == "volume" and source:
        one("the name of a volume", _volume_name)(source, spot.key("source"))
    return kind, source, found["target"], found.get("read_only", False), found.get(kind, {})


def volumes(value: Any, spot: SettingsPlace) -> Any:
    """A list, short and long mixed."""
    if not isinstance(value, list):
        spot.refuse(value, "it takes a list of volumes")
        return None
    found: dict[str, MountValue] = {}
    for index, inner in enumerate(value):
        place = spot.item(index)
        mount = _long(inner, place) if isinstance(inner, dict) else _short(inner, place)
        if mount is None:
            continue
        if mount[2] in found:
            place.refuse(inner, f"something is mounted at {mount[2]} already")
        found[mount[2]] = mount
    return tuple(found.values())


def _tmpfs_item(value: Any) -> tuple[str, str]:
    if not isinstance(value, str):
        raise ValueError
    target, _, options = value.partition(":")
    return _path_inside(target), options


_read_tmpfs = one('"TARGET[:OPTIONS]", e.g. "/run:size=64m,mode=1777"', _tmpfs_item)


def tmpfs(value: Any, spot: SettingsPlace) -> Any:
    """One text, or a list of them. A dict: target -> options."""
    if isinstance(value, list):
        items = [_read_tmpfs(inner, spot.item(index)) for index, inner in enumerate(value)]
    else:
        items = [_read_tmpfs(value, spot)]
    return dict(item for item in items if item is not None)
