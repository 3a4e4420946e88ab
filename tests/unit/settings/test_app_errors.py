"""Every sentence that a wrong app gets: where it is wrong, the value, what is allowed."""

# ruff: noqa: E501 -- a sentence stands as it is said

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tui.settings.load import ConfigError, load

if TYPE_CHECKING:
    from tests.unit.settings.conftest import Faults

REFUSED = " is not allowed: "

APP = [
    ("image = 1", "[apps.web] image = 1 is not allowed: it takes a text"),
    ('image = "a:v1"', "[apps.web] image = 'a:v1' is not allowed: it takes a repository, and \":v1\" is a tag: leave it out"),
    (
        'image = "r:5000/a@sha256:ab"',
        "[apps.web] image = 'r:5000/a@sha256:ab' is not allowed: it takes a repository, and \"@sha256:ab\" is a "
        "digest: leave it out",
    ),
    (
        'image = "r.io/Team/web"',
        "[apps.web] image = 'r.io/Team/web' is not allowed: a repository is written in lower case: \"Team\" is not",
    ),
    ('order = "any"', '[apps.web] order = \'any\' is not allowed: it takes one of "stop-first", "start-first"'),
    ("keep = -1", "[apps.web] keep = -1 is not allowed: it takes a whole number from 0 to 1000"),
    ("keep = true", "[apps.web] keep = true is not allowed: it takes a whole number from 0 to 1000"),
    ('engine = ""', "[apps.web] engine = '' is not allowed: it takes a text that is not empty"),
    ('engine = "a"\nengines = "b"', "[apps.web] engines is not allowed beside engine: one of engine, engines, fleet can be set"),
    ("engines = {}", "[apps.web] engines = a table is not allowed: it takes a list"),
    (
        "drain = \"a 'b\"",
        "[apps.web] drain = \"a 'b\" is not allowed: no closing quotation; a list of words needs no quoting",
    ),
    ("drain = [1]", "[apps.web] drain = a list is not allowed: it takes a text, or a list of words"),
    (
        'drain_seconds = "10"',
        "[apps.web] drain_seconds = '10' is not allowed: it takes a duration such as "
        '"1m30s" or "2d", or a number of seconds',
    ),
    ("swarm = true", "[apps.web] swarm is not taken: Swarm comes in a later version"),
    ("scan = 1", "[apps.web.scan] is a table, not 1: write [apps.web.scan] above its keys"),
    ("imag = 'a'", "[apps.web] imag is unknown: did you mean image?"),
    ("zzz = 1", "[apps.web] zzz is unknown: known are image, engine, engines, fleet, order, keep, keep_builds, drain, drain_seconds, create_networks, create_volumes, ignore_changes, build, run, ready, test, scan"),
    ("ports = [80]", "[apps.web] ports is not allowed here: it belongs in [apps.web.run]"),
    ("depends_on = []", "[apps.web] depends_on is not taken: an app is one container, and knows of no other service"),
    ("run = 1", "[apps.web.run] is a table, not 1: write [apps.web.run] above its keys"),
]  # fmt: skip

SCANNER = 'it takes "trivy" or "grype", or the path of one of them'
LENGTH = 'it takes a duration such as "1m30s" or "2d", or a number of seconds, more than 0'

SCAN = [
    ('scanner = "clair"', f" scanner = 'clair' is not allowed: {SCANNER}"),
    ('scanner = "trivyx"', f" scanner = 'trivyx' is not allowed: {SCANNER}"),
    ("scanner = 1", f" scanner = 1 is not allowed: {SCANNER}"),
    ('fail_on = "severe"', " fail_on = 'severe' is not allowed: it takes one of \"critical\", \"high\", \"medium\", \"low\", \"negligible\", \"unknown\", \"none\""),
    ("only_new = 1", " only_new = 1 is not allowed: it takes true or false"),
    ('sha256 = "abc"', " sha256 = 'abc' is not allowed: it takes the SHA-256 of the scanner's binary, 64 hex digits"),
    ("max_db_age = 0", f" max_db_age = 0 is not allowed: {LENGTH}"),
    ('timeout = "long"', f" timeout = 'long' is not allowed: {LENGTH}"),
    ("vex = [1]", " vex[0] = 1 is not allowed: it takes a path"),
    ('ignore = ["CVE-1"]', " ignore[0] = 'CVE-1' is not allowed: it takes a table"),
    ('ignore = [{ id = "CVE-1" }]', " ignore[0] is not allowed: reason is missing"),
    ('ignore = [{ reason = "so" }]', " ignore[0] is not allowed: id is missing"),
    ('ignore = [{ id = "C", reason = " " }]', " ignore[0].reason = ' ' is not allowed: it takes a text that is not empty"),
    ('ignore = [{ id = "C", reason = "so", until = "soon" }]', " ignore[0].until = 'soon' is not allowed: it takes a day such as 2026-12-31"),
    ('ignore = [{ id = "C", reason = "so", until = 2026-12-31T00:00:00 }]', " ignore[0].until = 2026-12-31 00:00:00 is not allowed: it takes a day such as 2026-12-31"),
    ("fail = 1", " fail is unknown: did you mean fail_on?"),
]  # fmt: skip

