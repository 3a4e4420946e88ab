"""What the Compose Specification has and an app does not take, each with the reason.

https://github.com/compose-spec/compose-spec/blob/main/05-services.md and build.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALONE = "an app is one container, and knows of no other service"
_UNSET = "Holdfast does not set it"
_GROUPS = "the limits that are taken are cpus, cpu_shares, cpuset, mem_limit and pids_limit"
_TERMINAL = "an app runs without a terminal"
_FILES = "mount a file with volumes, or set a variable with env_file"

UNTAKEN: Mapping[str, Mapping[str, str]] = {
    "service": {
        "annotations": _UNSET,
        "attach": _ALONE,
        "blkio_config": _GROUPS,
        "build": "it stands in a table of its own, [apps.NAME.build]",
        "cgroup": _UNSET,
        "cgroup_parent": _UNSET,
        "configs": _FILES,
        "container_name": "the container bears the app's name",
        "cpu_count": _GROUPS,
        "cpu_percent": _GROUPS,
        "cpu_period": _GROUPS,
        "cpu_quota": _GROUPS,
        "cpu_rt_period": _GROUPS,
        "cpu_rt_runtime": _GROUPS,
        "credential_spec": _UNSET,
        "depends_on": _ALONE,
        "deploy": "replicas belong to Swarm, which comes later; limits are mem_limit, cpus and pids_limit",
        "develop": "an app is a release, not a workplace",
        "device_cgroup_rules": _UNSET,
        "dns_opt": _UNSET,
        "dns_search": _UNSET,
        "domainname": _UNSET,
        "expose": "it publishes nothing: containers of one network reach every port of each other",
        "extends": "tables of the same app in several files are put together",
        "external_links": _ALONE,
        "gpus": _UNSET,
        "image": "it stands in [apps.NAME]",
        "ipc": _UNSET,
        "isolation": "it is for Windows alone",
        "label_file": "write labels",
        "links": _ALONE,
        "mac_address": _UNSET,
        "mem_swappiness": _GROUPS,
        "models": _ALONE,
        "oom_kill_disable": _UNSET,
        "pid": _UNSET,
        "platform": "it stands in [apps.NAME.build]",
        "post_start": "[apps.NAME.ready] says when a container serves",
        "pre_stop": "drain in [apps.NAME] is run before a container stops",
        "profiles": _ALONE,
        "provider": _ALONE,
        "pull_policy": "what runs is named by its digest",
        "runtime": _UNSET,
        "scale": "more than one container belongs to Swarm, which comes later",
        "secrets": _FILES,
        "stdin_open": _TERMINAL,
        "storage_opt": _UNSET,
        "tty": _TERMINAL,
        "use_api_socket": _UNSET,
        "userns_mode": _UNSET,
        "uts": _UNSET,
        "volumes_from": _ALONE,
    },
    "build": {
        "additional_contexts": _UNSET,
        "cache_to": "layers are cached where the engine keeps them",
        "dockerfile_inline": "write it to a file and name that as dockerfile",
        "entitlements": _UNSET,
        "extra_hosts": _UNSET,
        "isolation": "it is for Windows alone",
        "privileged": _UNSET,
        "provenance": _UNSET,
        "sbom": _UNSET,
        "shm_size": _UNSET,
        "ssh": _UNSET,
        "tags": "versions are given when an image is tagged, and then never move",
        "ulimits": _UNSET,
    },
    "secret": {"environment": "the variable is named by env"},
    "port": {
        "app_protocol": "nothing reads it",
        "mode": "it belongs to Swarm, which comes later",
        "name": "nothing reads it",
    },
    "mount": {"consistency": "it has no meaning on Linux"},
    "bind": {"recursive": _UNSET},
    "volume": {"labels": "Holdfast does not make labelled volumes"},
    "network": {
        "driver_opts": _UNSET,
        "gw_priority": _UNSET,
        "interface_name": _UNSET,
        "ipv4_address": _UNSET,
        "ipv6_address": _UNSET,
        "link_local_ips": _UNSET,
        "mac_address": _UNSET,
        "priority": _UNSET,
    },
    "healthcheck": {"start_interval": "engines before 25 do not know it"},
    "env_file": {"format": "the format is Compose's own, with quotes and variables"},
}
"""By table: "service" and "build" are the whole ones, the others stand in them."""
