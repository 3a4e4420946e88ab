"""What an operation process is asked to do, as one line of JSON."""

from __future__ import annotations

import json
from typing import NamedTuple

from tui.engine.ref import EngineRef  # noqa: TC001  # read by the codec too
from tui.model.codec import plain, read
from tui.model.verb import VERBS, Argument


class Request(NamedTuple):
    """One operation.

    op       its ID
    verb     the name of one of model.verb.VERBS
    app      the app's name
    engine   where it is done: what was meant when it was asked for, whatever the same words mean by now
    config   the file of --config, for a process that reads the configuration itself; "" for none
    version  the tag for tag, push, sign, promote, deploy and ship, "" where the verb finds it by itself
    image    the image's ID or reference, "" for the newest of the app
    no_cache, pull   of build
    container   of adopt: its name or ID, "" where it is called as the app is to be
    digest   of deploy: the exact bytes that are meant, "" for what the version names
    again    of deploy and ship: also where the same is live already
    sarif    of scan: the file to write what was found into, absolute; "" for none
    fleet    all engines where the verb is done on several, as they are called; () for `engine` alone
    only     of deploy to a fleet: "behind" for those that do not have what the others have
    key      of sign and promote: the name of the key, "" for the one that signs everything
    to       of rollback: the release's number, 0 for the newest good one before
    force    of rollback: also where the record or the container is not to be trusted
    """

    op: str
    verb: str
    app: str
    engine: EngineRef
    config: str = ""
    version: str = ""
    image: str = ""
    no_cache: bool = False
    pull: bool = False
    to: int = 0
    container: str = ""
    force: bool = False
    digest: str = ""
    again: bool = False
    sarif: str = ""
    key: str = ""
    only: str = ""
    fleet: tuple[EngineRef, ...] = ()

    def line(self) -> str:
        return json.dumps(plain(self, Request))

    @classmethod
    def read(cls, line: str | bytes) -> Request:
        """Raises ValueError for what is no request: an argument that the verb does not take, too."""
        request: Request = read(json.loads(line), cls, [])
        if request.verb not in VERBS:
            raise ValueError(f"there is no verb {request.verb}")
        for argument in {*Argument} - VERBS[request.verb].takes:
            if getattr(request, argument) != cls._field_defaults[argument]:
                raise ValueError(f"{request.verb} takes no {argument}")
        if request.fleet and not VERBS[request.verb].fleet:
            raise ValueError(f"{request.verb} is done on one engine")
        return request
