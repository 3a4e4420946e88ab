"""Builds on a real engine, by BuildKit with our own session and by the classic builder."""

from __future__ import annotations

import asyncio
import errno
import os
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.support.busybox import IMAGE
from tests.support.docker_builds import content
from tui.engine.build_check import BuildImpossible
from tui.engine.buildkit.secrets import SecretMissing
from tui.engine.builds import BUILDKIT, CLASSIC
from tui.engine.client import Engine
from tui.engine.endpoint import Endpoint
from tui.engine.errors import BuildFailed
from tui.errors import HoldfastError
from tui.model.app import BuildSecret, BuildSpec
from tui.model.build import BuildBytes, BuildOutput, BuildStep, BuildWarning, BuiltImage
from tui.model.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from tests.support.engine_calls import EngineCalls
    from tests.support.private_engine import PrivateEngine
    from tests.support.registry import Registry
    from tui.model.build import BuildEvent

pytestmark = pytest.mark.usefixtures("api")

both = pytest.mark.parametrize("builder", [BUILDKIT, CLASSIC], ids=["buildkit", "classic"])


@pytest.fixture
async def engine(engine_host: str) -> AsyncIterator[Engine]:
    async with await Engine.connect(Endpoint(engine_host, "the test")) as engine:
        yield engine


async def nobody(_host: str) -> Credentials | None:
    return None


def spec(folder: Path, dockerfile: str = "", **more: Any) -> BuildSpec:
    """A build of a folder; with text, its Dockerfile is written."""
    if dockerfile:
        (folder / "Dockerfile").write_text(dockerfile)
    return BuildSpec(str(folder), more.pop("at", str(folder / "Dockerfile")), network="none", **more)


class Built(NamedTuple):
    image: str
    events: list[BuildEvent]

    @property
    def output(self) -> str:
        return "\n".join(event.text for event in self.events if isinstance(event, BuildOutput))

    @property
    def transferred(self) -> int:
        """Bytes of the folder that went to the engine, as BuildKit counts them: descriptions and contents."""
        titles = {event.id: event.title for event in self.events if isinstance(event, BuildStep)}
        [amount, *_] = [
            event.current
            for event in reversed(self.events)
            if isinstance(event, BuildBytes) and "load build context" in titles[event.step]
        ]
        return amount


async def build(
    engine: Engine,
    what: BuildSpec,
    builder: int = BUILDKIT,
    args: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    credentials: Callable[[str], Any] = nobody,
) -> Built:
    events = []
    async with engine.builds.run(
        what,
        id=uuid.uuid4().hex,
        builder=builder,
        args=args or {},
        labels=labels or {},
        credentials=credentials,
    ) as told:
        async for event in told:
            events.append(event)  # noqa: PERF401  # what came before an error counts too
    [image] = {event.id for event in events if isinstance(event, BuiltImage)}
    return Built(image, events)


async def test_the_engine_has_buildkit(engine: Engine) -> None:
    assert await engine.builds.builder() == BUILDKIT


@both
async def test_files_arrive_as_they_are(
    engine: Engine, private_engine: PrivateEngine, tmp_path: Path, builder: int
) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "file").write_bytes(b"x" * 300_000)
    (tmp_path / "deep.txt").write_bytes(b"")
    (tmp_path / "empty").mkdir(mode=0o700)
    (tmp_path / "ünï").write_text("name")
    (tmp_path / "tool").write_text("#!/bin/sh\n")
    os.chmod(tmp_path / "tool", 0o750)
    os.symlink("deep/er/file", tmp_path / "link")
    (tmp_path / "secret.key").write_text("not for the engine")
    (tmp_path / ".dockerignore").write_text("*.key\n.dockerignore\nDockerfile\n")
    built = await build(engine, spec(tmp_path, "FROM scratch\nCOPY . /all/\n"), builder)
    found = await asyncio.to_thread(content, private_engine, built.image)
    assert {path.rstrip("/") for path in found} - {"", "all"} == {
        *("deep", "deep/er", "deep/er/file", "deep.txt", "empty", "link", "tool", "ünï")
    }
    assert found["deep/er/file"].content == b"x" * 300_000
    assert found["deep.txt"].content == b""
    assert found["link"].link == "deep/er/file"
    assert oct(found["tool"].mode & 0o7777) == "0o750"
    assert oct(found["empty"].mode & 0o7777) == "0o700"


