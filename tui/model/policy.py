"""`[policy]` and `[engines.NAME]`: apart from `tui.model.app`, whose many classes take 3 ms at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tui.model.evidence import Evidence, Requirement


class Policy(NamedTuple):
    """`[policy]`.

    mutable_tags   tags that may move, as shell patterns ("latest", "main-*"); every other tag is a version
    require_tests  whether an image must have passed its test before it is pushed or deployed
    require_scan   whether it must have passed its scan
    allow_dirty    whether an image built from uncommitted changes may be given a version
    """

    mutable_tags: tuple[str, ...] = ()
    require_tests: bool = True
    allow_dirty: bool = False
    require_scan: bool = False

    def may_move(self, tag: str) -> bool:
        """Whether a tag is no version, and may name other bytes tomorrow."""
        from fnmatch import fnmatchcase

        return any(fnmatchcase(tag, pattern) for pattern in self.mutable_tags)

    def missing(self, evidence: Evidence, app: str, image: str = "") -> list[Requirement]:
        """What is not claimed of an image of an app; `image` is its name where it is not the newest."""
        from tui.model.evidence import ClaimKind, Requirement

        of = f"{app} --image {image}" if image else app
        found = []
        if evidence.passed(ClaimKind.TEST) is None:
            remedy = f"holdfast test {of}"
            found.append(
                Requirement(
                    ClaimKind.TEST,
                    lacks="has not passed its test",
                    short="untested",
                    remedy=f"{remedy}, or set require_tests = false in [policy]"
                    if self.require_tests
                    else remedy,
                    enforced=self.require_tests,
                )
            )
        if self.require_scan and evidence.passed(ClaimKind.SCAN) is None:
            found.append(self._scan(of, failed=evidence.claimed(ClaimKind.SCAN) is not None))
        return found

    def _scan(self, of: str, *, failed: bool) -> Requirement:
        from tui.model.evidence import ClaimKind, Requirement

        return Requirement(
            ClaimKind.SCAN,
            lacks="has not passed its scan" if failed else "was not scanned",
            short="scan failed" if failed else "unscanned",
            remedy=f"holdfast scan {of}, or set require_scan = false in [policy]",
            enforced=True,
        )


class EngineSettings(NamedTuple):
    """`[engines.NAME]`. On one that is `protected`, nothing changes before the name of the app, container or
    image that it is about has been typed; a command line without a terminal needs --confirm."""

    colour: str = ""
    protected: bool = False
