"""Sizes, durations, ports and mounts as the Go parsers of Docker and Compose take them.

The cases are those of the projects' own tests: docker/go-units (size_test.go), the Go standard library
(time_test.go), xhit/go-str2duration, which Compose reads durations with, docker/go-connections (nat) and
compose-spec/compose-go (format/volume_test.go). Where ours differs by intent, the case says why.
"""

from __future__ import annotations

from typing import Any

import pytest

from tui.settings import units
from tui.settings.mounts import volumes
from tui.settings.reading import SettingsFile, SettingsPlace

K, M, G, T, P = (2 ** (10 * power) for power in range(1, 6))

SIZES: dict[str, int] = {
    "0": 0, "0b": 0, "0B": 0, "0 B": 0, "0.": 0, "0. ": 0, "0.b": 0, "0.B": 0, "0 ": 0,
    "-0": 0, "-0b": 0, "-0B": 0, "-0 b": 0, "-0 B": 0,
    "32": 32, "32b": 32, "32B": 32, "32.": 32, "32.b": 32, "32.B": 32, "32. b": 32, "32. B": 32,
    "32k": 32 * K, "32K": 32 * K, "32kb": 32 * K, "32Kb": 32 * K, "32Kib": 32 * K, "32KIB": 32 * K,
    "32Mb": 32 * M, "32Gb": 32 * G, "32Tb": 32 * T, "32Pb": 32 * P, "32PB": 32 * P, "32P": 32 * P,
    "32.3": 32, "32.5 B": 32, "32.5kB": 33_280, "32.5 kB": 33_280, "0.3 K": 307, ".3kB": 307,
    "32.3 mb": int(32.3 * M), "0.3MB": int(0.3 * M), "1e3m": 1000 * M,
}  # fmt: skip

NO_SIZES = (
    " 0", " 0b", " 0B", " 0 B", "0b ", "0B ", "0 B ", "", "hello", ".", ". ", " ", "  ", " .", " . ",
    "-32", "-32b", "-32B", "-32 b", "-32 B", "32b.", "32B.", "32 b.", "32 B.", "32 bb", "32 BB", "32 b b",
    "32 B B", "32  b", "32  B", " 32 ", "32m b", "32bm",
)  # fmt: skip


@pytest.mark.parametrize(("text", "size"), SIZES.items())
def test_a_size_is_what_go_units_makes_of_it(text: str, size: int) -> None:
    assert units.size(text) == size


@pytest.mark.parametrize("text", NO_SIZES)
def test_what_go_units_refuses_is_no_size(text: str) -> None:
    with pytest.raises(ValueError):
        units.size(text)


DURATIONS: dict[str, float] = {
    "0": 0, "-0": 0, "+0": 0, "5s": 5, "30s": 30, "1478s": 1478, "+5s": 5,
    "5.0s": 5, "5.6s": 5.6, "5.s": 5, ".5s": 0.5, "1.0s": 1, "1.00s": 1, "1.004s": 1.004, "1.0040s": 1.004,
    "100.00100s": 100.001, "10ns": 1e-8, "11us": 1.1e-5, "12µs": 1.2e-5, "12μs": 1.2e-5,
    "13ms": 0.013, "14s": 14, "15m": 900, "16h": 57_600, "17d": 1_468_800, "18w": 10_886_400,
    "3h30m": 12_600, "10.5s4m": 250.5, "1h2m3s4ms5us6ns": 3723.004005006, "39h9m14.425s": 140_954.425,
    "52763797000ns": 52.763797, "0.3333333333333333333h": 1200, "9007199254740993ns": 9_007_199.254740993,
    "0.100000000000000000000h": 360, "0.830103483285477580700h": 2988.372539827,
    "1d": 86_400, "2w": 1_209_600, "1w2d3s96ns": 777_603.000000096, "1w2d3s3µs96ns": 777_603.000003096,
    "1h0m4.000000001s": 3604.000000001, "60h8ms": 216_000.008, "96h63s": 345_663, "1s20ns": 1.00000002,
}  # fmt: skip

