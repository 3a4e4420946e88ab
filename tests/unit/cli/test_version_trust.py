"""Versions are verified a few at once, each within its time; what cannot be asked is a verdict."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.memory_registry import MemoryRegistry
from tests.support.scripted_registry import error
from tests.unit.operations.test_trusted import Place
from tui.cli.version_words import trust_of
from tui.engine.endpoint import Endpoint
from tui.model.engine import EngineInfo
from tui.model.evidence import Evidence
from tui.model.offers import Offered
from tui.model.policy import Policy
from tui.model.releases import Releases
from tui.model.remote import Whereabouts
from tui.model.signing import KeySource
from tui.model.standing import Standing
from tui.model.trust import Level, ListedKey, Trust
from tui.model.verdict import Answer, Verdict, Wanted
from tui.operations.looking import version_trust
from tui.operations.looking.version_trust import Version, verify_versions
from tui.presentation.versions import TrustWords, version_choices
from tui.registry.client import Registry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class Engine:
    version = SimpleNamespace(os="linux", arch="amd64")
    endpoint = Endpoint("unix:///run/e.sock", "--host")

    async def info(self, **_: object) -> EngineInfo:
        return EngineInfo("", "", 0.0)


@pytest.fixture
async def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    for name in ("HOME", "XDG_STATE_HOME", "DOCKER_CONFIG"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    async with MemoryRegistry() as memory, Registry(memory.address, insecure=True) as registry:
        yield Place(memory, registry, tmp_path)


async def found(place: Place, policy: Policy, *versions: Version) -> dict[str, tuple[Verdict, ...]]:
    told: dict[str, tuple[Verdict, ...]] = {}
    engine: Any = Engine()
    await verify_versions(engine, place.app, policy, versions, {}, told.__setitem__)
    return told


async def test_by_tag_and_by_digest(place: Place) -> None:
    await place.say("ci")
    told = await found(place, place.policy, Version("v1"), Version("v9", place.digest), Version("v8"))
    assert {tag: [one.answer for one in verdicts] for tag, verdicts in told.items()} == {
        "v1": [Answer.OK, Answer.OK],
        "v9": [Answer.OTHER_VERSION, Answer.OK],
        "v8": [Answer.ABSENT, Answer.ABSENT],
    }


async def test_what_cannot_be_asked_is_a_verdict(place: Place) -> None:
    place.memory.lie = lambda _: error(503, "UNAVAILABLE")
    assert {one.answer for one in (await found(place, place.policy, Version("v1")))["v1"]} == {
        Answer.UNREACHABLE
    }
    lost = ListedKey("ci", KeySource(file="/no/such.pub"))
    policy = Policy(trust=Trust(verify_keys=(lost,), require=(Wanted("signature"),)))
    told = await found(place, policy, Version("v1"))
    assert {one.answer for one in told["v1"]} == {Answer.UNREACHABLE}


async def test_a_slow_registry_is_not_waited_for(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(version_trust, "SECONDS", 0.0)
    [verdict, _] = (await found(place, place.policy, Version("v1")))["v1"]
    assert (verdict.answer, verdict.why) == (Answer.UNREACHABLE, "the registry did not answer within 0 s")


async def test_the_list_of_the_command_line_says_the_same(place: Place) -> None:
    await place.say("ci")
    engine: Any = Engine()
    offered = [Offered("v1", Whereabouts.REMOTE, "", ()), Offered("v2", Whereabouts.HERE, "", ())]
    words = await trust_of(engine, place.app, place.policy, offered, Releases(Standing("web")))
    assert words == {"v1": TrustWords(told=("signed, tested by ci",))}


def test_a_line_says_what_is_known_so_far(tmp_path: Path) -> None:
    from tui.model.app import AppSpec

    app = AppSpec("web", "registry:5000/shop/web", "")
    policy = Policy(trust=Trust(accept_unsigned=True, require=(Wanted("signature"), Wanted("test"))))
    tags = ("v4", "v3", "v2", "v1", "v0")
    offered = [Offered(tag, Whereabouts.REMOTE, "", ()) for tag in tags[:-1]]
    offered.append(Offered("v0", Whereabouts.LOCAL, "", ()))
    verdicts = {
        "v4": None,
        "v3": (Verdict("signature", Answer.OK, "ci"), Verdict("test", Answer.OK)),
        "v2": (Verdict("signature", Answer.ABSENT), Verdict("test", Answer.UNREACHABLE)),
    }
    choices = version_choices(app, offered, None, {"": Evidence("")}, policy, 9.0, verdicts)
    assert [(one.why.replace("in the registry · ", ""), one.refused) for one in choices] == [
        ("verifying", False),
        ("signed by ci · tested elsewhere, unsigned", False),
        ("! refused: test not verified, no signature · in the registry", True),
        ("not verified", False),
        ("! refused: untested · only here, not pushed", True),
    ]
    audit = policy._replace(require_tests=False, trust=policy.trust._replace(level=Level.AUDIT))
    told = version_choices(app, offered, None, {"": Evidence("")}, audit, 9.0, verdicts)[2]
    assert (told.why, told.refused) == ("in the registry · ! test not verified · ! no signature", False)


def test_without_trust_none_of_it_is_loaded() -> None:
    import subprocess

    code = (
        "import sys, tui.controllers.releases, tui.cli.verbs\n"
        "print([name for name in sys.modules if 'version_trust' in name or name.startswith('cryptography')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
