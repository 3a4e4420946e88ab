"""What is asked of an engine for a container, in a form in which two clients can be compared.

What says the same in two ways is made one: empty values and the engine's defaults, the two forms of a mount,
the order of what has none. Labels and aliases that Compose gives for its own use are left out.
"""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]

_OF_NO_MEANING = (
    "AttachStdin",
    "AttachStdout",
    "AttachStderr",
    "Volumes",
    "NetworkingConfig",
    "Image",
    "Env",
    "Labels",
)


def comparable(body: Body, connected: dict[str, list[str]], own_names: set[str]) -> dict[str, Any]:
    """A flat table of what a container is asked to be.

    body        of POST /containers/create
    connected   networks it is connected to afterwards -> aliases
    own_names   aliases that are the container's own name
    """
    host = body.get("HostConfig") or {}
    found: dict[str, Any] = {
        "Env": dict(
            entry.partition("=")[::2] if "=" in entry else (entry, None) for entry in body.get("Env") or ()
        ),
        "Labels": {
            name: text
            for name, text in (body.get("Labels") or {}).items()
            if not name.startswith("com.docker.compose.")
        },
        "Mounts": _mounts(host),
        "Networks": _networks(body, connected, own_names),
    }
    found |= {key: value for key, value in body.items() if key not in (*_OF_NO_MEANING, "HostConfig")}
    for key, value in host.items():
        if key not in ("Binds", "Mounts", "NetworkMode", "RestartPolicy", "ConsoleSize"):
            found[f"HostConfig.{key}"] = value
    policy = host.get("RestartPolicy") or {}
    found["HostConfig.RestartPolicy"] = f"{policy.get('Name') or 'no'}:{policy.get('MaximumRetryCount') or 0}"
    found["HostConfig.NetworkMode"] = _mode(host, found["Networks"])
    for key in ("HostConfig.ExtraHosts", "HostConfig.CapAdd", "HostConfig.CapDrop", "HostConfig.Ulimits"):
        if found.get(key):
            found[key] = sorted(found[key], key=repr)
    for key in ("HostConfig.CapAdd", "HostConfig.CapDrop"):
        found[key] = [name.removeprefix("CAP_") for name in found.get(key) or ()]
    if found.get("HostConfig.ExtraHosts"):
        found["HostConfig.ExtraHosts"] = [
            entry.replace("=", ":", 1).replace("[", "").replace("]", "")
            for entry in found["HostConfig.ExtraHosts"]
        ]
    if found.get("HostConfig.SecurityOpt"):
        found["HostConfig.SecurityOpt"] = sorted(
            option.replace(":", "=", 1) for option in found["HostConfig.SecurityOpt"]
        )
    kept = {key: value if key in ("Env", "Labels") else _kept(value) for key, value in sorted(found.items())}
    return {key: value for key, value in kept.items() if value not in (None, "", [], {}, 0, False)}


def _kept(value: Any) -> Any:
    """Without what is empty."""
    if isinstance(value, dict):
        found = {key: _kept(inner) for key, inner in value.items()}
        return {key: inner for key, inner in found.items() if inner not in (None, "", [], {}, 0, False)}
    if isinstance(value, list):
        return [_kept(item) for item in value]
    return value


def _mode(host: Body, networks: dict[str, Any]) -> str:
    mode = str(host.get("NetworkMode") or "default")
    return "" if mode in networks or mode == "default" else mode


def _networks(body: Body, connected: dict[str, list[str]], own_names: set[str]) -> dict[str, Any]:
    endpoints = (body.get("NetworkingConfig") or {}).get("EndpointsConfig") or {}
    asked = {name: (endpoint or {}).get("Aliases") or [] for name, endpoint in endpoints.items()} | connected
    fixed = {
        name: (endpoint or {}).get("IPAMConfig")
        for name, endpoint in endpoints.items()
        if (endpoint or {}).get("IPAMConfig")
    }
    return {
        name: [sorted(set(aliases) - own_names), fixed.get(name)]
        for name, aliases in asked.items()
        if name not in ("host", "none", "bridge", "default")
    }


def _mounts(host: Body) -> dict[str, Any]:
    """target -> type, source and options."""
    found: dict[str, Any] = {}
    for bind in host.get("Binds") or ():
        source, target, *rest = bind.split(":")
        options = set(",".join(rest).split(",")) - {"rw", ""}
        kind = "bind" if source.startswith("/") else "volume"
        found[target.rstrip("/")] = [kind, source, sorted(options), "made" if kind == "bind" else ""]
    for mount in host.get("Mounts") or ():
        options = {"ro"} if mount.get("ReadOnly") else set()
        bind, volume, tmpfs = (
            mount.get(key) or {} for key in ("BindOptions", "VolumeOptions", "TmpfsOptions")
        )
        options |= {str(bind["Propagation"])} if bind.get("Propagation") else set()
        options |= {"nocopy"} if volume.get("NoCopy") else set()
        options |= {f"size={tmpfs['SizeBytes']}"} if tmpfs.get("SizeBytes") else set()
        options |= {f"mode={tmpfs['Mode']}"} if tmpfs.get("Mode") else set()
        made = "made" if bind.get("CreateMountpoint") else ""
        found[mount["Target"].rstrip("/")] = [mount["Type"], mount.get("Source", ""), sorted(options), made]
    return found
