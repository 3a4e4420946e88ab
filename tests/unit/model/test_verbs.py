"""A verb is declared once: whatever else speaks of verbs speaks of these."""

from __future__ import annotations

import pytest

from tui.cli import texts
from tui.cli.arguments import parsed, parser
from tui.commands.table import BY_ID
from tui.model.verb import VERBS, Argument, verb_named
from tui.operations.process.prepared import IN_REGISTRY, PLANNING
from tui.operations.process.request import Request


def test_parser_words_factories_and_commands_have_the_same_verbs():
    """`adopt` alone is made elsewhere: its app is no app of the configuration yet."""
    assert {*PLANNING, *IN_REGISTRY, "adopt"} == {*VERBS}
    assert {*VERBS} <= {*texts.SHORT} == {*texts.DESCRIPTIONS} == {*texts.EXAMPLES}
    assert {f"app.{name}" for name in VERBS} <= {*BY_ID}
    for name in VERBS:
        assert parsed(parser(), [name]).verb == name


def test_what_a_verb_takes_is_what_a_request_carries():
    assert {argument.value for argument in Argument} <= {*Request._fields}


@pytest.mark.parametrize("argument", [one for one in Argument if one is not Argument.VERSION])
def test_only_the_verbs_that_take_an_argument_have_its_option(argument):
    options = {Argument.CONTAINER: "name"}
    taking = {name for name in VERBS if hasattr(parsed(parser(), [name]), options.get(argument, argument))}
    assert taking == {name for name, verb in VERBS.items() if argument in verb.takes}


@pytest.mark.parametrize("verb", VERBS.values())
def test_everything_about_a_verb_is_said(verb):
    words = (verb.doing, verb.done, verb.does)
    assert all(words)
    assert len({*words, verb.name}) == 4
    assert verb.when_cancelled
    assert verb.usage and verb.short and verb.help and verb.examples
    assert bool(verb.when_interrupted) is not verb.recovers, "it is recovered, or it says what to do"
    assert not verb.recovers or verb.undoes


def test_a_verb_of_a_newer_version_is_called_what_it_is_called():
    found = verb_named("conjure")
    assert (found.name, found.doing, found.done) == ("conjure", "conjure", "conjure")
    assert found.when_interrupted
