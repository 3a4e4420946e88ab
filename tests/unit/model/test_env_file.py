"""Environment files as Compose reads them: the cases of compose-go's own tests (dotenv/godotenv_test.go)."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.env_file import EnvFileInvalid, parse_env_file

OUTSIDE = {"ME": "YES", "EMPTY": ""}


def read(text: str, outside: dict[str, str] = OUTSIDE) -> dict[str, str]:
    found: dict[str, str] = {}
    parse_env_file(text, outside.get, found)
    return found


CASES: dict[str, dict[str, str]] = {
    "ONE=1\nTWO='2'\nTHREE = \"3\"": {"ONE": "1", "TWO": "2", "THREE": "3"},
    "FOO=test\nBAR=$FOO": {"FOO": "test", "BAR": "test"},
    "FOO=test\nBAR=${FOO}bar": {"FOO": "test", "BAR": "testbar"},
    "BAR=$FOO": {"BAR": ""},
    'FOO=test\nBAR="quote $FOO"': {"FOO": "test", "BAR": "quote test"},
    "BAR='quote $FOO'": {"BAR": "quote $FOO"},
    r'FOO="foo\$BAR"': {"FOO": "foo$BAR"},
    r'FOO="foo\${BAR}"': {"FOO": "foo${BAR}"},
    'FOO=test\nBAR="foo\\${FOO} ${FOO}"': {"FOO": "test", "BAR": "foo${FOO} test"},
    'A="one\ntwo"\nB=3': {"A": "one\ntwo", "B": "3"},
    "FOO =bar": {"FOO": "bar"},
    "FOO= bar": {"FOO": "bar"},
    r'FOO="escaped\"bar"': {"FOO": 'escaped"bar'},
    r'FOO="\"quoted\""': {"FOO": '"quoted"'},
    "FOO=\"'d'\"": {"FOO": "'d'"},
    "OPTION_A: 1": {"OPTION_A": "1"},
    "OPTION_A: Foo=bar": {"OPTION_A": "Foo=bar"},
    "OPTION_A=1:B": {"OPTION_A": "1:B"},
    "export OPTION_A=2": {"OPTION_A": "2"},
    r"export OPTION_B='\n'": {"OPTION_B": r"\n"},
    "exportFOO=2": {"exportFOO": "2"},
    "export_FOO =2": {"export_FOO": "2"},
    "export.FOO= 2": {"export.FOO": "2"},
    "  export\tOPTION_A=2": {"OPTION_A": "2"},
    'export OPTION_A="export A"': {"OPTION_A": "export A"},
    r'FOO="bar\nbaz"': {"FOO": "bar\nbaz"},
    r"FOO=a\tb": {"FOO": r"a\tb"},
    r'KEY="Z\aZ\bZ\fZ\nZ\rZ\tZ\vZ\\Z\0123Z"': {"KEY": "Z\aZ\bZ\fZ\nZ\rZ\tZ\vZ\\ZSZ"},
    "FOO.BAR=foobar": {"FOO.BAR": "foobar"},
    "VAR-WITH-DASHES=x": {"VAR-WITH-DASHES": "x"},
    "FOO=foobar=": {"FOO": "foobar="},
    "FOO=bar ": {"FOO": "bar"},
    "FOO=bar # this is foo": {"FOO": "bar"},
    "FOO=bar #": {"FOO": "bar"},
    "FOO=123#not-an-inline-comment": {"FOO": "123#not-an-inline-comment"},
    'FOO="bar#baz"#': {"FOO": "bar#baz"},
    "FOO='bar#baz' # comment": {"FOO": "bar#baz"},
    r'FOO="bar\n\ b\az"': {"FOO": "bar\n\\ b\az"},
    r'FOO="bar\\\n\ b\az"': {"FOO": "bar\\\n\\ b\az"},
    r'FOO="bar\\r\ b\az"': {"FOO": r"bar\r\ b" + "\az"},
    r'FOO="bar\nbaz\\"': {"FOO": "bar\nbaz\\"},
    "\tKEY=value": {"KEY": "value"},
    r'KEY="\x07\u12e4"': {"KEY": r"\x07\u12e4"},
    "TEST=$ME": {"TEST": "YES"},
    "ME=here\nTEST=$ME": {"ME": "here", "TEST": "YES"},
    "A=${NONE:-d} ${ME:+r} ${EMPTY-x} ${EMPTY:-x}": {"A": "d r  x"},
    "A=cost$$5\nB=$5": {"A": "cost$5", "B": "$5"},
    "ME\nOTHER\n": {"ME": "YES"},
    "ME": {"ME": "YES"},
    "A=\nB=2\r\nC=": {"A": "", "B": "2", "C": ""},
    "\r\n\t\t \n# Comment\n\t # comment\n": {},
}


@pytest.mark.parametrize(("text", "variables"), CASES.items())
def test_a_file_is_what_compose_makes_of_it(text: str, variables: dict[str, str]) -> None:
    assert read(text) == variables


@pytest.mark.parametrize(
    "text",
    [
        'KEY="', 'KEY="value', r'KEY="value\"', "KEY=\"value'", "KEY='", "KEY='value", r"KEY='value\'",
        "KEY='value\"", "lol$wut", "A B=1", "A B\n", "=1", "A=${", "A=${1}", "A=${NONE:?why}",
    ],
)  # fmt: skip
def test_what_is_no_environment_file(text: str) -> None:
    with pytest.raises(EnvFileInvalid):
        read(text)


def test_a_fault_is_told_by_its_line_and_without_a_value() -> None:
    with pytest.raises(EnvFileInvalid) as caught:
        read('A=1\nB="two\nlines"\nPASSWORD=${hunter2:?hunter3}\n')
    assert str(caught.value).startswith("line 4: in the value of PASSWORD")
    assert "hunter" not in str(caught.value)


@given(st.text(alphabet="AB=:'\"\\${}-?+ \n#x0"))
def test_whatever_a_file_holds_it_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(EnvFileInvalid):
        assert all(name for name in read(text))
