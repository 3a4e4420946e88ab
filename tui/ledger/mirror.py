"""This machine's copy of an engine's ledger: $XDG_STATE_HOME/holdfast/ledger/ENGINE/APP/r14.json. Blocks."""

from __future__ import annotations

import errno
import hashlib
import shutil
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from tui.files import read_file, write_whole
from tui.ledger.records import is_record
from tui.ledger.tars import FILE_BYTES
from tui.model.app_name import is_app_name
from tui.paths import state_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ASIDE = "~"
"""In the name of a folder that was set aside: no app's name has it."""

KEPT_ASIDE = 9
"""How many of an app are kept: the first, which was there before anything went wrong, and the newest."""

FEW = 20
"""Files that are each on the disk for certain before the next; of more, the engine has what a crash takes."""

AT_ONCE = 500
"""Files that are written in one go; the others are by the next reading."""


class Identity(NamedTuple):
    """What tells one engine from another. IDs alone do not: copies of a machine share theirs."""

    id: str
    host: str
    folder: str

    @property
    def name(self) -> str:
        """As the name of a folder."""
        rest = hashlib.sha256(f"{self.host}\n{self.folder}".encode()).hexdigest()[:8]
        plain = "".join(character if character.isalnum() else "-" for character in self.id)
        return f"{plain[:60]}-{rest}"


class Mirror:
    """The copy for one engine; every call may raise OSError."""

    def __init__(self, engine: Identity, environ: Mapping[str, str]) -> None:
        self.engine = engine
        self.folder = state_folder(environ) / "ledger" / engine.name

    def read(self, app: str) -> dict[str, bytes]:
        """The records of an app by the names of their files."""
        try:
            paths = sorted(self._place(app).iterdir())
        except FileNotFoundError:
            return {}
        found = {}
        for path in paths:
            if is_record(path.name):
                with suppress(OSError):  # no record of this name, then
                    found[path.name] = read_file(path, FILE_BYTES)
        return found

    def write(self, app: str, files: Mapping[str, bytes]) -> None:
        """Keep these, each written beside and renamed."""
        folder = self._place(app)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, contents in islice(files.items(), AT_ONCE):
            write_whole(folder / name, contents, lasting=len(files) <= FEW)

    def set_aside(self, app: str) -> Path:
        """Keep what is there under another name, and begin anew; where it is now."""
        place = self._place(app)
        ends = [path.name.rpartition(ASIDE)[2] for path in self.folder.glob(f"{app}{ASIDE}*")]
        numbers = sorted(int(end) for end in ends if end.isascii() and end.isdecimal())
        numbers.append(max(numbers, default=0) + 1)
        aside = self.folder / f"{app}{ASIDE}{numbers[-1]}"
        place.rename(aside)
        for number in numbers[1 : 1 - KEPT_ASIDE]:
            shutil.rmtree(self.folder / f"{app}{ASIDE}{number}", ignore_errors=True)
        return aside

    def _place(self, app: str) -> Path:
        if not is_app_name(app):  # "..": it would lead elsewhere
            raise OSError(errno.EINVAL, "no app can be called so", app)
        return self.folder / app

    def apps(self) -> list[str]:
        """The apps that there are copies of."""
        try:
            return sorted(path.name for path in self.folder.iterdir() if ASIDE not in path.name)
        except FileNotFoundError:
            return []