NO_DURATIONS = (
    "", "3", "-", "s", ".", "-.", ".s", "+.s", "3000000h", "9223372036854775808ns",
    "9223372036854775.808us", "9223372036854ms775us808ns", "-9223372036854775808ns", "2D3S96NS",
)  # fmt: skip


@pytest.mark.parametrize(("text", "seconds"), DURATIONS.items())
def test_a_duration_is_what_compose_makes_of_it(text: str, seconds: float) -> None:
    # Go counts nanoseconds; seconds as a float are exact to two of them in the largest case here.
    assert units.duration(text) == pytest.approx(seconds, rel=1e-15, abs=1e-9)


@pytest.mark.parametrize("text", NO_DURATIONS)
def test_what_go_refuses_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError):
        units.duration(text)


@pytest.mark.parametrize(
    "text",
    [
        # Time that runs backwards: no engine and no wait takes it.
        "-5s", "-2m3.4s", "-9223372036854775807ns",
        # Longer than 30 years, which is our limit.
        "9223372036854775807ns", "9223372036854775.807us", "9223372036s854ms775us807ns",
    ],
)  # fmt: skip
def test_durations_that_go_takes_and_an_app_does_not(text: str) -> None:
    with pytest.raises(ValueError):
        units.duration(text)


PORTS: dict[str, list[units.PortValue]] = {
    "1234": [(1234, "", "", "tcp")],
    "1234/": [(1234, "", "", "tcp")],
    "1234-1234": [(1234, "", "", "tcp")],
    "1234-1235": [(1234, "", "", "tcp"), (1235, "", "", "tcp")],
    "0123": [(123, "", "", "tcp")],
    "1234/udp": [(1234, "", "", "udp")],
    "1234/UDP": [(1234, "", "", "udp")],
    "80/TCP": [(80, "", "", "tcp")],
    "3456/sctp": [(3456, "", "", "sctp")],
    "65535": [(65535, "", "", "tcp")],
    "0:80": [(80, "0", "", "tcp")],
    "1234:1234/tcp": [(1234, "1234", "", "tcp")],
    "0.0.0.0:1234:1234/tcp": [(1234, "1234", "0.0.0.0", "tcp")],
    "1234-1236/tcp": [(1234, "", "", "tcp"), (1235, "", "", "tcp"), (1236, "", "", "tcp")],
    "2345-2346:3345-3346/udp": [(3345, "2345", "", "udp"), (3346, "2346", "", "udp")],
    "0.0.0.0:1234-1235:3333-3334/tcp": [
        (3333, "1234", "0.0.0.0", "tcp"),
        (3334, "1235", "0.0.0.0", "tcp"),
    ],
    "8000-9000:80": [(80, "8000-9000", "", "tcp")],
    "[2001:4860:0:2001::68]::333": [(333, "", "2001:4860:0:2001::68", "tcp")],
    "[::1]:80:80": [(80, "80", "::1", "tcp")],
    "2001:4860:0:2001::68::333": [(333, "", "2001:4860:0:2001::68", "tcp")],
    "::1:80:80": [(80, "80", "::1", "tcp")],
    "::::80": [(80, "", "::", "tcp")],
    ":8080:6000/tcp": [(6000, "8080", "", "tcp")],
    "::6000": [(6000, "", "", "tcp")],
    "192.168.1.100:8080:6000": [(6000, "8080", "192.168.1.100", "tcp")],
    "192.168.1.100::6000/udp": [(6000, "", "192.168.1.100", "udp")],
}

NO_PORTS = (
    "", "0.0.0.0:1234-1235:/tcp", "0.0.0.0:1234-1235:", "localhost:1234:1234/tcp",
    "localhost:1234-1236:1234-1236/tcp", "192.168.1.100", "192.168.1.100:-1:-1", "asdf", "1asdf", "-1",
    "65536", "9000-8000", "8000-", "-9000", "8000-a", "8000-9000a", "a-9000", "8000a-9000", "-8000-", "-",
    "   ", "  42  ", "70000", "1234abc", "/udp", "80/any", "80:90-91", "80-82:90-91",
)  # fmt: skip


