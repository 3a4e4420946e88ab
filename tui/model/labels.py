"""All labels that Holdfast gives, and those of Compose that it knows: light enough for the first paint."""

from __future__ import annotations

OWN = "io.holdfast."
"""What the names of all labels of Holdfast begin with; nobody else gives such."""

COMPOSE = "com.docker.compose."
"""What the names of all labels of Docker Compose begin with."""

APP, RELEASE, VERSION, DIGEST, SPEC, BY, AT, PREVIOUS, ROLLBACK_OF = (
    OWN + name
    for name in ("app", "release", "version", "digest", "spec", "by", "at", "previous", "rollback-of")
)
"""On every container of a release; `APP` also on images that were built here, and on what tests make."""

RESTART = OWN + "restart"
"""On the container of a release: its own restart policy. While it is retired the engine holds "no"."""

VOLUME = OWN + "volume"
"""On a volume without a name: where the release that it was made for mounts it."""

LEASE, OWNER = OWN + "lease", OWN + "lease.owner"
"""On the container that is a lease: the app, and who has it as JSON."""

LEDGER = OWN + "ledger"
"""On the volume that keeps the ledger, and on its anchor."""

TEST, HOST, ACCOUNT = OWN + "test", OWN + "host", OWN + "account"
"""On what a test makes: the ID of its operation; the name of the machine whose Holdfast made it; the number
of the account there: only its journals tell whether the operation lives."""

DEBUG, DEBUG_BY = OWN + "debug", OWN + "debug.by"
"""On a container beside another one, to look into that: its ID, and the process that has made it, as its ID
and when it began. It is nobody's release, and nothing of an app."""

COMPOSE_PROJECT = COMPOSE + "project"
"""On the container of a Compose project: its name."""

COMPOSE_ONEOFF = COMPOSE + "oneoff"
"""On it, too: "True" where it was made for one run of a service (docker compose run)."""

COMPOSE_SERVICE, COMPOSE_DEPENDS = COMPOSE + "service", COMPOSE + "depends_on"
"""On it, too: its service, and those that it needs: "db:service_healthy:true,cache:service_started:false"."""
