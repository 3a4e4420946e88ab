"""`[policy]` and `[engines.NAME]`: apart from `tui.model.app`, whose many classes take 3 ms at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.model.app import AppSpec
    from tui.model.evidence import Evidence, Requirement
    from tui.model.trust import Trust
    from tui.model.verdict import Verdict, Wanted


class Policy(NamedTuple):
    """`[policy]`.

    mutable_tags   tags that may move, as shell patterns ("latest", "main-*"); every other tag is a version
    require_tests  whether an image must have passed its test before it is pushed or deployed
    require_scan   whether it must have passed its scan
    allow_dirty    whether an image built from uncommitted changes may be given a version
    trust          `[trust]`, None where nothing of it is set
    """

    mutable_tags: tuple[str, ...] = ()
    require_tests: bool = True
    allow_dirty: bool = False
    require_scan: bool = False
    trust: Trust | None = None

    def may_move(self, tag: str) -> bool:
        """Whether a tag is no version, and may name other bytes tomorrow."""
        from fnmatch import fnmatchcase

        return any(fnmatchcase(tag, pattern) for pattern in self.mutable_tags)

    def wanted(self, repository: str, evidence: Evidence) -> tuple[Wanted, ...]:
        """What another machine has to have said of an image of a repository before it is deployed here.

        What `[trust]` requires of it; and what this policy requires and `evidence` does not have, where
        another's word is believed.
        """
        if self.trust is None:
            return ()
        found = {one.kind: one for one in self.trust.required(repository)}
        for kind in self._looked_for:
            believed = self.trust.believed(kind) if evidence.passed(kind) is None else None
            if believed is not None:
                found.setdefault(kind, believed)
        return tuple(found.values())

    @property
    def _looked_for(self) -> tuple[str, ...]:
        """The kinds of claims that an image must have, whoever made them."""
        from tui.model.evidence import ClaimKind

        asked = ((ClaimKind.TEST, self.require_tests), (ClaimKind.SCAN, self.require_scan))
        return tuple(kind for kind, required in asked if required)

    def missing(
        self, evidence: Evidence, app: AppSpec, image: str = "", verdicts: Sequence[Verdict] | None = None
    ) -> list[Requirement]:
        """What is not claimed of an image of an app: the one answer for every verb, plan and list.

        image      its name where it is not the newest: a version, a digest
        verdicts   on what `wanted` asks for, None where it was not verified: before it is pushed, what this
                   account knows is all that there can be
        """
        from tui.model.evidence import ClaimKind

        of = f"{app.name} --image {image}" if image else app.name
        judged = {verdict.kind: verdict for verdict in verdicts or ()}
        required = {one.kind for one in self.trust.required(app.image)} if self.trust is not None else set()
        found = []
        for kind, looks in ((ClaimKind.TEST, self._test), (ClaimKind.SCAN, self._scan)):
            looked_for, known = kind in self._looked_for, evidence.passed(kind) is not None
            enforced = looked_for or (kind in required and verdicts is None)
            verdict = judged.pop(kind, None)
            if verdict is not None and not verdict.ok and (kind in required or not known):
                found.append(self._lacking(verdict, app.name, image, enforced=looked_for))
            elif verdict is None and not known and (enforced or kind == ClaimKind.TEST):
                found.append(looks(of, evidence, enforced))
        found += [
            self._lacking(verdict, app.name, image, enforced=False)
            for verdict in judged.values()
            if not verdict.ok
        ]
        return found

    def _lacking(self, verdict: Verdict, app: str, version: str, *, enforced: bool) -> Requirement:
        """What a verdict leaves to be wanted. What [policy] requires is enforced at any level of [trust]."""
        from tui.model.trust import Level, lacking

        strict = self.trust is not None and self.trust.level is Level.STRICT
        found = lacking(verdict, app, version, enforced=enforced or strict)
        if not enforced or found.unreachable:
            return found
        ours = f"[policy] require_{'tests' if verdict.kind == 'test' else verdict.kind}"
        return found._replace(remedy=f"{found.remedy}; {ours} wants it")

    def _test(self, of: str, _: Evidence, enforced: bool) -> Requirement:
        from tui.model.evidence import ClaimKind, Requirement

        remedy = f"holdfast test {of}"
        return Requirement(
            ClaimKind.TEST,
            lacks="has not passed its test",
            short="untested",
            remedy=f"{remedy}, or set require_tests = false in [policy]" if self.require_tests else remedy,
            enforced=enforced,
        )

    def _scan(self, of: str, evidence: Evidence, enforced: bool) -> Requirement:
        from tui.model.evidence import ClaimKind, Requirement

        failed = evidence.claimed(ClaimKind.SCAN) is not None
        remedy = f"holdfast scan {of}"
        return Requirement(
            ClaimKind.SCAN,
            lacks="has not passed its scan" if failed else "was not scanned",
            short="scan failed" if failed else "unscanned",
            remedy=f"{remedy}, or set require_scan = false in [policy]" if self.require_scan else remedy,
            enforced=enforced,
        )


class EngineSettings(NamedTuple):
    """`[engines.NAME]`. On one that is `protected`, nothing changes before the name of the app, container or
    image that it is about has been typed; a command line without a terminal needs --confirm.

    host             its endpoint, "" where the name is that of a Docker context
    ca, cert, key    files of its TLS, absolute
    skip_tls_verify  whether its certificate is not verified
    allow_plain      whether it may be spoken to without TLS, beyond this machine
    ssh_options      passed on to ssh, each as `ssh -o` takes it
    enabled          whether it is asked at all
    withheld         the file that names it and is not allowed to: it is not reached then; "" for none
    maintenance      until when it is left alone, seconds since the epoch, 0.0 for not at all
    """

    colour: str = ""
    protected: bool = False
    host: str = ""
    ca: str = ""
    cert: str = ""
    key: str = ""
    skip_tls_verify: bool = False
    allow_plain: bool = False
    ssh_options: tuple[str, ...] = ()
    enabled: bool = True
    maintenance: float = 0.0
    withheld: str = ""

    def is_left_alone(self, now: float) -> bool:
        """Whether it is asked only where somebody chooses it."""
        return not self.enabled or self.maintenance > now