@both
async def test_whatever_stands_in_an_ignore_file_travels_to_the_engine(
    engine: Engine, private_engine: PrivateEngine, tmp_path: Path, builder: int
) -> None:
    """Every pattern is a header of a call to us: spaces, bytes that are no text, and very many of them."""
    lines = [
        *(
            b"// a note",
            b"/ ",
            b"! x",
            b"50%",
            b"a+b",
            b"%41",
            b"tab\tin",
            b"caf\xe9",
            "ünï".encode(),
            b'"q"',
        ),
        *(b"bell\x07", b"key: value", b":path", *(b"generated/%06d/*.o" % n for n in range(4000)), b"*.key"),
    ]
    (tmp_path / ".dockerignore").write_bytes(b"\n".join(lines))
    for name in ("50%", "50 ", "a+b", "a b", "A", "tab\tin", "ünï", '"q"', "secret.key", "kept", "note"):
        (tmp_path / name).write_text(name)
    built = await build(engine, spec(tmp_path, "FROM scratch\nCOPY . /all/\n"), builder)
    found = await asyncio.to_thread(content, private_engine, built.image)
    left = {"50 ", "a b", "A", "kept", "note", "Dockerfile", ".dockerignore"}
    assert {path.rstrip("/") for path in found} - {"", "all"} == left


@both
async def test_names_need_not_be_text(
    engine: Engine, private_engine: PrivateEngine, tmp_path: Path, builder: int
) -> None:
    """The Dockerfile's own name, and what arguments and labels hold, as docker itself takes them."""
    name = os.fsdecode(b"Docker file+%\xe9")
    Path(tmp_path, name).write_text("FROM scratch\nARG odd\nLABEL told=$odd\nCOPY kept /all/\n")
    (tmp_path / "kept").write_text("kept")
    odd = "two\nlines\t\x07 + % ünï "
    what = spec(tmp_path, at=f"{tmp_path}/{name}")
    built = await build(engine, what, builder, args={"odd": odd}, labels={"a b\nc": odd})
    labels = private_engine.api.get(f"/images/{built.image}/json")["Config"]["Labels"]
    assert labels == {"told": odd, "a b\nc": odd}


@both
async def test_arguments_labels_and_target(
    engine: Engine, api: EngineCalls, tmp_path: Path, builder: int
) -> None:
    what = spec(
        tmp_path,
        "FROM scratch AS first\nARG word\nLABEL word=$word\nENV stage=first\n"
        "FROM scratch\nENV stage=second\n",
        target="first",
    )
    built = await build(engine, what, builder, args={"word": 'a "b" ü'}, labels={"team": "web"})
    config = api.get(f"/images/{built.image}/json")["Config"]
    assert config["Labels"] == {"word": 'a "b" ü', "team": "web"}
    assert "stage=first" in config["Env"]


@both
async def test_the_cache_is_used_unless_it_is_not_wanted(
    engine: Engine, tmp_path: Path, builder: int
) -> None:
    what = spec(tmp_path, f"FROM {IMAGE}\nRUN cat /proc/sys/kernel/random/uuid > /chance\n")
    first = await build(engine, what, builder)
    assert (await build(engine, what, builder)).image == first.image
    assert (await build(engine, what._replace(no_cache=True), builder)).image != first.image


