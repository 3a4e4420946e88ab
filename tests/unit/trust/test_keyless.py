"""Signatures without a key, verified by sigstore's own library: only whom an identity means is one."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.keyless import (
    DIGEST,
    ISSUER,
    OURS,
    SIGNED,
    SUBJECT,
    WEB,
    Instance,
    attached,
    compact,
    key,
    read,
    signature,
)
from tui.model.evidence import Claim, ClaimKind
from tui.model.predicates import Trial, statement_of
from tui.model.statement import statement_bytes
from tui.model.verdict import Answer, Wanted, judged
from tui.trust.algorithms import new_private_key
from tui.trust.bundles import attachments
from tui.trust.errors import KeyUnusable
from tui.trust.keys import Signer
from tui.trust.reading import attested

if TYPE_CHECKING:
    from collections.abc import Callable

    from tui.model.signing import VerifyKey


TREE = Path(__file__).parents[3]
NOW = SIGNED.timestamp() + 3600.0
SIGNATURE = Wanted(ClaimKind.SIGNATURE)


def answer(bundle: dict[str, Any], *keys: VerifyKey, **recorded: float) -> tuple[str, str]:
    known = {source.replace("_", ":"): at for source, at in recorded.items()}
    [verdict] = judged([SIGNATURE], [read(bundle, *keys)], [DIGEST], keys, NOW, known)
    return verdict.answer, verdict.key


async def test_whom_an_identity_means_has_signed(root: str) -> None:
    keys = [key(root, "other", subject=SUBJECT + "2"), key(root)]
    [found] = await attested([attached(OURS.bundle(signature()), DIGEST)], keys)
    assert (found.key, found.signed, found.digests, found.fault) == ("ci", True, (DIGEST,), "")
    assert found.claim.kind == ClaimKind.SIGNATURE
    [verdict] = judged([Wanted(ClaimKind.SIGNATURE, keys=("ci",))], [found], [DIGEST], keys, NOW)
    assert (verdict.answer, verdict.key, verdict.source) == (Answer.OK, "ci", found.source)
    [verdict] = judged([Wanted(ClaimKind.SIGNATURE, keys=("other",))], [found], [DIGEST], keys, NOW)
    assert (verdict.answer, verdict.why) == (Answer.WRONG_KEY, 'it is by the identity "ci"')


def another_payload(bundle: dict[str, Any]) -> None:
    payload = base64.b64encode(statement_bytes(signature("v2"))).decode()
    bundle["dsseEnvelope"]["payload"] = payload


def another_signature(bundle: dict[str, Any]) -> None:
    bundle["dsseEnvelope"]["signatures"] = OURS.bundle(signature())["dsseEnvelope"]["signatures"]


def one_more_signature(bundle: dict[str, Any]) -> None:
    bundle["dsseEnvelope"]["signatures"] *= 2


def no_entry(bundle: dict[str, Any]) -> None:
    bundle["verificationMaterial"]["tlogEntries"] = []


def entry_of_another(bundle: dict[str, Any]) -> None:
    bundle["verificationMaterial"]["tlogEntries"] = OURS.bundle(signature())["verificationMaterial"][
        "tlogEntries"
    ]


def no_promise(bundle: dict[str, Any]) -> None:
    """Then nobody says when it was signed."""
    del bundle["verificationMaterial"]["tlogEntries"][0]["inclusionPromise"]


def another_moment(bundle: dict[str, Any]) -> None:
    bundle["verificationMaterial"]["tlogEntries"][0]["integratedTime"] = str(int(SIGNED.timestamp()) + 1)


def no_proof(bundle: dict[str, Any]) -> None:
    del bundle["verificationMaterial"]["tlogEntries"][0]["inclusionProof"]


def a_log_of_another(bundle: dict[str, Any]) -> None:
    [entry] = bundle["verificationMaterial"]["tlogEntries"]
    body = base64.b64decode(entry["canonicalizedBody"])
    bundle["verificationMaterial"]["tlogEntries"] = [Instance().entry(body)]


def a_body_of_another(bundle: dict[str, Any]) -> None:
    [entry] = bundle["verificationMaterial"]["tlogEntries"]
    body = json.loads(base64.b64decode(entry["canonicalizedBody"]))
    body["spec"]["payloadHash"]["value"] = "0" * 64
    bundle["verificationMaterial"]["tlogEntries"] = [OURS.entry(compact(body))]


def a_certificate_of_another(bundle: dict[str, Any]) -> None:
    other = OURS.bundle(signature())["verificationMaterial"]["certificate"]
    bundle["verificationMaterial"]["certificate"] = other


def no_certificate(bundle: dict[str, Any]) -> None:
    del bundle["verificationMaterial"]["certificate"]


def another_format(bundle: dict[str, Any]) -> None:
    bundle["mediaType"] = "application/x"


FORGED = [
    another_payload,
    another_signature,
    one_more_signature,
    no_entry,
    entry_of_another,
    no_promise,
    another_moment,
    no_proof,
    a_log_of_another,
    a_body_of_another,
    a_certificate_of_another,
    no_certificate,
    another_format,
]


@pytest.mark.parametrize("forge", FORGED)
def test_what_was_forged_counts_for_nothing(root: str, forge: Callable[[dict[str, Any]], None]) -> None:
    bundle = OURS.bundle(signature())
    assert answer(bundle, key(root)) == (Answer.OK, "ci")
    forge(bundle)
    assert answer(bundle, key(root)) == (Answer.WRONG_KEY, "")


def unlogged(*args: Any, **others: Any) -> Any:
    return OURS.certificate(*args, **others, logged=False)


STRANGERS: list[dict[str, Any]] = [
    {"subject": SUBJECT.replace("release", "test")},
    {"subject": SUBJECT + "/x"},
    {"subject": SUBJECT.upper()},
    {"issuer": "https://gitlab.example.com"},
    {"issuer": ISSUER + "/"},
    {"certificate": unlogged},
    {"certificate": Instance().certificate},
]


@pytest.mark.parametrize("of", STRANGERS, ids=[str(number) for number in range(len(STRANGERS))])
def test_somebody_else_is_a_stranger(root: str, of: dict[str, Any]) -> None:
    assert answer(OURS.bundle(signature(), **of), key(root)) == (Answer.WRONG_KEY, "")


def test_another_instance_is_not_believed(root: str) -> None:
    assert answer(Instance().bundle(signature()), key(root)) == (Answer.WRONG_KEY, "")


def test_it_was_signed_while_the_certificate_was_good(root: str) -> None:
    """Which is told by the log, not by what the certificate's owner says."""
    late = OURS.bundle(signature())
    [entry] = late["verificationMaterial"]["tlogEntries"]
    for minutes, is_good in ((9, True), (11, False), (-1, False)):
        body = base64.b64decode(entry["canonicalizedBody"])
        late["verificationMaterial"]["tlogEntries"] = [OURS.entry(body, SIGNED + timedelta(minutes=minutes))]
        assert (read(late, key(root)).key == "ci") is is_good


