"""Operations made of events, at fixed moments: what journals would tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.model.app import AppSpec, BuildSpec, Port, RunSpec
from tui.model.container import Container
from tui.model.operation import (
    CACHED,
    DONE,
    FAILED,
    RUNNING,
    UNDONE,
    WAITING,
    Ended,
    Failure,
    Logged,
    Plan,
    PlanStep,
    Progressed,
    Result,
    Started,
    StepChanged,
    Warned,
)
from tui.model.release import Entry, Outcome, Release
from tui.model.releases import Releases
from tui.model.standing import Slot, Standing
from tui.model.step import RolloutStep, StepKind
from tui.model.ways_back import ways_back
from tui.store.operation import Operation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tui.model.operation import Event
    from tui.model.releases import Holder

IMAGE = "sha256:" + "3f2a9c0de1" * 6 + "abcd"
REGISTRY = "https://registry.npmjs.org"
DIGEST = "sha256:" + "9be1470d22" * 6 + "ef01"


def app(name: str, *, built: bool = True) -> AppSpec:
    build = BuildSpec(f"/src/{name}", f"/src/{name}/Dockerfile") if built else None
    return AppSpec(name, f"registry.example.com/shop/{name}", "/src/holdfast.toml", build)


def operation(
    verb: str,
    name: str,
    t: float,
    events: Iterable[Event] = (),
    plan: tuple[PlanStep, ...] = (),
    *,
    alive: bool = True,
    pid: int = 4711,
) -> Operation:
    """An operation that began at `t`."""
    title = f"{verb.capitalize()} {name}"
    op = f"{t:.0f}-{verb}-{name}"
    made = Operation(Started(t, op, verb, name, "unix:///run/docker.sock", "alice", "box", pid, plan, title))
    made.complete = True
    made.feed(events)
    made.alive = alive and made.ended is None
    return made


BUILD = (PlanStep("build", "Build with BuildKit"), PlanStep("name", "Name the image"))


def _begins(t: float, id: str, title: str, parent: str = "build") -> StepChanged:
    return StepChanged(t, id, RUNNING, title=title, parent=parent)


def _steps(t: float) -> list[Event]:
    return [
        StepChanged(t, "build", RUNNING),
        _begins(t + 0.1, "1", "[internal] load build definition from Dockerfile"),
        StepChanged(t + 0.2, "1", DONE, 0.1),
        _begins(t + 0.2, "2", "[internal] load metadata for docker.io/library/node:14-alpine"),
        StepChanged(t + 1.4, "2", DONE, 1.2),
        _begins(t + 1.4, "3", "[internal] load build context"),
        Progressed(t + 1.5, "3", 2_412_000, 2_412_000),
        StepChanged(t + 1.6, "3", DONE, 0.2),
        StepChanged(t + 1.6, "4", CACHED, 0.0, "[build 1/5] FROM docker.io/library/node:14-alpine", "build"),
        StepChanged(t + 1.6, "5", CACHED, 0.0, "[build 2/5] WORKDIR /src", "build"),
        _begins(t + 1.7, "6", "[build 3/5] COPY package.json package-lock.json ./"),
        StepChanged(t + 1.8, "6", DONE, 0.1),
        _begins(t + 1.8, "7", "[build 4/5] RUN npm ci"),
        *(Logged(t + 2 + n, "7", 1, f"npm http fetch GET 200 {REGISTRY}/package-{n}") for n in range(40)),
        Logged(t + 5.0, "7", 2, "npm WARN deprecated request@2.88.2: no longer supported"),
    ]  # fmt: skip


def build_running(now: float, name: str = "web") -> Operation:
    """A build in its twelfth second, two steps at once."""
    t = now - 12.4
    return operation(
        "build",
        name,
        t,
        [
            *_steps(t),
            _begins(t + 2.0, "8", "[assets 2/3] ADD https://example.com/fonts.tar /fonts"),
            Progressed(t + 9.0, "8", 12_300_000, 40_000_000),
            Warned(t + 9.0, "Dockerfile line 1: node:14-alpine can move: pin it as node@sha256:4e84c956"),
        ],
        BUILD,
    )  # fmt: skip


def build_failed(now: float, name: str = "web") -> Operation:
    """A build whose step 4 has failed."""
    t = now - 90.0
    problem = Failure(
        1,
        'process "/bin/sh -c npm ci" did not complete successfully: exit code: 1',
        "look at the output of [build 4/5] RUN npm ci above",
        ("Dockerfile:4", "   3 | COPY package.json ./", "   4 | RUN npm ci   <<<", "   5 | COPY . ."),
    )
    return operation(
        "build",
        name,
        t,
        [
            *_steps(t),
            Logged(t + 14.0, "7", 2, f"npm ERR! code E404\nnpm ERR! 404 Not Found - GET {REGISTRY}/left-pda"),
            StepChanged(t + 14.2, "7", FAILED, 12.4),
            StepChanged(t + 14.2, "build", FAILED, 14.2),
            Ended(t + 14.3, False, 14.3, error=problem),
        ],
        BUILD,
    )  # fmt: skip


def build_done(now: float, ago: float, seconds: float = 40.1, name: str = "web") -> Operation:
    """A build that went well so many seconds ago."""
    t = now - ago - seconds
    result = Result(
        image=IMAGE,
        tags=(f"registry.example.com/shop/{name}:build-3f2a9c0de13f",),
        facts=(("commit", "0f3c2a91b7de"), ("base docker.io/library/node:14-alpine", "sha256:" + "4e" * 32)),
    )
    return operation(
        "build",
        name,
        t,
        [
            *_steps(t),
            StepChanged(t + seconds - 1, "7", DONE, seconds - 3),
            StepChanged(t + seconds - 0.1, "build", DONE, seconds - 0.2),
            StepChanged(t + seconds, "name", DONE, 0.1),
            Ended(t + seconds, True, seconds, result),
        ],
        BUILD,
    )


def failed_test(now: float, ago: float, name: str = "api") -> Operation:
    """A test that has failed so many seconds ago."""
    t = now - ago - 8.0
    plan = (PlanStep("run", "Run the image"), PlanStep("ready", "Wait until it is ready"))
    problem = Failure(1, "not ready within 60 s: the port 8080 refuses connections", "raise [.ready] timeout")
    return operation(
        "test",
        name,
        t,
        [
            StepChanged(t, "run", RUNNING),
            StepChanged(t + 1, "run", DONE, 1.0),
            StepChanged(t + 1, "ready", RUNNING),
            StepChanged(t + 8, "ready", FAILED, 7.0),
            Ended(t + 8, False, 8.0, error=problem),
        ],
        plan,
    )


def pushing(now: float, name: str = "web") -> Operation:
    """A push in its fourth second: three layers on their way."""
    t = now - 4.0
    plan = (
        PlanStep("guard", "Ask the registry what it has"),
        PlanStep("push v1.4.0", f"Push registry.example.com/shop/{name}:v1.4.0"),
        PlanStep("verify", "Read the digest back"),
    )
    parent = "push v1.4.0"
    layers = [(5_300_000, 5_300_000), (12_300_000, 40_000_000), (640_000, 187_000_000)]
    events: list[Event] = [
        StepChanged(t, "guard", RUNNING),
        StepChanged(t + 0.3, "guard", DONE, 0.3),
        StepChanged(t + 0.3, parent, RUNNING),
        StepChanged(t + 0.4, "l0", CACHED, 0.0, "layer 9a3c5e01", parent),
    ]
    for number, (current, total) in enumerate(layers, 1):
        events.append(
            StepChanged(t + 0.5, f"l{number}", RUNNING, title=f"layer {number}b7d20f4", parent=parent)
        )
        events.append(Progressed(t + 3.9, f"l{number}", current, total))
    events.append(StepChanged(t + 3.0, "l1", DONE, 2.5))
    events.append(StepChanged(t + 3.0, "l4", WAITING, title="layer 4b7d20f4", parent=parent))
    events.append(Progressed(t + 3.9, parent, 18_240_000, 232_300_000))
    return operation("push", name, t, events, plan)


def push_plan() -> Plan:
    return Plan(
        "Push web v1.4.0",
        (
            PlanStep("guard", "Ask the registry what it has"),
            PlanStep("push v1.4.0", "Push registry.example.com/shop/web:v1.4.0"),
            PlanStep("verify", "Read the digest back"),
        ),
        (("image", IMAGE), ("registry", "registry.example.com"), ("v1.4.0", "new")),
        ("this image was built from a tag that can move: node:14-alpine",),
        "docker push registry.example.com/shop/web:v1.4.0",
        "Push",
    )


def digest(number: int) -> str:
    """That of release `number`."""
    return "sha256:" + f"{number:02x}5f0d71c3b9a2e8" * 4


def release(now: float, number: int, ago: float, *, name: str = "web", **more: Any) -> Release:
    """A release of an app, recorded so many seconds ago."""
    version = more.pop("version", f"v1.{number}.0")
    image = f"registry.example.com/shop/{name}"
    run = RunSpec(
        ports=(Port(8080, "80"),),
        environment={"LOG_LEVEL": "info", "DB_PASSWORD": "hunter2", "WORKERS": str(number)},
    )
    fields = {
        "run": run,
        "evidence": {"tested": f"{now - ago - 60:.0f}", "commit": "0f3c2a91b7de"},
        "by": "alice",
        "host": "box",
        "at": now - ago,
        "op": f"{number}-deploy-{name}",
        "previous": number - 1,
    }
    known = digest(number)
    return Release(name, number, version, f"{image}@{known}", known, known[::-1], **{**fields, **more})


def releases(now: float, live: str, name: str = "web", holder: Holder | None = None) -> Releases:
    """Five releases of an app: an old one, a kept one, a failed one, a roll back, and the live one, whose
    container has the ID `live`."""
    made = [
        release(now, 1, 9 * 86_400, name=name, by="bob"),
        release(now, 2, 5 * 86_400, name=name),
        release(now, 3, 86_400, name=name, evidence={"commit": "77aa01c0ffee"}),
        release(now, 4, 80_000, name=name, version="v1.2.0", rollback_of=2, previous=2),
        release(now, 5, 7_200, name=name, by="bob"),
    ]
    failed = "r3 is not ready: GET http://127.0.0.1:80/health: 503"
    outcomes = [
        Outcome(1, True, now - 9 * 86_400, 1.4),
        Outcome(2, True, now - 5 * 86_400, 0.9),
        Outcome(3, False, now - 86_300, message=failed),
        Outcome(4, True, now - 79_900, 0.6),
        Outcome(5, True, now - 7_100, 0.8),
    ]
    slots = {
        2: Slot("2" * 64, f"{name}.r2", 2, False, False),
        4: Slot("4" * 64, f"{name}.r4", 4, False, False),
        5: Slot(live, name, 5, True, True),
    }
    records: dict[int, bool | None] = {one.number: one.good for one in outcomes}
    entries = {one.number: Entry(one, outcome) for one, outcome in zip(made, outcomes, strict=True)}
    standing = Standing(name, slots, records)
    ways = ways_back(standing, entries)
    return Releases(standing, entries, holder=holder, at=now, ways=ways)


def interrupted(now: float, live: str, name: str = "web") -> Releases:
    """As `releases`, with a sixth one that nobody is at any more."""
    found = releases(now, live, name)
    entries = {**found.entries, 6: Entry(release(now, 6, 60, name=name))}
    standing = found.standing
    return found._replace(entries=entries, standing=standing._replace(records={**standing.records, 6: None}))


def deploying(now: float, name: str = "web") -> Operation:
    """A deploy that waits for its gate."""
    t = now - 3.0
    steps = [
        RolloutStep(StepKind(kind), number)
        for kind, number in (("record", 6), ("create", 6), ("stop", 5), ("gate", 6))
    ]
    plan = (PlanStep("lease", f"Take the lease of {name}"), *(PlanStep(one.id, one.title) for one in steps))
    events: list[Event] = []
    for one in plan[:-1]:
        events += [StepChanged(t, one.id, RUNNING), StepChanged(t + 0.2, one.id, DONE, 0.2)]
    events.append(StepChanged(t + 0.9, "gate r6", RUNNING))
    return operation("deploy", name, t, events, plan)


def deploy_failed(now: float, name: str = "web") -> Operation:
    """A deploy whose gate failed: the former release serves again."""
    made = deploying(now, name)
    t = now - 2.0
    events: list[Event] = [
        StepChanged(t, "gate r6", FAILED, 1.2),
        StepChanged(t, "undo", RUNNING, title="Back to the release before"),
    ]
    for kind, number in (("stop", 6), ("promote", 5), ("start", 5), ("gate", 5), ("remove", 6)):
        one = RolloutStep(StepKind(kind), number)
        events += [
            StepChanged(t, f"undo {one.id}", RUNNING, title=one.title, parent="undo"),
            StepChanged(t + 0.2, f"undo {one.id}", UNDONE, 0.2),
        ]
    message = "r6 is not ready: GET http://127.0.0.1:80/health: 503; r5 v1.5.0 serves again"
    events += [
        StepChanged(t + 1.2, "undo", UNDONE),
        Ended(
            t + 1.2,
            False,
            2.2,
            error=Failure(1, message, "holdfast history --show 7c2f keeps it", ("listening on :80",)),
        ),
    ]
    made.feed(events)
    made.alive = False
    return made


def deploy_plan() -> Plan:
    steps = [
        RolloutStep(StepKind(kind), number)
        for kind, number in (
            ("record", 6), ("create", 6), ("disarm", 5), ("stop", 5), ("retire", 5), ("promote", 6),
            ("start", 6), ("gate", 6), ("arm", 6), ("bake", 6), ("good", 6),
        )
    ]  # fmt: skip
    image = "registry.example.com/shop/web"
    return Plan(
        "Deploy web v1.6.0 as r6",
        (
            PlanStep("lease", "Take the lease of web"),
            PlanStep("pull", f"Pull {image}@{digest(6)}"),
            *(PlanStep(step.id, step.title) for step in steps),
        ),
        (
            ("host", "build-1"),
            ("engine", "unix:///var/run/docker.sock"),
            ("new", f"v1.6.0 {digest(6)}"),
            ("old", f"r5 v1.5.0 {digest(5)}"),
            ("way back", "r5 v1.5.0, at every step"),
            ("gap", "about 0.8 s, as for r5"),
        ),
        ("the image declares a volume at /cache that nothing is mounted on",),
        f"docker stop web && docker rename web web.r5 && docker run -d --name web ... {image}@{digest(6)}",
        "Deploy",
    )


def kept_containers(now: float, app: str = "shop", live: str = "running") -> list[Container]:
    """A live container, two earlier releases, the lease, the ledger, and a stranger with the labels."""

    def labelled(number: int) -> dict[str, str]:
        return {"io.holdfast.app": app, "io.holdfast.release": str(number), "io.holdfast.version": "v1"}

    rows = [
        ("a", app, live, labelled(3)),
        ("b", f"{app}.r2", "exited", labelled(2)),
        ("c", f"{app}.r1", "exited", labelled(1)),
        ("d", f"{app}.lease", "created", {"io.holdfast.lease": app}),
        ("e", "holdfast-ledger", "created", {"io.holdfast.ledger": "1"}),
        ("f", "debug", "exited", labelled(2)),
    ]
    return [
        Container(id * 64, name, f"{app}@sha256:{id * 64}", "sha256:a", "", now - 90, state, labels=labels)
        for id, name, state, labels in rows
    ]