async def test_secrets_from_file_and_environment_are_mounted(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("of a file")
    monkeypatch.setenv("BUILD_TOKEN", "of the environment")
    what = spec(
        tmp_path,
        f"FROM {IMAGE}\nRUN --mount=type=secret,id=one tr a-z A-Z </run/secrets/one\n"
        "RUN --mount=type=secret,id=two tr a-z A-Z </run/secrets/two\n",
        secrets=(BuildSecret("one", file=str(tmp_path / "token")), BuildSecret("two", env="BUILD_TOKEN")),
        no_cache=True,
    )
    built = await build(engine, what)
    assert "OF A FILE" in built.output
    assert "OF THE ENVIRONMENT" in built.output
    (tmp_path / "token").write_text("another")
    assert "ANOTHER" in (await build(engine, what)).output


async def test_a_step_that_requires_an_unknown_secret_fails(engine: Engine, tmp_path: Path) -> None:
    what = spec(tmp_path, f"FROM {IMAGE}\nRUN --mount=type=secret,id=other,required cat /run/secrets/other\n")
    with pytest.raises(HoldfastError, match="other"):
        await build(engine, what)


async def test_a_secret_that_cannot_be_had_stops_the_build_before_it_begins(
    engine: Engine, tmp_path: Path
) -> None:
    what = spec(tmp_path, "FROM scratch\nCOPY . /\n")
    missing = what._replace(secrets=(BuildSecret("npm", file=str(tmp_path / "npmrc")),))
    with pytest.raises(SecretMissing, match=f"npm: there is no file {tmp_path}/npmrc"):
        await build(engine, missing)
    with pytest.raises(SecretMissing, match="npm: the environment variable NPM_TOKEN is not set"):
        await build(engine, what._replace(secrets=(BuildSecret("npm", env="NPM_TOKEN"),)))
    (tmp_path / "npmrc").write_bytes(b"x" * (500 * 1024 + 1))
    with pytest.raises(SecretMissing, match="500 KiB"):
        await build(engine, missing)


async def test_the_classic_builder_has_no_secrets(engine: Engine, tmp_path: Path) -> None:
    what = spec(tmp_path, "FROM scratch\nCOPY . /\n", secrets=(BuildSecret("npm", env="HOME"),))
    with pytest.raises(BuildImpossible, match="classic builder"):
        await build(engine, what, CLASSIC)


@both
async def test_a_dockerfile_outside_of_the_folder(
    engine: Engine, private_engine: PrivateEngine, tmp_path: Path, builder: int
) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "file").write_text("sent")
    (folder / "ignored").write_text("not sent")
    (folder / ".dockerignore").write_text("ignored\n.dockerignore\n")
    dockerfile = tmp_path / "files" / "Web.Dockerfile"
    dockerfile.parent.mkdir()
    (dockerfile.parent / "private").write_text("beside it")
    dockerfile.write_text("FROM scratch\nCOPY . /all/\n")
    built = await build(engine, spec(folder, at=str(dockerfile)), builder)
    found = await asyncio.to_thread(content, private_engine, built.image)
    assert [path for path in found if path.strip("/")] == ["file"]


async def test_an_ignore_file_of_the_dockerfiles_own(
    engine: Engine, private_engine: PrivateEngine, tmp_path: Path
) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    for name in ("one", "two"):
        (folder / name).write_text(name)
    (folder / ".dockerignore").write_text("one\n")
    (tmp_path / "real").write_text("FROM scratch\nCOPY . /all/\n")
    os.symlink(tmp_path / "real", tmp_path / "Dockerfile")
    (tmp_path / "Dockerfile.dockerignore").write_text("two\n.dockerignore\n")
    built = await build(engine, spec(folder, at=str(tmp_path / "Dockerfile")))
    found = await asyncio.to_thread(content, private_engine, built.image)
    assert [path for path in found if path.strip("/")] == ["one"]


@pytest.fixture
def base(api: EngineCalls, registry_with_login: Registry) -> Iterator[str]:
    """An image that only the registry has, and gives to nobody without its login."""
    reference = f"{registry_with_login.address}/team/base:1"
    api.tag(IMAGE, reference)
    [*_, last] = api.push(reference, registry_with_login.login)
    assert "error" not in last, last
    api.untag(reference)
    yield reference
    api.call("DELETE", f"/images/{reference}?force=1")


