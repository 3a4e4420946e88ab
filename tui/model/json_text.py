"""JSON that is printed: readable, and harmless where standard output is a terminal."""

from __future__ import annotations

import json
import re

_CONTROLS = re.compile("[\x7f-\x9f]")
"""DEL and the C1 control characters, which a terminal may obey; those below a blank JSON escapes itself."""


def json_text(document: object, *, indent: int | None = None, compact: bool = False) -> str:
    """A document as JSON, its letters as they are."""
    separators = (",", ":") if compact else None
    text = json.dumps(document, ensure_ascii=False, indent=indent, separators=separators)
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