def test_an_identity_that_has_ended_vouches_only_for_what_was_recorded_before(root: str) -> None:
    bundle, ended = OURS.bundle(signature()), NOW - 60
    source = read(bundle, key(root)).source.replace(":", "_")
    assert answer(bundle, key(root, until=NOW + 60)) == (Answer.OK, "ci")
    assert answer(bundle, key(root, until=ended)) == (Answer.ENDED_KEY, "ci")
    assert answer(bundle, key(root, until=ended), **{source: ended - 1}) == (Answer.OK, "ci")
    assert answer(bundle, key(root, until=ended), **{source: ended + 1}) == (Answer.ENDED_KEY, "ci")
    keys = [key(root, until=ended)]
    [verdict] = judged([SIGNATURE], [read(bundle, *keys)], [DIGEST], keys, NOW)
    assert verdict.why.startswith('the identity "ci" ended on ')


def test_it_counts_only_for_the_image_that_it_names(root: str) -> None:
    found = read(OURS.bundle(signature()), key(root))
    [verdict] = judged([SIGNATURE], [found], ["sha256:" + "b" * 64], [key(root)], NOW)
    assert verdict.answer == Answer.OTHER_IMAGE


def test_a_failure_that_is_signed_so_is_a_failure(root: str) -> None:
    failed = statement_of(Claim(ClaimKind.TEST, False, 7.0), WEB, Trial("sha256:" + "b" * 64, ("gate",)))
    found = read(OURS.bundle(failed), key(root))
    [verdict] = judged([Wanted(ClaimKind.TEST)], [found], [DIGEST], [key(root)], NOW)
    assert verdict.answer == Answer.FAILED


# -- patterns


