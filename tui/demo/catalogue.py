"""The images of the demo's shop: names, histories with sizes, labels."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from tui.demo.objects import JSON, SECOND, HistoryEntry, Image

KIB, MIB = 1 << 10, 1 << 20
HOUR, DAY = 3600, 86400

SHOP = "registry.example.com/shop"

Steps = tuple[tuple[str, int], ...]
"""(instruction, bytes that it adds), the oldest first."""

ALPINE: Steps = (
    ("ADD alpine-minirootfs-3.20.3-x86_64.tar.gz / # buildkit", 7_797_760),
    ('CMD ["/bin/sh"]', 0),
)
DEBIAN: Steps = (("# debian.sh --arch 'amd64' out/ 'bookworm' '@1730678400'", 74_843_136),)
PYTHON: Steps = (
    *DEBIAN,
    ("ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", 0),
    (
        "RUN /bin/sh -c apt-get update; apt-get install -y --no-install-recommends ca-certificates",
        9_437_184,
    ),
    ("ENV PYTHON_VERSION=3.12.7", 0),
    ("RUN /bin/sh -c set -eux; wget -O python.tar.xz ...; make -j 4; make install # buildkit", 40_370_176),
    ('CMD ["python3"]', 0),
)
NODE: Steps = (
    *ALPINE,
    ("ENV NODE_VERSION=22.11.0", 0),
    ("RUN /bin/sh -c addgroup -g 1000 node && apk add --no-cache libstdc++ && curl -fsSLO ...", 149_946_368),
    ('ENTRYPOINT ["docker-entrypoint.sh"]', 0),
)
BUSYBOX: Steps = (("ADD busybox.tar.xz / # buildkit", 4_261_574), ('CMD ["sh"]', 0))


class Recipe(NamedTuple):
    """One image to be: its tags, its age in seconds, what it was made by, and its configuration."""

    tags: tuple[str, ...]
    age: float
    steps: Steps
    config: JSON


def _config(command: str, ports: tuple[int, ...] = (), env: tuple[str, ...] = (), check: str = "") -> JSON:
    config: JSON = {
        "Cmd": command.split(),
        "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", *env],
        "ExposedPorts": {f"{port}/tcp": {} for port in ports},
        "WorkingDir": "/srv",
    }
    if check:
        config["Healthcheck"] = {"Test": ["CMD-SHELL", check], "Interval": 20 * SECOND, "Retries": 3}
    return config


def _labelled(config: JSON, version: str, revision: str) -> JSON:
    labels = {
        "org.opencontainers.image.version": version,
        "org.opencontainers.image.revision": hashlib.sha1(
            revision.encode(), usedforsecurity=False
        ).hexdigest(),
        "org.opencontainers.image.source": "https://git.example.com/shop",
    }
    return {**config, "Labels": labels}


def _api(version: str, tags: tuple[str, ...], age: float, size: int) -> Recipe:
    steps = (
        *PYTHON,
        ("WORKDIR /srv", 0),
        ("COPY requirements.txt . # buildkit", 1_204),
        ("RUN /bin/sh -c pip install --no-cache-dir -r requirements.txt # buildkit", 61_341_696),
        ("COPY . . # buildkit", size),
        ("EXPOSE map[3000/tcp:{}]", 0),
        ('HEALTHCHECK &{["CMD-SHELL" "wget -qO- 127.0.0.1:3000/health"] "20s" "0s" "0s" "0s" \'\\x03\'}', 0),
        ('CMD ["gunicorn" "shop.api:app" "--bind" "0.0.0.0:3000"]', 0),
    )
    command = "gunicorn shop.api:app --bind 0.0.0.0:3000"
    config = _config(command, (3000,), ("PYTHON_VERSION=3.12.7",), "wget -qO- 127.0.0.1:3000/health")
    return Recipe(tags, age, steps, _labelled(config, version, f"api {version}"))


def _web(version: str, tags: tuple[str, ...], age: float, size: int) -> Recipe:
    steps = (
        *ALPINE,
        ("RUN /bin/sh -c apk add --no-cache nginx # buildkit", 42_123_264),
        ("COPY nginx.conf /etc/nginx/nginx.conf # buildkit", 2_048),
        ("COPY --from=assets /build /srv # buildkit", size),
        ("EXPOSE map[80/tcp:{}]", 0),
        ('CMD ["nginx" "-g" "daemon off;"]', 0),
    )
    config = _config("nginx -g", (80,), ("NGINX_VERSION=1.26.2",), "wget -qO- 127.0.0.1/")
    config["Cmd"] = ["nginx", "-g", "daemon off;"]
    return Recipe(tags, age, steps, _labelled(config, version, f"web {version}"))


def recipes() -> list[Recipe]:
    """Every image of the demo, the newest first."""
    api, web = f"{SHOP}/api", f"{SHOP}/web"
    return [
        _api("2.4.1", (f"{api}:2.4.1", f"{api}:2.4", f"{api}:latest"), 5 * HOUR, 4_812_800),
        _api("2.4.0", (f"{api}:2.4.0",), 3 * DAY, 4_799_488),
        _api("2.3.9", (f"{api}:2.3.9", f"{api}:2.3"), 16 * DAY, 4_702_208),
        _web("1.8.2", (f"{web}:1.8.2", f"{web}:1.8", f"{web}:latest"), 2 * DAY, 3_911_680),
        _web("1.8.1", (f"{web}:1.8.1",), 9 * DAY, 3_907_584),
        _web("1.9.0-dev", (), 26 * HOUR, 4_102_144),
        _api("2.4.1-dev", (), 6 * HOUR, 4_812_288),
        Recipe(
            ("postgres:16.4", "postgres:16"),
            41 * DAY,
            (
                *DEBIAN,
                ("RUN /bin/sh -c apt-get install -y postgresql-16 # buildkit", 349_175_808),
                ("VOLUME [/data]", 0),
            ),
            _config("postgres", (5432,), ("PG_MAJOR=16",), "pg_isready -U postgres"),
        ),
        Recipe(
            ("redis:7.4-alpine", "redis:7"),
            52 * DAY,
            (*ALPINE, ("RUN /bin/sh -c apk add --no-cache redis # buildkit", 33_521_664)),
            _config("redis-server --save 60 1", (6379,)),
        ),
        Recipe(
            ("registry.example.com/mail/smtp:0.31", "registry.example.com/mail/smtp:latest"),
            23 * DAY,
            (*ALPINE, ("RUN /bin/sh -c apk add --no-cache postfix # buildkit", 19_922_944)),
            _config("smtpd -v", (25,), (), "nc -z 127.0.0.1 25"),
        ),
        Recipe(
            ("registry.example.com/mail/queue:0.9.3",),
            23 * DAY,
            (*NODE, ("COPY . /srv # buildkit", 12_582_912)),
            _config("node queue.js"),
        ),
        Recipe(
            ("registry:2.8.3", "registry:2"),
            70 * DAY,
            (
                *ALPINE,
                ("COPY ./registry /bin/registry # buildkit", 17_825_792),
                ("VOLUME [/var/lib/registry]", 0),
            ),
            _config("registry serve /etc/registry.yml", (5000,)),
        ),
        Recipe(
            ("prom/prometheus:v2.55.0",),
            33 * DAY,
            (
                ("COPY /rootfs / # buildkit", 1_417_216),
                ("COPY prometheus /bin/prometheus # buildkit", 141_557_760),
            ),
            _config(
                "prometheus --config.file=/etc/prometheus.yml",
                (9090,),
                (),
                "wget -qO- 127.0.0.1:9090/-/healthy",
            ),
        ),
        Recipe(
            ("grafana/grafana:11.3.0", "grafana/grafana:latest"),
            30 * DAY,
            (*ALPINE, ("COPY --from=build /usr/share/grafana . # buildkit", 471_859_200)),
            _config("grafana server", (3000,)),
        ),
    ]


def build(recipe: Recipe, now: int) -> Image:
    """The image of a recipe, `now` in nanoseconds since the epoch."""
    created = int(now // SECOND - recipe.age)
    history = [
        HistoryEntry(created - (len(recipe.steps) - number) * 9, text, size)
        for number, (text, size) in enumerate(recipe.steps)
    ]
    digest = hashlib.sha256(
        repr((recipe.tags, recipe.steps, recipe.config.get("Labels"))).encode()
    ).hexdigest()
    image = Image(
        id=f"sha256:{digest}",
        created=created,
        history=history,
        config=recipe.config,
        tags=list(recipe.tags),
        tagged=created * SECOND,
    )
    for repository in dict.fromkeys(tag.rpartition(":")[0] for tag in recipe.tags):
        manifest = hashlib.sha256(f"manifest of {image.id}".encode()).hexdigest()
        image.digests.append(f"{repository}@sha256:{manifest}")
    return image
