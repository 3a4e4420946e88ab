"""What it adds to the plan of a deploy that an image with five signed claims is verified."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.bench.table import Result, at_most
from tests.support.memory_registry import MemoryRegistry, hollow_image
from tests.support.scripted_registry import OCI_MANIFEST
from tui.model.app import AppSpec
from tui.model.evidence import Claim, ClaimKind, Evidence
from tui.model.policy import Policy
from tui.model.predicates import Judgement, Provenance, Scanning, Signing, Trial, statement_of
from tui.model.signing import KeySource
from tui.model.statement import Subject
from tui.model.trust import ListedKey, Trust
from tui.model.verdict import Wanted
from tui.operations.deploying.targets import Target
from tui.operations.deploying.trusted import verified
from tui.registry.attaching import attach
from tui.registry.client import Registry
from tui.registry.payloads import Manifest
from tui.trust.bundles import attachments
from tui.trust.keys import load_signer, make_pair

if TYPE_CHECKING:
    from tests.bench.run import Run

PATH = "team/web"
CLAIMS = {
    ClaimKind.SIGNATURE: Signing("v1", "web"),
    ClaimKind.TEST: Trial("sha256:" + "b" * 64),
    ClaimKind.SCAN: Scanning("pkg:github/aquasecurity/trivy", "0.65.0", 1e9, 1e9),
    ClaimKind.PROVENANCE: Provenance("c" * 40),
    ClaimKind.VERDICT: Judgement("registry/web@v1"),
}


class Figures(NamedTuple):
    """Of one kind of registry. seconds: of processor time, the registry's own included, as it is ours."""

    requests: int
    seconds: float


def measure(run: Run) -> list[Result]:
    results = []
    for api, name in ((True, "referrers API"), (False, "fallback tag")):
        found = asyncio.run(_measured(api, run.either(50, 10)))
        note = "processor time of both sides: the registry is simulated in the same process"
        results += [
            Result(f"verify 5 claims, {name}: requests", found.requests, goals=(at_most(6),)),
            Result(
                f"verify 5 claims, {name}", 1000 * found.seconds, unit="ms", goals=(at_most(30),), note=note
            ),
        ]
    return results


async def _measured(api: bool, times: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        async with MemoryRegistry(api=api) as memory, Registry(memory.address, insecure=True) as registry:
            target = await _signed(memory, registry, Path(folder))
            key = ListedKey("ci", KeySource(file=f"{folder}/ci.pub"))
            trust = Trust(verify_keys=(key,), require=tuple(Wanted(kind) for kind in CLAIMS))
            app = AppSpec("web", f"{memory.address}/{PATH}", "holdfast.toml")
            remote: Any = SimpleNamespace(registry=registry)
            seconds = []
            for _ in range(times + 1):
                memory.requests.clear()
                began = time.process_time()
                found = await verified(remote, app, Policy(trust=trust), target, {})
                seconds.append(time.process_time() - began)
                assert found is not None
                assert found.ok, found.verdicts
            return Figures(len(memory.requests), median(seconds[1:]))


async def _signed(memory: MemoryRegistry, registry: Registry, folder: Path) -> Target:
    item, blobs = hollow_image()
    for blob in blobs:
        memory.put_blob(PATH, blob)
    digest = memory.put_manifest(PATH, item, "v1")
    make_pair(folder / "ci.key", "ci")
    signer = await load_signer("ci", KeySource(file=str(folder / "ci.key")))
    subject, now = Subject("web", digest), time.time()
    statements = [statement_of(Claim(kind, True, now), subject, said) for kind, said in CLAIMS.items()]
    manifest = Manifest(digest, OCI_MANIFEST, len(json.dumps(item)))
    await attach(registry, PATH, manifest, await attachments(statements, signer))
    return Target(
        version="v1",
        reference=f"{memory.address}/{PATH}@{digest}",
        digest=digest,
        image="",
        host=memory.address,
        local=False,
        evidence=Evidence(""),
        manifest=digest,
    )
