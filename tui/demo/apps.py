"""The demo's three apps on its engine: their images, what has been released, and what is known of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tui.demo import catalogue
from tui.demo.dockerfiles import made
from tui.demo.findings import PYTHON
from tui.demo.findings import VERSION as VERSION_OF_SCANNER
from tui.demo.manifests import image_of
from tui.demo.objects import SECOND, HealthState, HistoryEntry
from tui.demo.pasts import DAY, FOUND, HOUR, MINUTE, PASTS, SAID, SCANNED, WHY, operation
from tui.demo.projects import FAILING, PROJECTS
from tui.engine.container.creation import create_body
from tui.evidence.files import add_claim, name_version
from tui.evidence.scans import write_scan
from tui.ledger.anchor import ANCHOR, FOLDER, REPOSITORY, TAG, VOLUME
from tui.ledger.records import digest, encode_outcome, encode_release, outcome_file, release_file, spec_hash
from tui.ledger.tars import pack_new
from tui.model.evidence import Claim, ClaimKind
from tui.model.finding import ScanReport
from tui.model.labels import (
    APP,
    AT,
    BY,
    DIGEST,
    LEDGER,
    PREVIOUS,
    RELEASE,
    RESTART,
    ROLLBACK_OF,
    SPEC,
    VERSION,
)
from tui.model.release import Outcome, Release
from tui.settings.load import load

if TYPE_CHECKING:
    from tui.demo.home import DemoHome
    from tui.demo.objects import Image
    from tui.demo.pasts import Deploy, Past
    from tui.demo.simulation import Simulation
    from tui.model.app import AppSpec

BASES = {
    "node:22-alpine": (catalogue.NODE, 30 * DAY),
    "python:3.12-slim": (catalogue.PYTHON, 24 * DAY),
    "busybox:1.36": (catalogue.BUSYBOX, 70 * DAY),
}


class Apps:
    """Puts them there; what an account keeps goes into the demo's home."""

    def __init__(self, simulation: Simulation, home: DemoHome) -> None:
        self._simulation = simulation
        self._state = simulation.state
        self._now = home.began or simulation.clock() // SECOND
        self._environ = home.environment()
        self._apps = load(str(home.config)).apps

    def populate(self) -> None:
        """Blocks for a moment: an engine that has just begun. Raises HoldfastError and OSError."""
        for name, (steps, age) in BASES.items():
            self._base(name, steps, int(self._now - age))
        self._anchor()
        for name, past in PASTS.items():
            self._app(self._apps[name], past)
        self._drifted()

    def _base(self, name: str, steps: catalogue.Steps, at: int) -> None:
        history = [HistoryEntry(at, text, size) for text, size in steps]
        image = image_of(at, history, {"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"], "Cmd": ["sh"]})
        image.tags, image.tagged = [name], at * SECOND
        self._state.library.add(image)

    def _anchor(self) -> None:
        """The ledger's volume, and the container through which it is read."""
        at = self._now - 30 * DAY
        image = image_of(at, [HistoryEntry(at, "", 1024, "Imported from -")], {})
        image.tags = [f"{REPOSITORY}:{TAG}"]
        self._state.library.add(image)
        self._state.places.ensure_volume(VOLUME, {LEDGER: "1"}).created = at * SECOND
        mount = {"Type": "volume", "Source": VOLUME, "Target": FOLDER}
        container = self._state.add(
            key=self._state.new_id(),
            name=ANCHOR,
            image=image.tags[0],
            image_id=image.id,
            config={"Image": image.tags[0], "Cmd": ["never-started"], "Labels": {LEDGER: "1"}},
            host={"NetworkMode": "none", "Mounts": [mount]},
            tell=False,
        )
        container.created = at * SECOND

    def _image(self, app: AppSpec, version: str, past: Past, at: float) -> Image:
        """Built, tested and pushed; known by its tag."""
        differing = FAILING[app.name] if version == past.failing else {}
        texts = PROJECTS[app.name] | differing | {"VERSION": f"{version}\n"}
        if app.name == "mailer":  # its line that fails is a new one
            texts |= {"Dockerfile": FAILING[app.name]["Dockerfile"]}
        files = {path: text.encode() for path, text in texts.items()}
        image = made(files, self._state.library.find(past.base), int(at))
        digest = self._simulation.shelf.push(app.image.partition("/")[2], version, image)
        image.tags, image.digests = [f"{app.image}:{version}"], [f"{app.image}@{digest}"]
        image.tagged = int(at) * SECOND
        self._state.library.add(image)
        claim = Claim(ClaimKind.TEST, passed=True, at=at, by="anna", detail="exit code 0")
        add_claim(app.name, image.id, claim, self._environ)
        name_version(app.name, image.id, version, digest, at, self._environ)
        return image

    def _app(self, app: AppSpec, past: Past) -> None:
        records: dict[str, bytes] = {}
        prior = ""
        live = max(number for number, one in enumerate(past.deploys, 1) if one.good)
        for number, one in enumerate(past.deploys, 1):
            at = self._now - one.age
            image = self._image(app, one.version, past, at - 10 * MINUTE)
            previous = max((n for n in range(1, number) if past.deploys[n - 1].good), default=0)
            reference = image.digests[0]
            release = Release(
                app=app.name,
                number=number,
                version=one.version,
                reference=reference,
                digest=reference.partition("@")[2],
                image=image.id,
                run=app.run,
                ready=app.ready,
                order=app.order,
                evidence={"tested": f"{at - 5 * MINUTE:.0f}"},
                by=one.by,
                host=f"{one.by}-laptop",
                at=at,
                op=operation("deploy", app.name, at),
                previous=previous,
            )
            record = encode_release(release, prior)
            records[release_file(number)] = record
            prior = digest(record)
            container = self._container(release, number == live) if one.good else ""
            records[outcome_file(number)] = encode_outcome(_outcome(one, number, at, container), prior)
        for version, age in past.pushed:
            self._image(app, version, past, self._now - age)
        anchor = self._state.names[ANCHOR]
        self._simulation.files.put(anchor, FOLDER, pack_new(app.name, records))

    def _container(self, release: Release, live: bool) -> str:
        """That of a release: the live one runs since then, an earlier one has been stopped; its ID."""
        state = self._state
        restart = release.run.restart if live else "no"
        body = create_body(release.reference, release.run, labels=_labels(release), restart=restart).body
        name = release.app if live else f"{release.app}.r{release.number}"
        container = state.create(name, body)
        container.created = container.started = int(release.at) * SECOND
        if not live:
            container.state, container.ended = "exited", int(release.at + DAY) * SECOND
            return container.id
        container.state, container.pid = "running", 4000 + container.number
        container.health = HealthState("healthy")
        for network in container.networks:
            container.networks[network] = state.places.connect(network, container.id)
        self._simulation.runtime.resume(container)
        return container.id

    def _drifted(self) -> None:
        """payments: somebody has changed a file in the container, and pushed other bytes as its version."""
        app = self._apps["payments"]
        live = self._state.names["payments"]
        live.changes = [{"Path": "/srv", "Kind": 0}, {"Path": "/srv/settings.ini", "Kind": 0}]
        files = {path: text.encode() for path, text in PROJECTS["payments"].items()}
        files |= {"VERSION": b"v2.1.0, once more\n"}
        base = self._state.library.find(PASTS["payments"].base)
        other = made(files, base, self._now - 2 * DAY)
        self._simulation.shelf.push(app.image.partition("/")[2], "v2.1.0", other)
        write_scan(app.name, _report(live.image_id, self._now - SCANNED), self._environ)
        claim = Claim(ClaimKind.SCAN, passed=False, at=self._now - SCANNED, by="anna", detail=FOUND)
        add_claim(app.name, live.image_id, claim, self._environ)


def _outcome(one: Deploy, number: int, at: float, container: str) -> Outcome:
    if one.good:
        return Outcome(number, good=True, at=at + 9, gap_seconds=0.4, container=container)
    return Outcome(
        number,
        good=False,
        at=at + 14,
        gap_seconds=13.2,
        message=f"r{number} {WHY}",
        said=SAID,
    )


def _labels(release: Release) -> dict[str, str]:
    return {
        APP: release.app,
        RELEASE: str(release.number),
        VERSION: release.version,
        DIGEST: release.digest,
        SPEC: spec_hash(release.run, release.ready),
        BY: release.by,
        AT: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(release.at)),
        PREVIOUS: str(release.previous or ""),
        ROLLBACK_OF: "",
        RESTART: release.run.restart,
    }


def _report(image: str, at: float) -> ScanReport:
    """What the demo's scanner says of the image."""
    system, language = PYTHON.packages
    return ScanReport(
        image=image,
        scanner="trivy",
        version=VERSION_OF_SCANNER,
        at=at,
        database=at - 5 * HOUR,
        family=PYTHON.family,
        release=PYTHON.release,
        packages=system + language,
        os_packages=system,
        findings=PYTHON.findings,
    )
