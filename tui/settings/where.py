"""The line of a file where a setting stands: for whoever goes there to change it."""

from __future__ import annotations

import re

from tui.files import read_file

_HEAD = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+(?:\s*\.\s*[\w-]+)*))\s*=""")


def line_of(path: str, id: str) -> int:
    """The number of the line in which a file sets "theme" or "log.tail", or begins the table "apps.web"; 0
    where it is not found. Blocks.

    It is looked for as people write TOML, line by line: one inside a long text may be taken for it.
    """
    try:
        lines = read_file(path).decode("utf-8", "replace").splitlines()
    except OSError:
        return 0
    table, within = "", 0
    for number, line in enumerate(lines, 1):
        if head := _HEAD.match(line):
            table = re.sub("[ \"']", "", head[1])
            if table == id:
                return number
            within = within or (number if table.startswith(f"{id}.") else 0)
        elif key := _KEY.match(line):
            name = (key[1] or key[2] or key[3] or "").replace(" ", "")
            if (f"{table}.{name}" if table else name) == id:
                return number
    return within
