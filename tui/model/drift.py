"""Where what runs is not what was released, with its causes. Pure.

What could not be looked at is no agreement: it is told as unknown, with the reason.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from tui.model.digest import short_id
from tui.model.reference import split_reference
from tui.model.remedies import gone_remedy, stopped_remedy, taken_remedy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.app import AppSpec
    from tui.model.release import Release
    from tui.model.ways_back import WayBack

TAG_IN_REGISTRY, TAG_HERE, DIGEST_GONE, FILES, CONFIGURATION, DEFINITION, FOREIGN, MUTABLE_TAG, NOT_THERE = (
    "tag moved in the registry", "tag moved on the engine", "digest gone from the registry",
    "files changed", "configuration changed", "definition differs", "not made by Holdfast",
    "runs a mutable tag", "not there",
)  # fmt: skip
"""Kinds of causes."""

NOT_RUNNING, PAUSED, RENAMED = "does not run", "paused", "renamed"
"""Kinds of causes: the release is there, and serves nobody."""

NAMED_FILES = 5
"""Changed files that a cause names."""


class Cause(NamedTuple):
    """Why something has drifted, or could not be looked at.

    kind      one of those above
    message   a sentence, with text from outside in it
    hint      what to do about it
    """

    kind: str
    message: str
    hint: str = ""


class Drift(NamedTuple):
    """What was found of an app.

    unknown      what could not be looked at: `message` says why
    checked_at   seconds since the epoch
    release      the live one, "r12 v1.4.0"; "" where there is none
    number       its number, 0 where there is none
    """

    app: str
    causes: tuple[Cause, ...]
    unknown: tuple[Cause, ...]
    checked_at: float
    release: str = ""
    number: int = 0


class FileChange(NamedTuple):
    """A file inside a container that is not as in its image; kind: "changed", "added" or "deleted"."""

    kind: str
    path: str


class FileChanges(NamedTuple):
    """What has changed among the files; `complete` is False where there are more."""

    files: tuple[FileChange, ...]
    complete: bool = True


class Facts(NamedTuple):
    """What was looked at; None where it could not be, or makes no sense here.

    app             its definition now
    release         the record of the live release; None where nothing of ours is live
    known           whether that record is whole; one of which only labels are left has no configuration
    expected        whether the ledger has good releases: then one of them should be there
    state           of the live container, as the engine calls it: "running", "exited", "paused" ...
    ended           why it does not run, in words
    renamed         what the container of the release that should serve is called now, "" where that is right
    foreign         the ID of a container that bears the app's name and is not ours, "" where there is none
    image           the ID of the image that the live container runs
    made_of         what that container was created with: a reference, or an image's ID
    registry_tag    the digest that the release's tag has in the registry, "" where there is no such tag
    registry_holds  whether the registry still has the digest
    engine_tag      the image's ID that the release's tag names on the engine, "" where there is no such tag
    changes         files changed inside the container
    mounted         paths in the container where something is mounted
    configuration   attributes in which the container is not what the release says
    files           files that the release refers to and that have other contents now
    movable         whether the policy lets the release's tag move
    ways            what can be gone back to, looked at where the release does not run or is not there
    again           whether a roll back may make the live release anew
    interrupted     whether a deploy was interrupted
    """

    app: AppSpec
    release: Release | None = None
    known: bool = True
    expected: bool = False
    state: str = "running"
    ended: str = ""
    renamed: str = ""
    foreign: str = ""
    image: str = ""
    made_of: str = ""
    registry_tag: str | None = None
    registry_holds: bool | None = None
    engine_tag: str | None = None
    changes: FileChanges | None = None
    mounted: tuple[str, ...] = ()
    configuration: tuple[str, ...] | None = None
    files: tuple[str, ...] = ()
    movable: bool = False
    ways: tuple[WayBack, ...] = ()
    again: bool = False
    interrupted: bool = False


def drift(facts: Facts) -> list[Cause]:
    """All causes, the worst first."""
    name = facts.app.name
    causes = []
    if facts.foreign:
        causes.append(
            Cause(
                FOREIGN,
                f"the container {name} ({short_id(facts.foreign)}) was not made by Holdfast",
                taken_remedy(name, interrupted=facts.interrupted),
            )
        )
    if facts.renamed:
        causes.append(
            Cause(
                RENAMED,
                f"the container of the release that should serve is called {facts.renamed}, not {name}",
                f"docker rename {facts.renamed} {name}, once nothing else bears that name",
            )
        )
    elif not facts.foreign and facts.release is None and facts.expected:
        causes.append(
            Cause(
                NOT_THERE,
                f"no container bears the name {name}",
                gone_remedy(name, facts.ways, interrupted=facts.interrupted),
            )
        )
    if facts.release is not None:
        causes += [*_state(facts), *_configuration(facts), *_definition(facts, facts.release), *_files(facts)]
        causes += _names(facts, facts.release)
    if reference := tag_of(facts.made_of):
        causes.append(
            Cause(
                MUTABLE_TAG,
                f"its container was made of {reference}, and a tag can move",
                f"holdfast deploy {name} VERSION makes one of a digest",
            )
        )
    return causes


def tag_of(made_of: str) -> str:
    """A reference by which a container runs whatever a tag names; "" for a digest or an image's ID.

    >>> tag_of("web"), tag_of("reg:5000/web:v1"), tag_of("web@sha256:ab"), tag_of("sha256:ab")
    ('web:latest', 'reg:5000/web:v1', '', '')
    """
    taken = split_reference(made_of)
    id = made_of.removeprefix("sha256:")
    if not made_of or taken.digest or (len(id) >= 12 and not id.strip("0123456789abcdef")) or id != made_of:
        return ""
    return made_of if taken.tag else f"{made_of}:latest"


def _state(facts: Facts) -> list[Cause]:
    """The live release is there, and does not serve."""
    name = facts.app.name
    match facts.state:
        case "running":
            return []
        case "paused":
            return [
                Cause(PAUSED, f"the container {name} is paused: it answers nobody", f"docker unpause {name}")
            ]
        case "restarting":
            why, hint = f"ends again and again: {facts.ended}", f"docker logs {name} shows why"
        case state:
            why, hint = f"does not run ({state}): {facts.ended}", f"docker logs {name} shows why"
    number = facts.release.number if facts.release is not None else 0
    remedy = stopped_remedy(name, number, facts.ways, again=facts.again, interrupted=facts.interrupted)
    back = f"{hint}; {remedy}"
    return [Cause(NOT_RUNNING, f"the container {name} {why}", back)]


def _configuration(facts: Facts) -> list[Cause]:
    release, name = facts.release, facts.app.name
    assert release is not None
    again = f"holdfast rollback {name} --to r{release.number} makes it anew"
    causes = []
    if facts.image and release.image and facts.image != release.image:
        causes.append(
            Cause(
                CONFIGURATION,
                f"its container runs the image {short_id(facts.image)}, and r{release.number} is "
                f"{short_id(release.image)}",
                again,
            )
        )
    if facts.configuration:
        causes.append(
            Cause(
                CONFIGURATION,
                f"its container is not as r{release.number} was deployed: {', '.join(facts.configuration)}",
                again,
            )
        )
    return causes


def _definition(facts: Facts, release: Release) -> list[Cause]:
    if not facts.known:
        return []
    differing = definition_differences(facts.app, release)
    differing += [f"contents of {path}" for path in facts.files]
    if not differing:
        return []
    return [
        Cause(
            DEFINITION,
            f"{facts.app.origin} says otherwise than r{release.number}: {', '.join(differing)}",
            f"holdfast deploy {facts.app.name} {release.version or 'VERSION'} puts it into service",
        )
    ]


def definition_differences(app: AppSpec, release: Release) -> list[str]:
    """The keys of an app's definition that say otherwise than a release does."""
    found = []
    repository = split_reference(release.reference)
    if repository.digest and not app.owns(release.reference):
        found.append("image")
    for table, now, then in (("run", app.run, release.run), ("ready", app.ready, release.ready)):
        found += [f"{table}.{key}" for key in then._fields if _differs(now, then, key)]
    return found


