"""One question to a registry, `HOST WHAT`; its error, exit status and peak of memory as JSON."""

from __future__ import annotations

import asyncio
import json
import os
import sys

from tests.support.memory import peak
from tui.errors import HoldfastError
from tui.model.credentials import Credentials
from tui.registry.client import Registry

REPOSITORY = "team/web"


async def _ask(registry: Registry, what: str) -> None:
    if what == "tags":
        await registry.tags(REPOSITORY)
        return
    await registry.manifest(REPOSITORY, "v1")


async def _run(host: str, what: str) -> dict[str, object]:
    said, status = "", 0
    try:
        async with Registry(host, Credentials("me", "hunter2hunter2"), insecure=True) as registry:
            await _ask(registry, what)
    except HoldfastError as error:
        said, status = str(error), error.exit_status
    return {"said": said, "status": status, "peak": peak(os.getpid())}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_run(*sys.argv[1:]))))
