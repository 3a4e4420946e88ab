"""From a version to the exact bytes that are meant by it."""

from __future__ import annotations

import asyncio
import re
from contextlib import nullcontext
from typing import TYPE_CHECKING, NamedTuple

from tui.engine.errors import NotFound
from tui.errors import HoldfastError, Refused
from tui.evidence.files import read_evidence
from tui.model.digest import short_id
from tui.model.evidence import Evidence, together
from tui.model.platform import ALSO_RUNS
from tui.model.reference import valid_tag
from tui.model.registry_name import registry_host
from tui.model.version import nearest_tag
from tui.operations.looking.app_repository import NoSuchVersion, Remote
from tui.registry.errors import RegistryError
from tui.together import all_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tui.engine.client import Engine
    from tui.model.app import AppSpec
    from tui.model.image import ImageConfig
    from tui.registry.payloads import Manifest


_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


class Target(NamedTuple):
    """The bytes to deploy.

    reference   "repository@sha256:..." or, without a registry, the image's ID
    digest      of the manifest, "" without a registry
    image       the image's ID on this engine, "" where it has to be pulled first
    images      IDs that the image has, here or by its manifest; none where only an index is known
    manifest    the digest of the manifest for this engine's platform, `digest` itself or what an index names;
                "" where that is not known
    config      the digest of that manifest's configuration, "" where that is not known
    host        of the registry
    local       whether the engine has it
    evidence    what this account knows of it
    size        bytes to pull, 0 where that is not known
    found       the image itself, as it was found on the engine
    tagged      what the engine itself has under the version's name: one image or none; None where that was
                not looked at
    """

    version: str
    reference: str
    digest: str
    image: str
    host: str
    local: bool
    evidence: Evidence = Evidence("")
    warnings: tuple[str, ...] = ()
    size: int = 0
    images: tuple[str, ...] = ()
    manifest: str = ""
    config: str = ""
    tagged: tuple[ImageConfig, ...] | None = None
    found: ImageConfig | None = None

    def check(self, app: str, image: str) -> None:
        """Raises Refused where the engine has another image under this reference than was judged.

        By the image's ID: the configuration's digest in the classic store, in containerd's that of the
        manifest or of the index.
        """
        known = (self.config, self.manifest, self.digest)
        if self.config and image not in known:
            raise Refused(
                f"the engine has the image {short_id(image)} for {self.reference}, and not the one that was "
                f"judged ({short_id(self.config)}): nothing of it was started",
                f"find out who made this index; holdfast deploy {app} --digest {self.manifest} deploys "
                "what was judged",
            )


LOCAL_ONLY = "local only: without a registry no other engine can have these bytes"
"""What every plan says of an app without one."""


async def resolve_version(engine: Engine, app: AppSpec, version: str, remote: Remote | None = None) -> Target:
    """What a tag, or a digest "sha256:...", means now. Raises HoldfastError.

    remote   the app's repository, where it is open already
    """
    if version.startswith("sha256:") and not _DIGEST.fullmatch(version):
        raise NoSuchVersion(f'"{version}" is no digest', '"sha256:" and 64 hexadecimal digits')
    if not version.startswith("sha256:") and (problem := valid_tag(version)):
        raise NoSuchVersion(f'"{version}" cannot be a tag: {problem}', f"holdfast deploy {app.name} v1.4.0")
    if not app.has_registry:
        return await _only_local(engine, app, version)
    if version.startswith("sha256:"):
        return await _in_registry(engine, app, version, remote, None)
    looking = asyncio.create_task(_config(engine, f"{app.image}:{version}"), name="the engine's own tag")
    try:
        found = await _in_registry(engine, app, version, remote, looking)
        local = await looking
    finally:
        looking.cancel()
    return found._replace(tagged=(local,) if local is not None else ())


async def _in_registry(
    engine: Engine,
    app: AppSpec,
    version: str,
    remote: Remote | None,
    local: asyncio.Task[ImageConfig | None] | None,
) -> Target:
    """`local` finds what the engine has under the tag, None where a digest is meant."""
    try:
        async with nullcontext(remote) if remote is not None else Remote(engine, app) as remote:
            digest = version if version.startswith("sha256:") else await remote.digest(version)
            if not digest:
                tags, here = await remote.tags(), await local if local is not None else None
                raise _not_pushed(app, version, here, tags)
            manifest = await remote.manifest(digest)
            inner = await _inner(engine, remote, manifest)
    except RegistryError as error:
        here = await local if local is not None else None
        return await _without_registry(engine, app, version, here, error)
    _check_platform(engine, app, version, manifest)
    return await _target(engine, app, version, digest, manifest, inner)


def _not_pushed(app: AppSpec, version: str, local: ImageConfig | None, tags: Sequence[str]) -> NoSuchVersion:
    said = f"{app.image}:{version} is not in the registry"
    if local is not None:
        return NoSuchVersion(said, f"holdfast push {app.name} {version}")
    return NoSuchVersion(said, _instead(app, version, tags))


