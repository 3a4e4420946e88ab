"""`holdfast init`: a starting holdfast.toml from what a folder holds.

`look` and `write_new` block: call them in a thread.
"""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.errors import HoldfastError, Refused
from tui.model.app_name import LONGEST, SHORTEST, free_name, taken_by
from tui.model.reference import repository_problem
from tui.settings.compose_file import UnreadableFile
from tui.settings.compose_project import project
from tui.settings.dockerfiles import ImageFacts, build_of, find_dockerfiles, image_facts
from tui.settings.from_compose import Tables, services, tables
from tui.settings.needed import all_to_be_there, said_of, to_be_there
from tui.settings.toml_lines import comment, in_one_line, key, lines_of, table

if TYPE_CHECKING:
    from collections.abc import Mapping

REGISTRIES: Mapping[str, str] = {
    "github.com": "ghcr.io",
    "gitlab.com": "registry.gitlab.com",
    "codeberg.org": "codeberg.org",
}
"""Where a forge's images are. Of another host nobody knows whether it is a registry too."""

GIT_SECONDS = 5.0


class NoFolder(HoldfastError):
    """There is no such folder, or it cannot be read."""

    exit_status = 2


class Project(NamedTuple):
    """What `look` found.

    name          for an app that no service is behind: of the git repository, else of the folder
    dockerfiles   paths from the folder on, the likeliest first
    images        what Dockerfiles tell, by their path and the stage that is built ("" for the last one)
    remote        "host/owner/name" of the git remote "origin", "" where there is none
    compose       the names of the compose files, "" where there is none
    document      what they say together
    project       the name of their project
    profiles      of it that are switched on
    notes         sentences on what could not be read
    said          by service, what a deploy does otherwise than Compose
    in_git        whether the folder is in a work tree of git
    """

    name: str = "app"
    dockerfiles: tuple[str, ...] = ()
    images: Mapping[tuple[str, str], ImageFacts] = {}
    remote: str = ""
    compose: str = ""
    document: Mapping[str, Any] = {}
    project: str = ""
    profiles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    said: Mapping[str, tuple[str, ...]] = {}
    in_git: bool = False


def look(folder: str, environ: Mapping[str, str] = os.environ) -> Project:
    """What there is in a folder. Raises NoFolder; whatever else cannot be read is a note."""
    folder = os.path.abspath(folder)
    try:
        os.listdir(folder)
    except OSError as error:
        raise NoFolder(f"{folder}: cannot be read: {error.strerror}") from None
    top = _git(folder, "rev-parse", "--show-toplevel")
    remote = remote_repository(_git(folder, "remote", "get-url", "origin"))
    if remote and os.path.realpath(top) != os.path.realpath(folder):
        remote += "/" + os.path.basename(folder)
    found = Project(
        app_name(os.path.basename(remote or folder)),
        find_dockerfiles(folder),
        remote=remote,
        in_git=bool(top),
    )
    read = project(folder, environ)
    found = found._replace(
        compose=", ".join(os.path.relpath(path, folder) for path in read.files),
        document=read.document,
        project=read.name,
        profiles=read.profiles,
        said=read.said,
    )
    notes = [*read.notes]
    return found._replace(images=_images(folder, found, notes), notes=tuple(notes))


def _images(folder: str, found: Project, notes: list[str]) -> dict[tuple[str, str], ImageFacts]:
    wanted = [(found.dockerfiles[0], "")] if found.dockerfiles else []
    for service in services(found.document).values():
        build = service.get("build")
        path = _dockerfile_of({"context": build} if isinstance(build, str) else build)
        target = build.get("target") if isinstance(build, dict) else ""
        if path and os.path.isfile(os.path.join(folder, path)):
            wanted.append((path, target if isinstance(target, str) else ""))
    images = {}
    for path, target in dict.fromkeys(wanted):
        try:
            images[path, target] = image_facts(os.path.join(folder, path), target)
        except UnreadableFile as error:
            notes.append(error.message)
    return images


def _dockerfile_of(build: Any) -> str:
    """The path of a build's Dockerfile, from the folder on; "" where it has none here."""
    if not isinstance(build, dict) or not isinstance(build.get("context", "."), str):
        return ""
    context, path = build.get("context", "."), build.get("dockerfile", "Dockerfile")
    if "://" in context or not isinstance(path, str) or "\0" in context + path:
        return ""
    return os.path.normpath(os.path.join(context, path))


