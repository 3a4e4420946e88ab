"""The small shell of simulated containers."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.demo.shell import Exit, Shell, Sleep, Step, Surroundings, Trap, Write, program
from tui.demo.stream import STDERR


def run(script: str) -> list[Step]:
    return list(islice(Shell(Surroundings("box", {"A": "b"})).run(script), 100))


def out(text: str) -> Write:
    return Write(text.encode())


@pytest.mark.parametrize(
    ("script", "steps"),
    [
        ("echo one; echo two", [out("one\n"), out("two\n")]),
        ("echo one\necho two", [out("one\n"), out("two\n")]),
        ("echo 'a; b' \"c  d\"", [out("a; b c  d\n")]),
        ("echo err >&2", [Write(b"err\n", STDERR)]),
        ("echo err 1>&2", [Write(b"err\n", STDERR)]),
        ("echo -n x && printf 'a\\tb'", [out("x"), out("a\tb")]),
        ("sleep 0.5; exit 3; echo never", [Sleep(0.5), Exit(3)]),
        ("trap 'exit 7' TERM; true", [Trap(7)]),
        ("hostname; env", [out("box\n"), out("A=b\n")]),
        ("nonsense", [Write(b"sh: nonsense: not found\n", STDERR)]),
        ("echo 'open", [Write(b"sh: syntax error: unterminated quoted string\n", STDERR)]),
    ],
)
def test_scripts(script: str, steps: list[Step]) -> None:
    assert run(script) == steps


def test_loops_go_on() -> None:
    steps = run("echo begin; while true; do echo x; sleep 1; done; echo never")
    assert steps[:5] == [out("begin\n"), out("x\n"), Sleep(1.0), out("x\n"), Sleep(1.0)]
    assert len(steps) == 100


def test_a_loop_ends_with_exit() -> None:
    assert run("while true; do echo x; exit 2; done") == [out("x\n"), Exit(2)]


def test_the_last_command_gives_the_code() -> None:
    shell = Shell(Surroundings())
    list(shell.run("true; cat /nothing"))
    assert shell.code == 1


def test_the_directory_is_kept_between_lines() -> None:
    shell = Shell(Surroundings(files={"/etc/hosts": "127.0.0.1\n"}))
    assert list(shell.run("cd /etc")) == []
    assert list(shell.run("pwd; ls; cat hosts")) == [out("/etc\n"), out("hosts\n"), out("127.0.0.1\n")]


def test_programs_end_with_their_code() -> None:
    chosen = program(["sh", "-c", "echo x; false"], Surroundings())
    assert chosen is not None
    assert list(chosen.steps) == [out("x\n"), Exit(1)]
    assert chosen.on_term is None


def test_what_the_shell_does_not_know_is_no_program() -> None:
    assert program(["/bin/app", "--serve"], Surroundings()) is None
    assert program([], Surroundings()) is None


@given(st.text(max_size=60))
def test_no_script_breaks_it(script: str) -> None:
    assert len(list(islice(Shell(Surroundings()).run(script), 50))) <= 50