def _instead(app: AppSpec, version: str, tags: Sequence[str]) -> str:
    """What to do where there is no such version."""
    if near := nearest_tag(version, tags):
        return f"did you mean {near}?"
    if app.build is None:
        return f"holdfast deploy {app.name} lists the versions that there are"
    return f"holdfast tag {app.name} {version}"


def _check_platform(engine: Engine, app: AppSpec, version: str, manifest: Manifest | None) -> None:
    """An index that has nothing for this engine cannot run here."""
    if manifest is not None and any(one.os != one.os.lower() for one in manifest.listed):
        # dockerd 20.10 ends over it.
        raise Refused(
            f"{app.image}:{version} is an index that spells a platform as no builder does",
            "find out who made this index, and build it anew",
        )
    ours = f"{engine.version.os}/{engine.version.arch}"
    platforms = manifest.platforms if manifest is not None else ()
    if platforms and not any(platform.startswith(ours) for platform in platforms):
        raise Refused(
            f"{app.image}:{version} is for {', '.join(platforms)}, and this engine is {ours}",
            f'build it with platform = "{ours}" in [apps.{app.name}.build]',
        )


def check_image_platform(engine: Engine, app: AppSpec, image: ImageConfig) -> None:
    """Raises Refused for an image that cannot run here, unless the app is built for that platform."""
    version = engine.version
    runs = (version.arch, *ALSO_RUNS.get(version.arch, ()))
    if (image.os in ("", version.os) and image.architecture in ("", *runs)) or (
        app.build is not None and image.platform.startswith(app.build.platform or "none")
    ):
        return
    raise Refused(
        f"the image {short_id(image.id)} is for {image.platform}, and this engine is "
        f"{version.os}/{version.arch}",
        f'an emulator runs it, platform = "{image.platform}" says that it is meant',
    )


async def _only_local(engine: Engine, app: AppSpec, version: str) -> Target:
    """Without a registry the image's ID is the identity."""
    image = await _config(engine, version if "sha256:" in version else f"{app.image}:{version}")
    if image is None:
        tags = [tag for one in await engine.images.list() for tag in app.versions_of(one.tags)]
        raise NoSuchVersion(
            f"there is no image {app.image}:{version} on this engine", _instead(app, version, tags)
        )
    evidence = await _evidence(app, image.id)
    named = "" if "sha256:" in version else version
    return Target(
        version=named,
        reference=image.id,
        digest="",
        image=image.id,
        host="",
        local=True,
        evidence=evidence,
        warnings=(LOCAL_ONLY,),
        images=(image.id,),
        found=image,
    )


async def _without_registry(
    engine: Engine, app: AppSpec, version: str, local: ImageConfig | None, error: HoldfastError
) -> Target:
    """The registry is out of reach: what the engine was told before still counts, and it is said."""
    if version.startswith("sha256:"):
        digest = version
    else:
        digest = app.digest_of(local.digests) if local is not None else ""
    if not digest or await _config(engine, f"{app.image}@{digest}") is None:
        raise error
    found = await _target(engine, app, version, digest)
    said = f"{error.message}: the digest is the one that this engine knows"
    return found._replace(warnings=(said,))


async def _target(
    engine: Engine,
    app: AppSpec,
    version: str,
    digest: str,
    manifest: Manifest | None = None,
    inner: Manifest | None = None,
) -> Target:
    """inner: what the engine takes of the manifest, where that is known: itself, or what an index names."""
    reference = f"{app.image}@{digest}"
    image = await _config(engine, reference)
    known = image.id if image is not None else manifest.config_digest if manifest is not None else ""
    evidence = await _evidence(app, known, digest)
    config = manifest.config_digest if manifest is not None else ""
    return Target(
        version="" if version.startswith("sha256:") else version,
        reference=reference,
        digest=digest,
        image=image.id if image is not None else "",
        host=registry_host(app.image),
        local=image is not None,
        evidence=evidence,
        size=inner.layers_size if inner is not None and image is None else 0,
        images=tuple(filter(None, (image.id if image is not None else "", config))),
        manifest=inner.digest if inner is not None else "",
        config=inner.config_digest if inner is not None else "",
        found=image,
    )


async def _inner(engine: Engine, remote: Remote, manifest: Manifest | None) -> Manifest | None:
    """What the engine takes of it, None where nobody knows. Raises RegistryError."""
    if manifest is None or not manifest.is_index:
        return manifest
    digest = manifest.taken(f"{engine.version.os}/{engine.version.arch}")
    found = await remote.manifest(digest) if digest else None
    return None if found is None or found.is_index else found


async def _config(engine: Engine, reference: str) -> ImageConfig | None:
    try:
        return await engine.images.config(reference)
    except NotFound:
        return None


async def _evidence(app: AppSpec, *images: str) -> Evidence:
    """What is known of an image under any of these IDs."""
    known = filter(None, dict.fromkeys(images))
    return together(await all_of(*(asyncio.to_thread(read_evidence, app.name, image) for image in known)))
