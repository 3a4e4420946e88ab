"""Every attribute of a container, made, read back and compared, in one loop over the table."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tui.engine.container.attribute import Attribute, Expected, ReadBack
from tui.engine.container.attributes import ATTRIBUTES, READ_BEFORE
from tui.engine.container.comparison import as_inspected, differences
from tui.engine.container.creation import create_body
from tui.model.app import Healthcheck, Mount, Port, RunSpec, Ulimit

WORDS = st.text("abcxyz-. /=", min_size=1, max_size=6)
NAMES = st.text("ABCab_", min_size=1, max_size=4)
COMMANDS = st.lists(WORDS, min_size=1, max_size=3).map(tuple)
SECONDS = st.sampled_from([0.0, 0.5, 1.0, 30.0])
PATHS = st.text("abc", min_size=1, max_size=3).map("/".__add__)
MADE: dict[str, str | int | bool] = {"create_host_path": True}
MOUNTS = st.one_of(
    st.builds(
        Mount, st.just("volume"), st.sampled_from(["cache", ""]), PATHS, st.booleans(),
        st.sampled_from([{}, {"nocopy": True}, {"subpath": "x"}]),
    ),
    st.builds(
        Mount, st.just("bind"), PATHS, PATHS, st.booleans(),
        st.sampled_from([{}, {"propagation": "rslave"}, {**MADE, "selinux": "z"}]),
    ),
    st.builds(Mount, st.just("tmpfs"), st.just(""), PATHS, st.booleans(), st.just({"size": 4096})),
)  # fmt: skip
PORTS = st.builds(
    Port,
    st.integers(1, 9),
    st.sampled_from(["", "80", "8000-8010"]),
    st.sampled_from(["", "127.0.0.1", "::1"]),
    st.sampled_from(["tcp", "udp"]),
)
CHECKS = st.builds(
    Healthcheck,
    st.sampled_from([(), ("CMD-SHELL", "true"), ("CMD", "wget", "x"), ("NONE",)]),
    SECONDS,
    SECONDS,
    SECONDS,
    st.integers(0, 3),
)

VALUES: dict[str, st.SearchStrategy[Any]] = {
    "command": st.none() | COMMANDS,
    "entrypoint": st.none() | COMMANDS,
    "environment": st.dictionaries(NAMES, WORDS, max_size=3),
    "user": st.sampled_from(["", "1000:1000", "app"]),
    "group_add": st.lists(NAMES, max_size=2).map(tuple),
    "working_dir": st.sampled_from(["", "/www"]),
    "hostname": st.sampled_from(["", "web"]),
    # A port of the host is published once.
    "ports": st.lists(PORTS, max_size=3, unique_by=lambda port: port.published).map(sorted).map(tuple),
    "volumes": st.lists(MOUNTS, max_size=3, unique_by=lambda mount: mount.target).map(tuple),
    "tmpfs": st.sampled_from([{}, {"/run": "size=64m"}, {"/t": ""}]),
    "networks": st.sampled_from([{}, {"front": ("www",)}, {"back": (), "front": ("a", "b")}]),
    "network_mode": st.sampled_from(["", "host", "none", "container:vpn"]),
    "dns": st.sampled_from([(), ("192.0.2.1",)]),
    "extra_hosts": st.sampled_from([(), ("db:192.0.2.1",)]),
    "restart": st.sampled_from(["no", "always", "unless-stopped", "on-failure", "on-failure:3"]),
    "read_only": st.booleans(),
    "init": st.sampled_from([None, True, False]),
    "privileged": st.booleans(),
    "cap_add": st.sampled_from([(), ("NET_ADMIN", "SYS_TIME")]),
    "cap_drop": st.sampled_from([(), ("ALL",)]),
    "security_opt": st.sampled_from([(), ("no-new-privileges",), ("a=b", "systempaths=unconfined")]),
    "devices": st.sampled_from([(), ("/dev/null", "/dev/zero:/dev/nought", "/dev/full:/dev/full:r")]),
    "sysctls": st.sampled_from([{}, {"net.ipv4.ip_forward": "1"}]),
    "ulimits": st.sampled_from([(), (Ulimit("nofile", 10, 20),)]),
    "mem_limit": st.sampled_from([0, 1 << 26]),
    "memswap_limit": st.sampled_from([0, -1, 1 << 30]),
    "mem_reservation": st.sampled_from([0, 1 << 25]),
    "shm_size": st.sampled_from([0, 1 << 20]),
    "cpus": st.sampled_from([0.0, 0.5, 1.25]),
    "cpu_shares": st.sampled_from([0, 512]),
    "cpuset": st.sampled_from(["", "0-1"]),
    "pids_limit": st.sampled_from([0, -1, 100]),
    "oom_score_adj": st.sampled_from([0, -500]),
    "healthcheck": st.none() | CHECKS.filter(lambda check: check != Healthcheck()),
    "stop_grace_period": st.sampled_from([None, 0.0, 12.0]),
    "stop_signal": st.sampled_from(["", "SIGINT"]),
    "logging_driver": st.sampled_from(["", "json-file"]),
    "logging_options": st.sampled_from([{}, {"max-size": "1m"}]),
    "labels": st.dictionaries(NAMES, WORDS, max_size=2),
}
RUNS = st.builds(RunSpec, **{name: values for name, values in VALUES.items() if name != "network_mode"})
"""Run configurations of which all can be made."""

EMPTY = RunSpec(restart="no")


def test_every_field_of_a_run_configuration_is_an_attribute() -> None:
    named = [one.field for one in ATTRIBUTES]
    assert named == [name for name in RunSpec._fields if name not in READ_BEFORE]
    assert {*named} == VALUES.keys()


@pytest.mark.parametrize("attribute", ATTRIBUTES, ids=lambda one: one.field)
@given(st.data())
def test_what_is_made_is_read_back_and_a_change_is_named(attribute: Attribute, data: st.DataObject) -> None:
    field, values = attribute.field, VALUES[attribute.field]
    run = EMPTY._replace(**{field: data.draw(values)})
    made = as_inspected(create_body("web", run), {})
    found, wanted = attribute.from_inspect(ReadBack(made, {})), getattr(run, field)
    if field == "volumes":  # those of the older form come first
        found, wanted = ({mount.target: mount for mount in some} for some in (found, wanted))
    assert found == wanted
    assert attribute.agrees(ReadBack(made, {}), ReadBack(made, {}), Expected(run))
    assert differences(made, {}, run, "web") == []
    other = data.draw(values)
    assume(other != getattr(run, field))
    engines_own = field in ("shm_size", "logging_driver", "logging_options")
    decided = engines_own and other == RunSpec._field_defaults[field]
    assert differences(made, {}, run._replace(**{field: other}), "web") == ([] if decided else [field])
