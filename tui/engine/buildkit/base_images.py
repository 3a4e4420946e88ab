"""Why a build did not get an image that it begins from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tui.engine.buildkit.causes import Cause
from tui.engine.errors import (
    RepositoryUnknown,
    TransferBroken,
    TransferFailed,
    TransferLoginRefused,
    TransferTlsMismatch,
    TransferUnreachable,
)
from tui.engine.transfers import failure
from tui.model.dockerfile import full_name
from tui.model.reference import familiar, login_command, split_reference
from tui.model.registry_name import DOCKER_HUB, registry_host

if TYPE_CHECKING:
    from tui.engine.buildkit.causes import Failed

_LOADING = re.compile(
    r"\[internal\] load metadata for (\S+)\Z|resolve image config for (?:docker-image://)?(\S+)\Z"
)
_FROM = re.compile(r"(?:\[[^\]]*\] )?FROM (?:--\S+ )*(\S+)", re.I)
_SAID = re.compile(
    r"failed to resolve source metadata for (\S+?): |manifest for (\S+) not found"
    r"|pull access denied for (\S+?),|initializing source docker://(\S+?): |invalid from flag value (\S+?): "
)
_MANIFEST = re.compile(r"https?://([^/\s\"]+)/v2/([^\s\"]+)/manifests/([^\s\":]+(?::[0-9a-f]{64})?)")
_PLATFORM = re.compile(
    r"no match for platform in manifest|no matching manifest for (\S+)"
    r"|does not provide (?:the specified|any) platform"
)
UNREACHED = "check the name, and the engine's network, DNS and proxy; is the registry running?"

_NO_SESSION = "no active sessions"
_OLD = "with frontend dockerfile.v0"
"""What only BuildKit of 20.10 says."""


def base_cause(failed: Failed) -> Cause | None:
    """The cause where an image could not be had, None where it is something else."""
    image, label = _image(failed)
    if not image:
        return None
    line = _line(failed, image)
    if found := _PLATFORM.search(failed.words):
        wanted = found[1] or "the platform that is asked for"
        hint = "set build.platform to one that it has, or begin from another image"
        return Cause(f"{label} {image} does not exist for {wanted}", hint, line)
    host = registry_host(split_reference(image).repository)
    if failed.core.endswith(_NO_SESSION):
        return Cause(f"{label} {image}: the registry {host} wants a login", login_command(host), line)
    why = failure(failed.core, image)
    match why:
        case RepositoryUnknown():
            return Cause(f"{label} {image} was not found", _unknown_hint(failed, image, host), line)
        case TransferLoginRefused():
            hint = why.hint
            if "does not exist" in failed.core:
                hint += ", and check the name: a registry says the same of what does not exist"
            return Cause(f"{label} {image}: {why.message}", hint, line)
        case TransferTlsMismatch() if "plain HTTP" in why.message and _OLD in failed.words:
            # 20.10's BuildKit takes a registry for insecure only where it is listed with its scheme.
            hint = why.hint.replace(f'["{host}"]', f'["http://{host}"]')
            return Cause(f"{label} {image}: {why.message}", hint, line, is_unreachable=True)
        case TransferUnreachable():
            hint = why.hint
            if not isinstance(why, TransferTlsMismatch):
                hint = _stage_hint(failed, image) or UNREACHED
            return Cause(f"{label} {image}: {why.message}", hint, line, is_unreachable=True)
        case TransferBroken():
            hint = "try again; if it stays so, look at the engine's network and proxy"
            return Cause(f"{label} {image}: {why.message}", hint, line, is_unreachable=True)
        case TransferFailed() if type(why) is not TransferFailed:
            return Cause(f"{label} {image}: {why.message}", why.hint, line)
    return None


def _image(failed: Failed) -> tuple[str, str]:
    """The image that was wanted, as the file would write it, and what it is; "" where none was."""
    title = failed.step.title if failed.step else ""
    label = "base image"
    found = _LOADING.match(title)
    if found and found[2]:
        label = 'the image of the "# syntax=" line,'
    said = _SAID.search(failed.words)
    manifest = _MANIFEST.search(failed.words)
    if said:
        image = next(group for group in said.groups() if group)
    elif found:
        image = found[1] or found[2]
    elif manifest:
        host = DOCKER_HUB if manifest[1] == "registry-1.docker.io" else manifest[1]
        image = f"{host}/{manifest[2]}{'@' if ':' in manifest[3] else ':'}{manifest[3]}"
    elif written := _FROM.match(title):
        image = written[1]
    else:
        return "", ""
    if not found and (syntax := failed.dockerfile.syntax) and full_name(syntax) == full_name(image):
        label = 'the image of the "# syntax=" line,'
    return _familiar(image), label


def _familiar(image: str) -> str:
    repository = split_reference(image).repository
    return familiar(repository) + image[len(repository) :]


def _line(failed: Failed, image: str) -> int:
    """The line that names it, 0 where none is found."""
    wanted = full_name(image)
    for base in failed.dockerfile.bases():
        if full_name(base.name) == wanted:
            return base.line
    for instruction in failed.dockerfile.instructions:
        source = dict(instruction.flags).get("from", "")
        if source and full_name(source) == wanted:
            return instruction.line
    return 0


def _unknown_hint(failed: Failed, image: str, host: str) -> str:
    where = "Docker Hub" if host == DOCKER_HUB else host
    return _stage_hint(failed, image) or f"check its name and tag at {where}; is it pushed?"


def _stage_hint(failed: Failed, image: str) -> str:
    """Where a plain name may have been meant for a stage."""
    name = split_reference(image).repository
    stages = [one.stage for one in failed.dockerfile.stages]
    if "/" in name or not stages:
        return ""
    if name.lower() in stages:
        return f'the stage "{name}" must stand before the line that uses it'
    if any(dict(one.flags).get("from") == name for one in failed.dockerfile.instructions):
        return f'if a stage was meant: there is no "{name}", only {", ".join(stages)}'
    return ""
