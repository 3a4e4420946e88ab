"""What is asked of the engine to create a container (Engine API, ContainerCreate, as of API 1.41).

The same options of the docker command line make the same container.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Self

from tui.engine.container.attributes import ATTRIBUTES, profiles, restart_policy
from tui.engine.container.networking import later_networks
from tui.model.labels import COMPOSE, OWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tui.model.app import Port, RunSpec

_EMPTY_MEANS = frozenset(("Entrypoint", "Init", "StopTimeout", "MaskedPaths", "ReadonlyPaths"))
"""What means something else when it is empty than when it is left out, as an empty entrypoint does."""


class Creation(NamedTuple):
    """How to create a container.

    body    of POST /containers/create
    later   networks that it is connected to once it is created, with its aliases there: engines before API
            1.44 take only one with the body
    """

    body: dict[str, Any]
    later: Mapping[str, tuple[str, ...]]

    def for_release(self, image: str, labels: Mapping[str, str]) -> Self:
        """The same from another image and with these labels in the place of those of Holdfast and Compose.

        It is not started again by itself.
        """
        before: Mapping[str, str] = self.body.get("Labels") or {}
        others = {name: value for name, value in before.items() if not name.startswith((OWN, COMPOSE))}
        host = {**(self.body.get("HostConfig") or {}), "RestartPolicy": restart_policy("no")}
        return self._replace(
            body={**self.body, "Image": image, "Labels": {**others, **labels}, "HostConfig": host}
        )

    @property
    def variables(self) -> frozenset[str]:
        """Its environment beyond its image's, "NAME=value" each."""
        return frozenset(self.body.get("Env") or ())

    @property
    def profiles(self) -> tuple[str, ...]:
        """Its seccomp profiles as security options, in full."""
        found = profiles(self.body.get("HostConfig") or {})
        return tuple(option for option in found if option.startswith("seccomp"))


def create_body(
    image: str,
    run: RunSpec,
    *,
    environment: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    ports: Sequence[Port] | None = None,
    networks: Mapping[str, tuple[str, ...]] | None = None,
    restart: str | None = None,
) -> Creation:
    """How to create a container of an image (ID or reference) from a `resolved` RunSpec.

    environment, labels   beyond those of `run`; they win
    ports                 in the place of those of `run`; likewise networks (network_mode too) and restart

    What is not set is left out: then the image's or the engine's own value counts. The engine has no way to
    take an image's command away without an entrypoint: an empty `command` means the image's.
    """
    run = run._replace(
        environment={**run.environment, **(environment or {})}, labels={**run.labels, **(labels or {})}
    )
    if ports is not None:
        run = run._replace(ports=tuple(ports))
    if networks is not None:
        run = run._replace(networks=networks, network_mode="")
    if restart is not None:
        run = run._replace(restart=restart)
    host: dict[str, Any] = {}
    body: dict[str, Any] = {"Image": image}
    for attribute in ATTRIBUTES:
        asked = attribute.to_body(run)
        host.update(asked.get("HostConfig") or {})
        body.update({key: value for key, value in asked.items() if key != "HostConfig"})
    return Creation(_given(body | {"HostConfig": host}), later_networks(run))


def _given(tree: dict[str, Any]) -> dict[str, Any]:
    """Without what is not set."""
    kept: dict[str, Any] = {}
    for key, value in tree.items():
        inner = _given(value) if key == "HostConfig" else value
        if inner or (inner is not None and key in _EMPTY_MEANS):
            kept[key] = inner
    return kept
