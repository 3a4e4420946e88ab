"""The file of an app that is made, edited or removed on the screen: $XDG_CONFIG_HOME/holdfast/apps.d.

It is the program's own, and rewritten whole. What somebody has written into it by hand is not: a file with
comments below its head is edited in an editor alone. Everything here but `text_of` and `faults_of` blocks.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.errors import HoldfastError, Refused
from tui.files import read_file, write_whole
from tui.settings.apps import problems_together, read_apps
from tui.settings.form import NAME, Draft, Faults, row_of
from tui.settings.load import ConfigError, load
from tui.settings.moved import table_elsewhere
from tui.settings.paths import LOCAL_CONFIG, SYSTEM_CONFIG, apps_folder, user_config
from tui.settings.reading import SettingsFile
from tui.settings.save import not_written

if TYPE_CHECKING:
    from collections.abc import Mapping

_STRING = re.compile(r'"""(?:\\.|[^\\])*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'', re.DOTALL)


class AppText(NamedTuple):
    """The file of one app as it was read, or as it is to be made.

    content   its bytes, b"" where there is none yet
    head      the comments at its beginning, which stay
    said      everything that it says
    table     what it says of the app, with absolute paths
    """

    path: str
    content: bytes = b""
    head: str = ""
    said: Mapping[str, Any] = {}
    table: Mapping[str, Any] = {}


def new_file(name: str, environ: Mapping[str, str] = os.environ) -> AppText:
    """For an app that is to be made."""
    return AppText(os.path.join(apps_folder(environ), f"{name}.toml"))


def read_file_of(path: str, name: str) -> AppText:
    """That of an app which was made here. Raises Refused where a rewriting would lose what somebody wrote,
    HoldfastError where it cannot be read."""
    content, said = _read(path)
    head, body = _parted(content.decode())
    if line := _comment(body):
        number = head.count("\n") + line
        raise Refused(
            f"{path} has comments of somebody's own (line {number}), which a form would lose",
            "it is edited in an editor",
        )
    table = said.get("apps", {}).get(name)
    if not isinstance(table, dict):
        raise HoldfastError(f"{path} says nothing of {name} any more", "read the configuration again")
    return AppText(
        path=path,
        content=content,
        head=head,
        said=said,
        table=table_elsewhere(table, os.path.dirname(os.path.abspath(path))),
    )


def _read(path: str) -> tuple[bytes, dict[str, Any]]:
    import tomllib

    try:
        content = read_file(path)
        return content, tomllib.loads(content.decode())
    except OSError as error:
        raise HoldfastError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise HoldfastError(f"{path}: not valid TOML: {error}", "mend it in an editor") from None


def _parted(text: str) -> tuple[str, str]:
    """The comments and empty lines at the beginning, and the rest."""
    lines = text.splitlines(keepends=True)
    count = 0
    while count < len(lines) and (not lines[count].strip() or lines[count].lstrip().startswith("#")):
        count += 1
    return "".join(lines[:count]), "".join(lines[count:])


def _comment(body: str) -> int:
    """The number of the first line with a comment, 0 where there is none."""
    bare = _STRING.sub(lambda found: "\n" * found[0].count("\n"), body)
    return next((number for number, line in enumerate(bare.splitlines(), 1) if "#" in line), 0)


def table_of_files(
    name: str, config: str, environ: Mapping[str, str] = os.environ
) -> tuple[dict[str, Any], list[str]]:
    """What all files together say of an app, with absolute paths; and which of them. `config`: --config's.

    Raises HoldfastError where one cannot be read.
    """
    folder = apps_folder(environ)
    made = sorted(one for one in os.listdir(folder) if one.endswith(".toml")) if os.path.isdir(folder) else []
    paths = [os.path.join(folder, one) for one in made]
    found: dict[str, Any] = {}
    said_by = []
    for path in dict.fromkeys(
        map(
            os.path.abspath,
            (*paths, SYSTEM_CONFIG, user_config(environ), LOCAL_CONFIG, config or LOCAL_CONFIG),
        )
    ):
        if not os.path.exists(path):
            continue
        apps = _read(path)[1].get("apps")
        table = apps.get(name) if isinstance(apps, dict) else None
        if isinstance(table, dict):
            found = _over(found, table_elsewhere(table, os.path.dirname(path)))
            said_by.append(path)
    return found, said_by


