"""`[trust]`: what is read, what is refused in words, and what is left of several files."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.model.moment import written_moment
from tui.model.policy import Policy
from tui.model.signing import KeySource
from tui.model.trust import Level, ListedIdentity, ListedKey, Trust
from tui.model.verdict import Wanted
from tui.settings.load import ConfigError, load

TREE = Path(__file__).parents[3]

YEARS_2027 = 1_801_353_600.0
"""2027-01-31T00:00Z"""


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """/etc's file, which is not there yet."""
    path = tmp_path / "etc.toml"
    monkeypatch.setattr("tui.settings.load.SYSTEM_CONFIG", str(path))
    return path


def user(home: dict[str, str]) -> Path:
    return Path(home["XDG_CONFIG_HOME"]) / "holdfast" / "config.toml"


def trust_in(home: dict[str, str], text: str) -> Trust:
    user(home).write_text(f"[trust]\n{text}\n")
    trust = load(None, home).policy.trust
    assert trust is not None
    return trust


def problems(home: dict[str, str], text: str) -> list[str]:
    """What is wrong with the user's file, without its name."""
    user(home).write_text(f"[trust]\n{text}\n")
    found = load(None, home)
    assert found.trust_problems
    assert found.policy.trust is None, "what depends on it is refused"
    assert all(problem.startswith(f"{user(home)}: [trust] ") for problem in found.trust_problems)
    assert set(found.trust_problems) <= set(found.notes)
    return [problem.removeprefix(f"{user(home)}: [trust] ") for problem in found.trust_problems]


def test_without_a_table_there_is_none_and_nothing_of_it_is_imported(home: dict[str, str]) -> None:
    Path("holdfast.toml").write_text("[policy]\nrequire_scan = true\n[apps.web]\n")
    assert load(None, home).policy == Policy(require_scan=True)
    script = (
        "import sys; from tui.settings.load import load; load(None, {'HOME': sys.argv[1]}); "
        "print(*sorted({'tui.model.trust', 'tui.model.verdict', 'tui.settings.trust_keys', "
        "'tui.settings.floors'} & {*sys.modules}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, home["HOME"]],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": str(TREE)},
    )  # fmt: skip
    assert done.stdout.strip() == ""


def test_everything(home: dict[str, str]) -> None:
    folder = user(home).parent
    trust = trust_in(
        home,
        """
sign_key = "keys/mine.key"
sign_keys = { production = { command = ["pass", "show", "production"] }, old = "env:OLD" }
passphrase_env = "KEY_PASSPHRASE"
require = ["signature", "test", { kind = "scan", max_age = "30d", keys = ["ci"] }]
level = "audit"
trusted_root = "root.json"
scope = ["registry.example.com/shop/*"]
accept_unsigned = true
[[trust.verify_keys]]
name = "ci"
file = "~/ci.pub"
until = 2027-01-31
[[trust.verify_keys]]
name = "ops"
command = ["./print", "a b"]
[[trust.identities]]
name = "robot"
issuer = "https://issuer.example.com"
subject = "https://git.example.com/team/*"
until = 2027-01-31
""",
    )
    assert trust == Trust(
        sign_key=KeySource(file=f"{folder}/keys/mine.key"),
        sign_keys={
            "production": KeySource(command=("pass", "show", "production")),
            "old": KeySource(env="OLD"),
        },
        passphrase="KEY_PASSPHRASE",
        verify_keys=(
            ListedKey("ci", KeySource(file=f"{home['HOME']}/ci.pub"), YEARS_2027),
            ListedKey("ops", KeySource(command=(f"{folder}/print", "a b"))),
        ),
        identities=(
            ListedIdentity(
                "robot", "https://issuer.example.com", "https://git.example.com/team/*", YEARS_2027
            ),
        ),
        trusted_root=f"{folder}/root.json",
        require=(Wanted("signature"), Wanted("test"), Wanted("scan", 30 * 86_400.0, ("ci",))),
        level=Level.AUDIT,
        scope=("registry.example.com/shop/*",),
        accept_unsigned=True,
    )
    assert isinstance(trust.level, Level)


def test_an_empty_table_is_one(home: dict[str, str]) -> None:
    assert trust_in(home, "") == Trust()


@pytest.mark.parametrize("source", ['"a.key"', '{ file = "a.key" }', '{ file = "./b/../a.key" }'])
def test_ways_to_name_a_file(home: dict[str, str], source: str) -> None:
    assert trust_in(home, f"sign_key = {source}").sign_key == KeySource(file=f"{user(home).parent}/a.key")


