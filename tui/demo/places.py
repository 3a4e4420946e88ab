"""Networks and volumes: where containers meet and what they keep."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tui.demo.objects import JSON, Network, Volume
from tui.demo.refused import Refused

if TYPE_CHECKING:
    from tui.demo.journal import Journal


class Places:
    """The networks and volumes of a simulated engine."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.networks: dict[str, Network] = {}
        self.volumes: dict[str, Volume] = {}
        self._addresses = 1
        for name, driver, subnet in (
            ("bridge", "bridge", "172.17"),
            ("host", "host", ""),
            ("none", "null", ""),
        ):
            self.networks[name] = self._network(name, driver, subnet)

    def _network(self, name: str, driver: str, subnet: str) -> Network:
        key = hashlib.sha256(f"network {name}".encode()).hexdigest()
        return Network(key, name, driver, created=self.journal.clock(), subnet=subnet)

    def add_network(self, name: str, labels: dict[str, str]) -> Network:
        """Create a bridge network and say so."""
        network = self._network(name, "bridge", f"172.{15 + len(self.networks)}")
        network.labels = labels
        self.networks[name] = network
        self.journal.publish("network", "create", network.id, {"name": name, "type": "bridge"})
        return network

    def network(self, reference: str) -> Network:
        """A network by name or ID; raises Refused 404."""
        for network in self.networks.values():
            if reference in (network.name, network.id):
                return network
        raise Refused(404, f"network {reference} not found")

    def remove_network(self, network: Network) -> None:
        del self.networks[network.name]
        attributes = {"name": network.name, "type": network.driver}
        self.journal.publish("network", "destroy", network.id, attributes)

    def volume(self, name: str) -> Volume:
        """A volume by name; raises Refused 404."""
        if name not in self.volumes:
            raise Refused(404, f"get {name}: no such volume")
        return self.volumes[name]

    def ensure_volume(self, name: str, labels: dict[str, str] | None = None) -> Volume:
        """The volume of that name, made (and said) where it is not there yet."""
        if name not in self.volumes:
            self.volumes[name] = Volume(name, self.journal.clock(), labels or {})
            self.journal.publish("volume", "create", name, {"driver": "local"})
        return self.volumes[name]

    def remove_volume(self, name: str) -> None:
        self.volume(name)
        del self.volumes[name]
        self.journal.publish("volume", "destroy", name, {"driver": "local"})

    def connect(self, network: str, container: str, *, listens: bool = False) -> str:
        """A container joins; returns its address there, "" where the network has none.

        listens   whether something of it can really be reached: its address is one of the loopback
        """
        place = self.networks.get(network)
        if place is None:
            return ""
        self._tell(place, "connect", container)
        if not place.subnet:
            return ""
        self._addresses += 1
        subnet = f"127.{place.subnet.rpartition('.')[2]}" if listens else place.subnet
        return f"{subnet}.{self._addresses // 250 % 250}.{self._addresses % 250 + 2}"

    def disconnect(self, network: str, container: str) -> None:
        place = self.networks.get(network)
        if place is not None:
            self._tell(place, "disconnect", container)

    def _tell(self, network: Network, action: str, container: str) -> None:
        attributes = {"container": container, "name": network.name, "type": network.driver}
        self.journal.publish("network", action, network.id, attributes)

    def mount(self, mount: JSON, container: str) -> None:
        attributes = {
            "container": container,
            "destination": str(mount["Destination"]),
            "driver": "local",
            "propagation": "",
            "read/write": "true" if mount["RW"] else "false",
        }
        self.journal.publish("volume", "mount", str(mount["Name"]), attributes)

    def unmount(self, mount: JSON, container: str) -> None:
        attributes = {"container": container, "driver": "local"}
        self.journal.publish("volume", "unmount", str(mount["Name"]), attributes)
