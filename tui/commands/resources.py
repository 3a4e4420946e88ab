"""Commands on volumes and networks, and to the screen that lists them and the events."""

from __future__ import annotations

from tui.commands.command import Asks, Command, Scope, Situation


def _volumes(situation: Situation) -> str:
    return "" if situation.volumes else "no volume is selected"


def _networks(situation: Situation) -> str:
    if not situation.networks:
        return "no network is selected"
    if all(network.predefined for network in situation.networks):
        return "every engine has it, and it cannot be removed"
    return ""


VIEW_VOLUMES = Command("view.volumes", "Go to the volumes: who has them", ("6",), opens=True)
VIEW_NETWORKS = Command("view.networks", "Go to the networks: who is in them", ("7",), opens=True)
VIEW_EVENTS = Command("view.events", "Go to the events of the engine", ("8", "e"), opens=True)

VOLUME_INSPECT = Command("volume.inspect", "Inspect the volume", ("i",), Scope.VOLUMES, why_not=_volumes)
VOLUME_SIZES = Command("volume.sizes", "Have the engine count what is in them", ("u",), Scope.VOLUMES)
VOLUME_REMOVE = Command(
    "volume.remove",
    "Remove the volume and all that is in it",
    (),
    Scope.VOLUMES,
    changes=True,
    asks=Asks.CONFIRM,
    menu="d",
    why_not=_volumes,
    docker="docker volume rm",
)
VOLUME_PRUNE = Command(
    "volume.prune",
    "Prune volumes without a name that no container has",
    (),
    Scope.VOLUMES,
    changes=True,
    asks=Asks.CONFIRM,
    menu="p",
    docker="docker volume rm",
)
NETWORK_INSPECT = Command("network.inspect", "Inspect the network", ("i",), Scope.NETWORKS)
NETWORK_REMOVE = Command(
    "network.remove",
    "Remove the network",
    (),
    Scope.NETWORKS,
    changes=True,
    asks=Asks.CONFIRM,
    menu="d",
    why_not=_networks,
    docker="docker network rm",
)
NETWORK_PRUNE = Command(
    "network.prune",
    "Prune networks that no container is in",
    (),
    Scope.NETWORKS,
    changes=True,
    asks=Asks.CONFIRM,
    menu="p",
    docker="docker network rm",
)

RESOURCES = (
    VIEW_VOLUMES, VIEW_NETWORKS, VIEW_EVENTS, VOLUME_INSPECT, VOLUME_SIZES, VOLUME_REMOVE, VOLUME_PRUNE,
    NETWORK_INSPECT, NETWORK_REMOVE, NETWORK_PRUNE,
)  # fmt: skip
