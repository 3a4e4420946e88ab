"""The engine itself: what it is, and what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from tui.demo import image_payloads, payloads
from tui.demo.router import API, OLDEST, VERSION, Router
from tui.demo.routes.answers import answer
from tui.demo.statistics import CORES, MEMORY
from tui.demo.words import stamp

if TYPE_CHECKING:
    from tui.demo.objects import JSON
    from tui.demo.simulation import Simulation


class SystemRoutes:
    """/_ping, /version, /info, /system/df, and the empty lists of an engine without a swarm."""

    def __init__(self, simulation: Simulation, router: Router) -> None:
        self.simulation = simulation
        self.state = simulation.state
        router.add("GET", "/_ping", self.ping)
        router.add("HEAD", "/_ping", self.ping)
        router.add("GET", "/version", self.version)
        router.add("GET", "/info", self.about)
        router.add("GET", "/system/df", self.usage)
        for path in ("/services", "/tasks", "/secrets", "/configs", "/nodes"):
            router.add("GET", path, self.no_swarm)

    async def ping(self, request: web.BaseRequest) -> web.Response:
        headers = {
            "Cache-Control": "no-cache, no-store, must-revalidate",
            "Pragma": "no-cache",
            "Builder-Version": "2",
        }
        text = "" if request.method == "HEAD" else "OK"
        return web.Response(text=text, headers=headers)

    async def version(self, _request: web.BaseRequest) -> web.Response:
        built = "2025-11-05T14:43:00.000000000+00:00"
        details = {
            "ApiVersion": API,
            "Arch": "amd64",
            "BuildTime": built,
            "Experimental": "false",
            "GitCommit": "demo",
            "GoVersion": "go1.24.9",
            "KernelVersion": "6.1.0",
            "MinAPIVersion": OLDEST,
            "Os": "linux",
        }
        return answer(
            {
                "Platform": {"Name": "Holdfast demo"},
                "Components": [{"Name": "Engine", "Version": VERSION, "Details": details}],
                "Version": VERSION,
                **{key: details[key] for key in ("ApiVersion", "MinAPIVersion", "GitCommit", "GoVersion")},
                **{key: details[key] for key in ("Os", "Arch", "KernelVersion", "BuildTime")},
            }
        )

    async def about(self, _request: web.BaseRequest) -> web.Response:
        states = [container.state for container in self.state.containers.values()]
        running = states.count("running") + states.count("restarting")
        paused = states.count("paused")
        return answer(
            {
                "ID": "DEMO:DEMO:DEMO",
                "Containers": len(states),
                "ContainersRunning": running,
                "ContainersPaused": paused,
                "ContainersStopped": len(states) - running - paused,
                "Images": len(self.state.library.images),
                "Driver": "overlay2",
                "SystemTime": stamp(self.simulation.clock()),
                "DriverStatus": [["Backing Filesystem", "extfs"]],
                "Name": "demo",
                "NCPU": CORES,
                "MemTotal": MEMORY,
                "ServerVersion": VERSION,
                "OperatingSystem": "Holdfast demo",
                "OSType": "linux",
                "Architecture": "x86_64",
                "KernelVersion": "6.1.0",
                "Swarm": {
                    "NodeID": "",
                    "NodeAddr": "",
                    "LocalNodeState": "inactive",
                    "ControlAvailable": False,
                },
                "Plugins": {"Volume": ["local"], "Network": ["bridge", "host", "null"], "Log": ["json-file"]},
                "RegistryConfig": {"InsecureRegistryCIDRs": ["127.0.0.0/8"], "Mirrors": []},
                "DockerRootDir": "/var/lib/docker",
                "IndexServerAddress": "https://index.docker.io/v1/",
                "LoggingDriver": "json-file",
                "CgroupDriver": "cgroupfs",
                "CgroupVersion": "2",
                "Labels": [],
                "SecurityOptions": ["name=seccomp,profile=builtin"],
                "Warnings": None,
            }
        )

    async def usage(self, _request: web.BaseRequest) -> web.Response:
        library, places = self.state.library, self.state.places
        images = [
            image_payloads.listed(image, len(library.users(image))) for image in library.images.values()
        ]
        containers: list[JSON] = []
        for container in self.simulation.listing.containers():
            entry, _fresh = payloads.listed(container, places, container.image, self.simulation.clock())
            containers.append(entry)
        volumes = [payloads.volume(volume) for volume in places.volumes.values()]
        return answer(
            {
                "LayersSize": sum(image.size for image in library.images.values()),
                "Images": images,
                "Containers": containers,
                "Volumes": volumes,
                "BuildCache": None,
            }
        )

    async def no_swarm(self, _request: web.BaseRequest) -> web.Response:
        return answer([])
