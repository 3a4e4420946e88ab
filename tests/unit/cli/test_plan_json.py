"""A plan as JSON has every fact, also where several bear one name."""

from __future__ import annotations

import json

from tui.cli.verbs import _show_plan
from tui.model.operation import Plan


def test_facts_of_one_name_are_all_there(capfd):
    facts = (("wave 2", "edge-2: r1 v1 -> v2"), ("wave 2", "edge-3: r1 v1 -> v2"))
    _show_plan(Plan("Deploy web", (), facts), "edge", json=True)
    assert json.loads(capfd.readouterr().out)["facts"] == [
        {"name": "wave 2", "value": "edge-2: r1 v1 -> v2"},
        {"name": "wave 2", "value": "edge-3: r1 v1 -> v2"},
    ]