@pytest.mark.parametrize(
    ("pattern", "subject", "is_like"),
    [
        ("https://github.com/team/*/.github/workflows/release.yml@refs/heads/main", SUBJECT, True),
        ("https://github.com/team/web/.github/workflows/*.yml@refs/heads/m*", SUBJECT, True),
        ("https://github.com/*/release.yml@refs/heads/main", SUBJECT, False),
        ("https://github.com/team/*", SUBJECT, False),
        ("https://github.com/team/w.b/*/workflows/release.yml@refs/heads/main", SUBJECT, False),
        (SUBJECT.removesuffix("main") + "*", SUBJECT + "/x", False),
        (SUBJECT.replace("heads/main", "tags/*"), SUBJECT, False),
        ("https://github.com/team/web/.github/workflows/release.yml@refs/tags/*",
         "https://github.com/team/web/.github/workflows/release.yml@refs/heads/x@refs/tags/v1", False),
        ("https://github.com/team/web/.github/workflows/*@refs/tags/v1",
         "https://github.com/team/web/.github/workflows/evil.yml@refs/heads/x@refs/tags/v1", False),
        ("*@example.com", "me@example.com", True),
        ("*@example.com", "me@example.com.org", False),
        ("me@example.com", "me@example.com", True),
    ],
)  # fmt: skip
def test_a_star_stays_between_slashes_and_ats(root: str, pattern: str, subject: str, is_like: bool) -> None:
    found = read(OURS.bundle(signature(), subject=subject), key(root, subject=pattern))
    assert (found.key == "ci") is is_like


def test_of_two_that_are_meant_the_one_in_full_counts(root: str) -> None:
    broad = key(root, "broad", subject=SUBJECT.replace("web", "*"))
    assert read(OURS.bundle(signature()), broad, key(root)).key == "ci"
    assert read(OURS.bundle(signature()), broad).key == "broad"


# -- keys beside identities


async def test_a_key_that_signed_is_believed_without_any_of_it(root: str) -> None:
    """And a certificate beside its signature is nobody's."""
    signer = Signer("release", new_private_key())
    made = await attachments([signature()], signer)
    bundle = json.loads(made[0].blob)
    certified = OURS.bundle(signature())["verificationMaterial"]
    assert read({**bundle, "verificationMaterial": certified}, signer.verify_key, key(root)).key == "release"
    assert read({**bundle, "verificationMaterial": certified}, key(root)).key == ""
    assert read(OURS.bundle(signature()), signer.verify_key).key == ""
    assert read(OURS.bundle(signature()), signer.verify_key, key(root)).key == "ci"


# -- what is trusted


WHOLE = json.loads(OURS.trusted_root())
NO_ROOTS = [
    "",
    "{}",
    "[]",
    '{"mediaType": "x"}',
    '{"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1"}',
    json.dumps({**WHOLE, "tlogs": []}),
    json.dumps({**WHOLE, "ctlogs": []}),
    json.dumps({**WHOLE, "certificateAuthorities": []}),
    OURS.trusted_root().replace("MII", "AAA"),
]


@pytest.mark.parametrize("content", NO_ROOTS, ids=[str(number) for number in range(len(NO_ROOTS))])
def test_a_root_that_is_none_is_told_by_its_file(tmp_path: Path, content: str) -> None:
    path = tmp_path / "root.json"
    path.write_text(content)
    with pytest.raises(KeyUnusable, match=r"identities cannot be used \(.*root\.json\)") as caught:
        read(OURS.bundle(signature()), key(str(path)))
    assert caught.value.hint


def test_a_root_that_has_gone(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="root\\.json cannot be read: No such file"):
        read(OURS.bundle(signature()), key(str(tmp_path / "root.json")))


def test_the_public_instance_is_asked_nothing_and_says_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its root comes with the library."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    asked = []
    monkeypatch.setattr("socket.socket.connect", lambda *args: asked.append(args))
    monkeypatch.setattr("socket.getaddrinfo", lambda *args, **others: asked.append(args))
    assert read(OURS.bundle(signature()), key("")).key == ""
    assert asked == []
    assert capfd.readouterr() == ("", "")


def test_without_a_place_for_it_the_public_instance_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file/cache"))
    with pytest.raises(KeyUnusable, match="of the public instance cannot be read") as caught:
        read(OURS.bundle(signature()), key(""))
    assert "trusted_root" in caught.value.hint


# -- the library


def test_without_the_library_the_remedy_is_told(root: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sigstore.verify", None)
    with pytest.raises(KeyUnusable, match="the library that verifies them cannot be had") as caught:
        read(OURS.bundle(signature()), key(root))
    assert caught.value.hint == "pip install 'holdfast[keyless]'"
    assert read(OURS.bundle(signature())).key == "", "it is wanted where an identity is listed"
    bare = OURS.bundle(signature())
    no_certificate(bare)
    assert read(bare, key(root)).key == "", "and where there is a certificate"


SCRIPT = """
import sys
from tests.support.keyless import OURS, key, read, signature
bare = OURS.bundle(signature())
del bare["verificationMaterial"]["certificate"]
listed = key(sys.argv[1], subject="another")
read(bare, listed)
read(OURS.bundle(signature()))
before = "sigstore" in sys.modules
assert read(OURS.bundle(signature()), listed).key == ""
print(before, "sigstore" in sys.modules)
"""


def test_it_is_loaded_where_both_are_there_and_says_nothing(root: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, root], cwd=TREE, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("False True\n", "")