@pytest.mark.parametrize(
    ("until", "at"),
    [
        ("2027-01-31", YEARS_2027),
        ('"2027-01-31"', YEARS_2027),
        ("2027-01-31T12:00:00Z", YEARS_2027 + 43_200),
        ("2027-01-31T12:00:00", YEARS_2027 + 43_200),
        ('"2027-01-31T12:00:00+12:00"', YEARS_2027),
        ("2027-01-31 12:00:00.5+12:00", YEARS_2027 + 0.5),
    ],
)
def test_ways_to_name_an_end(home: dict[str, str], until: str, at: float) -> None:
    [key] = trust_in(home, f'verify_keys = [{{ name = "ci", env = "CI", until = {until} }}]').verify_keys
    assert key.until == at


LISTED = 'verify_keys = [{ name = "ci", env = "CI" }]\n'
IDENTITY = 'identities = [{ name = "%s", issuer = "%s", subject = "%s" }]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sign_keys = 1", "sign_keys = a number is not allowed: it takes a table such as"),
        ('sing_key = "a"', "sing_key is unknown: did you mean sign_key?"),
        ("sign_key = 1", 'sign_key = a number is not allowed: it takes "path/of.key", "env:NAME", {'),
        ("sign_key = {}", "sign_key is not allowed: it takes one of file, env, command, and has none"),
        (
            'sign_key = { file = "a", env = "A" }',
            "sign_key is not allowed: it takes one of file, env, command, and has 2",
        ),
        ('sign_key = "env:"', "sign_key is not allowed: it takes the name of a variable"),
        ('sign_key = { env = "A B" }', "sign_key.env is not allowed: it takes the name of a"),
        ('sign_key = { fil = "a" }', "sign_key.fil is unknown: did you mean file?"),
        (
            'sign_key = { command = "pass show x" }',
            "sign_key.command = a text is not allowed: it takes a list of words such as",
        ),
        ("sign_key = { command = [] }", "sign_key.command = a list is not allowed: it takes a list of words"),
        ('sign_keys = { "a\\u0007" = "a" }', "is not allowed: it takes a name of at most 64 characters"),
        ("passphrase_env = 1", "passphrase_env is not allowed: it takes the name of a variable"),
        ('verify_keys = "ci.pub"', "verify_keys = 'ci.pub' is not allowed: it takes a list"),
        ('verify_keys = ["ci.pub"]', "verify_keys[0] = 'ci.pub' is not allowed: it takes a table"),
        (
            'verify_keys = [{ file = "ci.pub" }]',
            'verify_keys[0] is not allowed: name is missing, e.g. { name = "ci", file = "ci.pub" }',
        ),
        (
            'verify_keys = [{ name = "ci" }]',
            "verify_keys[0] is not allowed: it takes one of file, env, command, and has none",
        ),
        (
            'verify_keys = [{ name = "ci", env = "A" }, { name = "ci", env = "B" }]',
            'verify_keys[1] is not allowed: there is a key "ci" already',
        ),
        ('verify_keys = [{ name = " ci", env = "A" }]', "verify_keys[0].name = ' ci' is not allowed: it"),
        (
            'verify_keys = [{ name = "ci", env = "A", until = "soon" }]',
            "verify_keys[0].until = 'soon' is not allowed: it takes a day or a moment such as 2027-01-31",
        ),
        (
            'verify_keys = [{ name = "ci", env = "A", until = 12:00:00 }]',
            "verify_keys[0].until = 12:00:00 is not allowed: it takes a day or a moment such as 2027-01-31",
        ),
        (
            'verify_keys = [{ name = "ci", env = "A", until = 1970-01-01 }]',
            "verify_keys[0].until = 1970-01-01 is not allowed",
        ),
        ('identities = "me"', "identities = 'me' is not allowed: it takes a list"),
        ('identities = ["me"]', "identities[0] = 'me' is not allowed: it takes a table"),
        (
            'identities = [{ subject = "me@example.com" }]',
            "identities[0] is not allowed: name and issuer is missing, e.g. { name =",
        ),
        (
            IDENTITY % ("", "a", "b"),
            "identities[0].name = '' is not allowed: it takes a name of at most 64 characters",
        ),
        (
            IDENTITY % ("a", "https://*", "b"),
            "identities[0].issuer = 'https://*' is not allowed: whoever can be any issuer can be any subject",
        ),
        (
            IDENTITY % ("a", "b", "**"),
            "identities[0].subject = '**' is not allowed: everybody whom the issuer knows would count",
        ),
        (
            IDENTITY % ("a", "b", "a b"),
            "identities[0].subject = 'a b' is not allowed: it takes a subject as certificates have it",
        ),
        ('identities = [{ name = "a", key = "b", issuer = "c", subject = "d" }]',
         "identities[0].key is unknown"),
        ("trusted_root = 1", "trusted_root = 1 is not allowed: it takes a path"),
        (
            'verify_keys = [{ name = "a", env = "A" }]\n' + IDENTITY % ("a", "b", "c"),
            'identities has "a", and so has verify_keys: a name is of one of them; call it otherwise',
        ),
        (
            LISTED + 'require = ["signatures"]',
            "require[0] = 'signatures' is not allowed: it takes one of \"test\", \"scan\", \"signature\"",
        ),
        (LISTED + 'require = ["test", { kind = "test" }]', 'require[1] is not allowed: there is a requi'),
        (LISTED + "require = [{}]", "require[0] is not allowed: kind is missing, e.g. { kind ="),
        (
            LISTED + 'require = [{ kind = "scan", max_age = 0 }]',
            "require[0].max_age = 0 is not allowed: it takes a duration",
        ),
        (
            LISTED + 'require = [{ kind = "scan", keys = [] }]',
            "require[0].keys = a list is not allowed: name a key at least, or leave it out",
        ),
        ('level = "loose"', "level = 'loose' is not allowed: it takes one of \"strict\", \"audit\""),
        ("scope = 1", "scope = 1 is not allowed: it takes a text, or a list of texts"),
        ("accept_unsigned = 1", "accept_unsigned = 1 is not allowed: it takes true or false"),
    ],
)  # fmt: skip
def test_a_fault_names_the_key_and_what_is_allowed(home: dict[str, str], text: str, said: str) -> None:
    found = problems(home, text)
    assert len(found) == 1
    assert said in found[0]


