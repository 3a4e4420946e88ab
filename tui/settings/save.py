"""Writing settings.toml, the one file of settings that the program owns."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from tui.errors import HoldfastError
from tui.files import read_file, write_whole
from tui.settings.choices import parted
from tui.settings.paths import settings_file

if TYPE_CHECKING:
    from collections.abc import Mapping


def save_choice(id: str, value: Any, environ: Mapping[str, str] = os.environ) -> str:
    """Keep a choice made on the screen, "theme" or "log.tail"; None takes it back. All else stays.

    The file is written beside and renamed, so it is never half written. One that cannot be read is moved
    aside, and the result says so; it is "" when all is well. Blocks: call it in a thread. Raises OSError.
    """
    import tomllib

    import tomli_w

    path = settings_file(environ)
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    said = ""
    values: dict[str, Any] = {}
    try:
        values = tomllib.loads(read_file(path).decode())
    except FileNotFoundError:
        pass
    except (ValueError, RecursionError):  # no TOML, no UTF-8, nested too deeply
        os.replace(path, path + ".broken")
        said = f"{path} could not be read; it was kept as {path}.broken"
    table, name = parted(id)
    place = values
    if table:
        if not isinstance(values.get(table), dict):
            values[table] = {}
        place = values[table]
    if value is None:
        place.pop(name, None)
    else:
        place[name] = value
    if table and not place:
        del values[table]
    write_whole(path, tomli_w.dumps(values).encode())
    return said


def not_written(path: str, error: OSError) -> HoldfastError:
    """Why a file of the user's own could not be, by its own name: not that of what is written beside it."""
    return HoldfastError(
        f"{path}: cannot be written: {error.strerror or error}",
        "its folder has to be writable and have room; XDG_CONFIG_HOME names another",
    )


def not_saved(error: OSError, environ: Mapping[str, str] = os.environ) -> HoldfastError:
    """The same of `save_choice`."""
    return not_written(settings_file(environ), error)