def _differs(now: object, then: object, key: str) -> bool:
    one, other = getattr(now, key), getattr(then, key)
    # The first of several networks is a container's own: there the order counts.
    return bool(one != other or (key == "networks" and [*one] != [*other]))


def _files(facts: Facts) -> list[Cause]:
    if facts.changes is None:
        return []
    counted = unforeseen(facts.changes.files, facts.mounted, facts.app.ignore_changes)
    if not counted:
        return []
    named = ", ".join(f"{change.path} ({change.kind})" for change in counted[:NAMED_FILES])
    more = len(counted) - NAMED_FILES
    rest = "" if more <= 0 else f" and {'at least ' if not facts.changes.complete else ''}{more} more"
    return [
        Cause(
            FILES,
            f"files were changed inside the container: {named}{rest}",
            "mount a volume where it writes, or name such files in ignore_changes of "
            f"[apps.{facts.app.name}]",
        )
    ]


def unforeseen(
    files: Sequence[FileChange], mounted: Sequence[str], ignored: Sequence[str]
) -> list[FileChange]:
    """Changes that count: beyond what is mounted, what is ignored, and folders that changed with a file."""
    parents = {parent for change in files for parent in _above(change.path)}
    ways = {parent for target in mounted for parent in _above(target)}
    roots = {target.rstrip("/") for target in mounted}
    return [
        change
        for change in files
        if not (change.kind == "changed" and change.path in parents)
        and change.path not in ways
        and roots.isdisjoint((change.path, *_above(change.path)))
        and not any(_matches(change.path, pattern) for pattern in ignored)
    ]


