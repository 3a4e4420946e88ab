"""What `holdfast init` makes of a service is what docker-compose makes of it, or the difference is said.

`scripts/record_compose` has recorded what docker-compose 2.40 asks of an engine for each service of the
projects in `compose/`; here they are compared with what a deploy would ask for.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.compose_bodies import comparable
from tui.engine.container.creation import create_body
from tui.engine.container.resolving import VariableUnset, _resolve
from tui.engine.env_files import EnvFileUnusable
from tui.settings.load import load
from tui.settings.scaffold import look, scaffold

PROJECTS = Path(__file__).parent / "compose"
OUTSIDE = {"HOME": "/home/ann", "OUTSIDE": "outside", "BOTH": "environment", "PATH": "/bin"}
RECORDED = {path.stem: json.loads(path.read_text()) for path in sorted(PROJECTS.glob("*.json"))}

SAID_BY = {
    "Env": ("environment", "env_file"),
    "Labels": ("labels",),
    "Mounts": ("volumes", "secrets", "configs"),
    "Networks": ("networks", "network_mode"),
    "ExposedPorts": ("ports", "expose"),
    "HostConfig.PortBindings": ("ports",),
    "HostConfig.NetworkMode": ("network_mode",),
    "Cmd": ("command",),
    "OpenStdin": ("stdin_open",),
    "StdinOnce": ("stdin_open",),
    "Tty": ("tty",),
    "Domainname": ("domainname",),
    "MacAddress": ("mac_address",),
    "HostConfig.Annotations": ("annotations",),
    "HostConfig.BlkioWeight": ("blkio_config",),
    "HostConfig.CgroupParent": ("cgroup_parent",),
    "HostConfig.CpuPeriod": ("cpu_period",),
    "HostConfig.CpuQuota": ("cpu_quota",),
    "HostConfig.DeviceCgroupRules": ("device_cgroup_rules",),
    "HostConfig.DnsOptions": ("dns_opt",),
    "HostConfig.DnsSearch": ("dns_search",),
    "HostConfig.IpcMode": ("ipc",),
    "HostConfig.Links": ("links",),
    "HostConfig.MemorySwappiness": ("mem_swappiness",),
    "HostConfig.OomKillDisable": ("oom_kill_disable",),
    "HostConfig.PidMode": ("pid",),
    "HostConfig.Runtime": ("runtime",),
    "HostConfig.UTSMode": ("uts",),
    "HostConfig.UsernsMode": ("userns_mode",),
    "HostConfig.VolumesFrom": ("volumes_from",),
}
"""Which key of a service must be spoken of where a field of its container differs."""


def made(folder: Path, service: str) -> tuple[dict[str, Any], str]:
    """What a deploy of the service would ask of an engine, and init's text."""
    text = scaffold(str(folder), look(str(folder), OUTSIDE), service)
    path = folder / "holdfast.toml"
    path.write_text(text, encoding="utf-8")
    (app,) = load(str(path), OUTSIDE).apps.values()
    run, unset = app.run, {}
    try:
        _resolve(run._replace(env_file=()), OUTSIDE)
    except VariableUnset:  # a deploy refuses it and says so, where Compose takes the image's away
        unset = {
            name: None for name, value in run.environment.items() if value is None and name not in OUTSIDE
        }
        given = {name: value for name, value in run.environment.items() if name not in unset}
        run = run._replace(environment=given)
    try:
        run = _resolve(run, OUTSIDE)
    except EnvFileUnusable:  # a deploy refuses it, which must be said too
        run = run._replace(env_file=())
    creation = create_body(app.image, run)
    later = {name: [*aliases] for name, aliases in creation.later.items()}
    body = comparable(creation.body, later, set())
    if unset:
        body["Env"] = {**body.get("Env", {}), **unset}
    asked = json.dumps(body)
    return json.loads(asked.replace(str(folder), "PROJECT").replace(str(folder.parent), "ABOVE")), text


@pytest.mark.parametrize(
    ("project", "service"), [(project, service) for project, found in RECORDED.items() for service in found]
)
def test_a_container_is_the_one_that_compose_makes_or_the_difference_is_said(
    tmp_path: Path, project: str, service: str
) -> None:
    folder = tmp_path / project
    shutil.copytree(PROJECTS / project, folder)
    ours, text = made(folder, service)
    theirs = RECORDED[project][service]
    said = re.findall(r"^# (?:Left out|Otherwise than Compose): ([a-z_]+)", text, re.MULTILINE)
    for field in sorted(ours.keys() | theirs.keys()):
        if ours.get(field) != theirs.get(field):
            reasons = SAID_BY.get(field, ())
            assert set(reasons) & set(said), (
                f"{field}: {ours.get(field)} where Compose has {theirs.get(field)}\n{text}"
            )


def test_every_service_was_recorded() -> None:
    projects = {path.name for path in PROJECTS.iterdir() if path.is_dir()}
    assert projects == set(RECORDED)
    assert sum(map(len, RECORDED.values())) > 50
