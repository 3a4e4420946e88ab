"""A process that holds an app's lease: python -m tests.support.lease_holder HOST APP RENEW DEAD.

It says "held", and then for each line that it reads creates a container of that name under its lease: it says
"done", or "lost" where the lease is not its own any more. The end of its standard input ends it.
"""

from __future__ import annotations

import asyncio
import os
import sys

from tests.support.busybox import IMAGE
from tui.engine.client import Engine
from tui.engine.container.creation import create_body
from tui.engine.endpoint import Endpoint
from tui.ledger.errors import LeaseLost
from tui.ledger.lease import Lease
from tui.ledger.lease_state import Owner, Times
from tui.model.app import RunSpec


async def main(host: str, app: str, renew: str, dead: str) -> None:
    owner = Owner("frozen", "there", os.getpid(), "op-frozen", "deploy v1")
    async with (
        await Engine.connect(Endpoint(host, "the test")) as engine,
        await Lease.acquire(engine, app, owner, times=Times(float(renew), float(dead))) as lease,
    ):
        print("held", flush=True)
        while name := (await asyncio.to_thread(sys.stdin.readline)).strip():
            try:
                await lease.guard(f"create {name}")
                await engine.containers.create(
                    name, create_body(IMAGE, RunSpec(command=("true",), network_mode="none"))
                )
                print("done", flush=True)
            except LeaseLost as error:
                print(f"lost: {error.message}", flush=True)


asyncio.run(main(*sys.argv[1:]))