@pytest.mark.parametrize(("text", "ports"), PORTS.items())
def test_a_port_is_what_nat_makes_of_it(text: str, ports: list[units.PortValue]) -> None:
    assert units.ports(text) == ports


@pytest.mark.parametrize("text", NO_PORTS)
def test_what_nat_refuses_is_no_port(text: str) -> None:
    with pytest.raises(ValueError):
        units.ports(text)


@pytest.mark.parametrize("text", ["0", "0-0", "0/udp", "80:0"])
def test_port_0_of_a_container_is_taken_by_nat_and_by_nothing_else(text: str) -> None:
    with pytest.raises(ValueError):
        units.ports(text)


def test_an_address_without_a_port_of_the_host_is_ours_alone() -> None:
    assert units.ports("[::1]:80") == [(80, "", "::1", "tcp")]


def _mount(text: Any) -> tuple[Any, list[str]]:
    problems: list[str] = []
    source = SettingsFile("/srv/holdfast.toml", problems, "/home/ann")
    found = volumes([text], SettingsPlace(source, "[]"))
    return (found[0] if found and not problems else None), problems


MADE = {"create_host_path": True}

MOUNTS: dict[str, Any] = {
    "/path": ("volume", "", "/path", False, {}),
    "/path/foo": ("volume", "", "/path/foo", False, {}),
    "/a": ("volume", "", "/a", False, {}),
    "./foo:/target": ("bind", "/srv/foo", "/target", False, MADE),
    "../other:/target": ("bind", "/other", "/target", False, MADE),
    "~/thing:/target": ("bind", "/home/ann/thing", "/target", False, MADE),
    "/home/user:/target": ("bind", "/home/user", "/target", False, MADE),
    ".env:/app/.env": ("bind", "/srv/.env", "/app/.env", False, MADE),
    ".ssh/id:/id:ro": ("bind", "/srv/.ssh/id", "/id", True, MADE),
    "..data:/d": ("bind", "/srv/..data", "/d", False, MADE),
    "/source:/target:slave": ("bind", "/source", "/target", False, {**MADE, "propagation": "slave"}),
    "/source:/target:ro,z": ("bind", "/source", "/target", True, {**MADE, "selinux": "z"}),
    "/source:/target:ro,Z": ("bind", "/source", "/target", True, {**MADE, "selinux": "Z"}),
    "name:/target:nocopy": ("volume", "name", "/target", False, {"nocopy": True}),
    "./foo:/target:ro": ("bind", "/srv/foo", "/target", True, MADE),
    "./foo:/target:rw": ("bind", "/srv/foo", "/target", False, MADE),
    "/tmp/x/y:/foo/x/y": ("bind", "/tmp/x/y", "/foo/x/y", False, MADE),
    "name:/target/": ("volume", "name", "/target", False, {}),
}

NO_MOUNTS = (
    "", "/foo:/foo:ro:foo", ":foo", "/foo::ro", "/foo::rw",
    # Compose takes these, and the engine refuses what it makes of them.
    ".", "name:target", "/src:/", "a:/target",
    # Compose takes it for a folder of one's own home, a shell for another user's.
    "~thing:/target",
    # Windows alone.
    r"C:\path", r"D:\path:d:\target",
    # Compose drops a mode that it does not know, and with it what was meant.
    "name:/target:bogus", "name:/target:R0",
)  # fmt: skip


@pytest.mark.parametrize(("text", "mount"), MOUNTS.items())
def test_a_mount_is_what_compose_makes_of_it(text: str, mount: Any) -> None:
    assert _mount(text) == (mount, [])


@pytest.mark.parametrize("text", NO_MOUNTS)
def test_what_is_no_mount_is_said(text: str) -> None:
    assert _mount(text)[1]
