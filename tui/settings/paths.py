"""Where files of the configuration are. Strings, because pathlib costs 3 ms at start."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tui.paths import base_folder

if TYPE_CHECKING:
    from collections.abc import Mapping

SYSTEM_CONFIG = "/etc/holdfast/config.toml"
LOCAL_CONFIG = "holdfast.toml"


def config_folder(environ: Mapping[str, str] = os.environ) -> str:
    """$XDG_CONFIG_HOME/holdfast."""
    return os.path.join(base_folder(environ, "XDG_CONFIG_HOME", ".config"), "holdfast")


def user_config(environ: Mapping[str, str] = os.environ) -> str:
    """The user's own file: never rewritten."""
    return os.path.join(config_folder(environ), "config.toml")


def settings_file(environ: Mapping[str, str] = os.environ) -> str:
    """What was chosen on the screen: written by the program."""
    return os.path.join(config_folder(environ), "settings.toml")


def apps_folder(environ: Mapping[str, str] = os.environ) -> str:
    """Apps that were made on the screen, a file each: written by the program."""
    return os.path.join(config_folder(environ), "apps.d")


def is_made_here(origin: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether an app's file is one of these: the program's own."""
    return os.path.dirname(origin) == os.path.abspath(apps_folder(environ))


def user_themes(environ: Mapping[str, str] = os.environ) -> str:
    """The user's own themes."""
    return os.path.join(config_folder(environ), "themes")


def shipped_themes() -> str:
    """The themes that come along: in the package when installed, beside it in a checkout."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(package, "themes")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(package), "themes")


def shipped_example() -> str:
    """config.example.toml, which comes along as the themes do."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    inside = os.path.join(package, "config.example.toml")
    return inside if os.path.isfile(inside) else os.path.join(os.path.dirname(package), "config.example.toml")
