"""What a scanner found in an image. Pure.

Not scanned is never clean: a report tells how much was looked at, so that nothing found can be told from
nothing looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tui.model.image_size import ImageSize  # noqa: TC001  # read by the codec too
from tui.model.severity import RANK, SEVERITIES

if TYPE_CHECKING:
    from collections.abc import Iterable

END_OF_LIFE = "EOSL"
"""The ID of the finding that a distribution gets no security updates any more."""

Identity = tuple[str, str, str]
"""By which a finding is the same in two images: its ID, the package, and where that is."""


class Finding(NamedTuple):
    """A vulnerability in one package of an image.

    severity   one of SEVERITIES
    fixed      the versions that mend it, "" where none is known
    kind       of package: "alpine", "debian", "python-pkg", "gobinary" ...
    path       the file that it is in, "" for the distribution's own
    layer      the DiffID of the layer it is in, "" where that is not known
    exploited  whether it is known to be used by attackers (CISA's KEV)
    epss       how likely it will be used within 30 days, 0 to 1; None where the scanner does not say
    status     of a fix, as the scanner says: "fixed", "will_not_fix", "end_of_life" ...
    suppressed why the scanner left it out: a VEX file says that it does not affect the image
    """

    id: str
    severity: str
    package: str
    installed: str = ""
    fixed: str = ""
    kind: str = ""
    path: str = ""
    layer: str = ""
    purl: str = ""
    exploited: bool = False
    epss: float | None = None
    status: str = ""
    title: str = ""
    url: str = ""
    suppressed: str = ""

    @property
    def identity(self) -> Identity:
        """A path may have the version in it: another version with the same hole is no new finding."""
        place = self.path.replace(self.installed, "*") if self.installed else self.path
        return self.id, self.package, place or self.kind

    @property
    def counts_as(self) -> str:
        """Its severity for the gate: what attackers use already is critical, whatever it was rated."""
        return SEVERITIES[0] if self.exploited else self.severity


class Remark(NamedTuple):
    """What a linter says of a line of the Dockerfile. level: "error", "warning", "info", "style"."""

    code: str
    level: str
    line: int
    message: str


class Base(NamedTuple):
    """The image that an image was built on.

    name     as the Dockerfile has it
    layers   the DiffIDs of the image's own layers that are its
    """

    name: str
    layers: tuple[str, ...] = ()


class ScanReport(NamedTuple):
    """One look of a scanner at an image; times are seconds since the epoch, 0.0 where unknown.

    image        its ID
    sha256       of the scanner's binary
    database     when the scanner's database was built
    isolated     whether the scanner had no network at all, instead of having been told not to use it
    family       of the distribution, "" where none was recognised
    release      of the distribution: "3.18.0"
    end_of_life  whether it gets no security updates any more
    looked       whether the scanner recognised anything that it can look at
    packages     how many it looked at, -1 where it does not say; os_packages: the distribution's
    advisories   whether it has advisories of this distribution, as far as it tells
    findings     those that count for the gate
    suppressed   those that it found and left out
    remarks      what the linter said of the Dockerfile
    layers       the DiffIDs of the image's layers, the lowest first
    vex          the SHA-256 of the VEX files that were taken into account, "" for none
    size         how small the image is, None where nobody looked
    """

    image: str
    scanner: str
    version: str
    sha256: str = ""
    at: float = 0.0
    database: float = 0.0
    isolated: bool = False
    family: str = ""
    release: str = ""
    end_of_life: bool = False
    looked: bool = True
    packages: int = 0
    os_packages: int = 0
    advisories: bool = True
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    remarks: tuple[Remark, ...] = ()
    layers: tuple[str, ...] = ()
    base: Base | None = None
    vex: str = ""
    size: ImageSize | None = None

    @property
    def distribution(self) -> str:
        return f"{self.family} {self.release}".strip()

    @property
    def by(self) -> str:
        return f"{self.scanner} {self.version}"


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first; of one severity those that can be mended, then by package."""
    return tuple(
        sorted(
            findings,
            key=lambda one: (-RANK[one.counts_as], -RANK[one.severity], not one.fixed, one.package, one.id),
        )
    )


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """How many of each severity that there are, the worst first."""
    found = [one.severity for one in findings]
    return {severity: count for severity in SEVERITIES if (count := found.count(severity))}


def counted(findings: Iterable[Finding]) -> str:
    """ "1 critical, 2 high", or "no findings"."""
    return ", ".join(f"{count} {severity}" for severity, count in counts(findings).items()) or "no findings"


def end_of_life(family: str, release: str) -> Finding:
    """A distribution without security updates, as a finding of its own."""
    return Finding(
        id=END_OF_LIFE,
        severity="high",
        package=family,
        installed=release,
        kind=family,
        status="end_of_life",
        title=f"{family} {release} gets no security updates any more",
    )
