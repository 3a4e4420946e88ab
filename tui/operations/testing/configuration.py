"""Which test an image has passed, as a digest."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from tui.model.app import ProofSpec, ReadySpec
from tui.model.codec import plain

if TYPE_CHECKING:
    from tui.model.app import AppSpec


def configuration_digest(app: AppSpec) -> str:
    """Of `[apps.NAME.ready]` and `.test`: "sha256:...", the same wherever they say the same.

    Values of the environment and of headers may be secret, and a digest of a short one gives it away: of them
    the names alone count.
    """
    ready, test = app.ready, app.test
    said = {
        "ready": plain(ready._replace(headers=dict.fromkeys(ready.headers, "")), ReadySpec),
        "test": plain(test._replace(environment=dict.fromkeys(test.environment, "")), ProofSpec),
    }
    body = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    return f"sha256:{hashlib.sha256(body).hexdigest()}"
