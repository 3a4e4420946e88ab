"""Taking known secrets out of what leaves this machine, in the forms that programs write. Pure."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from tui.model.secrets import MASK, is_harmless, mask_json, mask_sentence, mask_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST = 4
"""Characters of the shortest text that is looked for: shorter ones stand everywhere."""


class Scrubber:
    """Knows some secrets, and masks them wherever they stand; besides, all that looks like one.

    found   how often one of those that it knows was masked
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        self._forms = sorted(forms, key=lambda form: (-len(form), form))
        self.found = 0

    def text(self, text: str) -> str:
        """Text from outside: a log, the output of a program."""
        return mask_text(self._known(text))

    def sentence(self, text: str) -> str:
        """What this program says itself."""
        return mask_sentence(self._known(text))

    def json(self, value: Any) -> Any:
        """Decoded JSON: its keys too, which may be text from outside."""
        return mask_json(self._within(value))

    def _within(self, value: Any) -> Any:
        match value:
            case str():
                return self._known(value)
            case dict():
                return {self._known(str(key)): self._within(item) for key, item in value.items()}
            case list() | tuple():
                return [self._within(item) for item in value]
            case _:
                return value

    def _known(self, text: str) -> str:
        for form in self._forms:
            if form in text:
                self.found += text.count(form)
                text = text.replace(form, MASK)
        return text


def _forms(secret: str) -> Iterator[str]:
    """A secret as it is, and as programs write it; of several lines each, as logs come line by line."""
    for part in {secret, secret.strip(), *map(str.strip, secret.splitlines())}:
        if len(part) < SHORTEST or is_harmless(part):
            continue
        raw = part.encode("utf-8", "surrogatepass")
        plain, url_safe = base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode()
        yield from (part, json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1])
        yield from (quote(raw, safe=""), quote(raw), quote_plus(raw), repr(part)[1:-1])
        yield from (plain, plain.rstrip("="), url_safe, url_safe.rstrip("="))