def _over(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    rivals = [group for group in (("engine", "engines", "fleet"),) if any(key in later for key in group)]
    kept = {key: value for key, value in earlier.items() if not any(key in group for group in rivals)}
    for key, value in later.items():
        both = isinstance(value, dict) and isinstance(kept.get(key), dict)
        kept[key] = _over(kept[key], value) if both else value
    return kept


# What is to be written


def text_of(file: AppText, name: str, table: Mapping[str, Any], *, masked: bool = False) -> str:
    """The file with the app as it is to be; `masked`: to be shown, without secrets."""
    import tomli_w

    from tui.model.secrets import mask_json

    said = {key: value for key, value in file.said.items() if key != "apps"}
    apps = {**file.said.get("apps", {}), name: mask_json(dict(table)) if masked else dict(table)}
    head = file.head if not file.head or file.head.endswith("\n\n") else f"{file.head}\n"
    return head + tomli_w.dumps({**said, "apps": apps})


def faults_of(file: AppText, name: str, table: Mapping[str, Any], draft: Draft, home: str) -> Faults:
    """What the loader says is wrong with it, by field and row: of this app alone, which takes no time."""
    problems: list[str] = []
    source = SettingsFile(file.path, problems, home)
    found = read_apps({name: dict(table)}, source)
    if not problems:
        problems += problems_together(found)
    return placed(problems, draft)


_PLACE = re.compile(
    r"""\[apps\.(?:"[^"]*"|[\w-]+)(?:\.(?P<table>\w+))?\] (?P<path>[\w"-][\w.\[\]"-]*)(?P<said> .*)""",
    re.DOTALL,
)


def placed(problems: list[str], draft: Draft) -> Faults:
    """The loader's sentences where they belong; what belongs to no field is at the name."""
    faults: Faults = {}
    for problem in problems:
        found = _PLACE.search(problem)
        if found is None:
            place, said = (NAME, 0), problem
        elif found["path"] == "is":  # of a table as a whole
            place, said = (NAME, 0), f"is{found['said']}"
        else:
            place = row_of(draft, found["table"] or "", found["path"])
            said = found["path"] + found["said"]
        faults.setdefault(place, said)
    return faults


def check(file: AppText, text: str, config: str, environ: Mapping[str, str] = os.environ) -> list[str]:
    """What is wrong with the configuration once this stands in the file, and was not before."""
    before = _problems(config, environ, {})
    return [one for one in _problems(config, environ, {file.path: text.encode()}) if one not in before]


def _problems(config: str, environ: Mapping[str, str], instead: Mapping[str, bytes]) -> tuple[str, ...]:
    try:
        load(config or None, environ, instead)
    except ConfigError as error:
        return error.problems
    return ()


def write(file: AppText, text: str) -> None:
    """Put it in its place, whole or not at all.

    Raises Refused where the file is another one than was read, HoldfastError where it cannot be written.
    """
    path = os.path.realpath(file.path)  # what a link leads to, not the link
    try:
        os.makedirs(os.path.dirname(file.path), mode=0o700, exist_ok=True)
        _same(file)
        write_whole(path, text.encode())
    except OSError as error:
        raise not_written(file.path, error) from None


def _same(file: AppText) -> None:
    """Whether nobody has changed it since it was read."""
    try:
        now = read_file(file.path)
    except FileNotFoundError:
        now = b""
        if not file.content:
            return
    if now != file.content or not file.content:
        raise Refused(
            f"{file.path} {'was changed by somebody else' if file.content else 'is there already'}",
            "nothing was written: open it again",
        )


def remove(file: AppText, name: str) -> None:
    """Take the app out of its file, and the file away where nothing else is in it. As `write` otherwise."""
    import tomli_w

    apps = {key: value for key, value in file.said.get("apps", {}).items() if key != name}
    try:
        _same(file)
        if apps:
            said = {key: value for key, value in file.said.items() if key != "apps"}
            write_whole(
                os.path.realpath(file.path), (file.head + tomli_w.dumps({**said, "apps": apps})).encode()
            )
        else:
            os.unlink(file.path)
    except OSError as error:
        raise not_written(file.path, error) from None
