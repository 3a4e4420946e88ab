"""The verbs: what each is called, takes and asks, and what becomes of it. Declared once; the parser of the
command line, requests, words and commands derive from this. Pure, and light enough for the first paint."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Argument(StrEnum):
    """What a verb can be told beside the app: the fields of a request."""

    VERSION = "version"
    IMAGE = "image"
    NO_CACHE = "no_cache"
    PULL = "pull"
    TO = "to"
    FORCE = "force"
    CONTAINER = "container"
    DIGEST = "digest"
    AGAIN = "again"


class Verb(NamedTuple):
    """An operation that people ask for by name.

    name              "rollback", as it is typed
    doing, done       "rolling back", "rolled back"
    does              "rolls back": what somebody does who is at it
    onto              what stands between that and what it acts on: "rolls back to r1"
    takes             what it can be told
    asks              whether it changes what others see, and so asks first on a terminal
    undoes            whether it takes back what it has begun when it is cancelled
    recovers          whether `recover` finishes or undoes it where it was interrupted
    when_cancelled    what becomes of it then
    when_interrupted  what to do then, "" where it is to be recovered
    """

    name: str
    doing: str
    done: str
    does: str
    onto: str = ""
    takes: frozenset[Argument] = frozenset()
    asks: bool = False
    undoes: bool = False
    recovers: bool = False
    when_cancelled: str = "it undoes what it has begun"
    when_interrupted: str = ""


_SERVES_AGAIN = "what it has begun is undone: the release before serves again"

_ALL = (
    Verb(
        "build", "building", "built", "builds",
        takes=frozenset((Argument.NO_CACHE, Argument.PULL)),
        when_cancelled="steps that are done stay in the engine's cache",
        when_interrupted="start it again: what the engine has built already is in its cache",
    ),
    Verb(
        "test", "testing", "tested", "tests",
        takes=frozenset((Argument.IMAGE,)),
        when_cancelled="everything that the test has started is removed",
        when_interrupted="start it again: what it has left behind is removed first",
    ),
    Verb(
        "tag", "tagging", "tagged", "tags",
        takes=frozenset((Argument.VERSION, Argument.IMAGE)),
        asks=True,
        when_cancelled="the tag is set, or it is not",
        when_interrupted="look at the tags: it was set or it was not; starting it again does no harm",
    ),
    Verb(
        "push", "pushing", "pushed", "pushes",
        takes=frozenset((Argument.VERSION, Argument.IMAGE)),
        asks=True,
        when_cancelled="layers that have arrived stay in the registry, without the tag",
        when_interrupted="start it again: layers that have arrived are not sent again",
    ),
    Verb(
        "deploy", "deploying", "deployed", "deploys",
        takes=frozenset((Argument.VERSION, Argument.DIGEST, Argument.AGAIN)),
        asks=True, undoes=True, recovers=True,
        when_cancelled=_SERVES_AGAIN,
    ),
    Verb(
        "rollback", "rolling back", "rolled back", "rolls back",
        onto="to",
        takes=frozenset((Argument.TO, Argument.FORCE)),
        asks=True, undoes=True, recovers=True,
        when_cancelled=_SERVES_AGAIN,
    ),
    Verb(
        "ship", "shipping", "shipped", "ships",
        takes=frozenset((Argument.VERSION, Argument.AGAIN)),
        asks=True, undoes=True, recovers=True,
        when_cancelled="a deploy that it has begun is undone; what was built, tagged or pushed stays",
    ),
    Verb(
        "recover", "recovering", "recovered", "recovers",
        asks=True,
        when_cancelled="it goes on to its end: half recovered is not recovered",
        when_interrupted="recover it again: the state of the engine is enough for it",
    ),
    Verb(
        "prune", "pruning", "pruned", "prunes",
        asks=True,
        when_cancelled="what is removed already stays removed",
        when_interrupted="start it again: what is removed already is left out",
    ),
    Verb(
        "adopt", "adopting", "adopted", "adopts",
        takes=frozenset((Argument.CONTAINER,)),
        asks=True, undoes=True,
        when_cancelled="what it has written is taken back; the container runs on",
        when_interrupted="start it again: the container runs as before",
    ),
)  # fmt: skip

VERBS = {verb.name: verb for verb in _ALL}
"""By name."""


UNLOCK = Verb(
    "unlock", "unlocking", "unlocked", "unlocks",
    asks=True,
    when_cancelled="the lease is removed, or it is not",
    when_interrupted="start it again: where the lease is gone already, that is said",
)  # fmt: skip
"""What takes a lease away: no operation with a process of its own, and on record as all of them are."""


def verb_named(name: str) -> Verb:
    """The verb of a name, also of one that only a newer version has: a journal may tell of any."""
    return (
        VERBS.get(name)
        or (UNLOCK if name == UNLOCK.name else None)
        or Verb(name, name, name, name, when_interrupted="look at what it has done, and start it again")
    )
