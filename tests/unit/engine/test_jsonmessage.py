from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.engine.errors import AnswerTooLarge, MalformedAnswer, StreamBroken
from tui.engine.jsonmessage import JsonItems, JsonMessages, parse, parse_list

VALUES = [
    {"status": "start", "Actor": {"Attributes": {'quo"te': "back\\slash\\", "brackets": "}]{["}}},
    {"naïve": "日本語 \u0000 \U0001f433", "n": [1, 2.5, None, True, [], {}]},
    [],
    {},
    ["x", {"y": ["\\", '"']}],
]
objects = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
messages = st.lists(st.dictionaries(st.text(), objects, max_size=4), max_size=5)


def read(reader: JsonMessages, *chunks: bytes) -> list[object]:
    found = [value for chunk in chunks for value in reader.feed(chunk)]
    reader.close()
    return found


def encoded(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n", b" \t\n"])
def test_messages_cut_at_every_offset(between: bytes) -> None:
    whole = between.join(map(encoded, VALUES)) + between
    for at in range(len(whole) + 1):
        assert read(JsonMessages(), whole[:at], whole[at:]) == VALUES


def test_messages_byte_by_byte() -> None:
    whole = b"".join(map(encoded, VALUES))
    assert read(JsonMessages(), *(whole[at : at + 1] for at in range(len(whole)))) == VALUES


def test_a_list_cut_at_every_offset() -> None:
    whole = b" " + json.dumps(VALUES, indent=1, ensure_ascii=False).encode() + b"\n"
    for at in range(len(whole) + 1):
        assert read(JsonItems(), whole[:at], whole[at:]) == VALUES


@given(messages, st.lists(st.integers(1, 40)))
def test_any_messages_in_any_chunks(values: list[object], sizes: list[int]) -> None:
    for whole, reader in (
        (b"".join(map(encoded, values)), JsonMessages()),
        (encoded(values), JsonItems()),
    ):
        chunks, rest = [], whole
        for size in sizes:
            chunks.append(rest[:size])
            rest = rest[size:]
        assert read(reader, *chunks, rest) == values


def test_a_message_is_given_as_soon_as_it_is_complete() -> None:
    reader = JsonMessages()
    assert list(reader.feed(b'{"a":1}{"b":')) == [{"a": 1}]
    assert list(reader.feed(b"2}")) == [{"b": 2}]


def test_an_empty_list_as_go_may_write_it() -> None:
    for text in (b"[]", b"null\n", b" [ ] ", b""):
        assert parse_list(text) == []


def test_a_message_of_many_megabytes_is_read_in_linear_time() -> None:
    def seconds(size: int) -> float:
        whole = encoded({"log": 'x"' * size})
        began = time.process_time()
        assert len(read(JsonMessages(), *(whole[at : at + 4096] for at in range(0, len(whole), 4096)))) == 1
        return time.process_time() - began

    seconds(1 << 16)
    assert seconds(1 << 20) < 40 * max(
        seconds(1 << 17), 0.005
    )  # 8 times as long; quadratic would be 64 times


def test_invalid_utf8_is_replaced_wherever_it_is_cut() -> None:
    whole = b'{"a":"\xff\xc3"}{"b":"\xe6\x97\xa5"}'
    for at in range(len(whole) + 1):
        assert read(JsonMessages(), whole[:at], whole[at:]) == [{"a": "\ufffd\ufffd"}, {"b": "日"}]


def test_raw_control_characters_inside_strings_are_read() -> None:
    assert read(JsonMessages(), b'{"a":"\x1b[2J\t"}') == [{"a": "\x1b[2J\t"}]


@pytest.mark.parametrize(
    "text",
    [
        b'{"a" 1}',
        b"{]",
        b"hello",
        b'"text"',
        b"12 ",
        b'{"a":1}x',
        b'{"a":}{"b":1}',
        b"}",
    ],
)
def test_malformed_messages_are_said_to_be(text: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        read(JsonMessages(), text)


def test_nesting_is_given_up_before_its_end() -> None:
    with pytest.raises(MalformedAnswer, match="GET /events has lists or objects in each other"):
        list(JsonMessages("GET /events").feed(b"[" * 2000))


@pytest.mark.parametrize("value", [b"{}", b'{"a":1}', b"1", b'""', b"[1]"])
def test_many_small_values_are_refused_before_they_take_memory(value: bytes) -> None:
    body = b'{"a":[' + (value + b",") * 600_000 + b"0]}"
    with pytest.raises(AnswerTooLarge, match="more than 500,000 values"):
        parse(body, "GET /info")
    with pytest.raises(AnswerTooLarge):
        parse_list(b"[" + b"{}," * 600_000 + b"{}]")


def test_nesting_without_measure_is_malformed() -> None:
    with pytest.raises(MalformedAnswer):
        read(JsonMessages(), b"[" * 200_000 + b"]" * 200_000)


@pytest.mark.parametrize(
    "text", [b'{"message":"no"}', b"[{} {}]", b"[{},,{}]", b"[{},]", b"[,{}]", b"[]]", b"[{}][{}]", b"[1,2]"]
)
def test_malformed_lists_are_said_to_be(text: bytes) -> None:
    with pytest.raises(MalformedAnswer):
        parse_list(text)


@pytest.mark.parametrize("text", [b'{"a":1', b'{"a":"b', b'{"a":"b\\', b'[{"a":1}', b"[", b"{"])
def test_an_end_in_the_middle_is_a_broken_stream(text: bytes) -> None:
    reader = JsonItems() if text.startswith(b"[") else JsonMessages()
    with pytest.raises(StreamBroken):
        read(reader, text)


def test_a_whole_answer_may_be_any_value() -> None:
    assert parse(b" null ") is None
    with pytest.raises(MalformedAnswer):
        parse(b"<html>")
