"""The registry in the name of a repository. Apart from the grammar of names: this runs before the first
paint."""

from __future__ import annotations

DOCKER_HUB = "docker.io"
"""The registry where a repository names none."""


def split_host(repository: str) -> tuple[str, str]:
    """The registry as written, "" where none is, and the rest."""
    first, slash, rest = repository.partition("/")
    # In a registry's name, which DNS has, capitals are allowed; in a repository's they are not.
    if slash and (first == "localhost" or "." in first or ":" in first or first != first.lower()):
        return first, rest
    return "", repository


def registry_host(repository: str) -> str:
    """The registry that a repository lives in.

    >>> registry_host("registry:5000/team/web"), registry_host("team/web")
    ('registry:5000', 'docker.io')
    """
    host = split_host(repository)[0]
    return host if host and host != "index.docker.io" else DOCKER_HUB
