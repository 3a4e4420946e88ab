"""What an app's container, or its build, may do to the engine's host beyond what every container may."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GIVEN = frozenset(
    (
        "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
        "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT",
    )
)  # fmt: skip
"""The capabilities that every container has (Docker's documentation, "Runtime privilege")."""

HARMLESS = ("no-new-privileges", "seccomp=builtin")
"""Security options that take rights away, or give none."""


def rights_of_run(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of the checked values of a run table: a key, and what it asks for."""
    if table.get("privileged"):
        yield "privileged", "true"
    mode = table.get("network_mode") or ""
    if mode == "host" or mode.startswith("container:"):
        yield "network_mode", mode
    for name in table.get("cap_add") or ():
        if isinstance(name, str) and name.upper().removeprefix("CAP_") not in GIVEN:
            yield "cap_add", name
    for option in table.get("security_opt") or ():
        if isinstance(option, str) and not _is_harmless(option):
            yield "security_opt", option


def rights_of_build(table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The same of a build table."""
    if table.get("network") == "host":
        yield "network", "host"


def _is_harmless(option: str) -> bool:
    """Profiles in files are asked for as files, where they lie outside of the folder."""
    name, _, value = option.replace(":", "=", 1).partition("=")
    return option.startswith(HARMLESS) or (name == "seccomp" and value.startswith("/"))
