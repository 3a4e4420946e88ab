"""References of images: [registry/]path[:tag][@digest].

Grammar: the distribution project's `reference` package (https://github.com/distribution/reference).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tui.model.registry_name import DOCKER_HUB, registry_host, split_host

TAG_LENGTH = 128
NAME_LENGTH = 255

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
_HOST = re.compile(
    r"(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])"
    r"(?:\.(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]))*(?::[0-9]+)?"
    r"|\[[0-9a-fA-F:]+\](?::[0-9]+)?"
)
_COMPONENT = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")


class Reference(NamedTuple):
    """A reference taken apart; `tag` and `digest` are "" where it has none."""

    repository: str
    tag: str
    digest: str


def split_reference(text: str) -> Reference:
    """Take a reference apart as written; nothing is added ("docker.io", "latest") and nothing is refused.

    >>> split_reference("registry:5000/team/app:v1@sha256:ab")
    Reference(repository='registry:5000/team/app', tag='v1', digest='sha256:ab')
    """
    rest, _, digest = text.partition("@")
    head, colon, tail = rest.rpartition(":")
    if colon and "/" not in tail:
        return Reference(head, tail, digest)
    return Reference(rest, "", digest)


def path_in_registry(repository: str) -> str:
    """The repository's name within its registry.

    >>> path_in_registry("registry:5000/team/web"), path_in_registry("web")
    ('team/web', 'library/web')
    """
    path = split_host(repository)[1]
    return f"library/{path}" if registry_host(repository) == DOCKER_HUB and "/" not in path else path


def normalised(repository: str) -> str:
    """The full name, the same for all ways to write it.

    >>> normalised("web"), normalised("index.docker.io/library/web")
    ('docker.io/library/web', 'docker.io/library/web')
    """
    return f"{registry_host(repository)}/{path_in_registry(repository)}"


def familiar(repository: str) -> str:
    """The shortest name, as the engine lists it.

    >>> familiar("docker.io/library/web"), familiar("registry:5000/web")
    ('web', 'registry:5000/web')
    """
    full = normalised(repository)
    host, path = full.split("/", 1)
    if host != DOCKER_HUB:
        return full
    first, slash, name = path.partition("/")
    return name if slash and first == "library" and "/" not in name else path


def app_repository(text: str) -> str:
    """The name of an app's repository, the same for all ways to write it: as an engine lists it.

    What lies on Docker Hub and is listed without a slash keeps its full name: "web" alone lies nowhere.

    >>> app_repository("index.docker.io/alice/web"), app_repository("docker.io/nginx"), app_repository("web")
    ('alice/web', 'docker.io/library/nginx', 'web')
    """
    short = familiar(text)
    return short if "/" in short or "/" not in text else normalised(text)


def valid_tag(text: str) -> str:
    """Why a text cannot be a tag, "" where it can.

    >>> valid_tag("v1.0.0"), valid_tag("v1+2")
    ('', 'a tag has letters, digits, "_", "." and "-" only, not "+"')
    """
    if not text:
        return "a tag cannot be empty"
    if len(text) > TAG_LENGTH:
        return f"a tag has at most {TAG_LENGTH} characters, this one {len(text)}"
    if _TAG.fullmatch(text):
        return ""
    if text[0] in ".-" and _TAG.fullmatch("_" + text[1:]):
        return f'a tag cannot begin with "{text[0]}"'
    wrong = next(character for character in text if not _TAG.fullmatch("_" + character))
    return f'a tag has letters, digits, "_", "." and "-" only, not {_quoted(wrong)}'


def repository_problem(text: str) -> str:
    """Why a text cannot be the name of a repository, with or without its registry; "" where it can.

    >>> repository_problem("registry:5000/team/web"), repository_problem("Web")
    ('', 'a repository is written in lower case: "Web" is not')
    """
    if not text:
        return "a repository cannot be empty"
    if "://" in text:
        return "a repository has no scheme in front: leave out " + _quoted(text[: text.index("://") + 3])
    if "@" in text:
        return "a repository has no digest"
    host, path = split_host(text)
    if host and not _HOST.fullmatch(host):
        return f"{_quoted(host)} is no name of a registry"
    if not path:
        return "behind the registry the repository's name is missing"
    if ":" in path:
        return "a repository has no tag"
    for component in path.split("/"):
        if not component:
            return "a part of the repository's name is empty"
        if not _COMPONENT.fullmatch(component):
            if _COMPONENT.fullmatch(component.lower()):
                return f"a repository is written in lower case: {_quoted(component)} is not"
            return (
                f"{_quoted(component)} is no part of a repository: "
                'letters and digits, and between them ".", "_" or "-"'
            )
    if (length := len(path_in_registry(text))) > NAME_LENGTH:
        return f"a repository has at most {NAME_LENGTH} characters, this one {length}"
    if not host and re.fullmatch(r"[0-9a-f]{64}", text):
        return "64 hexadecimal digits are the ID of an image, not a repository"
    return ""


def login_command(host: str) -> str:
    """What to type to log in to a registry.

    >>> login_command("registry:5000"), login_command("docker.io")
    ('docker login registry:5000', 'docker login')
    """
    return "docker login" if host == DOCKER_HUB else f"docker login {host}"


def _quoted(text: str) -> str:
    return f'"{text}"' if text.isprintable() else repr(text)
