"""Sizes, durations, ports and command lines, against generated input."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.settings import units

PORTS = st.integers(1, 65535)
PROTOCOLS = st.sampled_from(["", "tcp", "udp", "sctp"])
ADDRESSES = st.one_of(
    st.just(""),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(lambda address: f"[{address}]"),
)
ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text(), max_size=2)
)
SHORT = st.text(alphabet="0123456789.-+:/[]abcdefghkmsuTtcpxeE ²٣", max_size=12)


@given(
    st.integers(0, 2**20),
    st.sampled_from(["", "b", "k", "kb", "kib", "M", "MB", "g", "Gb", "t"]),
    st.booleans(),
)
def test_a_whole_size_is_exact(number: int, unit: str, space: bool) -> None:
    scale = {"": 1, "b": 1, "k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}[unit.lower()[:1]]
    assert units.size(f"{number}{' ' if space else ''}{unit}") == number * scale


def test_sizes_as_compose_documents_them() -> None:
    assert units.size("1.5g") == 3 * 2**29
    assert units.size("300m") == 314_572_800
    assert units.size(4096) == 4096
    assert units.size_or_unlimited(-1) == units.size_or_unlimited("-1") == -1


@given(st.integers(0, 99), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999))
def test_a_duration_is_the_sum_of_its_parts(hours: int, minutes: int, seconds: int, thousandths: int) -> None:
    assert units.duration(f"{hours}h{minutes}m{seconds}s{thousandths}ms") == pytest.approx(
        hours * 3600 + minutes * 60 + seconds + thousandths / 1000, abs=1e-9
    )


@given(st.floats(0, 10**9))
def test_a_number_is_seconds(seconds: float) -> None:
    assert units.duration(seconds) == seconds


def test_durations_are_exact_where_they_can_be() -> None:
    assert units.duration("300ms") == 0.3
    assert units.duration("1m30s") == units.duration(90) == 90.0
    assert units.duration("10us") == 1e-5


@given(PORTS, st.one_of(st.none(), PORTS), ADDRESSES, PROTOCOLS)
def test_a_port_comes_back_as_it_was_written(
    target: int, host: int | None, address: str, protocol: str
) -> None:
    outside = f"{host or ''}:" if host or address else ""
    text = f"{address}{':' if address else ''}{outside}{target}{'/' if protocol else ''}{protocol}"
    assert units.ports(text) == [(target, str(host or ""), address.strip("[]"), protocol or "tcp")]


@given(st.integers(1, 60_000), st.integers(1, 60_000), st.integers(1, 50))
def test_a_range_is_a_port_each(host: int, target: int, more: int) -> None:
    assert units.ports(f"{host}-{host + more}:{target}-{target + more}/udp") == [
        (target + step, str(host + step), "", "udp") for step in range(more + 1)
    ]


def test_ports_as_compose_documents_them() -> None:
    assert units.ports("3000-3001") == [(3000, "", "", "tcp"), (3001, "", "", "tcp")]
    assert units.ports("8000-8010:80") == [(80, "8000-8010", "", "tcp")]
    assert units.ports("127.0.0.1::80") == [(80, "", "127.0.0.1", "tcp")]
    assert units.ports("[::1]:80") == [(80, "", "::1", "tcp")]
    assert units.ports(80) == [(80, "", "", "tcp")]
    assert units.published(8080) == units.published("8080") == "8080"


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"))))
@example(["a b", "", "'", '"', "\\", "x\ty", "#"])
def test_a_command_is_split_as_a_shell_does(words: list[str]) -> None:
    assert units.command(shlex.join(words)) == tuple(words)
    assert units.command(words) == tuple(words)


@given(st.text(alphabet="ab '\"\\\t\n#$;", max_size=12))
def test_a_command_is_split_as_shlex_does(text: str) -> None:
    try:
        wanted = tuple(shlex.split(text))
    except ValueError:
        with pytest.raises(units.NotAllowed, match="a list of words needs no quoting"):
            units.command(text)
    else:
        assert units.command(text) == wanted


@pytest.mark.parametrize(
    "read",
    [
        units.size, units.size_or_unlimited, units.duration, units.ports, units.port_number, units.published,
        units.protocol, units.address, units.command,
    ],
)  # fmt: skip
@given(value=st.one_of(ANYTHING, SHORT))
def test_whatever_is_given_is_taken_or_refused(read: Any, value: Any) -> None:
    try:
        read(value)
    except ValueError as error:
        assert type(error) in (ValueError, units.NotAllowed) or "could not convert" in str(error)


@given(value=st.one_of(ANYTHING, SHORT))
def test_no_size_or_duration_is_below_nothing_or_endless(value: Any) -> None:
    for read, most in ((units.size, units.LARGEST), (units.duration, units.LONGEST)):
        try:
            assert 0 <= read(value) <= most
        except ValueError:
            continue


@pytest.mark.parametrize("text", ["", "m", "-1", "1x", "1mm", "1.2.3m", "1 m b", "٣m", True, [], 1.5])
def test_what_is_no_size(text: Any) -> None:
    with pytest.raises(ValueError):
        units.size(text)


@pytest.mark.parametrize("text", ["", "5", "s", "-1s", "1y", "1m 30s", "1..5s", -1, float("nan"), True, []])
def test_what_is_no_duration(text: Any) -> None:
    with pytest.raises(ValueError):
        units.duration(text)
