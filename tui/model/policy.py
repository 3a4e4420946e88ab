"""`[policy]` and `[engines.NAME]`: apart from `tui.model.app`, whose many classes take 3 ms at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.model.evidence import Evidence, Requirement


class Policy(NamedTuple):
    """`[policy]`.

    mutable_tags   tags that may move, as shell patterns ("latest", "main-*"); every other tag is a version
    require_tests  whether an image must have passed its test before it is pushed or deployed
    allow_dirty    whether an image built from uncommitted changes may be given a version
    """

    mutable_tags: tuple[str, ...] = ()
    require_tests: bool = True
    allow_dirty: bool = False

    def may_move(self, tag: str) -> bool:
        """Whether a tag is no version, and may name other bytes tomorrow."""
        from fnmatch import fnmatchcase

        return any(fnmatchcase(tag, pattern) for pattern in self.mutable_tags)

    def missing(self, evidence: Evidence, app: str, image: str = "") -> list[Requirement]:
        """What is not claimed of an image of an app; `image` is its name where it is not the newest."""
        from tui.model.evidence import ClaimKind, Requirement

        if evidence.passed(ClaimKind.TEST) is not None:
            return []
        command = f"holdfast test {app} --image {image}" if image else f"holdfast test {app}"
        remedy = f"{command}, or set require_tests = false in [policy]" if self.require_tests else command
        return [
            Requirement(
                ClaimKind.TEST,
                lacks="has not passed its test",
                short="untested",
                remedy=remedy,
                enforced=self.require_tests,
            )
        ]


class EngineSettings(NamedTuple):
    """`[engines.NAME]`. On one that is `protected`, nothing changes before the name of the app, container or
    image that it is about has been typed; a command line without a terminal needs --confirm."""

    colour: str = ""
    protected: bool = False
