"""Finding what must not be shown: values that are secret by their name or by their look.

Better one harmless value masked than one secret shown: a name that contains PASSWORD or TOKEN is enough.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tui.model.command_secrets import mask_command, mask_commands

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

MASK = "••••••"

_SECRET_NAME = re.compile(
    r"PASSW(OR)?D|PASSPHRASE|PASSCODE|REQUIREPASS|(?<![A-Z])PASS(?![A-Z])|(?<=.)PWD$"
    r"|SECRET|TOKEN|API_?-?KEY|ACCESS_?-?KEY|PRIVATE|CREDENTIAL|(?<!UN)AUTH(?!ORS?(?!I))|COOKIE"
    r"|(?<![A-Z])(DSN|JWT)(?![A-Z])|CONNECTION_?STRING|(?<!GPG)(?<!PUBLIC)[_.-]KEY$",
    re.IGNORECASE,
)
_PLACE = re.compile(r"(FILE|PATH|DIR|STDIN)$", re.IGNORECASE)
"""DB_PASSWORD_FILE names where a secret lies, which is worth seeing; the value's look still counts."""

_HARMLESS = re.compile(
    r"true|false|none|null|auto|default|enabled?|disabled?|trace|debug|info|warn(ing)?|error|json|text|utf-?8"
    r"|prod(uction)?|staging|dev(elopment)?|test(ing)?|localhost|127\.0\.0\.1|0\.0\.0\.0|\d{1,5}",
    re.IGNORECASE,
)
"""Values that are words of every log, and tell nothing."""

