"""Apps as they are read: every key, short and long, several files, paths."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from tui.model.app import (
    AppSpec,
    BuildSecret,
    BuildSpec,
    Healthcheck,
    Mount,
    Port,
    ProofSpec,
    ReadySpec,
    RunSpec,
    Ulimit,
)
from tui.model.policy import EngineSettings
from tui.model.scan_spec import Ignore, ScanSpec
from tui.model.signing import KeySource
from tui.model.trust import ListedIdentity, ListedKey, Trust
from tui.model.verdict import Wanted
from tui.settings.allowed import allow
from tui.settings.app_file import run_table
from tui.settings.load import ConfigError, asks_of, load

if TYPE_CHECKING:
    from tests.unit.settings.conftest import LoadApp

MADE = {"create_host_path": True}
EXAMPLE = Path(__file__).parents[3] / "config.example.toml"


def run(load_app: LoadApp, text: str) -> RunSpec:
    return load_app(f"[apps.web.run]\n{text}\n").run


def test_an_app_needs_nothing_but_its_name(load_app: LoadApp) -> None:
    assert load_app("[apps.web]\n") == AppSpec("web", "web", os.path.abspath("holdfast.toml"))


def test_apps_that_share_a_repository_know_of_each_other(home: dict[str, str]) -> None:
    Path("holdfast.toml").write_text(
        '[apps.web]\nimage = "team/web"\nkeep = 2\n'
        '[apps.worker]\nimage = "docker.io/team/web"\n'
        '[apps.other]\nimage = "other/web"\n'
    )
    apps = load(None, home).apps
    assert (apps["web"].shares, apps["worker"].shares) == ({"worker": 5}, {"web": 2})
    assert apps["other"].shares == {}


def test_the_whole_example_is_read_as_it_says(home: dict[str, str]) -> None:
    _, start, example = EXAMPLE.read_text().partition("# # An engine")
    Path("holdfast.toml").write_text(re.sub("^# ?", "", start + example, flags=re.M))
    assert load(None, home).apps["web"].withheld.keys() == {"registry", "build", "run", "scan"}, (
        "before it is allowed"
    )
    content, wanted = asks_of("holdfast.toml", home)
    allow("holdfast.toml", content, wanted, 1.0, home)
    settings = load(None, home)
    here, user = os.getcwd(), home["HOME"]
    assert settings.engines["prod"] == EngineSettings(
        "bright_red", protected=True, host="ssh://deploy@prod", ssh_options=("ProxyJump=bastion",)
    )
    assert settings.policy.trust == Trust(
        sign_key=KeySource(file=f"{here}/keys/ci.key"),
        sign_keys={"production": KeySource(env="PRODUCTION_KEY")},
        verify_keys=(
            ListedKey("ci", KeySource(file="/etc/holdfast/ci.pub")),
            ListedKey("ci-2026", KeySource(file="/etc/holdfast/ci-2026.pub"), 1_801_353_600.0),
        ),
        identities=(ListedIdentity("jo", "https://accounts.google.com", "jo@example.com"),),
        trusted_root="/etc/holdfast/root.json",
        require=(Wanted("signature"), Wanted("scan", max_age=30 * 86_400.0, keys=("ci",))),
        scope=("registry.example.com/team/*",),
    )
    assert dict(settings.apps) == {
        "web": AppSpec(
            name="web",
            image="registry.example.com/team/web",
            origin=f"{here}/holdfast.toml",
            engines=("prod",),
            drain=("/app/drain",),
            create_networks=("front",),
            create_volumes=("web-data",),
            ignore_changes=("/tmp", "*.pyc"),
            build=BuildSpec(
                context=here,
                dockerfile=f"{here}/docker/web.Dockerfile",
                target="runtime",
                args={"NODE_ENV": "production"},
                labels={"org.opencontainers.image.vendor": "Team"},
                secrets=(BuildSecret("npm", f"{user}/.npmrc"), BuildSecret("token", env="NPM_TOKEN")),
                platform="linux/amd64",
                pull=True,
                cache_from=("registry.example.com/team/web:cache",),
                network="host",
            ),
            run=RunSpec(
                command=("serve", "--port", "8080"),
                entrypoint=("/entrypoint.sh",),
                environment={"LOG_LEVEL": "info", "WORKERS": "4"},
                env_file=(f"{here}/.env",),
                user="1000:1000",
                group_add=("docker",),
                working_dir="/app",
                hostname="web",
                ports=(
                    Port(80, "8080"),
                    Port(443, "8443", "127.0.0.1"),
                    Port(9000, "9000", protocol="udp"),
                    Port(9001, "9001", protocol="udp"),
                    Port(9090, "9090", "127.0.0.1"),
                ),
                volumes=(
                    Mount("bind", f"{here}/config", "/etc/web", True, {"create_host_path": True}),
                    Mount("volume", "web-files", "/var/lib/web"),
                    Mount("bind", f"{user}/uploads", "/uploads", options={"create_host_path": False}),
                    Mount("tmpfs", "", "/scratch", options={"size": 64 * 2**20, "mode": 0o1777}),
                ),
                tmpfs={"/run": "", "/tmp": "size=64m"},
                networks={"backend": ("web",)},
                dns=("10.0.0.2",),
                extra_hosts=("db.internal:10.0.0.5", "host:host-gateway"),
                read_only=True,
                init=True,
                cap_drop=("ALL",),
                cap_add=("NET_BIND_SERVICE",),
                security_opt=("no-new-privileges:true",),
                devices=("/dev/fuse:/dev/fuse:rwm",),
                sysctls={"net.core.somaxconn": "1024"},
                ulimits=(Ulimit("nproc", 4096, 4096), Ulimit("nofile", 20000, 40000)),
                mem_limit=512 * 2**20,
                mem_reservation=256 * 2**20,
                memswap_limit=2**30,
                shm_size=64 * 2**20,
                cpus=1.5,
                cpu_shares=512,
                cpuset="0-1",
                pids_limit=200,
                oom_score_adj=-500,
                healthcheck=Healthcheck(
                    ("CMD", "curl", "-f", "http://localhost/healthz"), 30.0, 5.0, 10.0, 3
                ),
                stop_grace_period=30.0,
                stop_signal="SIGTERM",
                logging_driver="json-file",
                logging_options={"max-size": "10m", "max-file": "3"},
                labels={"com.example.team": "web"},
            ),
            ready=ReadySpec(
                http="80/healthz",
                status=204,
                host="shop.example.com",
                scheme="https",
                verify=False,
                headers={"X-Forwarded-Proto": "https"},
            ),
            test=ProofSpec(("npm", "test"), 300.0, {"CI": "true"}),
            scan=ScanSpec(
                scanner="trivy",
                fail_on="high",
                only_fixable=True,
                only_new=True,
                ignore=(Ignore("CVE-2026-1234", "it is never called", "zlib", "2027-01-31"),),
                vex=(f"{here}/web.vex.json",),
                sha256="1f889576636db0623539cb339df7d06c40ebf39e7919489eafa1160e29808f19",
                dockerfile=True,
                database="/srv/trivy",
            ),
        )
    }


def test_every_field_can_be_set() -> None:
    from tui.settings.app_keys import APP, BUILD, READY, TEST
    from tui.settings.run_keys import RUN
    from tui.settings.scan_keys import SCAN

    logging = {"logging_driver", "logging_options"}
    assert {*BUILD} == {*BuildSpec._fields}
    assert {*READY} == {*ReadySpec._fields}
    assert {*TEST} == {*ProofSpec._fields}
    assert {*SCAN} == {*ScanSpec._fields}
    assert {*RUN} - {"logging"} == {*RunSpec._fields} - logging - {"interpolated"}
    others = {"name", "origin", "shares", "withheld", "build", "run", "ready", "test", "scan"}
    assert {*APP, *others} - {"engine"} == {*AppSpec._fields}


def test_every_key_of_an_app_stands_in_the_example() -> None:
    from tui.settings.app_keys import APP, BUILD, READY, TEST
    from tui.settings.run_keys import RUN
    from tui.settings.scan_keys import SCAN

    text = EXAMPLE.read_text()
    assert [key for key in (*APP, *BUILD, *READY, *TEST, *RUN, *SCAN) if key not in text] == []


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ('command = "sh -c \'a b\'"', "command", ("sh", "-c", "a b")),
        ("command = []", "command", ()),
        ('environment = ["A=b=c", "B", "C="]', "environment", {"A": "b=c", "B": None, "C": ""}),
        ("environment = { A = true, B = 1.5, C = -1 }", "environment", {"A": "true", "B": "1.5", "C": "-1"}),
        ("user = 1000", "user", "1000"),
        ("group_add = [0]", "group_add", ("0",)),
        ("ports = [80]", "ports", (Port(80),)),
        ('ports = [{ target = 80, published = "8000-8010" }]', "ports", (Port(80, "8000-8010"),)),
        ('ports = ["80:80", "80:80/tcp"]', "ports", (Port(80, "80"),)),
        ('ports = ["53:53", "53:53/udp"]', "ports", (Port(53, "53"), Port(53, "53", protocol="udp"))),
        ('ports = ["80:80/TCP", "53/Udp"]', "ports", (Port(80, "80"), Port(53, protocol="udp"))),
        ('ports = [{ target = 80, protocol = "TCP" }]', "ports", (Port(80),)),
        ('volumes = ["/var/lib/db"]', "volumes", (Mount("volume", "", "/var/lib/db"),)),
        (
            'volumes = ["db:/db:ro,nocopy"]',
            "volumes",
            (Mount("volume", "db", "/db", True, {"nocopy": True}),),
        ),
        (
            'volumes = ["/a:/b:Z,slave"]',
            "volumes",
            (Mount("bind", "/a", "/b", False, {**MADE, "selinux": "Z", "propagation": "slave"}),),
        ),
        (
            'volumes = [{ type = "volume", source = "db", target = "/db/", volume = { subpath = "a" } }]',
            "volumes",
            (Mount("volume", "db", "/db", False, {"subpath": "a"}),),
        ),
        ('tmpfs = "/run"', "tmpfs", {"/run": ""}),
        ('networks = ["a", "b"]', "networks", {"a": (), "b": ()}),
        ("networks = { a = {} }", "networks", {"a": ()}),
        ('network_mode = "container:db"', "network_mode", "container:db"),
        ('dns = "::1"', "dns", ("::1",)),
        ('extra_hosts = ["a:10.0.0.1", "b=::1", "c=[::1]"]', "extra_hosts", ("a:10.0.0.1", "b:::1", "c:::1")),
        ('extra_hosts = { a = ["10.0.0.1", "::1"] }', "extra_hosts", ("a:10.0.0.1", "a:::1")),
        ('restart = "on-failure:5"', "restart", "on-failure:5"),
        ('devices = ["/dev/a"]', "devices", ("/dev/a",)),
        ('devices = [{ source = "/dev/a", permissions = "r" }]', "devices", ("/dev/a:/dev/a:r",)),
        ('sysctls = ["net.core.somaxconn=9"]', "sysctls", {"net.core.somaxconn": "9"}),
        ("ulimits = { memlock = -1 }", "ulimits", (Ulimit("memlock", -1, -1),)),
        ("mem_limit = 1024", "mem_limit", 1024),
        ("memswap_limit = -1", "memswap_limit", -1),
        ('cpus = "0.5"', "cpus", 0.5),
        ("cpuset = 3", "cpuset", "3"),
        ('stop_grace_period = "1m30s"', "stop_grace_period", 90.0),
        ("stop_grace_period = 0", "stop_grace_period", 0.0),
        ('healthcheck = { test = "a | b" }', "healthcheck", Healthcheck(("CMD-SHELL", "a | b"))),
        ("healthcheck = { disable = true }", "healthcheck", Healthcheck(("NONE",))),
        ("healthcheck = { disable = false }", "healthcheck", Healthcheck()),
        ('healthcheck = { interval = "1m" }', "healthcheck", Healthcheck((), 60.0)),
        ('logging = { driver = "none" }', "logging_driver", "none"),
        ('labels = ["a=b"]', "labels", {"a": "b"}),
    ],
)  # fmt: skip
def test_short_and_long_ways_to_write_it(load_app: LoadApp, text: str, field: str, value: Any) -> None:
    assert getattr(run(load_app, text), field) == value


def test_a_variable_as_a_whole_is_filled_in_later(load_app: LoadApp) -> None:
    text = 'environment = ["A=${A:-1}", "B", "C=${X}${Y}", "D=$$$${D}", "E=${E!x}", "F=x\\ny"]'
    read = run(load_app, text)
    assert read.interpolated == {"A": "${A:-1}"}
    assert read.environment == {"B": None, "C": "${X}${Y}", "D": "$$${D}", "E": "${E!x}", "F": "x\ny"}
    again = run(load_app, tomli_w.dumps(run_table(read)))
    assert again == read


def test_no_variable_and_no_other_home_is_put_into_a_text(load_app: LoadApp) -> None:
    text = 'environment = { A = "at $HOME", B = "$${HOME}" }\nvolumes = ["./~root/$HOME:/a"]\n'
    read = run(load_app, f'{text}env_file = "~root"')
    here = os.getcwd()
    assert read.environment == {"A": "at $HOME", "B": "${HOME}"}
    assert read.volumes[0].source == f"{here}/~root/$HOME"
    assert read.env_file == (f"{here}/~root",)


@pytest.mark.parametrize("source", [".env", "./.env", ".files/..", "..", ".", "...", ".a-b", "../.env"])
def test_what_begins_with_a_dot_is_a_path(load_app: LoadApp, source: str) -> None:
    mount = run(load_app, f'volumes = ["{source}:/app/it:ro"]').volumes[0]
    assert mount.kind == "bind"
    assert mount.source == os.path.normpath(Path.cwd() / source)
    assert mount.read_only


def test_paths_begin_where_their_file_is(home: dict[str, str], tmp_path: Path) -> None:
    other = tmp_path / "other" / "named.toml"
    other.parent.mkdir()
    other.write_text('[apps.web.build]\ndockerfile = "../Dockerfile"\n')
    Path("holdfast.toml").write_text(
        '[apps.web.build]\ncontext = "../src"\n[apps.web.run]\nenv_file = [{ path = "a.env" }]\n'
        'security_opt = ["seccomp:seccomp.json", "seccomp=unconfined"]\n'
    )
    app = load("../other/named.toml", home).apps["web"]
    assert app.build == BuildSpec(f"{tmp_path}/src", f"{tmp_path}/Dockerfile")
    assert app.run.env_file == (f"{tmp_path}/work/a.env",)
    assert app.run.security_opt == (f"seccomp={tmp_path}/work/seccomp.json", "seccomp=unconfined")
    assert app.origin == str(other)


def test_a_build_may_be_a_folder_or_nothing_but_its_head(load_app: LoadApp) -> None:
    here = os.getcwd()
    assert load_app('[apps.web]\nbuild = "sub"\n').build == BuildSpec(f"{here}/sub", f"{here}/sub/Dockerfile")
    assert load_app("[apps.web.build]\n").build == BuildSpec(here, f"{here}/Dockerfile")
    home_file = load_app('[apps.web.build]\ndockerfile = "~/Dockerfile"\n').build
    assert home_file is not None
    assert home_file.dockerfile == f"{os.path.dirname(here)}/Dockerfile"


def test_secrets_may_be_a_table(load_app: LoadApp) -> None:
    build = load_app('[apps.web.build.secrets]\nnpm = { file = "a" }\ntoken = { env = "T" }\n').build
    assert build is not None
    assert build.secrets == (BuildSecret("npm", f"{os.getcwd()}/a"), BuildSecret("token", env="T"))


def test_files_are_put_together_key_by_key(home: dict[str, str]) -> None:
    folder = Path(home["XDG_CONFIG_HOME"]) / "holdfast"
    (folder / "apps.d").mkdir()
    (folder / "apps.d" / "web.toml").write_text(
        '[apps.web]\nimage = "made"\nkeep = 1\nengine = "a"\n'
        '[apps.web.run]\nports = ["1:1"]\nnetworks = ["n"]\nenvironment = ["A=1", "B=1"]\n'
        '[apps.web.ready]\nhttp = "80/"\ntimeout = 5\n[apps.made]\n'
    )
    (folder / "apps.d" / "note.txt").write_text("not TOML")
    (folder / "config.toml").write_text(
        '[apps.web]\nimage = "written"\n[apps.web.run]\nports = ["2:2"]\nenvironment = { B = 2 }\n'
    )
    Path("holdfast.toml").write_text(
        '[apps.web]\nengines = ["b", "c"]\n[apps.web.run]\nnetwork_mode = "bridge"\n'
        "[apps.web.ready]\ntcp = 80\n"
    )
    settings = load(None, home)
    app = settings.apps["web"]
    assert list(settings.apps) == ["web", "made"]
    assert (app.image, app.keep, app.engines) == ("written", 1, ("b", "c"))
    assert app.run == RunSpec(environment={"A": "1", "B": "2"}, ports=(Port(2, "2"),), network_mode="bridge")
    assert app.ready == ReadySpec(timeout=5.0, tcp=80)
    assert app.origin == os.path.abspath("holdfast.toml")
    assert settings.apps["made"].origin == str(folder / "apps.d" / "web.toml")


def test_what_else_an_apps_file_holds_is_refused(home: dict[str, str]) -> None:
    folder = Path(home["XDG_CONFIG_HOME"]) / "holdfast" / "apps.d"
    folder.mkdir()
    (folder / "web.toml").write_text('theme = "nord"\n[apps.web]\nimages = "a"\n')
    with pytest.raises(ConfigError) as caught:
        load(None, home)
    assert caught.value.problems == (
        f"{folder}/web.toml: theme does not belong here: an app's file has [apps.NAME] alone",
        f"{folder}/web.toml: [apps.web] images is unknown: did you mean image?",
    )


def test_the_apps_are_a_mapping_like_any_other(home: dict[str, str]) -> None:
    Path("holdfast.toml").write_text("[apps.bb]\n[apps.aa]\n")
    apps = load(None, home).apps
    assert (list(apps), len(apps), "aa" in apps, "cc" in apps) == (["bb", "aa"], 2, True, False)
    assert apps["aa"] is apps["aa"]
    assert apps == load(None, home).apps
    assert repr(apps) == "Apps(bb, aa)"
    with pytest.raises(KeyError):
        apps["cc"]


def test_reading_apps_makes_no_value_before_it_is_asked_for(home: dict[str, str]) -> None:
    import subprocess
    import sys

    Path("holdfast.toml").write_text(
        '[apps.web]\nimage = "registry:5000/web"\n[apps.web.run]\nports = [80]\n'
    )
    code = (
        "import sys; from tui.settings.load import load; a = load().apps; "
        "print(sorted({'pathlib', 'shlex', 'difflib', 'dataclasses', 'tui.settings.made',"
        " 'tui.settings.compose', 'tui.model.reference'} & set(sys.modules)), a['web'].run.ports[0].target)"
    )
    tree = str(EXAMPLE.parent)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**home, "PYTHONPATH": tree},
        check=True,
    )
    assert done.stdout == "[] 80\n"


SCALARS = st.one_of(
    st.booleans(), st.integers(-5, 99999), st.floats(), st.text(max_size=8), st.dates(),
    st.sampled_from(["80:80", "./a:/b", "1m30s", "512m", "a", "CMD", "/x", "10.0.0.1", "a=b"]),
)  # fmt: skip
ANY = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(
                st.text(max_size=3),
                st.sampled_from(["target", "type", "source", "soft", "test", "id", "file"]),
            ),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


def _keys() -> list[tuple[str, str]]:
    from tui.settings.app_keys import APP, BUILD, READY, TEST
    from tui.settings.compose import UNTAKEN
    from tui.settings.run_keys import RUN

    tables = {"": APP, "build": BUILD, "ready": READY, "test": TEST, "run": {**RUN, **UNTAKEN["service"]}}
    return [(table, key) for table, keys in tables.items() for key in keys]


@given(st.lists(st.tuples(st.sampled_from(_keys()), ANY), max_size=4), st.booleans())
def test_any_app_is_either_read_or_refused_in_words(tmp_path_factory, keys, split) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("any")
    app: dict[str, Any] = {}
    for (table, key), value in keys:
        (app.setdefault(table, {}) if table else app)[key] = value
    (folder / "c.toml").write_text(
        tomli_w.dumps({"apps": {"web": app}}), encoding="utf-8", errors="surrogatepass"
    )
    try:
        read = load(str(folder / "c.toml"), {"HOME": str(folder)}).apps["web"]
    except ConfigError as error:
        assert all(problem.startswith(f"{folder}/c.toml: ") for problem in error.problems)
    else:
        assert isinstance(read, AppSpec)
        assert read.name == "web"


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(
    st.dictionaries(NAMES, TEXT, max_size=4),
    st.lists(TEXT, max_size=4),
    st.lists(st.integers(1, 65535), unique=True),
)
def test_texts_come_back_as_they_were_written(tmp_path_factory, variables, words, ports) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("trip")
    values = {"command": words, "ports": [f"{port}:{port}" for port in ports]}
    for environment in (variables, [f"{name}={value}" for name, value in variables.items()]):
        table = {"apps": {"web": {"run": {**values, "environment": environment}}}}
        (folder / "c.toml").write_bytes(tomli_w.dumps(table).encode())
        read = load(str(folder / "c.toml"), {"HOME": str(folder)}).apps["web"].run
        assert read.environment == variables
        assert read.command == tuple(words)
        assert read.ports == tuple(Port(port, str(port)) for port in ports)


def test_what_the_folders_own_file_defines_comes_first(home: dict[str, str], tmp_path: Path) -> None:
    folder = Path(home["XDG_CONFIG_HOME"]) / "holdfast"
    (folder / "apps.d").mkdir()
    (folder / "apps.d" / "adopted.toml").write_text('[apps.adopted]\nimage = "adopted"\n')
    (folder / "config.toml").write_text("[apps.mine]\n")
    assert load(None, home).own == ()
    Path("holdfast.toml").write_text("[apps.web]\n[apps.mine]\nkeep = 2\n")

    settings = load(None, home)
    assert settings.own == ("mine", "web")
    assert list(settings.apps) == ["mine", "web", "adopted"]

    named = tmp_path / "named.toml"
    named.write_text("[apps.api]\n")
    assert load(str(named), home).own == ("api",)
    named.write_text('theme = "nord"\n')
    assert load(str(named), home).own == ("mine", "web")