BUILD = [
    ("context = 1", " context = 1 is not allowed: it takes a folder"),
    (
        'context = "https://example.com/a.git"',
        " context = 'https://example.com/a.git' is not allowed: it takes a folder; what lies elsewhere is cloned first",
    ),
    ('dockerfile = ""', " dockerfile = '' is not allowed: it takes a path"),
    ('platform = "linux"', " platform = 'linux' is not allowed: it takes a platform such as \"linux/amd64\""),
    ('args = ["A"]', " args[0] = 'A' is not allowed: it takes a text \"NAME=VALUE\""),
    ("args = 1", ' args = a number is not allowed: it takes a table, or a list of "NAME=VALUE"'),
    ("args = { A = [] }", " args.A = a list is not allowed: a build argument takes a text or a number"),
    (
        'labels = { "io.holdfast.app" = "x" }',
        ' labels."io.holdfast.app" is not allowed: names that begin with io.holdfast. are Holdfast\'s own',
    ),
    ('labels = ["=x"]', " labels[0] is not allowed: the name of a label is not empty and has no ="),
    (
        'secrets = [{ id = "a", file = "b", env = "C" }]',
        " secrets[0] is not allowed: both file and env are set, and a secret comes from one of them",
    ),
    (
        'secrets = [{ id = "a" }]',
        " secrets[0] is not allowed: neither file nor env is set, and a secret comes from one of them",
    ),
    ('secrets = [{ file = "a" }]', " secrets[0] is not allowed: id is missing"),
    (
        'secrets = [{ id = "a", file = "b" }, { id = "a", env = "C" }]',
        " secrets[1] is not allowed: there is a secret 'a' already",
    ),
    ('secrets = [{ id = "a", file = "b", environment = "B" }]', " secrets[0].environment is not taken: the variable is named by env"),
    (
        'secrets = ["npm"]',
        " secrets[0] = 'npm' is not allowed: it takes a table such as { id = \"npm\", file = \"~/.npmrc\" } or "
        '{ id = "token", env = "TOKEN" }',
    ),
    (
        "secrets = 1",
        ' secrets = 1 is not allowed: it takes a list such as [{ id = "npm", file = "~/.npmrc" } or '
        '{ id = "token", env = "TOKEN" }]',
    ),
    ("ssh = ['default']", " ssh is not taken: Holdfast does not set it"),
    ("tags = []", " tags is not taken: versions are given when an image is tagged, and then never move"),
    ("dockerfil = ''", " dockerfil is unknown: did you mean dockerfile?"),
]  # fmt: skip

MODES = (
    "ro, rw, z, Z, nocopy, cached, delegated, consistent, private, rprivate, shared, rshared, slave, rslave"
)
PORT = 'it takes a port such as "80", "8080:80", "127.0.0.1:8080:80/udp" or "8000-8002:80-82"'