_KNOWN = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?"  # JSON web tokens
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"  # Amazon
    r"|\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,})"
    r"|\bdckr_[a-z]+_[A-Za-z0-9_-]{20,}|\bxox[abposr]-[A-Za-z0-9-]{10,}"  # Docker Hub, Slack
    r"|\b[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|\bAIza[A-Za-z0-9_-]{30,}",  # Stripe, Google
    re.DOTALL,
)
_USER = re.compile(
    r"(?P<before>(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*://)"
    r"(?:[^\s/@:'\"]{0,256}:[^\s'\"]{0,512}|[^\s/@:'\"]{20,})(?=@)"
)
_BEARER = re.compile(r"(?P<before>\b(?:Bearer|Basic)\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_ASSIGNED = re.compile(r"(?<![\w.-])[\"']?(?P<name>[\w.-]+)(?P<sign>(?:\\*[\"'])?\s*[:=]\s*)")
_VALUE = re.compile(r"(?P<quote>\\+[\"'])[^\"'\\]*(?P=quote)?|\"[^\"]*\"|'[^']*'|[^\s\"',;&]+")
"""The first of them is that of JSON within a quoted text."""

_OPTION = re.compile(r"(?P<before>(?<![\w.-])-+(?P<name>[A-Za-z][\w-]*)\s+)(?P<value>[^\s-]\S*)")


def is_secret_name(name: str) -> bool:
    """Whether a variable, label or option of this name must be taken to hold a secret.

    >>> is_secret_name("DB_PASSWORD"), is_secret_name("PATH"), is_secret_name("DB_PASSWORD_FILE")
    (True, False, False)
    """
    return _SECRET_NAME.search(name) is not None and _PLACE.search(name) is None


def is_harmless(value: str) -> bool:
    """Whether a value is a word of every log, and tells nothing: "true", "info", a small number.

    >>> is_harmless("production"), is_harmless("hunter2")
    (True, False)
    """
    return _HARMLESS.fullmatch(value) is not None


def secret_values(environment: Mapping[str, str | None], said: Mapping[str, str | None]) -> Iterator[str]:
    """The values of a container's variables that must not be shown, whatever is said with them.

    Those are what came from outside, of an env_file or passed on, and what is secret by its name.

    environment   as the container has it
    said          what the configuration itself says, for everybody to read

    >>> [*secret_values({"MODE": "blue", "LINK": "s3cret", "ON": "true"}, {"MODE": "blue"})]
    ['s3cret']
    """
    for name, value in environment.items():
        outside = said.get(name) != value
        if value and (is_secret_name(name) or (outside and not is_harmless(value))):
            yield value


def mask_text(text: str) -> str:
    """The text with everything in it masked that looks like a credential.

    That is the user's part of a URL where it holds a password, private keys, tokens of known makes, and what
    is given to a secret name (PASSWORD=..., "password": ..., --api-key ...), or to a program that is known to
    take one (`redis-cli -a ...`).

    >>> mask_text("postgres://me:word@db/app --token abc")
    'postgres://••••••@db/app --token ••••••'
    """
    return _OPTION.sub(_given, _in_assignments(_by_look(text), of_sentence=False))


def mask_sentence(text: str) -> str:
    """As `mask_text`, for what this program itself says: "NAME: words" is a sentence about NAME there.

    >>> mask_sentence("build.secrets.npm: there is no file /npmrc"), mask_sentence("TOKEN=abc is refused")
    ('build.secrets.npm: there is no file /npmrc', 'TOKEN=•••••• is refused')
    """
    return _in_assignments(_by_look(text), of_sentence=True)


def _in_assignments(text: str, *, of_sentence: bool) -> str:
    """What is given to a name may give something to another: "it broke: password=..."."""
    found, at = [], 0
    for assigned in _ASSIGNED.finditer(text):
        if assigned.start() < at or not (
            is_secret_name(assigned["name"]) or assigned["name"].lower() == "pwd"
        ):
            continue
        value = _VALUE.match(text, assigned.end())
        if (
            value is None
            or _is_folder(assigned, value[0])
            or _is_about(assigned, value[0], of_sentence=of_sentence)
        ):
            continue
        found += [text[at : value.start()], MASK]
        at = value.end()
    return "".join((*found, text[at:]))


def _is_folder(assigned: re.Match[str], value: str) -> bool:
    """PWD is a password in a connection string, and a folder in a shell's environment."""
    return assigned["name"].lower() == "pwd" and (assigned["sign"] != "=" or value[0] in "/~.$")


def _is_about(assigned: re.Match[str], value: str, *, of_sentence: bool) -> bool:
    """Whether it says something: of a file ("/secrets/token: not found"), or in a sentence of ours."""
    if "=" in assigned["sign"]:
        return False
    of_path = assigned.string.endswith("/", 0, assigned.start("name"))
    return of_path or (of_sentence and assigned["sign"] == ": " and value[0] not in "\"'")


def _by_look(text: str) -> str:
    text = _KNOWN.sub(MASK, text)
    text = mask_commands(text, MASK)
    text = _USER.sub(rf"\g<before>{MASK}", text)
    return _BEARER.sub(rf"\g<before>{MASK}", text)


def _given(found: re.Match[str]) -> str:
    return found["before"] + MASK if is_secret_name(found["name"]) else found[0]


def mask_value(name: str, value: str) -> str:
    """The value of a variable or label: masked as a whole by its name, or in part by its look."""
    return MASK if value and is_secret_name(name) else mask_text(value)


def mask_words(words: Sequence[str]) -> list[str]:
    """Environment entries ("NAME=value") or the words of a command, where `--password X` masks X too."""
    masked = []
    option = ""
    for word in mask_command(words, MASK):
        if option and not word.startswith("-"):
            masked.append(MASK)
            option = ""
            continue
        name, separator, value = word.partition("=")
        single = not any(character.isspace() for character in name)
        if separator and single:
            masked.append(f"{name}={mask_value(name, value)}")
        else:
            masked.append(mask_text(word))
        option = word if word.startswith("-") and not separator and is_secret_name(word) else ""
    return masked


def mask_json(value: Any, name: str = "") -> Any:
    """A copy of decoded JSON with secrets masked in every string, by the name of its key or by its look."""
    match value:
        case dict():
            return {key: mask_json(item, key) for key, item in value.items()}
        case list() if value and all(isinstance(item, str) for item in value):
            return [MASK] * len(value) if is_secret_name(name) else mask_words(value)
        case list():
            return [mask_json(item, name) for item in value]
        case str():
            return mask_value(name, value)
        case _:
            return value
