"""Versions among the tags of a repository, and which come next.

Semantic Versioning 2.0.0 (https://semver.org).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from tui.model.reference import TAG_LENGTH, valid_tag

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENTIFIER = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(
    rf"(v?)({_NUMBER})\.({_NUMBER})\.({_NUMBER})"
    rf"(?:-({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?"
    r"(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)

COMMIT_LENGTH = 12

Precedence = tuple[int, int, int, bool, tuple[tuple[bool, int, str], ...]]


def nearest_tag(wanted: str, known: Iterable[str]) -> str:
    """The tag that was meant by one that there is not, "" where none is near: first with or without its "v".

    >>> nearest_tag("1.0.0", ["v1.0.0", "v1.0.1"]), nearest_tag("v1.00", ["v1.0.0"]), nearest_tag("x", ["v1"])
    ('v1.0.0', 'v1.0.0', '')
    """
    import difflib

    tags = list(known)
    other = wanted[1:] if wanted[:1] in ("v", "V") else f"v{wanted}"
    if other in tags:
        return other
    return next(iter(difflib.get_close_matches(wanted, tags, n=1, cutoff=0.8)), "")


class Version(NamedTuple):
    """A version.

    prerelease   identifiers: ("rc", "1") of 1.0.0-rc.1, () of a release
    build        what stands behind "+", which no tag can hold; it has no part in precedence
    prefix       "v" or ""
    """

    major: int
    minor: int
    patch: int
    prerelease: tuple[str, ...] = ()
    build: str = ""
    prefix: str = ""

    @classmethod
    def parse(cls, text: str) -> Version | None:
        """The version that a text is, "v" in front allowed; None where it is none."""
        found = _VERSION.fullmatch(text) if len(text) <= 2 * TAG_LENGTH else None
        if found is None:
            return None
        prefix, major, minor, patch, prerelease, build = found.groups("")
        identifiers = tuple(prerelease.split(".")) if prerelease else ()
        return cls(int(major), int(minor), int(patch), identifiers, build, prefix)

    def __str__(self) -> str:
        text = f"{self.prefix}{self.major}.{self.minor}.{self.patch}"
        if self.prerelease:
            text += "-" + ".".join(self.prerelease)
        return f"{text}+{self.build}" if self.build else text

    @property
    def precedence(self) -> Precedence:
        """What versions are ordered by (clause 11): sort with it as the key.

        A release comes after its pre-releases; numbers come before words, and are compared as numbers.
        """
        identifiers = tuple(
            (False, int(word), "") if word.isdecimal() else (True, 0, word) for word in self.prerelease
        )
        return self.major, self.minor, self.patch, not self.prerelease, identifiers

    @property
    def release(self) -> Version:
        """The release that a pre-release leads to; a release itself."""
        return self._replace(prerelease=(), build="")

    def next_patch(self) -> Version:
        return self.release._replace(patch=self.patch + 1)

    def next_minor(self) -> Version:
        return self.release._replace(minor=self.minor + 1, patch=0)

    def next_major(self) -> Version:
        return self.release._replace(major=self.major + 1, minor=0, patch=0)

    def next_prerelease(self) -> Version:
        """rc.1 becomes rc.2, beta becomes beta.1; a release gets the first candidate of its next patch."""
        if not self.prerelease:
            return self.next_patch()._replace(prerelease=("rc", "1"))
        *head, last = self.prerelease
        further = (*head, str(int(last) + 1)) if last.isdecimal() else (*self.prerelease, "1")
        return self._replace(prerelease=further, build="")


FIRST = Version(0, 1, 0, prefix="v")
"""What the first version of a repository is called."""


class Suggestion(NamedTuple):
    """A tag that is offered, and why, or what is known of it; `refused` where the policy would refuse it."""

    tag: str
    why: str
    refused: bool = False


def suggest(tags: Iterable[str], *, commit: str = "", dirty: bool = False) -> list[Suggestion]:
    """Tags that might come next in a repository, the likeliest first.

    `tags` are those that there are, local and in the registry; none of them is ever suggested. `commit` is
    the one that was built, in hexadecimal, and `dirty` says that there were changes beside it.

    >>> [suggestion.tag for suggestion in suggest(["v1.2.3", "latest"], commit="0123456789abcdef")]
    ['v1.2.4', 'v1.3.0', 'v2.0.0', 'v1.2.4-rc.1', '0123456789ab']
    """
    taken = set(tags)
    versions = [version for tag in taken if (version := Version.parse(tag))]
    offered = [Suggestion(str(version), why) for version, why in _versions(versions)]
    if not versions and (numbers := [found for tag in taken if (found := _COUNTED.fullmatch(tag))]):
        offered = [_next_number(numbers)]
    if commit:
        words = "the commit, with changes beside it" if dirty else "the commit"
        offered.append(Suggestion(commit[:COMMIT_LENGTH] + ("-dirty" if dirty else ""), words))
    free = {offer.tag: offer for offer in reversed(offered) if offer.tag not in taken}
    return [offer for offer in offered if free.get(offer.tag) is offer and not valid_tag(offer.tag)]


_COUNTED = re.compile(r"(v?)(0|[1-9][0-9]{0,8})")
"""A version of one number, as many count them: "v1", "2". A longer one is a date, or something else."""


def _next_number(numbers: list[re.Match[str]]) -> Suggestion:
    """What follows where a repository has only such versions: more would be made up."""
    newest = max(numbers, key=lambda found: (int(found[2]), found[1]))
    return Suggestion(f"{newest[1]}{int(newest[2]) + 1}", f"the next one after {newest[0]}")


def _versions(versions: list[Version]) -> list[tuple[Version, str]]:
    """The versions that might come next, each with its reason."""
    if not versions:
        candidate = FIRST._replace(prerelease=("rc", "1"))
        return [(FIRST, "the first version"), (candidate, "a pre-release of the first version")]
    newest = max(versions, key=lambda version: (*version.precedence, version.prefix))
    known = str(newest)
    newest = newest._replace(prefix=_prefix(versions, newest))
    released = [version for version in versions if not version.prerelease]
    further = [
        (newest.next_minor(), f"next minor version after {known}"),
        (newest.next_major(), f"next major version after {known}"),
        (newest.next_prerelease(), f"next pre-release after {known}"),
    ]
    if not newest.prerelease:
        return [(newest.next_patch(), f"next patch after {known}"), *further]
    last = max(released, key=lambda version: version.precedence, default=None)
    if last is not None:
        patch = last.next_patch()._replace(prefix=newest.prefix)
        further.append((patch, f"next patch after {last}"))
    return [(newest.release, f"the release of {known}"), *further]


def _prefix(versions: list[Version], newest: Version) -> str:
    """The prefix that most versions have; where as many have one as not, the newest version's."""
    with_prefix = sum(bool(version.prefix) for version in versions)
    if 2 * with_prefix == len(versions):
        return newest.prefix
    return "v" if 2 * with_prefix > len(versions) else ""