def test_what_is_no_table(home: dict[str, str]) -> None:
    user(home).write_text("trust = 1\n")
    assert load(None, home).trust_problems == (
        f"{user(home)}: trust is a table: write [trust] above its keys",
    )


def test_several_faults_are_told_at_once(home: dict[str, str]) -> None:
    found = problems(home, 'level = 1\nrequire = ["a", "b"]\nsign_key = 2\nverify_keys = [{}]')
    assert len(found) == 6


PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIL"


@pytest.mark.parametrize(
    "text",
    [
        f'sign_key = """{PEM}"""',
        f'verify_keys = [{{ name = "ci", file = """{PEM}""" }}]',
        f'sign_keys = {{ a = {{ file = """{PEM}""" }} }}',
    ],
)
def test_a_key_that_stands_there_itself_is_refused_and_not_shown(home: dict[str, str], text: str) -> None:
    [said] = problems(home, text)
    assert "a key does not stand in the configuration; name the file that holds it" in said
    assert "MC4" not in said


# -- what is required, and cannot be had


def test_what_is_required_without_any_key(home: dict[str, str]) -> None:
    assert problems(home, 'require = ["test", "signature"]') == [
        "require asks for test, signature, and no key is listed whose signature counts: "
        'write verify_keys = [{ name = "ci", file = "ci.pub" }]'
    ]
    assert problems(home, 'require = ["test", "signature"]\naccept_unsigned = true') == [
        "require asks for signature, and no key is listed whose signature counts: "
        'write verify_keys = [{ name = "ci", file = "ci.pub" }]'
    ]
    [said] = problems(home, 'require = "test"')
    assert said.endswith(", or accept_unsigned = true")
    assert trust_in(home, 'require = "test"\naccept_unsigned = true').require == (Wanted("test"),)


def test_a_requirement_of_a_key_that_is_not_listed(home: dict[str, str]) -> None:
    wanted = 'require = [{ kind = "scan", keys = "cii" }]\n'
    assert problems(home, LISTED + wanted) == [
        'require wants a scan by "cii", which is not in verify_keys or identities: did you mean ci?'
    ]
    assert problems(home, "accept_unsigned = true\n" + wanted) == [
        'require wants a scan by "cii", which is not in verify_keys or identities, which list none'
    ]


def test_it_is_judged_together_and_names_the_file_that_requires(home: dict[str, str], system: Path) -> None:
    Path("holdfast.toml").write_text('[trust]\nrequire = ["signature"]\n')
    [problem] = load(None, home).trust_problems
    assert problem.startswith("holdfast.toml: [trust] require asks for signature")
    system.write_text(f"[trust]\n{LISTED}")
    trust = load(None, home).policy.trust
    assert trust is not None
    assert trust.require == (Wanted("signature"),)