RUN = [
    ('ports = "80"', " ports = '80' is not allowed: it takes a list of ports"),
    ('ports = [80, "a"]', f" ports[1] = 'a' is not allowed: {PORT}"),
    ('ports = ["80/upd"]', " ports[0] = '80/upd' is not allowed: the protocol is tcp, udp or sctp"),
    ('ports = ["80:0"]', " ports[0] = '80:0' is not allowed: a port is a number from 1 to 65535"),
    ("ports = [99999]", " ports[0] = 99999 is not allowed: a port is a number from 1 to 65535"),
    ('ports = ["82-80"]', " ports[0] = '82-80' is not allowed: in \"82-80\" the last port comes before the first"),
    (
        'ports = ["8000-8002:80-81"]',
        " ports[0] = '8000-8002:80-81' is not allowed: 3 ports of the host cannot be joined to 2 of the container",
    ),
    ('ports = ["localhost:80:80"]', " ports[0] = 'localhost:80:80' is not allowed: \"localhost\" is not an IP address"),
    ('ports = ["80:80", "80:81"]', " ports[1] = '80:81' is not allowed: port 80 of the host is published twice"),
    ('ports = [{ published = "80" }]', " ports[0] is not allowed: target, the port of the container, is missing"),
    ('ports = [{ target = 80, mode = "host" }]', " ports[0].mode is not taken: it belongs to Swarm, which comes later"),
    ("ports = [{ target = 80, publish = 1 }]", " ports[0].publish is unknown: did you mean published?"),
    ("volumes = {}", " volumes = a table is not allowed: it takes a list of volumes"),
    ('volumes = ["db"]', " volumes[0] = 'db' is not allowed: \"db\" is not an absolute path in the container"),
    (
        'volumes = ["a/b:/c"]',
        " volumes[0] = 'a/b:/c' is not allowed: a path begins with /, . or ~, and a volume's name has no /: "
        '"a/b"',
    ),
    (
        'volumes = ["-a:/c"]',
        " volumes[0] = '-a:/c' is not allowed: \"-a\" is no name of a volume: two letters, digits, \"_\", \".\" or "
        '"-" and more, the first a letter or a digit',
    ),
    ('volumes = ["/a:/b:rx"]', f" volumes[0] = '/a:/b:rx' is not allowed: \"rx\" is no mode: {MODES}"),
    ('volumes = ["/a:/b:nocopy"]', " volumes[0] = '/a:/b:nocopy' is not allowed: nocopy is for volumes, not for folders of the host"),
    ('volumes = ["aa:/b:slave"]', " volumes[0] = 'aa:/b:slave' is not allowed: propagation is for folders of the host, not for volumes"),
    ('volumes = ["/a:/"]', " volumes[0] = '/a:/' is not allowed: nothing can be mounted over / of the container"),
    (
        'volumes = ["a:b:c:d"]',
        ' volumes[0] = \'a:b:c:d\' is not allowed: it takes "[SOURCE:]TARGET[:MODE]", e.g. "./files:/srv:ro" or '
        '"cache:/var/cache"',
    ),
    ('volumes = ["/a:/c", "/b:/c/"]', " volumes[1] = '/b:/c/' is not allowed: something is mounted at /c already"),
    ('volumes = [{ target = "/a" }]', " volumes[0] is not allowed: type is missing"),
    ('volumes = [{ type = "bind", target = "/a" }]', " volumes[0] is not allowed: source, a folder or file of the host, is missing"),
    ('volumes = [{ type = "tmpfs", source = "x", target = "/a" }]', " volumes[0].source = 'x' is not allowed: a tmpfs has none"),
    ('volumes = [{ type = "npipe", target = "/a" }]', ' volumes[0].type = \'npipe\' is not allowed: it takes one of "bind", "volume", "tmpfs"'),
    ('volumes = [{ type = "tmpfs", target = "/a", bind = {} }]', ' volumes[0].bind is not allowed where type = "tmpfs"'),
    ('volumes = [{ type = "tmpfs", target = "/a", tmpfs = { mode = 99999 } }]', " volumes[0].tmpfs.mode = 99999 is not allowed: it takes permissions such as 0o1777"),
    ('volumes = [{ type = "bind", source = "a", target = "/a", consistency = "cached" }]', " volumes[0].consistency is not taken: it has no meaning on Linux"),
    ('tmpfs = ["run"]', " tmpfs[0] = 'run' is not allowed: \"run\" is not an absolute path in the container"),
    ("environment = 1", ' environment = a number is not allowed: it takes a table, or a list of "NAME=VALUE"'),
    ("environment = { A = {} }", " environment.A = a table is not allowed: a variable takes a text or a number"),
    ("environment = { A = 2020-01-01 }", " environment.A = a date or time is not allowed: a variable takes a text or a number"),
    ("environment = [1]", ' environment[0] = a number is not allowed: it takes a text "NAME=VALUE"'),
    ('environment = { "" = "x" }', ' environment."" is not allowed: the name of a variable is not empty and has no ='),
    ("env_file = [1]", " env_file[0] = 1 is not allowed: it takes a path"),
    ('env_file = [{ path = "a", required = false }]', " env_file[0].required = false is not allowed: a file that is named must be there"),
    ("env_file = [{}]", " env_file[0] is not allowed: path is missing"),
    ('user = "a b"', " user = 'a b' is not allowed: it takes a user such as \"1000:1000\" or \"app\""),
    ('working_dir = "app"', " working_dir = 'app' is not allowed: it takes an absolute path in the container"),
    ("networks = 1", " networks = 1 is not allowed: it takes a list of networks, or a table"),
    ('networks = ["a b"]', " networks[0] = 'a b' is not allowed: it takes the name of a network"),
    ('networks = { a = { ipv4_address = "10.0.0.1" } }', " networks.a.ipv4_address is not taken: Holdfast does not set it"),
    ("networks = { a = { aliases = ['b c'] } }", " networks.a.aliases[0] = 'b c' is not allowed: it takes the name of an alias"),
    ("networks = { a = 1 }", " networks.a = 1 is not allowed: it takes a table"),
    ('network_mode = "service:db"', " network_mode = 'service:db' is not allowed: there are no services: write \"container:NAME\""),
    ('network_mode = "mine"', " network_mode = 'mine' is not allowed: a network of your own stands in networks = [\"mine\"]"),
    ('network_mode = ""', ' network_mode = \'\' is not allowed: it takes "bridge", "host", "none" or "container:NAME"'),
    ('network_mode = "host"\nnetworks = ["a"]', " networks is not allowed beside network_mode: one of network_mode, networks can be set"),
    ('dns = ["a"]', " dns[0] = 'a' is not allowed: \"a\" is not an IP address"),
    ('extra_hosts = ["a"]', " extra_hosts[0] = 'a' is not allowed: \"\" is not an IP address"),
    ("extra_hosts = [1]", ' extra_hosts[0] = 1 is not allowed: it takes "NAME:ADDRESS", where the address may be host-gateway'),
    ('extra_hosts = { a = "b" }', " extra_hosts.a = 'b' is not allowed: \"b\" is not an IP address"),
    ("restart = false", ' restart = false is not allowed: it takes "no", "always", "unless-stopped", "on-failure" or "on-failure:TIMES"'),
    ('restart = "always:3"', ' restart = \'always:3\' is not allowed: it takes "no", "always", "unless-stopped", "on-failure" or "on-failure:TIMES"'),
    ('cap_add = ["NET ADMIN"]', " cap_add[0] = 'NET ADMIN' is not allowed: it takes a capability such as \"NET_ADMIN\""),
    ("security_opt = [1]", " security_opt[0] = 1 is not allowed: it takes a text"),
    ('devices = ["sda"]', ' devices[0] = \'sda\' is not allowed: it takes "/dev/HOST[:/dev/CONTAINER[:PERMISSIONS]]"'),
    ('devices = ["/a:/b:x"]', " devices[0] = '/a:/b:x' is not allowed: the permissions of a device are of the letters r, w and m"),
    ("devices = [{}]", " devices[0] is not allowed: source is missing"),
    ("ulimits = []", " ulimits = a list is not allowed: it takes a table such as { nofile = 65536 }"),
    ("ulimits = { nofiles = 1 }", " ulimits.nofiles is unknown: did you mean nofile?"),
    ("ulimits = { nofile = -2 }", f" ulimits.nofile = -2 is not allowed: it takes a whole number from -1 to {2**63 - 1}"),
    ("ulimits = { nofile = { soft = 2 } }", " ulimits.nofile is not allowed: hard is missing"),
    ("ulimits = { nofile = { soft = 2, hard = 1 } }", " ulimits.nofile is not allowed: soft (2) is above hard (1)"),
    ('mem_limit = "512x"', " mem_limit = '512x' is not allowed: it takes a size such as \"512m\", \"1.5g\" or a number of bytes"),
    ("memswap_limit = -2", ' memswap_limit = -2 is not allowed: it takes a size such as "512m", "1.5g" or a number of bytes, or -1 for no limit'),
    ("cpus = -1", ' cpus = -1 is not allowed: it takes a number of processors such as 1.5 or "0.5"'),
    ('cpuset = "0..3"', ' cpuset = \'0..3\' is not allowed: it takes processors such as "0-3" or "0,1"'),
    ("oom_score_adj = 2000", " oom_score_adj = 2000 is not allowed: it takes a whole number from -1000 to 1000"),
    ("healthcheck = 1", " healthcheck = 1 is not allowed: it takes a table"),
    ('healthcheck = { test = ["curl"] }', ' healthcheck.test = a list is not allowed: a list is ["CMD", WORD, ...], ["CMD-SHELL", TEXT] or ["NONE"]'),
    ("healthcheck = { test = 1 }", ' healthcheck.test = 1 is not allowed: it takes a text for the shell, or a list such as ["CMD", "curl", "-f", URL]'),
    ("healthcheck = { disable = true, retries = 1 }", " healthcheck.disable = true is not allowed: retries would have no effect"),
    ("healthcheck = { start_interval = 1 }", " healthcheck.start_interval is not taken: engines before 25 do not know it"),
    ("logging = { options = 1 }", ' logging.options = a number is not allowed: it takes a table, or a list of "NAME=VALUE"'),
    ("logging = { drivers = 1 }", " logging.drivers is unknown: did you mean driver?"),
    ("container_name = 'x'", " container_name is not taken: the container bears the app's name"),
    ("depends_on = ['db']", " depends_on is not taken: an app is one container, and knows of no other service"),
    ("prots = []", " prots is unknown: did you mean ports?"),
]  # fmt: skip

