"""Keys as the fingers of people know them who come from another program, where it has the same command.

Sources: k9s, the help of its pods view (k9scli.io/topics/commands); lazydocker,
docs/keybindings/Keybindings_en.md.
What only Holdfast does keeps its key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYMAPS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "default": {},
    "k9s": {
        "container.shell": ("s", "x"),
        "container.inspect": ("d", "i"),
        "image.inspect": ("d", "i"),
        "tag.inspect": ("d", "i"),
        "volume.inspect": ("d", "i"),
        "network.inspect": ("d", "i"),
        "container.remove": ("ctrl+d",),
        "container.kill": ("ctrl+k",),
        "image.remove": ("ctrl+d",),
        "tag.remove": ("ctrl+d",),
        "volume.remove": ("ctrl+d",),
        "network.remove": ("ctrl+d",),
    },
    "lazydocker": {
        "container.menu": ("x", "X"),
        "image.menu": ("x", "X"),
        "tag.menu": ("x", "X"),
        "app.menu": ("x", "X"),
        "container.shell": ("E",),
        "container.log": ("m", "l"),
        "container.stop": ("s",),
        "container.restart": ("r",),
        "container.pause": ("p",),
        "container.remove": ("d",),
        "container.stopped": ("e", "a"),
        "image.remove": ("d",),
        "tag.remove": ("d",),
        "volume.remove": ("d",),
        "network.remove": ("d",),
        "view.events": ("8",),
    },
}
"""Keymap -> command -> keys, in Textual's names. `[keys]` of the configuration has the last word."""