def _above(path: str) -> list[str]:
    """The folders that a path lies in, the nearest first, without the root."""
    found = []
    while path := path.rpartition("/")[0]:
        found.append(path)
    return found


def _matches(path: str, pattern: str) -> bool:
    """Whether a pattern names a path, or a folder that it lies in; "/tmp/*" names "/tmp" too."""
    folder = pattern.removesuffix("/*")
    return any(fnmatchcase(one, pattern) or one == folder for one in (path, *_above(path)))


def _names(facts: Facts, release: Release) -> list[Cause]:
    """Tags and digests that do not name any more what they named."""
    name, version = facts.app.name, release.version
    repository = split_reference(release.reference).repository if release.digest else facts.app.image
    tag = f"{repository}:{version}"
    moves = f"holdfast deploy {name} {version} puts what it names now into service"
    hint = moves if facts.movable else "a version never moves: find out who moved it"
    causes = []
    if version and facts.registry_tag is not None and facts.registry_tag != release.digest:
        now = f"names {short_id(facts.registry_tag)} now" if facts.registry_tag else "is gone"
        causes.append(
            Cause(
                TAG_IN_REGISTRY,
                f"in the registry {tag} {now}; r{release.number} is {short_id(release.digest)}",
                hint if facts.registry_tag else f"holdfast push {name} {version}",
            )
        )
    if facts.registry_holds is False:
        causes.append(
            Cause(
                DIGEST_GONE,
                f"the registry does not have {short_id(release.digest)} any more: "
                "only this engine has what runs here",
                f"holdfast push {name} {version or 'VERSION'}",
            )
        )
    if version and facts.engine_tag and facts.engine_tag != release.image:
        causes.append(
            Cause(
                TAG_HERE,
                f"on the engine {tag} names the image {short_id(facts.engine_tag)} now; "
                f"r{release.number} is {short_id(release.image)}",
                hint,
            )
        )
    return causes