# -- several files


def test_the_users_file_wins_over_that_of_etc(home: dict[str, str], system: Path) -> None:
    system.write_text(f'[trust]\n{LISTED}require = "signature"\nsign_keys = {{ a = "env:A", b = "env:B" }}\n')
    user(home).write_text('[trust]\nrequire = []\nsign_keys = { b = "env:C" }\n')
    found = load(None, home)
    assert found.policy.trust == Trust(
        sign_keys={"a": KeySource(env="A"), "b": KeySource(env="C")},
        verify_keys=(ListedKey("ci", KeySource(env="CI")),),
    )
    assert found.notes == ()


def test_an_identity_is_enough_for_what_is_required(home: dict[str, str]) -> None:
    text = IDENTITY % ("bot", "https://issuer", "a@example.com")
    trust = trust_in(home, text + 'require = [{ kind = "signature", keys = "bot" }]')
    assert trust.require == (Wanted("signature", keys=("bot",)),)
    assert trust.names == ("bot",)
    assert trust.trusted_root == ""


def test_each_part_knows_its_file(home: dict[str, str], system: Path, tmp_path: Path) -> None:
    system.write_text(f'[trust]\n{LISTED}require = ["signature", "scan"]\n')
    user(home).write_text('[trust]\nsign_key = "env:KEY"\n')
    Path("holdfast.toml").write_text(
        '[trust]\nrequire = ["test", { kind = "scan", max_age = "1d" }]\nlevel = "strict"\n'
    )
    named = tmp_path / "named.toml"
    named.write_text('[trust]\nlevel = "audit"\nverify_keys = [{ name = "me", env = "ME" }]\n')
    found = load(str(named), home)
    assert found.trust_files == {
        "verify_keys.ci": str(system),
        "require.signature": str(system),
        "require.scan": "holdfast.toml",
        "require.test": "holdfast.toml",
        "sign_key": str(user(home)),
        "level": "holdfast.toml",
    }
    said = f"is not obeyed: {system}"
    assert found.notes == (
        f'{named}: [trust] verify_keys with "me" {said} lists whose signatures count: "ci"',
        f'{named}: [trust] level = "audit" {said} requires strictly what it does',
    )


def test_a_pulled_file_that_asks_for_less_is_a_note_and_no_fault(home: dict[str, str], system: Path) -> None:
    system.write_text("[policy]\nrequire_tests = true\n")
    user(home).write_text("[policy]\nrequire_scan = true\n")
    Path("holdfast.toml").write_text("[policy]\nrequire_tests = false\nrequire_scan = false\n")
    found = load(None, home)
    assert found.policy == Policy(require_scan=True)
    assert found.notes == (
        f"holdfast.toml: [policy] require_tests = false is not obeyed: {system} says true",
        f"holdfast.toml: [policy] require_scan = false is not obeyed: {user(home)} says true",
    )


def test_a_pulled_file_names_no_program(home: dict[str, str], tmp_path: Path) -> None:
    text = '[trust]\nsign_key = { command = ["evil"] }\nverify_keys = [{ name = "a", command = ["evil"] }]\n'
    user(home).write_text(text)
    assert load(None, home).policy.trust is not None
    assert load(str(user(home)), home).policy.trust is not None, "it is the user's own, named again"
    path = tmp_path / "c.toml"
    path.write_text(text)
    assert load(str(path), home).policy.trust is not None, "what --config names is the user's word"
    Path("holdfast.toml").write_text(text)
    found = load(None, home)
    assert [problem.partition(" is not taken from here: ")[0] for problem in found.trust_problems] == [
        "holdfast.toml: [trust] sign_key.command",
        "holdfast.toml: [trust] verify_keys[0].command",
    ]
    assert all("~/.config/holdfast/config.toml" in problem for problem in found.trust_problems)


# -- anything


moments = st.one_of(
    st.dates(),
    st.datetimes(),
    st.times(),
    st.datetimes(timezones=st.sampled_from([timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))])),
)
plain = st.one_of(
    st.booleans(), st.integers(), st.floats(), st.text(max_size=8), moments,
    st.sampled_from(["signature", "scan", "ci", "env:A", "30d", "2027-01-31", "audit"]),
)  # fmt: skip
KEYS = ["name", "issuer", "subject", "file", "env", "command", "until", "kind", "max_age", "keys"]
values = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=3)), inner, max_size=3),
    ),
    max_leaves=8,
)
TOP = [
    "identities",
    "trusted_root",
    "sign_key",
    "sign_keys",
    "passphrase_env",
    "verify_keys",
    "require",
    "level",
    "scope",
    "accept_unsigned",
]
any_table = st.one_of(values, st.dictionaries(st.sampled_from([*TOP, "x"]), values, max_size=4))


