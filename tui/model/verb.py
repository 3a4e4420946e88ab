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
    SARIF = "sarif"
    KEY = "key"
    ONLY = "only"


class Verb(NamedTuple):
    """An operation that people ask for by name.

    name              "rollback", as it is typed
    doing, done       "rolling back", "rolled back"
    does              "rolls back": what somebody does who is at it
    onto              what stands between that and what it acts on: "rolls back to r1"
    takes             what it can be told
    asks              whether it changes what others see, and so asks first on a terminal
    undoes            whether it takes back what it has begun when it is cancelled
    trusts            whether it signs, or believes what was signed: refused while [trust] is broken
    fleet             whether it is done on all engines of an app's fleet at once, where none is named
    recovers          whether `recover` finishes or undoes it where it was interrupted
    when_cancelled    what becomes of it then
    when_interrupted  what to do then, "" where it is to be recovered
    usage             the words behind it on the command line: "[APP] [VERSION]"
    short, help, examples   what `--help` says of it, among all and alone
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
    trusts: bool = False
    fleet: bool = False
    when_cancelled: str = "it undoes what it has begun"
    when_interrupted: str = ""
    usage: str = "[APP]"
    short: str = ""
    help: str = ""
    examples: tuple[str, ...] = ()


ASKS = (
    "On a terminal the plan is shown and you are asked first, unless --yes is given. "
    "Without a terminal (cron, CI) nobody could answer: the command itself is the consent, "
    "except on an engine that is protected: there the app's name is typed, or said by --confirm."
)
"""What `--help` says of every verb that asks."""

_SERVES_AGAIN = "what it has begun is undone: the release before serves again"

_ALL = (
    Verb(
        "build", "building", "built", "builds",
        takes=frozenset((Argument.NO_CACHE, Argument.PULL)),
        when_cancelled="steps that are done stay in the engine's cache",
        when_interrupted="start it again: what the engine has built already is in its cache",
        short="build an app's image",
        help="Build the image of an app. Ctrl+C cancels; closing the terminal does not.",
        examples=("holdfast build", "holdfast build web --no-cache", "image=$(holdfast build web --quiet)"),
    ),
    Verb(
        "test", "testing", "tested", "tests",
        takes=frozenset((Argument.IMAGE,)),
        when_cancelled="everything that the test has started is removed",
        when_interrupted="start it again: what it has left behind is removed first",
        short="run an image and prove that it works",
        help=(
            "Run an image as it would be deployed, wait until it is ready, and run the app's test command "
            "in it. Whatever was started is removed again."
        ),
        examples=("holdfast test web", "holdfast test web --image 3f2a9c71b0de"),
    ),
    Verb(
        "scan", "scanning", "scanned", "scans",
        takes=frozenset((Argument.IMAGE, Argument.SARIF)),
        when_cancelled="the scanner is stopped, and nothing is kept of what it has found",
        when_interrupted="start it again: what it has left behind is removed first",
        short="look for vulnerabilities in an image",
        help=(
            "Have Trivy or Grype look at the exact bytes of an image, and judge what is found by the app's "
            "rules: exit status 1 where it fails. An image that could not be looked at is not scanned, and "
            "never clean."
        ),
        examples=("holdfast scan web", "holdfast scan web --image v1.4.0 --sarif scan.sarif"),
    ),
    Verb(
        "tag", "tagging", "tagged", "tags",
        takes=frozenset((Argument.VERSION, Argument.IMAGE)),
        asks=True,
        when_cancelled="the tag is set, or it is not",
        when_interrupted="look at the tags: it was set or it was not; starting it again does no harm",
        usage="[APP] [VERSION]",
        short="give an image a version, which never moves",
        help=f"Give an image of an app a version, which never moves to another image: exit status 4. {ASKS}",
        examples=("holdfast tag web v1.4.0", "holdfast tag web            suggests versions"),
    ),
    Verb(
        "push", "pushing", "pushed", "pushes",
        takes=frozenset((Argument.VERSION, Argument.IMAGE)),
        asks=True, trusts=True,
        when_cancelled="layers that have arrived stay in the registry, without the tag",
        when_interrupted="start it again: layers that have arrived are not sent again",
        usage="[APP] [VERSION]",
        short="push a version, and read it back",
        help=(
            "Push an image's version to its registry, and read back what arrived there. What is known of it "
            "(its test, its scan, how it was built) is attached, signed where [trust] names a key. "
            f"A version in the registry is never overwritten: exit status 4. {ASKS}"
        ),
        examples=(
            "holdfast push web v1.4.0",
            "holdfast push web v1.4.0 --plan",
            "holdfast push --yes --json",
        ),
    ),
    Verb(
        "sign", "signing", "signed", "signs",
        takes=frozenset((Argument.VERSION, Argument.KEY)),
        asks=True, trusts=True,
        when_cancelled="what is attached already stays attached",
        when_interrupted="start it again: what hangs on the image already is left as it is",
        usage="[APP] [VERSION] [--key NAME]",
        short="sign a version that is in the registry",
        help=(
            "Sign exact bytes that are in the registry already, with every passed claim that this account "
            "has of them. It takes the key and the registry alone: neither the image nor an engine. Without "
            "VERSION it is what was pushed from here last. What the policy misses is refused: exit status 4. "
            f"{ASKS}"
        ),
        examples=(
            "holdfast sign web v1.4.0",
            "holdfast sign web sha256:3f2a9c71b0de... --key security",
        ),
    ),
    Verb(
        "promote", "promoting", "promoted", "promotes",
        takes=frozenset((Argument.VERSION, Argument.KEY)),
        asks=True, trusts=True,
        when_cancelled="what is attached already stays attached",
        when_interrupted="start it again: it is verified anew",
        usage="[APP] VERSION --key NAME",
        short="have a further key stand for a version",
        help=(
            "Verify everything that is required of a version in the registry, and sign that it is so by a "
            "further key: no rebuild and no copy, the bytes stay the same. Where something is missing it is "
            f"named, and refused: exit status 4. {ASKS}"
        ),
        examples=(
            "holdfast promote web v1.4.0 --key production",
            "holdfast promote web v1.4.0 --key production --plan",
        ),
    ),
    Verb(
        "deploy", "deploying", "deployed", "deploys",
        takes=frozenset((Argument.VERSION, Argument.DIGEST, Argument.AGAIN, Argument.ONLY)),
        asks=True, trusts=True, undoes=True, recovers=True, fleet=True,
        when_cancelled=_SERVES_AGAIN,
        usage="[APP] VERSION",
        short="put a version into service",
        help=(
            "Put a version into service: its exact bytes, as a release in the ledger of the engine. "
            "Where it does not become ready, or falls over while it is watched, the release before serves "
            "again: exit status 1. Ctrl+C undoes it; closing the terminal does not stop it. A version that "
            "names other bytes than before is refused: --digest says which are meant. What is live already "
            "stays as it is unless --again is given. An app of several engines gets it on all of them, wave "
            "by wave, once every engine has the image; --context NAME names one alone. Where some have it "
            f"and others do not, the exit status is 6, and --only behind finishes it. {ASKS}"
        ),
        examples=(
            "holdfast deploy web v1.4.0",
            "holdfast deploy web v1.4.0 --plan",
            "holdfast deploy web sha256:3f2a9c71b0de...",
            "holdfast deploy web         lists versions",
            "holdfast deploy web --only behind",
        ),
    ),
    Verb(
        "rollback", "rolling back", "rolled back", "rolls back",
        onto="to",
        takes=frozenset((Argument.VERSION, Argument.TO, Argument.FORCE)),
        asks=True, undoes=True, recovers=True, fleet=True,
        when_cancelled=_SERVES_AGAIN,
        usage="[APP] [VERSION | --to rN]",
        short="go back to an earlier release",
        help=(
            "Go back to an earlier release: its exact bytes and configuration, as a new release. "
            "Without --to it is the newest earlier one that was good. An app of several engines goes back on "
            "all of them at once, to the newest release that each of them can go to; --context NAME names "
            f"one alone. {ASKS}"
        ),
        examples=(
            "holdfast rollback web",
            "holdfast rollback web --to r12",
            "holdfast rollback web v1.3.9",
            "holdfast rollback web --plan",
        ),
    ),
    Verb(
        "ship", "shipping", "shipped", "ships",
        takes=frozenset((Argument.VERSION, Argument.AGAIN)),
        asks=True, trusts=True, undoes=True, recovers=True,
        when_cancelled="a deploy that it has begun is undone; what was built, tagged or pushed stays",
        usage="[APP] [VERSION]",
        short="build, test, scan, tag, push and deploy",
        help=(
            "Build, test, scan (where the app has a scan table), tag, push and deploy in a row; the first "
            "that fails stops it. "
            "Without VERSION the next patch is offered on a terminal; elsewhere it has to be named. "
            f"What is live already, bytes and configuration, stays as it is unless --again is given. {ASKS}"
        ),
        examples=("holdfast ship web v1.4.0", "holdfast ship web           offers the next patch"),
    ),
    Verb(
        "recover", "recovering", "recovered", "recovers",
        asks=True, fleet=True,
        when_cancelled="it goes on to its end: half recovered is not recovered",
        when_interrupted="recover it again: the state of the engine is enough for it",
        short="finish or undo what was interrupted",
        help=(
            "Finish or undo a deploy that was interrupted, by what stands on the engine; nothing else is "
            "needed. Where the container of the live release is gone, that release is made anew. An app of "
            "several engines is recovered on all of them; --context NAME names one alone. "
            f"{ASKS}"
        ),
        examples=("holdfast recover web", "holdfast recover web --plan"),
    ),
    Verb(
        "prune", "pruning", "pruned", "prunes",
        asks=True,
        when_cancelled="what is removed already stays removed",
        when_interrupted="start it again: what is removed already is left out",
        short="remove releases beyond those kept",
        help=(
            "Remove earlier good releases beyond those that are kept (keep in the configuration), their "
            "images and builds (keep_builds) where nothing else needs them, and volumes without a name that "
            "no container has. The plan names each of them with its size. The ledger keeps every record. "
            f"{ASKS}"
        ),
        examples=("holdfast prune web", "holdfast prune web --plan"),
    ),
    Verb(
        "adopt", "adopting", "adopted", "adopts",
        takes=frozenset((Argument.CONTAINER,)),
        asks=True, undoes=True,
        when_cancelled="what it has written is taken back; the container runs on",
        when_interrupted="start it again: the container runs as before",
        usage="CONTAINER [--name APP]",
        short="take over a running container",
        help=(
            "Take over a running container that nobody manages: its configuration becomes an app's, its "
            f"present state release r1. It runs on, untouched. {ASKS}"
        ),
        examples=("holdfast adopt web", "holdfast adopt shop_web_1 --name web"),
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
