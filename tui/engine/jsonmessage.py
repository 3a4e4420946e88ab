"""JSON as the engine sends it: value after value, or one long array, in chunks cut anywhere.

Every byte is looked at a bounded number of times, whatever the chunks and however long a value is: a value
that is whole in its chunk is decoded at once; of one that is cut, only brackets and quotes are counted until
its end has come. Invalid UTF-8 becomes U+FFFD. Values are objects or arrays, as all of the engine's are.
"""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any

from tui.engine.bounds import DEPTH, VALUE_BYTES, VALUES
from tui.engine.errors import AnswerTooLarge, MalformedAnswer, StreamBroken

if TYPE_CHECKING:
    from collections.abc import Iterator

_decode_at = json.JSONDecoder(strict=False).raw_decode
_BLANK = re.compile(r"[ \t\r\n]*")
_BEFORE_ARRAY = re.compile(r"[ \t\r\nnul]*")  # Go writes an empty list as null too
_IN_STRING = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*', re.DOTALL)
_TOKEN = re.compile(r'["{}\[\]]')


class _End:
    """Finds where a value ends that comes in pieces, by its brackets and quotes."""

    def __init__(self, call: str) -> None:
        self._call = call
        self._depth = 0
        self._in_string = False
        self._escaped = False

    def find(self, text: str, at: int) -> int:
        """The position after the value's last character, -1 when it is not in this piece.

        Raises MalformedAnswer where it is deeper than DEPTH.
        """
        while at < len(text):
            if self._escaped:
                self._escaped = False
                at += 1
            elif self._in_string:
                at = _IN_STRING.match(text, at).end()  # type: ignore[union-attr]  # it matches "" too
                if at < len(text):
                    self._in_string = text[at] != '"'
                    self._escaped = self._in_string
                    at += 1
            else:
                token = _TOKEN.search(text, at)
                if token is None:
                    return -1
                at = token.end()
                match token[0]:
                    case '"':
                        self._in_string = True
                    case "{" | "[":
                        self._depth += 1
                        if self._depth > DEPTH:
                            raise MalformedAnswer(
                                f"the engine's answer to {self._call} has lists or objects in each other, "
                                f"more than {DEPTH} deep"
                            )
                    case _:
                        self._depth -= 1
                        if self._depth == 0:
                            return at
        return -1


class JsonMessages:
    """Reads values that follow each other, with or without white space between them.

    >>> messages = JsonMessages()
    >>> list(messages.feed(b'{"a":1}{"b"')), list(messages.feed(b':2}'))
    ([{'a': 1}], [{'b': 2}])
    """

    def __init__(self, call: str = "a request") -> None:
        self._call = call
        self._text = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._parts: list[str] = []
        self._size = 0
        self._end = _End(call)

    def feed(self, chunk: bytes) -> Iterator[Any]:
        """The values that this chunk completes; run it to its end before the next. Raises MalformedAnswer."""
        text = self._text(chunk)
        at = 0
        if self._parts:
            at = self._end.find(text, 0)
            if at < 0:
                self._keep(text)
                return
            whole = "".join(self._parts) + text[:at]
            self._parts = []
            yield _decode(whole, self._call)
        while (at := self._next(text, at)) < len(text):
            if text[at] not in "{[":
                raise MalformedAnswer(f"the engine's answer to {self._call} is no JSON object")
            try:
                value, at = _decode_at(text, at)
            except (ValueError, RecursionError) as error:
                self._end = _End(self._call)
                if self._end.find(text, at) >= 0:
                    raise MalformedAnswer(
                        f"the engine's answer to {self._call} is malformed JSON: {error}"
                    ) from error
                self._size = 0
                self._keep(text[at:])
                return
            yield value

    def _keep(self, part: str) -> None:
        """A part of a value that goes on."""
        self._size += len(part)
        if self._size > VALUE_BYTES:
            raise AnswerTooLarge(
                f"the engine's answer to {self._call} has a value of more than {VALUE_BYTES:,} bytes"
            )
        self._parts.append(part)

    def close(self) -> None:
        """Say that nothing more comes; raises StreamBroken when a value was not complete."""
        if self._parts:
            raise StreamBroken("the engine's answer ended in the middle")

    def _next(self, text: str, at: int) -> int:
        """Where the next value begins; the length of the text when there is none in it."""
        return _BLANK.match(text, at).end()  # type: ignore[union-attr]  # it matches "" too


class JsonItems(JsonMessages):
    """Reads the items of one array, each as soon as it is complete.

    >>> items = JsonItems()
    >>> list(items.feed(b'[{"a":1},{"b"')), list(items.feed(b':2}]'))
    ([{'a': 1}], [{'b': 2}])
    """

    def __init__(self, call: str = "a request") -> None:
        super().__init__(call)
        self._opened = False
        self._closed = False
        self._comma = False
        self._any = False

    def close(self) -> None:
        super().close()
        if self._opened and not self._closed:
            raise StreamBroken("the engine's list ended in the middle")

    def _next(self, text: str, at: int) -> int:
        while True:
            blank = _BLANK if self._opened else _BEFORE_ARRAY
            at = blank.match(text, at).end()  # type: ignore[union-attr]  # it matches "" too
            if at == len(text):
                return at
            char = text[at]
            if not self._opened and char == "[":
                self._opened = True
            elif not self._opened or self._closed:
                raise MalformedAnswer(f"the engine's answer to {self._call} is no list")
            elif char == "]" and not (self._comma and self._any):
                self._closed = True
            elif char == "," and self._any and not self._comma:
                self._comma = True
            elif self._comma or not self._any:
                self._any, self._comma = True, False
                return at
            else:
                raise MalformedAnswer(f"the engine's answer to {self._call} is a malformed list")
            at += 1


def parse_list(body: bytes) -> list[Any]:
    """The items of a complete array; raises MalformedAnswer, AnswerTooLarge or StreamBroken."""
    if len(body) > VALUES:
        _refuse_many(body.decode("utf-8", "replace"), "a request")
    items = JsonItems()
    result = list(items.feed(body))
    items.close()
    return result


def parse(body: bytes, call: str = "a request") -> Any:
    """A complete value of any kind; raises MalformedAnswer, which names the `call` ("GET /info")."""
    return _decode(body.decode("utf-8", "replace"), call)


def _refuse_many(text: str, call: str) -> None:
    if len(text) > VALUES and sum(map(text.count, ",{[")) > VALUES:
        raise AnswerTooLarge(f"the engine's answer to {call} has more than {VALUES:,} values")


def _decode(text: str, call: str) -> Any:
    _refuse_many(text, call)
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswer(f"the engine's answer to {call} is malformed JSON: {error}") from error


def refuse_attached(count: int, call: str) -> None:
    """Raise AnswerTooLarge where the items of a list have more labels, ports or names than fit."""
    if count > VALUES:
        raise AnswerTooLarge(
            f"the engine's answer to {call} has more than {VALUES:,} labels, ports and names"
        )