READY = [
    ('http = "http://localhost/"', ' http = \'http://localhost/\' is not allowed: it takes "PORT/path": the probe asks the container itself'),
    ('http = "/healthz"', ' http = \'/healthz\' is not allowed: it takes "PORT/path", e.g. "8080/healthz"'),
    ('http = "99999/"', " http = '99999/' is not allowed: a port is a number from 1 to 65535"),
    ("tcp = 0", " tcp = 0 is not allowed: a port is a number from 1 to 65535"),
    ("exec = []", " exec = a list is not allowed: it takes a text, or a list of words, not empty"),
    ('http = "80/"\ntcp = 80', " tcp is not allowed beside http: one of http, tcp, exec can be set"),
    ('scheme = "https"', " scheme is not allowed without http: it says how that asks"),
    ('http = "80/"\nscheme = "ftp"', ' scheme = \'ftp\' is not allowed: it takes one of "http", "https"'),
    ('http = "80/"\nhost = "http://a"', " host = 'http://a' is not allowed: it takes a host such as \"shop.example.com\""),
    ('http = "80/"\nverify = false', ' verify is not allowed without scheme = "https": nothing else has a certificate'),
    ('http = "80/"\nheaders = { "a b" = "c" }', ' headers."a b" is no name of a header: it takes letters, digits and -'),
    ('http = "80/"\nheaders = { a = "b\\r\\nc: d" }', " headers.a is not allowed: a header's value is one line of plain text"),
    ('http = "80/"\nheaders = { Host = "a" }', " headers.Host is not allowed: the probe says it itself; set host"),
    ("status = 200", " status is not allowed without http: nothing else answers with one"),
    ("timeout = -1", ' timeout = -1 is not allowed: it takes a duration such as "1m30s" or "2d", or a number of seconds'),
    ("timeot = 1", " timeot is unknown: did you mean timeout?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), APP)
def test_a_wrong_app_is_named(faults: Faults, text: str, sentence: str) -> None:
    assert faults(f"[apps.web]\n{text}\n") == [sentence]


@pytest.mark.parametrize(
    ("table", "text", "sentence"),
    [
        (table, *fault)
        for table, several in (("build", BUILD), ("run", RUN), ("ready", READY), ("scan", SCAN))
        for fault in several
    ],
)
def test_a_wrong_value_of_a_table_is_named(faults: Faults, table: str, text: str, sentence: str) -> None:
    assert faults(f"[apps.web.{table}]\n{text}\n") == [f"[apps.web.{table}]{sentence}"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "[apps.Web]\n",
            '[apps.Web] is no name of an app: it takes a-z, 0-9, ".", "_" and "-", the first of a-z or 0-9',
        ),
        (
            '[apps."web.lease"]\n',
            '[apps."web.lease"] is no name of an app: the lease of web is called so; take another, such as web-lease',
        ),
        (
            '[apps."a.b.r12"]\n',
            '[apps."a.b.r12"] is no name of an app: an earlier release of a.b is called so; take another, such as a-b-r12',
        ),
        (
            '[apps."web.test-3f2a9c"]\n',
            '[apps."web.test-3f2a9c"] is no name of an app: what a test of web runs is called so; take another, '
            "such as web-test-3f2a9c",
        ),
        (
            "[apps.holdfast-ledger]\n",
            "[apps.holdfast-ledger] is no name of an app: the container of the ledger is called so; take another, "
            "such as holdfast-ledger-app",
        ),
        ("[apps.k]\n", "[apps.k] is no name of an app: it has 2 to 128 characters"),
        (f"[apps.{'k' * 129}]\n", f"[apps.{'k' * 129}] is no name of an app: it has 2 to 128 characters"),
        (
            '[apps."a b"]\n',
            '[apps."a b"] is no name of an app: it takes a-z, 0-9, ".", "_" and "-", the first of a-z or 0-9',
        ),
        (
            "[apps.web.eu]\n",
            "[apps.web] eu is unknown: known are image, engine, engines, fleet, order, keep, keep_builds, drain, drain_seconds, "
            "create_networks, create_volumes, ignore_changes, build, "
            'run, ready, test, scan; an app\'s name with a dot in it is written in quotes: [apps."web.eu"]',
        ),
        (
            '[apps."web.eu".run]\nport = 1\n',
            '[apps."web.eu".run] port is unknown: did you mean ports?',
        ),
        (
            '[apps."web-"]\n',
            '[apps.web-] image is missing, and the app\'s name cannot stand for it: "web-" is no part of a '
            "repository: ",
        ),
        (
            '[apps.web.run]\nnetwork_mode = "host"\nports = [80]\n',
            '[apps.web.run] ports is not allowed where network_mode = "host": nothing can be published',
        ),
        ('[apps.web.test]\ncommand = "a"\ntimeout = "x"\n', "[apps.web.test] timeout = 'x'"),
    ],
)
def test_what_else_is_wrong_is_named(faults: Faults, text: str, sentence: str) -> None:
    (fault,) = faults(text)
    assert fault.startswith(sentence)


