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


def test_long_text_is_masked_in_linear_time() -> None:
    for piece in ("a", "a:", "x://a:", '"', "=", "--a ", "eyJ", "-----BEGIN PRIVATE KEY-----"):
        began = time.process_time()
        mask_text(piece * (200_000 // len(piece)))
        assert time.process_time() - began < 2
