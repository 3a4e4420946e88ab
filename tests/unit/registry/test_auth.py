from __future__ import annotations

import asyncio
import base64
import json
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from tests.support.scripted_registry import ScriptedRegistry, error
from tui.model.credentials import Credentials
from tui.registry import auth
from tui.registry.auth import Challenge, challenges
from tui.registry.client import Registry
from tui.registry.errors import LoginRefused, MalformedAnswer, RegistryRefused, RegistryUnreachable

WEB = "team/web"
TAGS = f"/v2/{WEB}/tags/list"
LOGIN = Credentials("me", "wörd")


class TokenService:
    """Gives tokens to `scripted` and has it ask for them; `elsewhere` is where it is."""

    def __init__(self, registry: ScriptedRegistry, service: ScriptedRegistry) -> None:
        self.registry = registry
        self.service = service
        self.given: list[str] = []
        self.valid: set[str] = set()
        self.expires = 300
        realm = f"http://{service.address}/token"
        self.asking = {"WWW-Authenticate": f'Bearer realm="{realm}",service="registry.example.com"'}
        registry.answers["/v2/"] = self._guarded(web.Response)
        registry.answers[TAGS] = self._guarded(lambda: web.json_response({"tags": ["v1"]}))
        registry.answers["/v2/other/tags/list"] = self._guarded(lambda: web.json_response({"tags": ["o"]}))
        service.answers["/token"] = self._give

    def _guarded(self, answer: Any) -> Any:
        def guard(request: web.Request) -> web.Response:
            if request.headers.get("Authorization", "").removeprefix("Bearer ") in self.valid:
                made: web.Response = answer()
                return made
            return error(401, "UNAUTHORIZED", "authentication required", **self.asking)

        return guard

    def _give(self, _request: web.Request) -> web.Response:
        self.given.append(f"t{len(self.given)}")
        self.valid.add(self.given[-1])
        return web.json_response({"token": self.given[-1], "expires_in": self.expires})

    def asked(self) -> list[dict[str, list[str]]]:
        return [parse_qs(request.query_string) for request in self.service.requests]


@pytest.fixture
def tokens(scripted: ScriptedRegistry, elsewhere: ScriptedRegistry) -> TokenService:
    return TokenService(scripted, elsewhere)


def registry(tokens: TokenService, login: Credentials | None = None) -> Registry:
    return Registry(tokens.registry.address, login, insecure=True)


def test_what_registries_ask_for() -> None:
    docker_hub = (
        'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="a:b:pull,push"'
    )
    assert list(challenges([docker_hub])) == [
        Challenge(
            "bearer",
            {
                "realm": "https://auth.docker.io/token",
                "service": "registry.docker.io",
                "scope": "a:b:pull,push",
            },
        )
    ]
    several = ['Basic realm="a \\"b\\"", BEARER realm=x , service = "y"', "Negotiate"]
    assert list(challenges(several)) == [
        Challenge("basic", {"realm": 'a "b"'}),
        Challenge("bearer", {"realm": "x", "service": "y"}),
        Challenge("negotiate", {}),
    ]
    assert list(challenges(["", " , ", "="])) == []


@given(st.lists(st.text(alphabet='Bearsic ="\\,/:é\n', max_size=40)))
def test_any_header_is_read_without_a_crash(headers: list[str]) -> None:
    assert all(challenge.scheme for challenge in challenges(headers))


async def test_a_token_without_a_login(tokens: TokenService) -> None:
    async with registry(tokens) as client:
        assert await client.tags(WEB) == ["v1"]
    assert tokens.asked() == [{"service": ["registry.example.com"], "scope": ["repository:team/web:pull"]}]
    assert tokens.service.logins() == [""]


async def test_a_token_with_a_login(tokens: TokenService) -> None:
    async with registry(tokens, LOGIN) as client:
        assert await client.tags(WEB) == ["v1"]
    pair = base64.b64encode("me:wörd".encode()).decode()
    assert tokens.service.logins() == [f"Basic {pair}"]
    assert not any(pair in login for login in tokens.registry.logins())


async def test_an_identity_token_is_exchanged_for_a_token(tokens: TokenService) -> None:
    async with registry(tokens, Credentials(identity_token="ident")) as client:
        assert await client.tags(WEB) == ["v1"]
    [request] = tokens.service.requests
    assert request.method == "POST"
    assert parse_qs(tokens.service.bodies[0]) == {
        "grant_type": ["refresh_token"],
        "client_id": ["holdfast"],
        "refresh_token": ["ident"],
        "service": ["registry.example.com"],
        "scope": ["repository:team/web:pull"],
    }


async def test_a_token_is_kept_for_its_scope(tokens: TokenService) -> None:
    async with registry(tokens) as client:
        await asyncio.gather(*(client.tags(WEB) for _ in range(5)))
        assert await client.tags("other") == ["o"]
        await client.tags(WEB)
    assert [asked["scope"] for asked in tokens.asked()] == [
        ["repository:team/web:pull"],
        ["repository:other:pull"],
    ]


async def test_a_token_is_replaced_before_it_expires(tokens: TokenService) -> None:
    tokens.expires = int(auth.SPARE_SECONDS)
    async with registry(tokens) as client:
        await client.tags(WEB)
        await client.tags(WEB)
    assert tokens.given == ["t0", "t1"]