def test_every_fault_of_every_file_is_said_at_once(home: dict[str, str]) -> None:
    user = Path(home["XDG_CONFIG_HOME"]) / "holdfast" / "config.toml"
    user.write_text('[apps.web.run]\nports = ["a", 80, "b"]\nvolume = 1\n[apps.api]\nkeep = "x"\n')
    Path("holdfast.toml").write_text("[apps.web.ready]\ntcp = 0\n[policy]\nx = 1\n")
    with pytest.raises(ConfigError) as caught:
        load(None, home)
    places = [problem.split(" = ")[0].split(" is ")[0] for problem in caught.value.problems]
    assert places == [
        f"{user}: [apps.web.run] ports[0]",
        f"{user}: [apps.web.run] ports[2]",
        f"{user}: [apps.web.run] volume",
        f"{user}: [apps.api] keep",
        "holdfast.toml: [apps.web.ready] tcp",
        "holdfast.toml: [policy] x",
    ]


def test_no_value_that_may_be_secret_is_ever_said(faults: Faults) -> None:
    said = "\n".join(
        faults(
            '[apps.web.run]\nenvironment = { TOKEN = ["hunter2"], "A=hunter2" = "hunter2", B = { C = "hunter2" } }\n'
            '[apps.web.build]\nargs = ["=hunter2", { A = "hunter2" }]\n[apps.web.test]\nenvironment = "hunter2"\n'
        )
    )
    assert said.count("is not allowed") == 6
    assert said.count("hunter2") == 1  # the name "A=hunter2"


def test_a_long_value_is_cut(faults: Faults) -> None:
    (fault,) = faults(f'[apps.web.run]\nmem_limit = "{"9" * 1000}x"\n')
    assert len(fault) < 200
