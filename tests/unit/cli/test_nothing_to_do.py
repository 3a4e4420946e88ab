"""What is printed where everything is as it would be afterwards."""

from __future__ import annotations

import json

import pytest

from tui.cli.verbs import say_not_begun
from tui.errors import HoldfastError, NothingToDo

DIGEST = "sha256:" + "a" * 64
LIVE = NothingToDo("r3 v1.0.0 is live already", digest=DIGEST, image="sha256:" + "b" * 64, release="r3")


@pytest.mark.parametrize(
    ("error", "printed"),
    [
        (LIVE, f"{DIGEST}\n"),
        (NothingToDo("it is", image="sha256:b"), "sha256:b\n"),
        (NothingToDo("nothing to prune"), ""),
    ],
)
def test_quietly_only_the_digest_or_the_image(error, printed, capsys):
    assert say_not_begun(error, json=False, quiet=True) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == (printed, "")


def test_else_the_sentence(capsys):
    assert say_not_begun(LIVE, json=False) == 0
    assert capsys.readouterr().out == "r3 v1.0.0 is live already\n"


def test_as_json_what_is_live(capsys):
    assert say_not_begun(LIVE, json=True) == 0
    outcome = json.loads(capsys.readouterr().out)
    assert (outcome["ok"], outcome["digest"], outcome["release"]) == (True, DIGEST, "r3")


def test_an_error_is_no_output_even_quietly(capsys):
    assert say_not_begun(HoldfastError("no"), json=False, quiet=True) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "holdfast: no\n")