async def test_a_token_that_is_no_longer_taken_is_renewed_once(tokens: TokenService) -> None:
    async with registry(tokens) as client:
        await client.tags(WEB)
        tokens.valid.clear()
        assert await client.tags(WEB) == ["v1"]
        assert tokens.given == ["t0", "t1"]
        tokens.registry.answers[TAGS] = error(401, "UNAUTHORIZED", "no", **tokens.asking)
        with pytest.raises(LoginRefused, match="without a login"):
            await client.tags(WEB)
        assert tokens.given == ["t0", "t1", "t2"]


async def test_the_oauth2_name_of_a_token_is_read_too(tokens: TokenService) -> None:
    tokens.valid.add("other")
    tokens.service.answers["/token"] = web.json_response({"access_token": "other"})
    async with registry(tokens) as client:
        assert await client.tags(WEB) == ["v1"]


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (error(401, "UNAUTHORIZED", "incorrect username or password"), LoginRefused, 'the login of "me"'),
        (web.Response(status=503, text="maintenance"), RegistryRefused, "token service 127.*maintenance"),
        (web.json_response({"token": 5}), MalformedAnswer, "a token"),
        (web.json_response({"token": "a\nb"}), MalformedAnswer, "a token"),
        (web.json_response([]), MalformedAnswer, "a token"),
        (web.Response(text="<html>"), MalformedAnswer, "a token"),
    ],
)
async def test_a_token_service_that_gives_none(
    tokens: TokenService, answer: web.Response, kind: type[Exception], says: str
) -> None:
    tokens.service.answers["/token"] = answer
    async with registry(tokens, LOGIN) as client:
        with pytest.raises(kind, match=says) as caught:
            await client.tags(WEB)
    assert "wörd" not in str(caught.value)


async def test_a_token_service_out_of_reach_is_named(tokens: TokenService) -> None:
    tokens.asking = {"WWW-Authenticate": 'Bearer realm="http://127.0.0.1:1/token"'}
    async with registry(tokens) as client:
        with pytest.raises(RegistryUnreachable, match=f"127.0.0.1:1 .for {tokens.registry.address}."):
            await client.tags(WEB)


@pytest.mark.parametrize("realm", ["", "token", "ftp://x/y", "http://["])
async def test_a_realm_that_is_no_address(tokens: TokenService, realm: str) -> None:
    tokens.asking = {"WWW-Authenticate": f'Bearer realm="{realm}"'}
    async with registry(tokens) as client:
        with pytest.raises(MalformedAnswer, match="address of a token service"):
            await client.tags(WEB)


async def test_a_password_is_not_sent_without_tls_because_a_registry_says_so(
    with_tls: ScriptedRegistry, elsewhere: ScriptedRegistry, certificate: Any, tmp_path: Any
) -> None:
    tokens = TokenService(with_tls, elsewhere)
    (tmp_path / with_tls.address).symlink_to(certificate)
    async with Registry(with_tls.address, LOGIN, certificates=str(tmp_path)) as client:
        with pytest.raises(MalformedAnswer, match="password sent without TLS"):
            await client.tags(WEB)
    assert tokens.service.requests == []


# -- Basic


def guard_with_password(scripted: ScriptedRegistry) -> None:
    wanted = f"Basic {base64.b64encode('me:wörd'.encode()).decode()}"

    def guarded(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") == wanted:
            return web.json_response({"tags": ["v1"]})
        return error(401, "UNAUTHORIZED", "log in", **{"WWW-Authenticate": 'Basic realm="x"'})

    scripted.answers["/v2/"] = scripted.answers[TAGS] = guarded


async def test_a_password(scripted: ScriptedRegistry) -> None:
    guard_with_password(scripted)
    async with Registry(scripted.address, LOGIN, insecure=True) as client:
        assert await client.tags(WEB) == ["v1"]
    assert len(scripted.requests) == 2


@pytest.mark.parametrize(
    ("login", "says"),
    [
        (None, "refuses to answer without a login"),
        (Credentials("me", "wrong"), 'refuses the login of "me"'),
        (Credentials(identity_token="t"), "refuses the login"),
    ],
)
async def test_a_wrong_login_names_the_registry_and_the_remedy(
    scripted: ScriptedRegistry, login: Credentials | None, says: str
) -> None:
    guard_with_password(scripted)
    async with Registry(scripted.address, login, insecure=True) as client:
        with pytest.raises(LoginRefused, match=says) as caught:
            await client.tags(WEB)
    assert caught.value.hint == f"docker login {scripted.address}"
    assert scripted.address in caught.value.message


async def test_a_login_asked_for_only_by_a_repository(scripted: ScriptedRegistry) -> None:
    guard_with_password(scripted)
    scripted.answers["/v2/"] = web.Response()
    async with Registry(scripted.address, LOGIN, insecure=True) as client:
        assert await client.tags(WEB) == ["v1"]


@pytest.mark.parametrize(
    ("headers", "kind"), [({}, LoginRefused), ({"WWW-Authenticate": "Negotiate"}, MalformedAnswer)]
)
async def test_a_login_of_another_kind(
    scripted: ScriptedRegistry, headers: dict[str, str], kind: type[Exception]
) -> None:
    scripted.answers[TAGS] = web.Response(status=401, text=json.dumps({}), headers=headers)
    async with Registry(scripted.address, LOGIN, insecure=True) as client:
        with pytest.raises(kind):
            await client.tags(WEB)
