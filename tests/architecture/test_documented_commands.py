"""What the documents tell to type is taken by the program: every `holdfast ...`, every configuration."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import tomllib
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.support.documents import DOCS, Block, blocks, by_hand, inline, name_of, pages, shell_lines
from tui.cli.arguments import parsed, parser
from tui.cli.texts import SHORT
from tui.cli.trust import TrustOptions, _fault
from tui.cli.verbs import Options, Usage, meant
from tui.errors import HoldfastError
from tui.model.app import AppSpec
from tui.model.verb import VERBS
from tui.settings.load import load

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

SHELL = {"", "sh", "console", "yaml", "ini"}

STANDS_FOR = {"rN": "r12", "N": "3", "VERB": "deploy", "PATH": "ci.key", "FOLDER/NAME.key": "keys/ci.key"}
"""What a placeholder stands for where its place takes not everything."""

APPS = {name: AppSpec(name, name, "holdfast.toml") for name in ("web", "hello", "shop", "APP")}
"""What the documents call apps."""

KEYS = """\
[trust]
verify_keys = [{ name = "ci", file = "ci.pub" }, { name = "production", file = "production.pub" }]
"""

FRAGMENTS = ("", "[trust]\n", KEYS, "[apps.web]\n")
"""Tables of which a block may show keys alone."""


def commands(text: str) -> list[list[str]]:
    """The arguments of each call of holdfast in a line of a shell."""
    found = []
    while match := re.search(r"(?:^|(?<=[\s(;&|])|(?<=/bin/))holdfast(?=[\s)]|$)", text):
        text = text[match.end() :]
        found.append(_words(text))
    return found


def _words(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars="();<>|&")
    lexer.whitespace_split = True
    words = []
    for word in lexer:
        if set(word) <= set("();<>|&"):
            break
        words.append(STANDS_FOR.get(word, word))
    return words


def refuse_wrong_words(given: argparse.Namespace) -> None:
    """Raises what the program says of an app or a version too many, or of an app that nobody has."""
    if given.verb in VERBS and given.verb != "adopt":
        options = Options(given.verb, tuple(given.words))
        try:
            meant(APPS, options)
        except HoldfastError:  # as in a folder with one app, which is left out
            meant({"hello": APPS["hello"]}, options)
    if given.verb == "trust":
        what, *more = given.words or ("show",)
        if fault := _fault(what, more, TrustOptions(given.words, given.name, given.passphrase, given.json)):
            raise Usage(fault)


def faults(lines: list[tuple[str, str]]) -> list[str]:
    """What the parser says of each line, with where it stands."""
    found = []
    for where, line in lines:
        if "[" in line or "..." in line:
            continue  # it shows how something is written, not what to type
        for words in commands(line):
            if len(words) == 1 and words[0] in SHORT:
                continue  # the name of a verb
            try:
                refuse_wrong_words(parsed(parser(), words))
            except HoldfastError as error:
                found.append(f"{where}: holdfast {shlex.join(words)}: {error.message}")
            except SystemExit as ended:  # --help, --version
                assert not ended.code
    return found


@pytest.mark.parametrize("page", by_hand(), ids=name_of)
def test_every_command_is_taken(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = [
        (f"{name_of(page)}:{number}", line)
        for block in blocks(page)
        if block.language in SHELL
        for number, line in shell_lines(block)
        if not line.lstrip().startswith("#")
    ]
    typed += [(name_of(page), code) for code in inline(page) if code.startswith("holdfast ")]
    assert faults(typed) == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("holdfast", [[]]),
        ("$(holdfast build web --quiet)", [["build", "web", "--quiet"]]),
        ("holdfast build && holdfast test  # then", [["build"], ["test"]]),
        ('- run: holdfast ship web "$TAG" --json | tee x', [["ship", "web", "$TAG", "--json"]]),
        ("ExecStart=/usr/local/bin/holdfast drift", [["drift"]]),
        ("pip install ./holdfast", []),
        ("cd ~/.config/holdfast", []),
        ("systemctl start holdfast-drift.service", []),
    ],
)
def test_commands_are_found(line: str, found: list[list[str]]) -> None:
    assert commands(line) == found


def test_a_command_that_is_none_is_told() -> None:
    assert faults([("here", "holdfast deploy --of web")]) != []
    assert faults([("here", "holdfast undeploy web")]) != []
    assert faults([("here", "holdfast deploy web v1.4.0 too")]) != []
    assert faults([("here", "holdfast deploy wbe v1.4.0")]) != []
    assert faults([("here", "holdfast trust remove")]) != []


TOML = [block for page in pages() for block in blocks(page) if block.language == "toml"]


def loaded(text: str, folder: Path) -> str:
    """What is wrong with a configuration of the user's own, "" where nothing is."""
    own = folder / "holdfast" / "config.toml"
    own.parent.mkdir(exist_ok=True)
    own.write_text(text)
    environ = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    try:
        settings = load(environ=environ)
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is what the reader would see
        return str(error)
    return "; ".join(settings.trust_problems)


@pytest.mark.parametrize("block", TOML, ids=str)
def test_every_configuration_is_one(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = "".join(one.text for one in TOML if one.page == block.page and one.line < block.line)
    said = [loaded(table + block.text, tmp_path) for table in (*FRAGMENTS, before)]
    assert "" in said, said[0]


RECIPES = sorted((DOCS / "recipes/files").iterdir())


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_files_of_recipes_can_be_read(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = path.read_text()
    match path.suffix:
        case ".yml":
            assert yaml.safe_load(text)
        case ".toml":
            assert tomllib.loads(text)
            assert loaded(text, tmp_path) == ""
        case ".service" | ".timer":
            units = configparser.ConfigParser(strict=False, interpolation=None)
            units.optionxform = str  # type: ignore[assignment, method-assign]
            units.read_string(text)
            assert "Unit" in units
        case _:
            assert path.name == "Caddyfile"
            assert text.count("{") == text.count("}")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze on this machine")
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    units = [path for path in RECIPES if path.suffix in (".service", ".timer")]
    assert len(units) == 3
    for path in units:  # the program need not be installed where the test runs
        text = re.sub(
            r"^ExecStart=/usr/local/bin/holdfast", "ExecStart=/bin/true", path.read_text(), flags=re.M
        )
        (tmp_path / path.name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / path.name) for path in units)],
        capture_output=True, text=True, timeout=60,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    said = [line for line in done.stderr.splitlines() if "holdfast" in line]
    assert said == [], done.stderr
