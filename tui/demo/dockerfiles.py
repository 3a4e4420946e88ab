"""A Dockerfile as the simulated builder reads it: its instructions, and what they make of an image."""

from __future__ import annotations

import io
import json
import posixpath
import re
import shlex
import tarfile
from typing import TYPE_CHECKING

from tui.demo.manifests import image_of
from tui.demo.objects import JSON, SECOND, HistoryEntry
from tui.demo.refused import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tui.demo.objects import Image

INSTRUCTIONS = [
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
]


def sent(content: bytes) -> dict[str, bytes]:
    """The files in a build's tar by their paths. Raises Refused as the engine does."""
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive:
                held = archive.extractfile(member) if member.isfile() else None
                if held is not None:
                    found[member.name.removeprefix("./")] = held.read()
    except tarfile.TarError as error:
        raise Refused(500, f"archive/tar: {error}") from None
    return found


def dockerfile(files: Mapping[str, bytes], path: str) -> str:
    """The Dockerfile among a build's files. Raises Refused as the engine does where there is none."""
    if path not in files:
        raise Refused(500, f"Cannot locate specified Dockerfile: {path}")
    return files[path].decode("utf-8", "replace")


def instructions(text: str) -> list[tuple[str, str]]:
    """The instructions of a Dockerfile: name and rest. Raises Refused 400 for one that does not exist."""
    found = []
    joined = re.sub(r"\\[ \t]*\n", "", text)
    for number, raw in enumerate(joined.split("\n"), 1):
        stripped = raw.strip()
        if not stripped or stripped.startswith("#"):
            continue
        name, _, rest = stripped.partition(" ")
        if name.upper() not in INSTRUCTIONS:
            raise Refused(400, f"dockerfile parse error line {number}: unknown instruction: {name.upper()}")
        found.append((name.upper(), rest.strip()))
    if not found:
        raise Refused(400, "the Dockerfile cannot be empty")
    return found


def _words(rest: str) -> list[str]:
    """The words of CMD and ENTRYPOINT: JSON, or a line for the shell."""
    try:
        parsed = json.loads(rest)
    except ValueError:
        return ["/bin/sh", "-c", rest]
    return [str(word) for word in parsed] if isinstance(parsed, list) else ["/bin/sh", "-c", rest]


def configure(config: JSON, name: str, rest: str) -> None:
    """What an instruction changes in the image's configuration."""
    if name == "ENV":
        entry = rest if "=" in rest else "=".join(rest.split(None, 1))
        config["Env"] = [*(config.get("Env") or ()), *shlex.split(entry)]
    elif name == "LABEL":
        pairs = dict(word.partition("=")[::2] for word in shlex.split(rest))
        config["Labels"] = {**(config.get("Labels") or {}), **pairs}
    elif name in ("CMD", "ENTRYPOINT"):
        config["Cmd" if name == "CMD" else "Entrypoint"] = _words(rest)
    elif name == "EXPOSE":
        ports: JSON = {port if "/" in port else f"{port}/tcp": {} for port in rest.split()}
        config["ExposedPorts"] = {**(config.get("ExposedPorts") or {}), **ports}
    elif name == "HEALTHCHECK":
        config["Healthcheck"] = _check(rest)
    elif name == "VOLUME":
        declared: JSON = {place: {} for place in (rest.split() if rest[:1] != "[" else json.loads(rest))}
        config["Volumes"] = {**(config.get("Volumes") or {}), **declared}
    elif name == "USER":
        config["User"] = rest
    elif name == "STOPSIGNAL":
        config["StopSignal"] = rest
    elif name == "WORKDIR":
        config["WorkingDir"] = posixpath.join(str(config.get("WorkingDir") or "/"), rest)


def _check(rest: str) -> JSON:
    """HEALTHCHECK: its options and its command."""
    check: JSON = {}
    options, _, command = rest.partition("CMD")
    if not command:
        return {"Test": ["NONE"]}
    for key, count, unit in re.findall(r"--([a-z-]+)=(\d+)(ms|s|m|)", options):
        if key in DURATIONS:
            check[DURATIONS[key]] = int(count) * UNITS[unit]
        elif key == "retries":
            check["Retries"] = int(count)
    words = _words(command.strip())
    shell = words[:2] == ["/bin/sh", "-c"]
    return check | {"Test": ["CMD-SHELL", words[2]] if shell else ["CMD", *words]}


def copied(files: Mapping[str, bytes], rest: str, directory: str) -> dict[str, bytes]:
    """The files that COPY or ADD puts somewhere, by their new paths. Raises BuildFailed for one that is not
    there; what comes from another stage brings nothing."""
    words = [word for word in shlex.split(rest) if not word.startswith("--")]
    if "--from=" in rest or len(words) < 2:
        return {}
    *sources, target = words
    found: dict[str, bytes] = {}
    place = posixpath.normpath(posixpath.join(directory or "/", target))
    for source in sources:
        source = posixpath.normpath(source).removeprefix("/")
        beneath = "" if source == "." else f"{source}/"
        if source in files:
            into = target.endswith(("/", ".")) or len(sources) > 1
            found[posixpath.join(place, posixpath.basename(source)) if into else place] = files[source]
            continue
        inside = {path: held for path, held in files.items() if path.startswith(beneath)}
        if not inside:
            raise BuildFailed(
                f"COPY failed: file not found in build context or excluded by .dockerignore: {source}"
            )
        for path, held in inside.items():
            found[posixpath.join(place, path.removeprefix(beneath))] = held
    return found


DURATIONS = {
    "interval": "Interval",
    "timeout": "Timeout",
    "start-period": "StartPeriod",
    "start-interval": "StartInterval",
}


UNITS = {"ms": SECOND // 1000, "s": SECOND, "m": 60 * SECOND, "": SECOND}


class BuildFailed(Exception):
    """A step failed; `code` is its exit code, 0 where it has none."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.code = code


def made(files: Mapping[str, bytes], base: Image, at: int) -> Image:
    """The image of a project's files, as if it had been built at a time, in seconds since the epoch."""
    history = list(base.history)
    config: JSON = json.loads(json.dumps(base.config))
    for name, rest in instructions(dockerfile(files, "Dockerfile"))[1:]:
        brought = copied(files, rest, str(config.get("WorkingDir") or "/")) if name == "COPY" else {}
        size = sum(map(len, brought.values())) or (1000 * len(rest) if name == "RUN" else 0)
        configure(config, name, rest)
        history.append(HistoryEntry(at, f"{name} {rest}", size, files=brought))
    return image_of(at, history, config)
