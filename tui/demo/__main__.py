"""python -m tui.demo SOCKET: the simulated engine as a process. It ends with its standard input."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from tui.demo.server import Options, serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tui.demo", description=__doc__)
    parser.add_argument("socket", type=Path, help="path of the unix socket to serve on")
    parser.add_argument(
        "-n", "--containers", type=int, help="serve a fleet of N containers instead of the demo"
    )
    parser.add_argument("--running", type=float, default=0.1, help="share of the fleet that runs (0.1)")
    parser.add_argument(
        "--rate", type=float, default=0.0, help="start and die events a second in the fleet (0)"
    )
    parser.add_argument("--script", choices=("demo", "fleet"), help="what it holds (fleet where -n is given)")
    parser.add_argument("--seed", default="holdfast", help="two runs with the same seed tell the same story")
    parser.add_argument(
        "--listening",
        type=int,
        metavar="FD",
        help="a descriptor that listens there already; its folder goes with the engine",
    )
    parser.add_argument(
        "--registry", type=int, metavar="FD", help="a descriptor that listens on the loopback, for a registry"
    )
    parser.add_argument("--pace", type=float, default=1.0, help="how long builds and transfers take (1)")
    parser.add_argument("--home", type=Path, help="folder of the demo's apps")
    chosen = parser.parse_args()
    count = chosen.containers
    if chosen.script == "fleet" and count is None:
        count = 1000
    if chosen.script == "demo":
        count = None
    asyncio.run(
        serve(
            Options(
                path=chosen.socket,
                listening=chosen.listening,
                containers=count,
                running=chosen.running,
                rate=chosen.rate,
                seed=chosen.seed,
                registry=chosen.registry,
                pace=chosen.pace,
                home=chosen.home,
            )
        )
    )


if __name__ == "__main__":
    main()