@both
async def test_a_private_base_image_is_pulled_with_the_login(
    engine: Engine, tmp_path: Path, base: str, registry_with_login: Registry, builder: int
) -> None:
    asked = []

    async def credentials(host: str) -> Credentials | None:
        asked.append(host)
        assert registry_with_login.login
        return Credentials(*registry_with_login.login)

    what = spec(tmp_path, f"FROM {base}\nENV of=private\n", pull=True)
    await build(engine, what, builder, credentials=credentials)
    assert {*asked} == {registry_with_login.address}


@both
@pytest.mark.parametrize("login", [None, Credentials("releaser", "wrong horse")], ids=["none", "wrong"])
async def test_without_the_right_login_there_is_no_private_base_image(
    engine: Engine, tmp_path: Path, base: str, builder: int, login: Credentials | None
) -> None:
    async def credentials(_host: str) -> Credentials | None:
        return login

    with pytest.raises(HoldfastError) as caught:
        await build(engine, spec(tmp_path, f"FROM {base}\n", pull=True), builder, credentials=credentials)
    assert "horse" not in f"{caught.value} {caught.value.detail}"


@both
async def test_what_the_credentials_complain_about_is_what_the_build_says(
    engine: Engine, tmp_path: Path, base: str, builder: int
) -> None:
    async def credentials(_host: str) -> Credentials | None:
        raise HoldfastError("the helper is broken", "mend it")

    with pytest.raises(HoldfastError, match=r"the helper is broken \(mend it\)"):
        await build(engine, spec(tmp_path, f"FROM {base}\n", pull=True), builder, credentials=credentials)


async def test_the_second_build_sends_only_what_has_changed(engine: Engine, tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"file{number}").write_bytes(os.urandom(50_000))
    what = spec(tmp_path, "FROM scratch\nCOPY . /\n")
    assert (await build(engine, what)).transferred > 40 * 50_000
    assert (await build(engine, what)).transferred < 5_000
    (tmp_path / "file7").write_bytes(os.urandom(60_000))
    assert 60_000 < (await build(engine, what)).transferred < 70_000


def sockets() -> int:
    """How many this process has open."""
    names = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
    return sum(os.path.islink(name) and os.readlink(name).startswith("socket:") for name in names)


