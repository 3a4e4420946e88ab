"""`holdfast trust init`: a key pair, and what is to be done with each half of it."""

from __future__ import annotations

import os
import re
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tui.cli.asking import somebody_is_there
from tui.cli.output import answer, answer_json, say_error
from tui.cli.verbs import Usage
from tui.errors import HoldfastError
from tui.operations.running.runner import failure
from tui.presentation.text import safe
from tui.settings.paths import SYSTEM_CONFIG, config_folder, user_config

if TYPE_CHECKING:
    from tui.model.signing import VerifyKey

PASSPHRASE = "COSIGN_PASSWORD"
"""Where a passphrase comes from without a terminal, and where it is looked for when something is signed."""

NAMES = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Pair(NamedTuple):
    """What was made. public: beside the private key; sealed: whether that has a passphrase."""

    name: str
    private: Path
    public: Path
    key: VerifyKey
    fingerprint: str
    sealed: bool


def run(path: str, *, name: str, passphrase: bool, json: bool) -> int:
    """Make it, and say where it is; the exit status."""
    try:
        pair = _make(path, name, passphrase=passphrase)
    except HoldfastError as error:
        if json:
            answer_json({"made": False, "error": failure(error)._asdict()})
        else:
            say_error(error)
        return error.exit_status
    if json:
        answer_json(_fields(pair))
    else:
        answer("".join([safe(line) + "\n" for line in _lines(pair)]))
    return 0


def _make(path: str, name: str, *, passphrase: bool) -> Pair:
    from tui.trust.errors import KeyUnusable
    from tui.trust.keys import fingerprint, make_pair

    name = name or (Path(path).stem if path else _own_name())
    if not NAMES.fullmatch(name):
        raise Usage(
            f'"{name}" is no name of a key: it has letters, digits and ".", "_", "-" behind the first',
            "holdfast trust init --name NAME",
        )
    private = Path(path).absolute() if path else Path(config_folder(), "keys", f"{name}.key")
    if not private.name:
        raise Usage(f"{private} is a folder", "holdfast trust init FOLDER/NAME.key")
    public = private.with_suffix(".pub")
    for one in (private, public):  # before a passphrase is asked for
        if os.path.lexists(one):
            raise KeyUnusable(
                f"{one} is there already, and a key is never overwritten",
                "name another file, or use that key",
            )
    word = _passphrase() if passphrase else None
    if not path:
        _folder(private.parent)
    key = make_pair(private, name, word)
    return Pair(
        name=name,
        private=private,
        public=public,
        key=key,
        fingerprint=fingerprint(key),
        sealed=passphrase,
    )


def _own_name() -> str:
    """This machine's name, by which its key is told from others."""
    found = re.sub(r"[^A-Za-z0-9._-]+", "-", socket.gethostname().partition(".")[0]).strip("-._")[:64]
    return found or "release"


def _folder(folder: Path) -> None:
    """The folder of keys, for this account's eyes alone where it is made."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise HoldfastError(
            f"{folder} cannot be made: {error.strerror}", "holdfast trust init PATH makes a key elsewhere"
        ) from None


def _passphrase() -> str:
    """What is typed twice, without being shown; without a terminal what the variable has. Raises Usage."""
    if not somebody_is_there():
        if not (word := os.environ.get(PASSPHRASE, "")):
            raise Usage(
                f"a passphrase is wanted, there is no terminal to ask at, and {PASSPHRASE} is not set",
                f"set {PASSPHRASE}, or leave --passphrase out",
            )
        return word
    import getpass

    try:
        word = getpass.getpass("passphrase: ")
        again = getpass.getpass("once more: ") if word else ""
    except EOFError:
        sys.stderr.write("\n")
        word = again = ""
    except UnicodeDecodeError:
        raise Usage("a passphrase is typed in the characters of this terminal's locale") from None
    if not word:
        raise Usage(
            "the passphrase is empty: nothing was made", "leave --passphrase out for a key without one"
        )
    if word != again:
        raise Usage("the two passphrases are not the same: nothing was made", "try again")
    return word


def _toml(value: str) -> str:
    """A text as TOML writes it."""
    import tomli_w

    return tomli_w.dumps({"a": value}).removeprefix("a = ").rstrip("\n")


def _sign_key(pair: Pair) -> str:
    return f"sign_key = {_toml(str(pair.private))}"


def _verify_keys(pair: Pair) -> str:
    return f"verify_keys = [{{ name = {_toml(pair.name)}, file = {_toml(f'{pair.name}.pub')} }}]"


def _fields(pair: Pair) -> dict[str, object]:
    return {
        "made": True,
        "name": pair.name,
        "private": str(pair.private),
        "public": str(pair.public),
        "fingerprint": pair.fingerprint,
        "passphrase": pair.sealed,
        "pem": pair.key.pem,
        "here": {"file": user_config(), "trust": _sign_key(pair)},
        "hosts": {"file": SYSTEM_CONFIG, "trust": _verify_keys(pair), "public": f"{pair.name}.pub"},
    }


def _lines(pair: Pair) -> list[str]:
    kept = f"; its passphrase is wanted in {PASSPHRASE} wherever it signs" if pair.sealed else ""
    beside = Path(SYSTEM_CONFIG).with_name(f"{pair.name}.pub")
    return [
        f'the key pair "{pair.name}" is made',
        f"  private      {pair.private}",
        f"  public       {pair.public}",
        f"  fingerprint  sha256:{pair.fingerprint}",
        "",
        f"The private key signs. It stays here, and is shown to nobody{kept}.",
        f"Put it under [trust] in {user_config()}:",
        "",
        "  [trust]",
        f"  {_sign_key(pair)}",
        "",
        "The public key verifies. Copy it to every host that deploys what is signed here, as",
        f"{beside}, and list it there under [trust] in {SYSTEM_CONFIG}:",
        "",
        "  [trust]",
        f"  {_verify_keys(pair)}",
        '  require = ["signature"]',
        "",
        "holdfast trust says which keys are in force, and whether each can be read.",
    ]
