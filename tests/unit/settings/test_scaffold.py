"""`holdfast init`: what is found in a folder, and the file that is made of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.errors import HoldfastError, Refused
from tui.model.app import AppSpec, BuildSecret, BuildSpec, Healthcheck, Mount, Port
from tui.model.app_name import taken_by
from tui.settings.compose_file import MOST, Tagged, UnreadableFile, read
from tui.settings.dockerfiles import ImageFacts
from tui.settings.load import load
from tui.settings.scaffold import NoFolder, Project, app_name, look, remote_repository, scaffold, write_new

COMPOSE = """
services:
  db:
    image: postgres:16
  web:
    build:
      context: .
      dockerfile: docker/Dockerfile
      args: { NODE_ENV: production, TOKEN: "${TOKEN}" }
      secrets: [npm, { source: token, target: id }]
      ssh: [default]
    image: registry.example.com/team/shop:${TAG:-latest}
    container_name: shop
    depends_on: [db]
    ports: ["${PORT:-8080}:80", 22:22, "bad:1"]
    environment:
      DB: "postgres://db/${NAME:-shop}"
      PASSWORD:
      KEY: ${KEY}
      PRICE: $$5
      DEBUG: yes
      NEEDS: "a ${MISSING}"
    env_file: .env
    volumes: ["files:/files", "${DIR:-./conf}:/etc/conf:ro", { type: volume, source: ext, target: /ext }]
    networks: [back]
    healthcheck: { test: "curl -f http://localhost || exit 1", interval: 30s, start_interval: 1s }
    x-note: 1
    tty:
volumes: { files: , ext: { external: true } }
networks: { back: { name: backbone } }
secrets: { npm: { file: ./npmrc }, token: { environment: NPM_TOKEN } }
"""


def all_loaded(folder: Path, text: str) -> dict[str, AppSpec]:
    """The apps that a text defines."""
    (folder / "holdfast.toml").write_text(text, encoding="utf-8")
    return dict(load(str(folder / "holdfast.toml"), {"HOME": str(folder)}).apps)


def loaded(folder: Path, text: str) -> AppSpec:
    """The one app that a text defines."""
    (app,) = all_loaded(folder, text).values()
    return app


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is not in a git repository, nor the working folder."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "shop").mkdir()
    return tmp_path / "shop"


def git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)


def test_an_empty_folder_gives_an_app_of_its_name(shop: Path) -> None:
    assert look(str(shop)) == Project("shop")
    assert loaded(shop, scaffold(str(shop), look(str(shop)))) == AppSpec(
        "shop", "shop", f"{shop}/holdfast.toml"
    )


def test_a_dockerfile_gives_build_port_and_probe(shop: Path) -> None:
    (shop / "Dockerfile").write_text("FROM a AS b\nEXPOSE 1\nFROM c\nENV PORT=8080\nEXPOSE $PORT 9/udp\n")
    (shop / "Dockerfile.dev").write_text("FROM a\n")
    (shop / "Dockerfile.dockerignore").write_text("")
    (shop / "docker").mkdir()
    (shop / "docker" / "db.Dockerfile").write_text("FROM a\n")
    found = look(str(shop))
    assert found.dockerfiles == ("Dockerfile", "Dockerfile.dev", "docker/db.Dockerfile")
    assert found.images["Dockerfile", ""].port == 8080
    text = scaffold(str(shop), found)
    assert "# Also there: Dockerfile.dev, docker/db.Dockerfile\n" in text
    app = loaded(shop, text)
    assert app.build is not None
    assert (app.build.context, app.build.dockerfile) == (str(shop), f"{shop}/Dockerfile")
    assert app.run.ports == (Port(8080, "8080"),)
    assert app.ready.tcp == 8080


def test_a_health_check_of_the_image_is_its_probe(shop: Path) -> None:
    (shop / "web.Dockerfile").write_text("FROM a\nEXPOSE 53/udp\nHEALTHCHECK CMD true\n")
    app = loaded(shop, scaffold(str(shop), look(str(shop))))
    assert app.build is not None
    assert app.build.dockerfile == f"{shop}/web.Dockerfile"
    assert app.run.ports == (Port(53, "53", protocol="udp"),)
    assert app.ready.tcp == 0


def test_the_git_remote_gives_image_and_name(shop: Path) -> None:
    git(shop, "init")
    git(shop, "remote", "add", "origin", "https://user:secret@github.com/Team/Web.git")
    (shop / "api").mkdir()
    assert loaded(shop, scaffold(str(shop), look(str(shop)))).image == "ghcr.io/team/web"
    assert look(str(shop)).name == "web"
    part = look(str(shop / "api"))
    assert (part.name, part.remote) == ("api", "github.com/team/web/api")
    assert "secret" not in repr(part)


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("git@gitlab.com:a/b/c.git", "gitlab.com/a/b/c"),
        ("ssh://git@git.example.com:2222/a/b", "git.example.com/a/b"),
        ("https://codeberg.org/A/B/", "codeberg.org/a/b"),
        ("/srv/git/a.git", ""),
        ("file:///srv/git/a.git", ""),
        ("", ""),
    ],
)
def test_remotes_are_taken_apart(url: str, repository: str) -> None:
    assert remote_repository(url) == repository


def test_dockerfiles_in_subfolders_are_found_with_their_contexts(shop: Path) -> None:
    for path in (
        "services/api/Dockerfile",
        "node_modules/x/Dockerfile",
        "a/b/c/d/Dockerfile",
        ".git/Dockerfile",
    ):
        (shop / path).parent.mkdir(parents=True)
        (shop / path).write_text("FROM a\nEXPOSE 70\n")
    assert look(str(shop)).dockerfiles == ("services/api/Dockerfile",)
    app = loaded(shop, scaffold(str(shop), look(str(shop))))
    assert app.build == BuildSpec(f"{shop}/services/api", f"{shop}/services/api/Dockerfile")
    assert app.run.ports == (Port(70, "70"),)


def test_each_service_has_the_port_of_its_own_dockerfile_and_stage(shop: Path) -> None:
    (shop / "Dockerfile").write_text("FROM a\nEXPOSE 1\n")
    (shop / "api").mkdir()
    (shop / "api" / "Dockerfile").write_text(
        "FROM a AS base\nWORKDIR /app\nCOPY . .\nEXPOSE 80\nFROM base AS worker\nEXPOSE 90\nFROM base\n"
    )
    (shop / "compose.yaml").write_text(
        "services:\n  web: { build: api, volumes: ['./api:/app', './conf:/conf'] }\n"
        "  worker: { build: { context: api, target: worker } }\n"
    )
    text = scaffold(str(shop), look(str(shop)))
    apps = all_loaded(shop, text)
    assert {name: app.ready.tcp for name, app in apps.items()} == {"web": 80, "worker": 90}
    assert "# Mind: volumes mounts ./api over /app, which the image fills itself" in text
    assert "mounts ./conf" not in text


def test_a_git_host_that_nobody_knows_as_a_registry_is_only_offered(shop: Path) -> None:
    (shop / "Dockerfile").write_text("FROM a\n")
    git(shop, "init")
    git(shop, "remote", "add", "origin", "https://git.example.com/team/web.git")
    text = scaffold(str(shop), look(str(shop)))
    assert loaded(shop, text).image == "web"
    assert '# Where git.example.com is a registry too: image = "git.example.com/team/web"' in text


def test_the_service_of_a_compose_file_becomes_the_run_table(shop: Path) -> None:
    (shop / "compose.yaml").write_text(COMPOSE)
    text = scaffold(str(shop), look(str(shop)))
    app = loaded(shop, text)
    assert app.image == "registry.example.com/team/shop"
    assert app.build is not None
    assert app.build.dockerfile == f"{shop}/docker/Dockerfile"
    assert app.build.args == {"NODE_ENV": "production"}
    assert app.run.restart == "no"
    assert app.build.secrets == (BuildSecret("npm", f"{shop}/npmrc"), BuildSecret("id", env="NPM_TOKEN"))
    assert app.run.ports == (Port(80, "8080"), Port(22, "22"))
    assert app.run.environment == {
        "DB": "postgres://db/shop", "PASSWORD": None, "KEY": None, "PRICE": "$5", "DEBUG": "yes",
    }  # fmt: skip
    assert app.run.env_file == (f"{shop}/.env",)
    assert app.run.volumes == (
        Mount("volume", "shop_files", "/files"),
        Mount("bind", f"{shop}/conf", "/etc/conf", True, {"create_host_path": True}),
        Mount("volume", "ext", "/ext"),
    )
    assert app.run.networks == {"backbone": ("web",)}
    assert app.run.healthcheck == Healthcheck(("CMD-SHELL", "curl -f http://localhost || exit 1"), 30.0)
    for left in (
        "depends_on is not taken: an app is one container",
        "ports[2] = 'bad:1' is not allowed",
        "container_name is not taken: the container bears the app's name",
        "healthcheck.start_interval is not taken",
        "ssh is not taken",
        "args.TOKEN: TOKEN is not set here",
        "environment.KEY: it is passed on from outside: KEY is not set here",
        "environment.NEEDS: MISSING is not set here",
    ):
        assert f"# Left out: {left}" in text
    assert "# Its other services: db." in text


def test_one_service_alone_is_the_app_even_if_it_is_not_built(shop: Path) -> None:
    (shop / "docker-compose.yml").write_text(
        "name: Mine\nservices:\n  db:\n    image: postgres:16@sha256:ab\n    network_mode: host\n"
        "    ports: [1:1]\n    networks: [a]\n    volumes: [db:/db]\n"
    )
    text = scaffold(str(shop), look(str(shop)))
    app = loaded(shop, text)
    assert (app.image, app.run.network_mode, app.run.ports) == ("postgres", "host", ())
    assert app.run.volumes[0].source == "mine_db"
    assert "# Left out: ports: nothing can be published in that network_mode" in text


def test_each_service_that_is_built_is_an_app_of_its_name(shop: Path) -> None:
    (shop / "compose.yml").write_text(
        "services: { a: { build: x }, web: { build: { context: y } }, c: { image: z } }"
    )
    text = scaffold(str(shop), look(str(shop)))
    apps = all_loaded(shop, text)
    assert apps["web"].build == BuildSpec(f"{shop}/y", f"{shop}/y/Dockerfile")
    assert apps["app-a"].build == BuildSpec(f"{shop}/x", f"{shop}/x/Dockerfile")
    assert [*apps] == ["web", "app-a"]
    assert apps["web"].run.networks == {"shop_default": ("web",)}
    assert "# Its other services: c." in text


def test_where_nothing_is_built_every_service_is_told_so(shop: Path) -> None:
    (shop / "compose.yml").write_text("services: { a: { image: 'x:1.2' }, b: { image: 'r.io/y' } }")
    text = scaffold(str(shop), look(str(shop)))
    apps = all_loaded(shop, text)
    assert [(app.image, app.build) for app in apps.values()] == [("x", None), ("r.io/y", None)]
    assert "# Nothing is built here: compose.yml has only images that others build." in text
    assert "has: holdfast deploy app-a 1.2\n" in text
    assert "has: holdfast deploy app-b\n" in text


def test_an_image_whose_name_needs_a_variable_is_not_guessed(shop: Path) -> None:
    (shop / "compose.yml").write_text("services: { web: { build: ., image: '${REGISTRY}/web:${TAG}' } }")
    assert loaded(shop, scaffold(str(shop), look(str(shop)))).image == "web"
    (shop / "compose.yml").write_text("services: { web: { build: ., image: 'r.io/web:${TAG?needed}' } }")
    assert loaded(shop, scaffold(str(shop), look(str(shop)))).image == "r.io/web"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("services: [", "not valid YAML: expected the node content, but found '<stream end>' (line 1)"),
        (
            "a: !!python/name:os.system 1",
            "not valid YAML: could not determine a constructor for the tag "
            "'tag:yaml.org,2002:python/name:os.system' (line 1)",
        ),
        ("a: 1\nb: 2\na: 3", "not valid YAML: the key 'a' stands there twice (line 3)"),
        ("- 1", "is not a compose file: it has no services"),
        ("", "is not a compose file: it has no services"),
        ("a: \x00", "not valid YAML: ReaderError"),
        ("[" * 3000, "not valid YAML: RecursionError"),
        ("#" * (1 << 20) + "##", "cannot be read: it is larger than 1 MiB"),
    ],
    ids=lambda text: text[:20],
)
def test_a_compose_file_that_cannot_be_read_is_a_note(shop: Path, text: str, why: str) -> None:
    (shop / "compose.yaml").write_text(text)
    found = look(str(shop))
    assert found.notes == (f"{shop}/compose.yaml: {why}",)
    written = scaffold(str(shop), found)
    assert f"# {shop}/compose.yaml: {why}\n" in written
    assert loaded(shop, written).name == "shop"


def test_yaml_is_read_as_compose_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(
        "{a: 22:22, b: yes, c: 2020-01-01, d: 0755, e: 0x10, f: 1.5, g: true, h: ~, i: 1_0, j: 10, k: off}"
    )
    assert read(str(file)) == [
        {
            "a": "22:22", "b": "yes", "c": "2020-01-01", "d": 493, "e": 16, "f": 1.5, "g": True, "h": None,
            "i": 10, "j": 10, "k": "off",
        }
    ]  # fmt: skip
    file.write_text("base: &b {x: 1}\nmine: {<<: *b, y: 2}\n--- {z: !reset 1}\n")
    assert read(str(file))[0]["mine"] == {"x": 1, "y": 2}
    assert read(str(file))[1] == {"z": Tagged("!reset", 1)}


def test_aliases_that_grow_without_end_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    file.write_text("\n".join(lines))
    with pytest.raises(UnreadableFile, match=f"has more than {MOST} values"):
        read(str(file))
    file.write_text("self: &s [*s]\n")
    with pytest.raises(UnreadableFile, match="recursive"):
        read(str(file))


def test_a_missing_file_or_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoFolder, match="none: cannot be read: No such file or directory") as caught:
        look(str(tmp_path / "none"))
    assert caught.value.exit_status == 2
    with pytest.raises(UnreadableFile, match="No such file"):
        read(str(tmp_path / "none.yaml"))


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "holdfast.toml"
    write_new(str(path), "a = 1\n")
    with pytest.raises(Refused, match=r"holdfast\.toml exists and is not overwritten") as caught:
        write_new(str(path), "b = 2\n")
    assert caught.value.exit_status == 4
    assert path.read_text() == "a = 1\n"
    (tmp_path / "link.toml").symlink_to("nowhere")
    with pytest.raises(Refused):
        write_new(str(tmp_path / "link.toml"), "")


def test_a_file_that_cannot_be_written_is_not_left_behind(tmp_path: Path) -> None:
    with pytest.raises(HoldfastError, match="cannot be written: No such file"):
        write_new(str(tmp_path / "none" / "holdfast.toml"), "")
    path = tmp_path / "full.toml"
    code = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))\n"
        "from tui.settings.scaffold import write_new\n"
        "write_new(sys.argv[1], 'x' * 100)\n"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, str(path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert "cannot be written: File too large" in done.stderr
    assert not path.exists()


@given(st.text())
@example("web.r3")
@example("a/web.lease")
@example("holdfast-ledger")
def test_any_text_can_be_made_a_name(text: str) -> None:
    from tui.settings.apps import image_problem

    name = app_name(text)
    assert image_problem(name) == ""
    assert name[0].isalnum()
    assert app_name(name) == name
    assert not taken_by(name)


TEXT = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["80:80", "a:/b", "./a:/b:ro", "${A}", "${A:-1}", "$$", "CMD", "1m", "10.0.0.1", "host", "a=b", "${"]
    ),
)
PLAIN = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 70000), st.floats(-9, 9), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=5,
)  # fmt: skip


def _keys() -> list[str]:
    from tui.settings.compose import UNTAKEN
    from tui.settings.run_keys import RUN

    return [*RUN, *UNTAKEN["service"], "image", "build", "x-a", "zzz"]


def _build_keys() -> list[str]:
    from tui.settings.app_keys import BUILD
    from tui.settings.compose import UNTAKEN

    return [*BUILD, *UNTAKEN["build"]]


BUILDS = st.one_of(PLAIN, st.dictionaries(st.sampled_from(_build_keys()), PLAIN, max_size=4))
SERVICE = st.one_of(PLAIN, st.dictionaries(st.sampled_from(_keys()), PLAIN, max_size=5))
SERVICES = st.dictionaries(
    TEXT, st.one_of(SERVICE, st.builds(lambda build, rest: {"image": rest, "build": build}, BUILDS, TEXT))
)
DOCUMENT = st.fixed_dictionaries(
    {"services": st.one_of(PLAIN, SERVICES)}, optional={"volumes": PLAIN, "networks": PLAIN, "secrets": PLAIN}
)
FILES = st.text(st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1)
FOUND = st.builds(
    Project,
    name=st.text().map(app_name),
    dockerfiles=st.lists(FILES, max_size=2).map(tuple),
    images=st.dictionaries(
        st.tuples(st.sampled_from(["Dockerfile", "x/Dockerfile"]), st.just("")),
        st.builds(ImageFacts, st.integers(0, 65535), st.sampled_from(["tcp", "udp", "sctp"]), st.booleans()),
    ),
    remote=st.text().map(lambda text: remote_repository(f"https://github.com/{text}")),
    compose=st.text(max_size=3),
    document=DOCUMENT,
    project=st.text(max_size=3),
    notes=st.lists(st.text(), max_size=2).map(tuple),
)


@given(FOUND)
def test_whatever_is_found_the_text_loads(tmp_path_factory, found) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("any")
    text = scaffold(str(folder), found)
    assert text.replace("\n", "").isprintable()
    assert all_loaded(folder, text)


def test_a_text_that_a_terminal_would_obey_is_escaped_and_stays_what_it_is(shop: Path) -> None:
    hostile = "\x1b]52;c;eA\x07\x9b2J\u202e"
    document = {"services": {"web": {"build": ".", "environment": {"A": hostile, hostile: "x"}, hostile: 1}}}
    text = scaffold(str(shop), Project("web", compose="compose.yaml", document=document, notes=(hostile,)))
    assert text.replace("\n", "").isprintable()
    assert loaded(shop, text).run.environment == {"A": hostile, hostile: "x"}


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("value", ["${HOME}", "$${HOME}", "${A:-b}", "$5", "${A\n}", "a ${B} c"])
def test_a_dollar_sign_of_a_compose_file_is_no_variable_of_a_deploy(
    shop: Path, value: str, listed: bool
) -> None:
    own = {"A": value, "B": "x"}
    environment = [f"{name}={text}" for name, text in own.items()] if listed else own
    document = {"services": {"web": {"build": ".", "environment": environment}}}
    run = loaded(shop, scaffold(str(shop), Project("web", compose="compose.yaml", document=document))).run
    assert (run.environment, run.interpolated) == (own, {})


def test_what_has_to_be_there_before_the_first_deploy_is_said(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text(
        """name: shop
services:
  web: {build: ., volumes: ["data:/data", "./conf:/conf", {type: volume, source: more, target: /m}]}
  db: {image: postgres}
volumes: {data: {}, more: {external: true}}
"""
    )
    text = scaffold(str(tmp_path), look(str(tmp_path)))
    assert "# A deploy refuses where these are missing; uncommented, it makes them (a volume is empty" in text
    head, _, rest = text.partition("# A deploy refuses")
    said, commented = rest.split("\n", 1)
    commented, _, rest = commented.partition("\n\n")
    (tmp_path / "holdfast.toml").write_text(head + commented.replace("# ", "") + "\n\n" + rest)
    app = load(str(tmp_path / "holdfast.toml"), {"HOME": str(tmp_path)}).apps
    [made] = app.values()
    assert made.create_networks == ("shop_default",)
    assert made.create_volumes == ("shop_data", "more")
    assert said


def test_nothing_is_said_where_nothing_has_to_be_there(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services:\n  web: {build: .}\n")
    assert "create_networks" not in scaffold(str(tmp_path), look(str(tmp_path)))