def running(mark: str) -> bool:
    """Whether a process has this word in its command line."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "cmdline").read_bytes():
                return True
        except OSError:
            continue
    return False


async def gone(mark: str) -> None:
    limit = time.monotonic() + 10
    while await asyncio.to_thread(running, mark):
        assert time.monotonic() < limit, "the step still runs"
        await asyncio.sleep(0.02)


def sleeper(folder: Path) -> tuple[BuildSpec, str]:
    """A build that sleeps, and a word by which its process is known."""
    mark = f"mark-{uuid.uuid4().hex}"
    dockerfile = f'FROM {IMAGE}\nRUN ["sh", "-c", "echo begun; sleep 100; true", "{mark}"]\n'
    return spec(folder, dockerfile, no_cache=True), mark


@both
async def test_leaving_early_ends_the_build_and_leaves_nothing(
    engine: Engine, tmp_path: Path, builder: int
) -> None:
    what, mark = sleeper(tmp_path)
    await engine.ping(5)
    before, tasks = sockets(), len(asyncio.all_tasks())
    async with engine.builds.run(
        what, id=uuid.uuid4().hex, builder=builder, args={}, labels={}, credentials=nobody
    ) as events:
        async for event in events:
            if isinstance(event, BuildOutput) and event.text.strip() == "begun":
                break
        assert await asyncio.to_thread(running, mark)
    assert (sockets(), len(asyncio.all_tasks())) == (before, tasks)
    await gone(mark)


async def test_a_cancelled_task_ends_its_build(engine: Engine, tmp_path: Path) -> None:
    what, mark = sleeper(tmp_path)
    task = asyncio.create_task(build(engine, what))
    while not await asyncio.to_thread(running, mark):
        await asyncio.sleep(0.02)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await gone(mark)


async def test_a_build_is_cancelled_by_its_id(engine: Engine, tmp_path: Path) -> None:
    what, mark = sleeper(tmp_path)
    id = uuid.uuid4().hex

    async def cancel() -> None:
        while not await asyncio.to_thread(running, mark):
            await asyncio.sleep(0.02)
        await engine.builds.cancel(id)

    cancelling = asyncio.create_task(cancel())
    with pytest.raises(HoldfastError):
        async with engine.builds.run(
            what, id=id, builder=BUILDKIT, args={}, labels={}, credentials=nobody
        ) as events:
            async for _ in events:
                pass
    await cancelling
    await gone(mark)
    await engine.builds.cancel(id)  # a second time does no harm


async def test_what_is_not_there_is_named(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile.prod").write_text("FROM scratch\n")
    with pytest.raises(BuildImpossible) as caught:
        await build(engine, spec(tmp_path))
    assert caught.value.message == f"build.dockerfile: there is no file {tmp_path}/Dockerfile"
    assert caught.value.hint == f"in {tmp_path} there is Dockerfile.prod"
    with pytest.raises(BuildImpossible) as caught:
        await build(engine, spec(tmp_path / "srv" / "app", at=str(tmp_path / "Dockerfile.prod")))
    assert caught.value.message == f"build.context: there is no folder {tmp_path}/srv/app"
    assert caught.value.hint == f"there is {tmp_path}, but no srv in it"
    with pytest.raises(BuildImpossible, match="is no folder"):
        await build(engine, spec(tmp_path / "Dockerfile.prod", at=str(tmp_path / "Dockerfile.prod")))
    with pytest.raises(BuildImpossible, match="is a folder"):
        await build(engine, spec(tmp_path, at=str(tmp_path)))


@both
async def test_a_file_that_cannot_be_read_ends_the_build_and_is_named(
    engine: Engine, tmp_path: Path, builder: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = os.open

    def refusing(path: Any, *more: Any, **options: Any) -> int:
        if os.fsdecode(path).endswith("/locked"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return really(path, *more, **options)

    (tmp_path / "locked").write_text("not for this account")
    what = spec(tmp_path, "FROM scratch\nCOPY . /\n")
    monkeypatch.setattr(os, "open", refusing)
    with pytest.raises(HoldfastError) as caught:
        await build(engine, what, builder)
    assert caught.value.message == "Cannot read locked for the build: Permission denied"
    assert ".dockerignore" in caught.value.hint


async def test_a_file_that_vanishes_arrives_empty_and_is_warned_about(
    engine: Engine, private_engine: PrivateEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fleeting").write_text("gone soon")
    what = spec(tmp_path, "FROM scratch\nCOPY . /all/\n")
    really = os.open

    def vanishing(path: Any, *more: Any, **options: Any) -> int:
        if os.fsdecode(path).endswith("/fleeting"):
            os.unlink(path)
        return really(path, *more, **options)

    monkeypatch.setattr(os, "open", vanishing)
    built = await build(engine, what)
    found = await asyncio.to_thread(content, private_engine, built.image)
    assert found["fleeting"].content == b""
    [warning] = [event.message for event in built.events if isinstance(event, BuildWarning)]
    assert warning.startswith("fleeting vanished")


@both
async def test_a_dockerfile_that_cannot_be_understood(engine: Engine, tmp_path: Path, builder: int) -> None:
    with pytest.raises(BuildFailed, match="FRUM"):
        await build(engine, spec(tmp_path, "FRUM scratch\n"), builder)


@both
async def test_a_failing_step_raises_what_it_said(engine: Engine, tmp_path: Path, builder: int) -> None:
    with pytest.raises(BuildFailed) as caught:
        await build(engine, spec(tmp_path, f"FROM {IMAGE}\nRUN echo out of luck; exit 3\n"), builder)
    assert "out of luck" in "".join(caught.value.detail)
