from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.secrets import MASK, is_secret_name, mask_json, mask_sentence, mask_text, mask_words

SECRET = "hunter2hunter2"


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD",
        "DB_PASSWORD",
        "MYSQL_ROOT_PASSWORD",
        "POSTGRES_PASSWD",
        "SMTP_PASS",
        "DB_PWD",
        "dbPassword",
        "SECRET",
        "APP_SECRET",
        "GITHUB_TOKEN",
        "API_KEY",
        "APIKEY",
        "STRIPE_API_KEY",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "PRIVATE_KEY",
        "CREDENTIALS",
        "BASIC_AUTH",
        "SENTRY_DSN",
        "RAILS_MASTER_KEY",
        "APP_KEY",
        "--api-key",
        "Authorization",
        "SESSION_COOKIE",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "HOME",
        "PWD",
        "GPG_KEY",
        "KEYBOARD",
        "POSTGRES_PASSWORD_FILE",
        "--password-stdin",
        "org.opencontainers.image.authors",
        "AUTHOR",
        "Privileged",
        "COMPASS",
        "com.docker.compose.config-hash",
    ],
)
def test_names_of_no_secrets(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "text",
    [
        f"postgres://user:{SECRET}@db:5432/app",
        f"redis://:{SECRET}@cache",
        f"postgres://user:half/{SECRET}?@db/app",
        f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY-----\n{SECRET}",
        f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{SECRET}",
        f"ghp_{SECRET}{SECRET}",
        f"glpat-{SECRET}{SECRET}",
        f"Authorization: Bearer {SECRET}",
        f"run --password={SECRET} now",
        f"run --password {SECRET} now",
        f"sh -c 'PASSWORD={SECRET} exec app'",
        f"DB_PASSWORD='{SECRET} {SECRET}' app",
        f'{{"user": "me", "password": "{SECRET}"}}',
        f"token: {SECRET}",
        f"https://{SECRET}{SECRET}@github.com/x",
        f"?access_token={SECRET}&page=2",
    ],
)
def test_credentials_in_text_are_masked(text: str) -> None:
    assert SECRET not in mask_text(text)
    assert MASK in mask_text(text)


def test_an_aws_key_is_masked() -> None:
    assert mask_text("key AKIAIOSFODNN7EXAMPLE!") == f"key {MASK}!"


@pytest.mark.parametrize(
    "text",
    [
        "nginx -g 'daemon off;'",
        "https://example.com:8080/path?page=2",
        "registry:5000/team/app:v1@sha256:abcdef",
        "git@github.com:team/app.git",
        "/bin/sh -c 'i=0; while true; do echo $i; done'",
        "2026-11-24T09:13:51Z level=info msg=ready",
        "unauthorized: authentication required",
        "",
    ],
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize(
    "sentence",
    [
        "build.secrets.npm: there is no file /home/me/.npmrc",
        "build.secrets.npm: the environment variable NPM_TOKEN is not set",
        "POSTGRES_PASSWORD: the values of what looks secret stand in the file",
        "unauthorized: authentication required",
        "[apps.web.run] environment.TOKEN: it is not set outside",
        "docker login --password-stdin registry.example.com",
    ],
)
def test_a_sentence_about_a_secret_keeps_its_words(sentence: str) -> None:
    assert mask_sentence(sentence) == sentence


@pytest.mark.parametrize(
    "text",
    [
        f"cannot take PASSWORD={SECRET} for it",
        f'the engine said {{"token": "{SECRET}"}}',
        f"https://me:{SECRET}@registry refuses",
        f"Authorization: Bearer {SECRET} is refused",
        f"token:{SECRET}",
    ],
)
def test_a_sentence_keeps_no_value(text: str) -> None:
    assert SECRET not in mask_sentence(text)


def test_the_rest_of_a_text_stays_readable() -> None:
    assert mask_text("postgres://me:word@db:5432/app?ssl=on") == f"postgres://{MASK}@db:5432/app?ssl=on"
    assert mask_text("app --token abc --port 80") == f"app --token {MASK} --port 80"


def test_words_of_a_command_and_environment_entries() -> None:
    words = [
        "app",
        "--password",
        SECRET,
        "--port",
        "80",
        f"--token={SECRET}",
        f"KEY_SECRET={SECRET} x",
        "--auth",
        "-v",
    ]
    assert mask_words(words) == [
        "app",
        "--password",
        MASK,
        "--port",
        "80",
        f"--token={MASK}",
        f"KEY_SECRET={MASK}",
        "--auth",
        "-v",
    ]


SHAPES = st.sampled_from(
    [
        lambda word: {"Env": ["A=b", f"DB_PASSWORD={word}"]},
        lambda word: {"Cmd": ["app", "--api-key", word]},
        lambda word: {"Cmd": ["sh", "-c", f"exec app --token {word} >/dev/null"]},
        lambda word: {"Labels": {"traefik.auth.users": word, "plain": "x"}},
        lambda word: {"Labels": {"url": f"amqp://me:{word}@queue"}},
        lambda word: {"Log": [{"Output": f"Authorization: Bearer {word}"}]},
        lambda word: {"Options": {"splunk-token": word}},
        lambda word: {"Nested": [[{"client_secret": word}]]},
    ]
)
WORDS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=9, max_size=40)


