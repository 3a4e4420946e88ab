"""Secrets in command lines that no name tells: `redis-cli -a WORD`, `mysql -pWORD`, `curl -u USER:WORD`.

What a letter means is a program's own affair, so the programs are listed that are often seen in health checks
and in what is run inside of containers. A program that is not listed keeps its letters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Passed(NamedTuple):
    """How programs are given a password.

    programs   their names, as a regular expression
    options    the letters that stand before it
    attached   whether it follows its letter without a space, and only so
    after      what stands between a user's name and it, "" where it stands alone
    """

    programs: str
    options: str
    attached: bool = False
    after: str = ""


_PASSED = (
    _Passed(r"redis-cli|valkey-cli|keydb-cli", "a"),
    _Passed(r"(?:mysql|mariadb)[a-z_-]*", "p", attached=True),
    _Passed(r"sshpass|mongo(?:sh|dump|restore|export|import)?|rabbitmqadmin|docker|podman|skopeo", "p"),
    _Passed(r"mosquitto_(?:pub|sub|rr)|zip|unzip", "P"),
    _Passed(r"ldap(?:search|whoami|modify|add|delete|passwd)", "w"),
    _Passed(r"curl|http|https", "uUa", after=":"),
    _Passed(r"smbclient|rpcclient|net", "U", after="%"),
)

_PORT = re.compile(r"(?:[\d.:\[\]a-f]*:)?[\d-]+(?::[\d-]+)?(?:/(?:tcp|udp|sctp))?")
"""docker run -p 8080:80: what -p is to most who call docker."""

_WORD = r"\"[^\"]*\"|'[^']*'|[^\s\"';|&]+"


def _in_text(one: _Passed) -> re.Pattern[str]:
    space = "" if one.attached else r"\s*"
    user = rf"[\"']?[^\s\"'{one.after};|&]{{0,200}}{one.after}" if one.after else ""
    return re.compile(
        rf"(?P<before>(?<![\w.-])(?:{one.programs})(?![\w.-])[^|;&\n]{{0,300}}?\s-[{one.options}]{space}{user})"
        rf"(?P<word>{_WORD})"
    )


_TEXTS = tuple((one, _in_text(one)) for one in _PASSED)
_DSN = re.compile(r"(?P<before>(?<![\w.-])[\w.-]{1,100}:)(?P<word>[^\s@/'\"]{1,200})(?=@(?:tcp6?|unix)\()")
"""The data source names of Go's drivers: user:password@tcp(host:port)/database."""


def mask_commands(text: str, mask: str) -> str:
    """The text with the passwords in its command lines masked.

    >>> mask_commands("redis-cli -a hunter2 ping; curl -u me:hunter2 http://x", "***")
    'redis-cli -a *** ping; curl -u me:*** http://x'
    """
    for _, pattern in _TEXTS:
        text = pattern.sub(lambda found: _shown(found, mask), text)
    return _DSN.sub(rf"\g<before>{mask}", text)


def _shown(found: re.Match[str], mask: str) -> str:
    word = found["word"]
    harmless = word.startswith("-") or _PORT.fullmatch(word.strip("\"'")) is not None
    return found[0] if harmless and found["before"].lstrip()[0] in "dp" else found["before"] + mask


def mask_command(words: Sequence[str], mask: str) -> list[str]:
    """The same of a command in words.

    >>> mask_command(["redis-cli", "-a", "hunter2", "ping"], "***")
    ['redis-cli', '-a', '***', 'ping']
    """
    masked = list(words)
    for one, _ in _TEXTS:
        named = re.compile(rf"(?:.*/)?(?:{one.programs})")
        begun = next((n for n, word in enumerate(words) if named.fullmatch(word)), None)
        if begun is None:
            continue
        for number in range(begun + 1, len(words)):
            masked[number] = _word(one, words[number - 1], words[number], masked[number], mask)
    return masked


def _word(one: _Passed, before: str, word: str, masked: str, mask: str) -> str:
    letter = word[1:2]
    if word[:1] == "-" and letter and letter in one.options and word[2:]:
        return word[:2] + _tail(one, word[2:], mask)
    if one.attached or len(before) != 2 or before[0] != "-" or before[1] not in one.options:
        return masked
    if word.startswith("-") or (one.options == "p" and _PORT.fullmatch(word)):
        return masked
    return _tail(one, word, mask)


def _tail(one: _Passed, word: str, mask: str) -> str:
    if not one.after:
        return mask
    user, sign, _ = word.partition(one.after)
    return f"{user}{sign}{mask}" if sign else word
