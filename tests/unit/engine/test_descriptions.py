from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tui.engine import descriptions
from tui.model.secrets import MASK

if TYPE_CHECKING:
    from tui.model.details import Details

CONTAINER: dict[str, Any] = {
    "Id": "ab" * 32,
    "Name": "/web",
    "Created": "2026-11-24T09:13:51.311326793Z",
    "Image": "sha256:cd",
    "RestartCount": 2,
    "State": {
        "Status": "exited",
        "ExitCode": 137,
        "OOMKilled": True,
        "StartedAt": "2026-11-24T09:13:51Z",
        "FinishedAt": "2026-11-24T10:00:00Z",
        "Health": {
            "Status": "unhealthy",
            "FailingStreak": 5,
            "Log": [
                {"Start": f"2026-11-24T09:59:0{number}Z", "ExitCode": 1, "Output": f"refused {number}\n"}
                for number in range(5)
            ],
        },
    },
    "Config": {
        "Image": "app:v1",
        "Cmd": ["serve", "--api-key", "s3cretword", "two words"],
        "Env": ["PATH=/bin", "DB_PASSWORD=s3cretword", "DB=mysql://me:s3cretword@db/x", "EMPTY="],
        "Labels": {"deploy.token": "s3cretword", "team": "web"},
        "ExposedPorts": {"80/tcp": {}, "9000/tcp": {}},
        "Healthcheck": {"Test": ["CMD", "probe"], "Interval": 30_000_000_000, "Retries": 3},
    },
    "HostConfig": {
        "NetworkMode": "front",
        "NanoCpus": 1_500_000_000,
        "Memory": 67_108_864,
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 4},
        "CapDrop": ["ALL"],
        "Privileged": False,
        "LogConfig": {"Type": "splunk", "Config": {"splunk-token": "s3cretword", "tag": "web"}},
    },
    "Mounts": [
        {"Type": "volume", "Name": "db", "Source": "/var/lib/x", "Destination": "/data", "RW": True},
        {"Type": "bind", "Source": "/etc/app", "Destination": "/etc/app", "RW": False},
    ],
    "NetworkSettings": {
        "Ports": {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}], "9000/tcp": None},
        "Networks": {"front": {"IPAddress": "10.0.0.5", "Aliases": ["web", "abc"]}},
    },
}
IMAGE: dict[str, Any] = {
    "Id": "sha256:" + "ab" * 32,
    "RepoTags": ["app:v1"],
    "RepoDigests": [],
    "Created": "2026-11-24T09:13:51Z",
    "Size": 1_982_277,
    "Os": "linux",
    "Architecture": "arm64",
    "Variant": "v8",
    "Config": {"Entrypoint": ["/app"], "Env": ["NPM_TOKEN=s3cretword"], "Labels": None, "User": "1000"},
}
HISTORY: list[dict[str, Any]] = [
    {
        "Id": "sha256:ab",
        "Created": 5,
        "CreatedBy": "RUN login --password s3cretword",
        "Size": 10,
        "Tags": ["app:v1"],
    },
    {
        "Id": "<missing>",
        "Created": 4,
        "CreatedBy": "COPY . /",
        "Size": 0,
        "Tags": None,
        "Comment": "buildkit",
    },
]


def facts(details: Details, title: str) -> dict[str, str]:
    return dict(next(section.facts for section in details.sections if section.title == title))


def test_a_containers_sections_say_what_inspect_says() -> None:
    details = descriptions.container(CONTAINER)
    assert details.title == "web"
    assert facts(details, "State")["Exit code"] == "137"
    assert facts(details, "State")["Out of memory"] == "yes"
    assert facts(details, "State")["Finished"] == "2026-11-24 10:00:00 UTC"
    assert facts(details, "Ports") == {"80/tcp": "0.0.0.0:8080", "9000/tcp": "not published"}
    assert facts(details, "Mounts") == {"/data": "db (volume)", "/etc/app": "/etc/app (bind, read only)"}
    assert facts(details, "Network")["front"] == "10.0.0.5  alias web, abc"
    assert facts(details, "Resources")["Processors"] == "1.5"
    assert facts(details, "Resources")["Memory"] == "64 MiB"
    assert facts(details, "Restart policy") == {"Policy": "on-failure", "At most": "4", "Restarts": "2"}
    assert facts(details, "Health check") == {"Test": "CMD probe", "Interval": "30 s", "Retries": "3"}
    assert facts(details, "Security")["Capabilities dropped"] == "ALL"


def test_the_last_health_probes_come_with_their_output_newest_first() -> None:
    health = facts(descriptions.container(CONTAINER), "Health")
    assert health["Status"] == "unhealthy"
    assert list(health.values())[2:] == [f"exit code 1: refused {number}" for number in (4, 3, 2)]


def test_secrets_are_masked_in_every_section_and_in_the_raw_text() -> None:
    for details in (descriptions.container(CONTAINER), descriptions.image(IMAGE, HISTORY)):
        assert "s3cretword" not in str(details)
    details = descriptions.container(CONTAINER)
    assert facts(details, "Environment") == {
        "DB": f"mysql://{MASK}@db/x",
        "DB_PASSWORD": MASK,
        "EMPTY": "(empty)",
        "PATH": "/bin",
    }
    assert facts(details, "Command")["Command"] == f"serve --api-key {MASK} 'two words'"
    assert json.loads(details.raw)["Config"]["Env"][1] == f"DB_PASSWORD={MASK}"


def test_sections_without_facts_are_left_out() -> None:
    bare = {"Id": "ab", "Name": "/x", "Config": {}, "State": {"Status": "created"}}
    titles = [section.title for section in descriptions.container(bare).sections]
    assert "Environment" not in titles
    assert "Health" not in titles
    assert "Identity" in titles


def test_an_image_with_its_history() -> None:
    details = descriptions.image(IMAGE, HISTORY)
    assert details.title == "app:v1"
    assert facts(details, "Identity")["Platform"] == "linux/arm64/v8"
    assert facts(details, "Identity")["Size"] == "1.98 MB"
    first, second = details.layers
    assert (first.id, first.size, first.tags) == ("sha256:ab", 10, ("app:v1",))
    assert first.command == f"RUN login --password {MASK}"
    assert (second.id, second.comment, second.tags) == ("", "buildkit", ())


def test_an_image_without_names_is_titled_by_its_id() -> None:
    assert descriptions.image(IMAGE | {"RepoTags": None}, []).title == IMAGE["Id"]