def _git(folder: str, *words: str) -> str:
    """What git says, "" where it fails: no git, no repository, no remote."""
    try:
        done = subprocess.run(
            ["git", "-C", folder, *words],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def remote_repository(url: str) -> str:
    """Host, owner and name of a remote in lower case, without user, password and port; "" for a local one.

    >>> remote_repository("git@github.com:Team/Web.git")
    'github.com/team/web'
    """
    match = re.fullmatch(r"[a-z+]+://(?:[^/@]*@)?([^/:@]+)(?::\d*)?/(.+)", url, re.IGNORECASE)
    match = match or re.fullmatch(r"(?:[^/@:]+@)?([^/:@]+):(?!//)(.+)", url)
    if match is None or url.lower().startswith("file:"):
        return ""
    path = match[2].strip("/").removesuffix(".git").strip("/")
    return f"{match[1]}/{path}".lower() if path else ""


def app_name(text: str) -> str:
    """A text made a name of an app.

    >>> app_name("My Web_App!"), app_name("***"), app_name("a"), app_name("web.r3")
    ('my-web_app', 'app', 'app-a', 'web-r3')
    """
    words = re.findall(r"[a-z0-9]+|[._-]", text.lower().replace(" ", "-"))
    name = re.sub(r"[._-]{2,}", "-", "".join(words))[:LONGEST].strip("._-") or "app"
    if taken_by(name):
        name = free_name(name)[:LONGEST]
    return name if len(name) >= SHORTEST else f"app-{name}"


class _App(NamedTuple):
    """An app to be: of a service, or of what else there is where `service` is ""."""

    name: str
    service: str
    taken: Tables
    facts: ImageFacts = ImageFacts()


def scaffold(folder: str, found: Project, service: str = "") -> str:
    """The text of a holdfast.toml for that folder, or for that service alone; it loads as it is."""
    apps = _apps(os.path.abspath(folder), found, service)
    lines = ["# What Holdfast builds, tests, pushes and deploys; holdfast init --example shows every key."]
    lines += [comment(note) for note in found.notes]
    if apps[0].service and all(app.taken.build is None for app in apps):
        lines += [
            comment(f"Nothing is built here: {found.compose} has only images that others build."),
            "# Holdfast deploys a version of one that the registry has, and goes back to the one before.",
        ]
    for app in apps:
        head = ["apps", app.name]
        lines += ["", *_image(found, app, head, alone=len(apps) == 1), ""]
        lines += _build(found, app, head)
        lines += ["", *_run(found, app, head, [app.service for app in apps])]
        lines += ["", *_ready(app, head)]
        lines += [
            "",
            *table([*head, "test"], {}),
            '# command = "..."    # run in the container once it is ready; exit status 0 is a pass',
        ]
    return "\n".join(lines) + "\n"


class Outline(NamedTuple):
    """What that text says in short.

    names    of its apps
    built    whether anything is built for them here
    needed   what has to be on the engine first, by the key of `[apps.NAME]` that would have it made
    """

    names: list[str]
    built: bool
    needed: Mapping[str, list[str]]


def outline(folder: str, found: Project) -> Outline:
    """What `scaffold` would say in short."""
    apps = _apps(os.path.abspath(folder), found, "")
    built = not apps[0].service or apps[0].taken.build is not None
    return Outline([app.name for app in apps], built, all_to_be_there(app.taken.run for app in apps))


def _apps(folder: str, found: Project, service: str) -> list[_App]:
    """An app for each service that is built, the likeliest first; where none is, for each that there is.

    It is named as its service is, so that what a team types and reads stays the same word.
    """
    known = services(found.document)
    on = [name for name, service in known.items() if _is_on(service, found.profiles)]
    built = [name for name in on if known[name].get("build") is not None]
    built = built or [name for name, service in known.items() if service.get("build") is not None]
    likeliest = (found.name, "app", "web")
    chosen = (
        sorted(built, key=lambda name: likeliest.index(name) if name in likeliest else 3) or on or [*known]
    )
    chosen = [service] if service else chosen
    apps: list[_App] = []
    for name in chosen:
        own = app_name(name)
        if any(app.name == own for app in apps):
            own = next(
                free for n in range(2, len(chosen) + 3) if all(a.name != (free := f"{own}-{n}") for a in apps)
            )
        taken = tables(found.document, name, found.project, folder)
        apps.append(_App(own, name, taken, _facts(found, taken.build)))
    return apps or [_App(found.name, "", Tables(), _facts(found, None))]


def _is_on(service: Mapping[str, Any], profiles: tuple[str, ...]) -> bool:
    """Whether Compose starts a service: its profile is switched on, or it has none."""
    named = service.get("profiles")
    return (
        not isinstance(named, list) or not named or "*" in profiles or any(name in profiles for name in named)
    )


def _facts(found: Project, build: Mapping[str, Any] | None) -> ImageFacts:
    if build is not None:
        target = build.get("target", "")
        return found.images.get((_dockerfile_of(build), target), ImageFacts())
    if found.dockerfiles and not services(found.document):
        return found.images.get((found.dockerfiles[0], ""), ImageFacts())
    return ImageFacts()


def _image(found: Project, app: _App, head: list[str], *, alone: bool) -> list[str]:
    host, _, path = found.remote.partition("/")
    registry = REGISTRIES.get(host, "")
    path = path if alone or not path else f"{path}/{app.name}"
    suggested = f"{registry}/{path}" if registry and path else ""
    name = app.name if not repository_problem(app.name) else "app"
    said = []
    if app.taken.image:
        image, why = app.taken.image, f"as in {found.compose}"
        if app.taken.build is None and app.service:
            tag = f" {app.taken.tag}" if app.taken.tag else ""
            said = [
                comment(
                    f"It is not built here. To deploy what {found.compose} has: "
                    f"holdfast deploy {app.name}{tag}"
                )
            ]
    elif suggested and not repository_problem(suggested):
        image, why = suggested, "guessed from the git remote"
    else:
        image, why = name, "a local name; with a registry in front it can be pushed"
        if host and not repository_problem(f"{host}/{path}"):
            said = [comment(f'Where {host} is a registry too: image = "{host}/{path}"')]
    lines = [*said, *table(head, {}), f"{lines_of({'image': image})[0]}    {comment(why)}"]
    if needed := to_be_there(app.taken.run):
        lines += [comment(said_of(needed)), *(f"# {in_one_line(*one)}" for one in needed.items())]
    return lines


def _build(found: Project, app: _App, head: list[str]) -> list[str]:
    if app.taken.build is not None:
        build = dict(app.taken.build)
    elif app.service and app.taken.image:
        return [f"# [{'.'.join(map(key, head))}.build]    # not built here"]
    elif found.dockerfiles:
        build = dict(build_of(found.dockerfiles[0]))
    else:
        return [
            "# There is no Dockerfile here. Where there is one:",
            "# [apps.NAME.build]",
            '# context = "."',
        ]
    others = [path for path in found.dockerfiles if path != _dockerfile_of(build)]
    said = [f"Also there: {', '.join(others)}"] if others else []
    said += [f"Left out: {left}" for left in app.taken.left_of_build]
    return [*map(comment, said), *table([*head, "build"], build)]


def _run(found: Project, app: _App, head: list[str], chosen: list[str]) -> list[str]:
    run = dict(app.taken.run)
    said = []
    if app.service:
        known = services(found.document)
        said.append(f"From the service {app.service} of {found.compose}.")
        if not _is_on(known[app.service], found.profiles):
            said.append("Compose starts it only where one of its profiles is switched on.")
        others = [name for name in known if name not in chosen]
        if others and app.service == chosen[0]:
            said.append(f"Its other services: {', '.join(others)}.")
        said += [f"Left out: {left}" for left in app.taken.left_of_run]
        said += [f"Otherwise than Compose: {each}" for each in found.said.get(app.service, ())]
        said += _covered(app)
    elif app.facts.port:
        protocol = "" if app.facts.protocol == "tcp" else f"/{app.facts.protocol}"
        run["ports"] = [f"{app.facts.port}:{app.facts.port}{protocol}"]
    return [*map(comment, said), *table([*head, "run"], run)]


def _covered(app: _App) -> list[str]:
    """Bind mounts over what the image itself has: what runs is then not what was built and tested."""
    said = []
    volumes = app.taken.run.get("volumes", [])
    for volume in volumes if app.taken.build is not None else []:
        if isinstance(volume, str):
            source, _, rest = volume.partition(":")
            target = rest.partition(":")[0]
            is_bind = source.startswith((".", "/", "~"))
        else:
            source, target = str(volume.get("source", "")), str(volume.get("target", ""))
            is_bind = volume.get("type") == "bind"
        target = target.rstrip("/")
        over = [path for path in app.facts.filled if path == target or path.startswith(target + "/")]
        if is_bind and target and over:
            said.append(
                f"Mind: volumes mounts {source} over {target}, which the image fills itself: "
                "what runs is then not what was built and tested. Leave it out for a release."
            )
    return said


def _ready(app: _App, head: list[str]) -> list[str]:
    if "healthcheck" in app.taken.run or app.facts.healthcheck:
        return [*table([*head, "ready"], {}), "# Its health check says when it is ready."]
    if app.facts.port and app.facts.protocol == "tcp":
        return table([*head, "ready"], {"tcp": app.facts.port})
    return [
        *table([*head, "ready"], {}),
        '# http = "8080/healthz"    # what tells that it serves; or tcp = 8080',
    ]


def write_new(path: str, text: str) -> None:
    """Write a file that is not there yet. Raises Refused where it is there, HoldfastError where it fails."""
    try:
        file = open(path, "x", encoding="utf-8")  # noqa: SIM115 -- what is made is removed where writing fails
    except FileExistsError:
        raise Refused(f"{path} exists and is not overwritten", "edit it, or move it away first") from None
    except OSError as error:
        raise HoldfastError(f"{path}: cannot be written: {error.strerror}") from None
    try:
        with file:
            file.write(text)
    except OSError as error:
        os.unlink(path)
        raise HoldfastError(f"{path}: cannot be written: {error.strerror}") from None
