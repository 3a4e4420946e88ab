"""The form of an app: what a file says is shown, and written back it says the same."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.settings.form import BY_ID, FIELDS, TABLES, Draft, Kind, drafted, inline, table_of
from tui.settings.form_file import faults_of, new_file

TEXTS = st.text(max_size=12)
SCALARS = st.one_of(
    TEXTS, st.booleans(), st.integers(-(2**62), 2**62), st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [field.key for field in FIELDS if field.key not in ("more", "name", "engines")] + ["x", "a b"]
)
INNER = st.dictionaries(KEYS, VALUES, max_size=5)
APPS = st.builds(
    lambda top, inner: {**{key: value for key, value in top.items() if key not in TABLES}, **inner},
    st.dictionaries(KEYS, VALUES, max_size=4),
    st.dictionaries(st.sampled_from([name for name in TABLES if name != "scan"]), INNER, max_size=3),
)


def same(key: str, before: Any, after: Any) -> bool:
    if before == after and type(before) is type(after):
        return True
    field = next((field for field in FIELDS if field.key == key), None)
    match field and field.kind, before:
        case Kind.LINES, str():  # one alone stands for a list of it
            return bool(after == [before])
        case Kind.PAIRS, dict():
            texts = {name: one if isinstance(one, str) else inline(one) for name, one in before.items()}
            return bool(after == texts)
        case Kind.PAIRS, list():
            return bool(after == dict(one.split("=", 1) for one in before))
    return False


@given(APPS)
def test_nothing_of_a_file_is_lost_by_being_shown_as_a_form(app: dict[str, Any]) -> None:
    again, faults = table_of(drafted("web", app), app)
    assert faults == {}
    for name, value in app.items():
        if name in TABLES and isinstance(value, dict):
            if not value:
                continue  # a table that says nothing
            assert value.keys() == again[name].keys()
            for key, inner in value.items():
                assert same(key, inner, again[name][key]), (name, key)
        else:
            assert same(name, value, again[name]), name


@given(VALUES)
def test_a_value_in_one_line_is_read_again_as_it_was(value: Any) -> None:
    line = inline(value)
    assert "\n" not in line
    assert tomllib.loads(f"v = {line}")["v"] == value


@given(st.dictionaries(st.sampled_from([*BY_ID]), st.lists(TEXTS, max_size=3), max_size=6))
def test_whatever_is_written_the_loader_has_a_sentence_for_it_or_takes_it(draft: Draft) -> None:
    table, faults = table_of(draft)
    faults = {**faults_of(new_file("web"), "web", table, draft, "/root"), **faults}
    assert all(id in BY_ID and said for (id, _), said in faults.items())


@pytest.mark.parametrize(
    ("id", "text", "value"),
    [
        ("keep", "3", 3),
        ("ready.timeout", "1m30s", "1m30s"),
        ("ready.timeout", "1.5", 1.5),
        ("run.cpus", "0.50", "0.50"),
        ("run.command", '["nginx", "-g", "daemon off;"]', ["nginx", "-g", "daemon off;"]),
        ("run.command", "npm start", "npm start"),
        ("run.ports", "[::1]:80:80", ["[::1]:80:80"]),
        ("run.ports", "{ target = 80 }", [{"target": 80}]),
        ("run.environment", "A=b=c", {"A": "b=c"}),
        ("run.environment", "PATH", ["PATH"]),
        ("run.more", 'healthcheck.test = "true"', None),
    ],
)
def test_texts_are_read_as_the_file_would_have_them(id: str, text: str, value: Any) -> None:
    table, faults = table_of({id: [text]})
    assert faults == {}
    place = table.get(BY_ID[id].table, table)
    if value is None:
        assert table == {"run": {"healthcheck": {"test": "true"}}}
    else:
        assert place[BY_ID[id].key] == value
        assert type(place[BY_ID[id].key]) is type(value)


@pytest.mark.parametrize(
    ("id", "rows", "row", "said"),
    [
        ("image", ["web:1"], 0, "is a tag: leave it out"),
        ("keep", ["many"], 0, "keep = 'many' is not allowed: it takes a whole number"),
        ("run.ports", ["80:80", "", "web"], 2, "it takes a port such as"),
        ("run.environment", ["A=1", "=2"], 1, "the name of a variable is not empty"),
        ("run.volumes", ["files:data"], 0, "is not an absolute path in the container"),
        ("run.restart", ["sometimes"], 0, "unless-stopped"),
        ("run.more", ['user = "app"', "priviledged = true"], 1, "did you mean privileged?"),
        ("run.more", ['user = "app"', "user ="], 1, "not valid TOML"),
        ("ready.tcp", ["70000"], 0, "tcp = 70000 is not allowed"),
        ("scan.fail_on", ["worst"], 0, 'one of "critical"'),
        ("more", ["keeep = 1"], 0, "did you mean keep?"),
    ],
)
def test_what_is_wrong_is_said_in_the_loaders_words_where_it_is_written(
    id: str, rows: list[str], row: int, said: str
) -> None:
    draft = {id: rows}
    table, faults = table_of(draft)
    faults = {**faults_of(new_file("web"), "web", table, draft, "/root"), **faults}
    assert list(faults) == [(id, row)]
    assert said in faults[id, row]


def test_rivals_are_said_at_the_second_of_them() -> None:
    draft = {"ready.http": ["80/up"], "ready.tcp": ["80"]}
    table, _ = table_of(draft)
    assert (
        "is not allowed beside http" in faults_of(new_file("web"), "web", table, draft, "/")["ready.tcp", 0]
    )


def test_a_table_that_says_nothing_keeps_its_meaning() -> None:
    table, _ = table_of(drafted("web", {"scan": {}, "build": "."}))
    assert table == {"scan": {"fail_on": "critical"}, "build": {"context": "."}}


def test_keys_stay_in_their_order() -> None:
    app = {"keep": 3, "image": "a/b", "run": {"user": "x", "ports": ["80"]}}
    draft = drafted("web", app)
    draft["order"] = ["start-first"]
    table, _ = table_of(draft, app)
    assert list(table) == ["keep", "image", "run", "order"]
    assert list(table["run"]) == ["user", "ports"]