@given(any_table, any_table, st.booleans())
@settings(max_examples=150, deadline=None)
def test_no_value_is_a_crash(
    tmp_path_factory: pytest.TempPathFactory, one: Any, other: Any, policy: bool
) -> None:
    from tui.settings import load as loading

    folder = tmp_path_factory.mktemp("any")
    (folder / ".config/holdfast").mkdir(parents=True)
    tables = {
        str(folder / ".config/holdfast/config.toml"): {"trust": one, **({"policy": one} if policy else {})},
        str(folder / "c.toml"): {"trust": other, **({"policy": other} if policy else {})},
    }
    with pytest.MonkeyPatch.context() as patch:
        # What a file holds, as it is read: writing all of this as TOML is another library's affair.
        patch.setattr(loading, "read", lambda path, _: tables.get(path, {}))
        patch.setattr(loading, "parsed", lambda path, _: (tables.get(path, {}), b""))
        (folder / "c.toml").touch()
        try:
            found = load(str(folder / "c.toml"), {"HOME": str(folder)})
        except ConfigError as error:
            assert all(str(folder) in problem for problem in error.problems)
        else:
            trust = found.policy.trust
            assert (trust is None) is bool(found.trust_problems)
            assert all(str(folder) in problem for problem in found.trust_problems)
            assert all(wanted.kind for wanted in (trust.require if trust is not None else ()))


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        (date(9999, 12, 30), True),
        (date(9999, 12, 31), False),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))), False),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), False),
        ("0001-01-01T00:00:00+23:59", False),
        (date.min, False),
        (time(), False),
    ],
)
def test_the_ends_of_the_calendar(value: Any, taken: bool) -> None:
    from tui.settings.reading import SettingsFile, SettingsPlace
    from tui.settings.trust_keys import read_trust

    said: list[str] = []
    place = SettingsPlace(SettingsFile("/f.toml", said, "/"), "[trust]")
    found = read_trust({"verify_keys": [{"name": "a", "env": "A", "until": value}]}, place)
    assert (bool(found), not said) == (taken, taken)
    if taken:
        assert written_moment(found["verify_keys"][0].until)


PASTED = "-----BEGIN PRIVATE KEY-----\\nMIGHSECRET"


@pytest.mark.parametrize(
    "text",
    [
        f'sign_key = "{PASTED}"',
        f'sign_key = {{ file = "{PASTED}" }}',
        f'sign_key = {{ env = "{PASTED}" }}',
        f'sign_key = "env:{PASTED}"',
        f'sign_keys = {{ "{PASTED}" = "x" }}',
        f'verify_keys = [{{ name = "{PASTED}", file = "x" }}]',
        f'require = ["{PASTED}"]',
        f'level = "{PASTED}"',
        'passphrase_env = "correct horse MIGHSECRET"',
    ],
)
def test_a_secret_in_the_wrong_place_is_shown_nowhere(home: dict[str, str], text: str) -> None:
    assert "SECRET" not in "".join(problems(home, text))


def test_no_key_of_a_table_reaches_the_terminal_as_it_is(home: dict[str, str]) -> None:
    found = problems(home, 'sign_keys = { "\\u001b[31mEVIL\\u0007" = 1 }\n"\\u001b[0m" = 1')
    assert found
    assert all(problem.isprintable() for problem in found)
    [long] = problems(home, f'"{"x y" * 1000}" = 1')
    assert len(long) < 400


@pytest.mark.parametrize("key", ["/home/me/production.key", "~/x.key", "../x.key", "link/x.key", "link.key"])
def test_a_pulled_file_names_no_private_key_of_somebody_else_s(
    home: dict[str, str], tmp_path: Path, key: str
) -> None:
    (tmp_path / "elsewhere").mkdir()
    Path("link").symlink_to(tmp_path / "elsewhere")
    Path("link.key").symlink_to(tmp_path / "elsewhere/x.key")
    Path("holdfast.toml").write_text(f'[trust]\nsign_key = "{key}"\nsign_keys = {{ a = "{key}" }}\n')
    found = load(None, home)
    assert len([one for one in found.trust_problems if "names no private key outside of" in one]) == 2
    Path("holdfast.toml").write_text('[trust]\nsign_key = "keys/x.key"\nsign_keys = { a = "env:KEY" }\n')
    assert load(None, home).trust_problems == ()
