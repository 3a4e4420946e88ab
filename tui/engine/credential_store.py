"""A credential helper, asked by the docker library's protocol and under limits of our own.

`docker.credentials.Store` waits for a helper without end, and reads all that it says. Imported only in a
thread that asks one: the docker library takes a quarter of a second.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from docker.credentials import Store
from docker.credentials.constants import PROGRAM_PREFIX
from docker.credentials.errors import CredentialsNotFound, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

BYTES = 1 << 20
"""The most of an answer that is read."""

NOT_FOUND = b"credentials not found in native keychain"


class CredentialHelper(Store):  # type: ignore[misc]  # the library has no types
    """docker-credential-NAME.

    program   its name
    status    its exit status, once it has ended
    """

    def __init__(self, name: str, executable: str, environment: Mapping[str, str], seconds: float) -> None:
        # Not the library's own: that looks for the program by this process's PATH, and warns on the screen.
        self.program = f"{PROGRAM_PREFIX}{name}"
        self.exe = executable
        self.environment = environment
        self.status: int | None = None
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._given_up = False

    def give_up(self) -> None:
        """End it with all that it has started; whoever asks it raises TimeoutError. From any thread."""
        self._given_up = True
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def _execute(self, subcmd: str, data_input: bytes) -> bytes:
        """What `Store` runs a helper by. Raises StoreError, TimeoutError and OSError."""
        end = time.monotonic() + self._seconds
        process = self._process = subprocess.Popen(
            [self.exe, subcmd],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(self.environment),
            start_new_session=True,  # so that what it starts ends with it
        )
        with process:
            try:
                output = self._talk(process, data_input, end)
                self.status = process.wait(max(end - time.monotonic(), 0.0))
            except subprocess.TimeoutExpired:
                raise TimeoutError from None
            finally:
                self.give_up()
        if self.status != 0:
            raise CredentialsNotFound(self.program) if NOT_FOUND in output else StoreError(self.program)
        return output

    def _talk(self, process: subprocess.Popen[bytes], question: bytes, end: float) -> bytes:
        assert process.stdin
        assert process.stdout
        with contextlib.suppress(ConnectionError):  # it need not read the question
            process.stdin.write(question)
            process.stdin.close()
        output = b""
        while len(output) < BYTES:
            left = end - time.monotonic()
            if self._given_up or left <= 0 or not select.select([process.stdout], [], [], left)[0]:
                raise TimeoutError
            part = os.read(process.stdout.fileno(), BYTES - len(output))
            if not part:
                break
            output += part
        return output
