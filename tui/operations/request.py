"""What an operation process is asked to do, as one line of JSON."""

from __future__ import annotations

import json
from typing import NamedTuple


class Request(NamedTuple):
    """One operation.

    op       its ID
    verb     "build", "test", "tag", "push", "deploy", "rollback", "ship", "recover", "prune" or "adopt"
    app      the app's name
    version  the tag for tag, push, deploy and ship, "" where the verb finds it by itself
    image    the image's ID or reference, "" for the newest of the app
    host, docker_context, config   as the options of the command line
    engine   the endpoint of the engine that was shown, which it must be then; "" to be found by those
    no_cache, pull   of build
    container   of adopt: its name or ID, "" where it is called as the app is to be
    digest   of deploy: the exact bytes that are meant, "" for what the version names
    again    of deploy and ship: also where the same is live already
    to       of rollback: the release's number, 0 for the newest good one before
    force    of rollback: also where the record or the container is not to be trusted
    """

    op: str
    verb: str
    app: str
    version: str = ""
    image: str = ""
    host: str = ""
    docker_context: str = ""
    config: str = ""
    no_cache: bool = False
    pull: bool = False
    to: int = 0
    container: str = ""
    force: bool = False
    engine: str = ""
    digest: str = ""
    again: bool = False

    def line(self) -> str:
        return json.dumps(self._asdict())

    @classmethod
    def read(cls, line: str | bytes) -> Request:
        """Raises ValueError or TypeError for what is no request."""
        return cls(**json.loads(line))
