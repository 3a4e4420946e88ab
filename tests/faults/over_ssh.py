"""Deploys to an engine that is reached by ssh, whose connection is cut, frozen or refused at a step."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

from tests.faults.deploying import FOLDERS, FORKS, App, Started, operate
from tui.engine.ref import EngineRef
from tui.engine.ssh import tunnel
from tui.ledger.lease_state import TIMES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.deploying import Point
    from tests.support.private_engine import PrivateEngine
    from tests.support.sshd import Sshd
    from tui.operations.process.request import Request


def operate_by_ssh(patience: float, *arguments: Any) -> None:  # pragma: no cover - in a process of its own
    """As `operate`; a connection that is lost is waited for so many seconds."""
    tunnel.BACK_SECONDS = patience
    operate(*arguments)


class RemoteApp(App):
    """An app on an engine by way of an sshd. What looks at it afterwards goes straight to the engine."""

    def __init__(self, folder: Path, engine: PrivateEngine, sshd: Sshd, name: str, order: str) -> None:
        super().__init__(folder, engine, name, order)
        self.sshd = sshd

    def remote(self, verb: str, **options: Any) -> Request:
        endpoint = self.sshd.endpoint(self.engine.host)
        return self.request(verb, **options)._replace(engine=EngineRef(endpoint, endpoint.url, asked=True))

    def begin(self, verb: str, point: Point, patience: float = 40.0, **options: Any) -> Started:
        """Begin a verb by ssh in a process of its own, which is frozen at a point."""
        environ = {name: os.environ[name] for name in FOLDERS if name in os.environ}
        request = self.remote(verb, **options)
        arguments = (patience, request.line(), environ, TIMES, False, point, signal.SIGSTOP)
        return Started(FORKS.Process(target=operate_by_ssh, args=arguments), request.op)
