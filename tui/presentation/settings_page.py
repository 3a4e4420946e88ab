"""docs/configuration.md, from the table of settings."""

from __future__ import annotations

import json
from typing import Any

from tui.settings.schema import SETTINGS

HEAD = """# Configuration

Made from the table of settings by `make docs`; the screen of settings (`,`) shows the same, and what holds.

Read in this order, later wins: what was chosen on the screen (`~/.config/holdfast/settings.toml`, the one
file that Holdfast writes), apps that were made there (`~/.config/holdfast/apps.d`),
`/etc/holdfast/config.toml`, `~/.config/holdfast/config.toml`, `./holdfast.toml`, and the file that `--config`
names. So what is written by hand has the last word; the screen says which file and line that is, and
opens it there in your editor (`VISUAL`, `EDITOR`).

`holdfast init --example` prints every key with its default, those of apps, engines, fleets and `[trust]` too.
"""

TABLES = {
    "": "At the top of the file",
    "view": "`[view]`",
    "columns": "`[columns]`",
    "confirm": "`[confirm]`",
    "log": "`[log]`",
    "containers": "`[containers]`",
    "notify": "`[notify]`",
    "policy": "`[policy]`, written by hand alone",
}


KEYS = """
## `[keys]`

A command's ID, and a key or a list of keys that do it instead of its own, whatever `keymap` says. The screen
of settings gives a command another key too (`K`); what is written by hand has the last word.
[keys.md](keys.md) has the IDs; keys are named as in `"k"`, `"K"`, `"ctrl+k"`, `"f5"`, `"slash"`, `"space"`.
Where two commands would have one key, that is said, and the first in that page keeps it.

```toml
[keys]
"app.deploy" = "f6"
"container.log" = ["l", "f3"]
```
"""


def _written(value: Any) -> Any:
    """A value as a file has it: tables are those of the example, in one text."""
    if isinstance(value, tuple) and value and not isinstance(value[0], str):
        return ", ".join(map(str, value))
    return value


def settings_page() -> str:
    """The page."""
    parts = [HEAD]
    for table, title in TABLES.items():
        parts += [f"\n## {title}\n", "| key | default | takes | for |", "|---|---|---|---|"]
        for setting in SETTINGS:
            place, _, name = setting.id.rpartition(".")
            if place == table:
                default = f"`{json.dumps(_written(setting.default))}`"  # as TOML has it, too
                words = (f"`{name}`", default, setting.rule.allowed, setting.about)
                parts.append("| " + " | ".join(word.replace("|", "\\|") for word in words) + " |")
    return "\n".join([*parts, KEYS])
