"""What the tests of identities trust."""

from __future__ import annotations

import pytest

from tests.support.keyless import OURS


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("root") / "root.json"
    path.write_text(OURS.trusted_root())
    return str(path)
