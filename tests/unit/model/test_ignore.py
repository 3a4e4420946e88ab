"""Ignore files: what Docker's documentation and matcher say, and a slow reading of the same rules."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import HoldfastError
from tui.model.ignore import Ignore, lines

# -- the file


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("", ()),
        ("a\nb\n", ("a", "b")),
        ("a\r\nb\r\n", ("a", "b")),
        ("\ufeffa\nb", ("a", "b")),
        ("\ufeff# no pattern\na", ("a",)),
        (
            "#a\n  # a pattern, for it starts with spaces\nb#c",
            ("# a pattern, for it starts with spaces", "b#c"),
        ),
        ("\t a b \u00a0\n\n   \n", ("a b",)),
        ("/a\n//b/c\n/", ("a", "b/c", "/")),
        ("a/\nb//c/\n./d\ne/./f/../g", ("a", "b/c", "d", "e/g")),
        ("../a\n/../b\na/..\n.", ("../a", "b", ".", ".")),
        ("!a\n! /b/\n  !c ", ("!a", "!b", "!c")),
        ("!\n! ", ("!", "!")),
    ],
)
def test_lines_are_cleaned(text: str, patterns: tuple[str, ...]) -> None:
    assert tuple(written for _, written in lines(text)) == patterns
    assert [*lines(text.encode())] == [*lines(text)]


def test_names_that_are_not_utf_8_stay_what_they_are() -> None:
    ignore = Ignore.parse(b"caf\xe9\n*.\xff\n")
    assert ignore.excludes("caf\udce9")
    assert ignore.excludes("a.\udcff")
    assert not ignore.excludes("café")


# -- one pattern


@pytest.mark.parametrize(
    ("written", "excluded", "kept"),
    [
        ("README", ["README", "README/a/b"], ["a/README", "READMES", "readme"]),
        ("docs/", ["docs", "docs/a"], ["docs2", "a/docs"]),
        ("/docs", ["docs", "docs/a"], ["a/docs"]),
        ("*", ["a", ".a", "a/b"], []),
        ("*.md", ["a.md", ".md", "a.md/b"], ["a.mdx", "a/b.md", "amd"]),
        ("*/temp*", ["a/temp", "a/temporary/b"], ["temp", "a/b/temp"]),
        ("*/*/temp*", ["a/b/temp1"], ["a/temp1", "a/b/c/temp1"]),
        ("temp?", ["temp1", "tempé", "temp1/a"], ["temp", "temp12"]),
        ("**", ["a", "a/b/c"], []),
        ("**/*.go", ["a.go", "a/b/c.go"], ["a.goo", "go"]),
        ("**/foo", ["foo", "a/foo", "a/b/foo/c"], ["afoo", "a/bfoo"]),
        ("**foo", ["foo", "afoo", "a/b/cfoo"], ["foob"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "b/a"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b/c"], ["a", "a/xb", "b"]),
        ("a**b", ["ab", "ax/b"], ["axb", "ax/yb"]),
        ("a**", ["a", "ab", "ab/c"], ["b/a"]),
        ("**/a/**", ["a/b", "x/a/b/c"], ["a", "x/a"]),
        ("**/**/x", ["x", "a/x", "a/b/x"], ["ax"]),
        ("[a-c]x", ["ax", "cx"], ["dx", "x", "-x"]),
        ("[^a-c]x", ["dx", "-x"], ["ax", "x"]),
        (r"[\]\-]x", ["]x", "-x"], ["ax"]),
        (r"a\*b", ["a*b"], ["ab", "axb", r"a\*b"]),
        (r"\!a", ["!a"], ["a"]),
        (r"\#a", ["#a"], ["a"]),
        ("a.b+(c)|{d}$", ["a.b+(c)|{d}$"], ["axb+(c)|{d}$"]),
        ("[[:digit:]]x", ["1x"], ["dx", ":]x"]),
        ("ünï*", ["ünïcode"], ["unicode"]),
        (".", [], ["a", ".a"]),
        ("/", [], ["a"]),
        ("..", [], ["a", "..a"]),
        # Where Docker does what nobody expects:
        ("a[^b]c", ["axc", "a/c"], ["abc"]),
        (r"v\d", ["v1"], ["vd", r"v\d"]),
        ("[*]x", ["[]x", "//]x"], ["*x"]),
        ("a^b", ["a^b"], ["ab"]),
        ("a^*", [], ["a^b"]),
        (r"foo\bar", [], ["foobar", "foo/bar"]),
    ],
)
def test_a_pattern_excludes(written: str, excluded: list[str], kept: list[str]) -> None:
    ignore = Ignore.parse(written)
    assert [path for path in excluded if not ignore.excludes(path)] == []
    assert [path for path in kept if ignore.excludes(path)] == []


@pytest.mark.parametrize(
    "written",
    [
        *("!", "!/", "[", "a[", "[a", "[]", "[]a]", "[^]", "[-a]", "[a-]", "[a-b-c]", "a\\", "[z-a]"),
        *("[[:alpah:]]", r"\y", r"[\b]", r"\é", "[a\\"),
    ],
)
def test_what_docker_refuses_is_refused(written: str) -> None:
    with pytest.raises(HoldfastError, match=re.escape(f'"{written}"')):
        Ignore([written])
    with pytest.raises(HoldfastError, match=r"web/\.dockerignore, line 3: "):
        Ignore.parse(f"a\n# no\n{written}\nb\n", "web/.dockerignore")


# -- several


@pytest.mark.parametrize(
    ("lines", "excluded", "kept"),
    [
        ("*.md\n!README.md", ["a.md"], ["README.md"]),
        ("*.md\n!README*.md\nREADME-secret.md", ["a.md", "README-secret.md"], ["README.md"]),
        ("*.md\nREADME-secret.md\n!README*.md", ["a.md"], ["README.md", "README-secret.md"]),
        ("!a\na", ["a"], []),
        ("docs\n!docs/a", ["docs", "docs/b", "docs/b/a"], ["docs/a", "docs/a/b"]),
        ("docs/*\n!docs/a", ["docs/b"], ["docs", "docs/a/b"]),
        ("**\n!src", ["a", "a/src"], ["src", "src/a/b"]),
        ("**\n!**/*.go", ["a", "a/b.c"], ["a.go", "a/b/c.go"]),
        ("**\n!a/b\na/b/c", ["a", "a/b/c/d"], ["a/b", "a/b/d"]),
        # What a client since 23.0 forgets on its way down, and what it only seems to take:
        ("**/*.x\n!n", ["n/a.x", "a.x"], ["n", "n/a"]),
        ("a\n!a/b\na*", ["a", "a/b"], ["b"]),
    ],
)
def test_the_last_line_that_applies_decides(lines: str, excluded: list[str], kept: list[str]) -> None:
    ignore = Ignore.parse(lines)
    assert [path for path in excluded if not ignore.excludes(path)] == []
    assert [path for path in kept if ignore.excludes(path)] == []


@pytest.mark.parametrize(
    ("lines", "folder", "walked", "walked_by_classic"),
    [
        ("a", "a", False, False),
        ("a\n!b", "a", False, False),
        ("a\n!a/b/c", "a", True, True),
        ("a\n!a/b/c", "a/b", True, True),
        ("a\n!a/b/c", "a/d", False, False),
        ("a\n!ab", "a", False, False),
        ("a\n!a/*/c", "a/b", True, False),
        ("a\n!**/c", "a", True, False),
        ("a\n!a/**", "a", True, True),
        ("a\nb\n!a/*.c", "b", False, False),
    ],
)
def test_a_folder_is_walked_for_exceptions(
    lines: str, folder: str, walked: bool, walked_by_classic: bool
) -> None:
    ignore = Ignore.parse(lines)
    assert ignore.excludes(folder)
    assert ignore.needs_walk(folder) is walked
    assert ignore.needs_walk(folder, classic=True) is walked_by_classic


def test_files_that_must_be_sent() -> None:
    ignore = Ignore.parse("**\n!src").keeping(".dockerignore", "deploy/[1]/Dockerfile")
    assert not ignore.excludes(".dockerignore")
    assert not ignore.excludes("deploy/[1]/Dockerfile")
    assert ignore.needs_walk("deploy/[1]")
    assert ignore.needs_walk("deploy/[1]", classic=True)
    assert ignore.excludes("deploy/[1]/secret")
    assert not ignore.excludes("src/a")


# -- properties

_segments = st.sampled_from(["a", "b", "ab", "*", "a*", "*b", "?", "a?", "**"])
_patterns = st.tuples(st.sampled_from(["", "!"]), st.lists(_segments, min_size=1, max_size=4)).map(
    lambda parts: parts[0] + "/".join(parts[1])
)
_paths = st.lists(st.sampled_from(["a", "b", "ab", "ba", "c"]), min_size=1, max_size=5).map("/".join)


def _name_matches(wild: str, name: str) -> bool:
    if not wild:
        return not name
    if wild[0] == "*":
        return any(_name_matches(wild[1:], name[skipped:]) for skipped in range(len(name) + 1))
    return bool(name) and wild[0] in ("?", name[0]) and _name_matches(wild[1:], name[1:])


def _matches(wild: list[str], names: list[str]) -> bool:
    if not wild:
        return not names
    if wild[0] == "**":
        if len(wild) == 1:
            return bool(names)
        return any(_matches(wild[1:], names[skipped:]) for skipped in range(len(names) + 1))
    return bool(names) and _name_matches(wild[0], names[0]) and _matches(wild[1:], names[1:])


def _applies(pattern: str, path: str) -> bool:
    return _matches(pattern.removeprefix("!").split("/"), path.split("/"))


def _upwards(path: str) -> list[str]:
    names = path.split("/")
    return ["/".join(names[:depth]) for depth in range(1, len(names) + 1)]


def _rule(patterns: list[str], path: str) -> bool:
    """As documented."""
    excluded = False
    for pattern in patterns:
        if any(_applies(pattern, each) for each in _upwards(path)):
            excluded = not pattern.startswith("!")
    return excluded


def _walked(patterns: list[str], path: str) -> bool:
    """As a client since 23.0 decides on its way down."""
    remembered: set[int] = set()
    excluded = False
    for each in _upwards(path):
        excluded = False
        for number, pattern in enumerate(patterns):
            changes = pattern.startswith("!") == excluded
            if number in remembered or (changes and _applies(pattern, each)):
                remembered.add(number)
                excluded = not pattern.startswith("!")
    return excluded


@given(st.lists(_patterns, max_size=6), st.lists(_paths, max_size=8))
def test_decides_as_the_rules_read(patterns: list[str], paths: list[str]) -> None:
    ignore = Ignore(patterns)
    assert [ignore.excludes(path) for path in paths] == [
        _rule(patterns, path) or _walked(patterns, path) for path in paths
    ]


@given(st.lists(_patterns, max_size=6), _paths)
def test_no_folder_that_leads_to_a_wanted_file_is_passed_over(patterns: list[str], path: str) -> None:
    ignore = Ignore(patterns)
    if ignore.excludes(path):
        return
    names = path.split("/")
    folders = ["/".join(names[:depth]) for depth in range(1, len(names))]
    assert [each for each in folders if ignore.excludes(each) and not ignore.needs_walk(each)] == []


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        ignore = Ignore.parse(text)
    except HoldfastError as error:
        assert re.match(r"\.dockerignore, line \d+: .* is not a pattern", error.message, re.DOTALL)
    else:
        assert ignore.excludes("a/b") in (True, False)


@given(st.text("ab*?[]^-\\!/.d:", max_size=12))
def test_any_pattern_is_read_or_refused(written: str) -> None:
    try:
        ignore = Ignore([written])
    except HoldfastError:
        return
    assert ignore.excludes("a/b") in (True, False)


def test_a_hundred_thousand_paths_in_a_second() -> None:
    lines = (
        "**\n!src\n**/*.pyc\n**/__pycache__\n*.log\n!keep.log\ndocs/**\n[Tt]est*\n**/*~\n**/node_modules\n"
    )
    ignore = Ignore.parse(lines + "".join(f"build{number}/*\n" for number in range(10)))
    paths = [f"src/p{number % 50}/m{number % 700}/f{number}.py" for number in range(100_000)]
    began = time.process_time()
    assert not any(map(ignore.excludes, paths))
    assert time.process_time() - began < 2  # 0.4 on the machine where it was measured