@given(SHAPES, WORDS)
def test_no_secret_is_left_in_masked_json(shape, word: str) -> None:  # type: ignore[no-untyped-def]
    before = json.dumps(shape("-"))
    if word in before:
        return
    assert word not in json.dumps(mask_json(shape(word)))


def test_what_is_no_text_keeps_its_kind() -> None:
    value = {"a": [1, None, True, {"b": 2.5}], "Token": 5, "empty": [], "password": ""}
    assert mask_json(value) == value


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("it broke: password=x1y2", f"it broke: password={MASK}"),
        ("error: login: token: x1y2", f"error: login: token: {MASK}"),
        ("a=b=password=x1y2 c=d", f"a=b=password={MASK} c=d"),
        ('cmd="run token=x1y2 now"', f'cmd="run token={MASK} now"'),
        ('"/run/secrets/token": not found', '"/run/secrets/token": not found'),
        ("open /srv/secret.txt: no such file", "open /srv/secret.txt: no such file"),
        ("GET /token=x1y2", f"GET /token={MASK}"),
        ("redis-cli -h db -a x1y2 ping", f"redis-cli -h db -a {MASK} ping"),
        ("exec_create: mysqladmin ping -uroot -px1y2", f"exec_create: mysqladmin ping -uroot -p{MASK}"),
        ("mysql -p 3306 ok", "mysql -p 3306 ok"),
        ("curl -fsS -u me:x1y2 http://db/", f"curl -fsS -u me:{MASK} http://db/"),
        ("sshpass -p 'x1 y2' ssh db", f"sshpass -p {MASK} ssh db"),
        ("redis-server --requirepass x1y2", f"redis-server --requirepass {MASK}"),
        ("root:x1y2@tcp(db:3306)/app", f"root:{MASK}@tcp(db:3306)/app"),
        ("server=db;uid=sa;pwd=x1y2;", f"server=db;uid=sa;pwd={MASK};"),
        ("PWD=/srv/app", "PWD=/srv/app"),
        ('echo "{\\"api_key\\":\\"x1y2\\"}"', f'echo "{{\\"api_key\\":{MASK}}}"'),
        ("docker run -p 8080:80 web", "docker run -p 8080:80 web"),
        ("docker login -u me -p x1y2 hub", f"docker login -u me -p {MASK} hub"),
    ],
)
def test_a_secret_is_found_behind_other_names_and_a_path_is_none(text: str, shown: str) -> None:
    assert mask_text(text) == shown


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (["redis-cli", "-a", "x1y2", "ping"], ["redis-cli", "-a", MASK, "ping"]),
        (
            ["/usr/bin/mysqladmin", "-uroot", "-px1y2", "ping"],
            ["/usr/bin/mysqladmin", "-uroot", f"-p{MASK}", "ping"],
        ),
        (["CMD", "curl", "-u", "me:x1y2", "http://db"], ["CMD", "curl", "-u", f"me:{MASK}", "http://db"]),
        (["CMD-SHELL", "mysql -px1y2 -e 'select 1'"], ["CMD-SHELL", f"mysql -p{MASK} -e 'select 1'"]),
        (["redis-server", "--requirepass", "x1y2"], ["redis-server", "--requirepass", MASK]),
        (["grep", "-a", "word", "-p"], ["grep", "-a", "word", "-p"]),
        (["docker", "run", "-p", "8080:80"], ["docker", "run", "-p", "8080:80"]),
    ],
)
def test_passwords_among_the_words_of_a_command(words: list[str], shown: list[str]) -> None:
    assert mask_words(words) == shown


def test_long_text_is_masked_in_linear_time() -> None:
    for piece in (
        "a",
        "a:",
        "a:password:",
        "curl ",
        "curl -u ",
        "mysql -p",
        "a\\",
        "a:b@",
        "x://a:",
        '"',
        "=",
        "--a ",
        "eyJ",
        "-----BEGIN PRIVATE KEY-----",
    ):
        began = time.process_time()
        mask_text(piece * (200_000 // len(piece)))
        assert time.process_time() - began < 2
