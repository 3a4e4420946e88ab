"""Keys: had from where they are, refused with a remedy, and never shown."""

from __future__ import annotations

import base64
import json
import os
import stat
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tui.model.signing import KeySource
from tui.trust import sources
from tui.trust.errors import KeyUnusable
from tui.trust.keys import load_signer, load_verify_key, make_pair

if TYPE_CHECKING:
    from pathlib import Path

LABEL = "ENCRYPTED SIGSTORE PRIVATE KEY"
SECRET = "correct horse battery"


def made(folder: Path, *words: str, name: str = "k.pem") -> Path:
    """A private key as OpenSSL writes it."""
    path = folder / name
    subprocess.run(["openssl", *words, "-out", path], check=True, capture_output=True)
    path.chmod(0o600)
    return path


def of_curve(folder: Path, curve: str, *more: str) -> Path:
    return made(folder, "genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", *more)


async def refused(source: KeySource, environ: dict[str, str] | None = None) -> KeyUnusable:
    with pytest.raises(KeyUnusable) as caught:
        await load_signer("release", source, environ=environ or {})
    error = caught.value
    assert error.exit_status == 2
    shown = f"{error} {error.detail} {error.__cause__}"
    assert SECRET not in shown
    assert "PRIVATE KEY" not in shown
    return error


async def test_a_pair_is_made_for_this_account_alone(tmp_path: Path) -> None:
    path = tmp_path / "release.key"
    listed = make_pair(path, "release")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    public = tmp_path / "release.pub"
    assert public.read_text() == listed.pem
    signer = await load_signer("release", KeySource(file=str(path)))
    assert signer.verify_key == listed
    assert await load_verify_key("release", KeySource(file=str(public))) == listed


@pytest.mark.parametrize("there", ["release.key", "release.pub"])
def test_what_is_there_is_never_overwritten(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("precious")
    with pytest.raises(KeyUnusable, match="never overwritten"):
        make_pair(tmp_path / "release.key")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(there, "precious")]


def test_a_link_is_not_followed_to_make_a_key(tmp_path: Path) -> None:
    (tmp_path / "release.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyUnusable, match="never overwritten"):
        make_pair(tmp_path / "release.key")
    assert not (tmp_path / "elsewhere").exists()


def test_a_private_key_is_not_called_as_public_ones_are(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="ends as public ones do"):
        make_pair(tmp_path / "release.pub")
    with pytest.raises(KeyUnusable, match="No such file"):
        make_pair(tmp_path / "nowhere" / "release.key")


async def test_a_pair_with_a_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "release.key"
    listed = make_pair(path, "release", SECRET)
    assert "ENCRYPTED SIGSTORE PRIVATE KEY" in path.read_text()
    source = KeySource(file=str(path))
    signer = await load_signer("release", source, environ={"COSIGN_PASSWORD": SECRET})
    assert signer.verify_key == listed
    other = await load_signer("release", source, "RELEASE_PASSPHRASE", {"RELEASE_PASSPHRASE": SECRET})
    assert other.verify_key == listed
    error = await refused(source, {"COSIGN_PASSWORD": f"{SECRET}!"})
    assert "does not open by this passphrase" in error.message
    error = await refused(source)
    assert "COSIGN_PASSWORD is not set" in error.message
    assert error.hint == "set COSIGN_PASSWORD"


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("-----END", "A\n-----END"),
        lambda text: text[: len(text) // 2] + text[len(text) // 2 + 4 :],
        lambda _: f"-----BEGIN {LABEL}-----\ne30=\n-----END {LABEL}-----\n",
        lambda _: f"-----BEGIN {LABEL}-----",
        lambda _: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        lambda _: "",
        lambda _: "not a key",
    ],
)
async def test_a_broken_key_is_told(tmp_path: Path, damage: object) -> None:
    path = tmp_path / "release.key"
    make_pair(path, "release", SECRET)
    path.write_text(damage(path.read_text()))  # type: ignore[operator]
    error = await refused(KeySource(file=str(path)), {"COSIGN_PASSWORD": SECRET})
    assert str(path) in error.message


async def test_a_key_that_asks_for_all_memory_is_refused(tmp_path: Path) -> None:
    box = {
        "kdf": {"name": "scrypt", "params": {"N": 2**40, "r": 8, "p": 1}, "salt": "AAAA"},
        "cipher": {"name": "nacl/secretbox", "nonce": "AAAA"},
        "ciphertext": "AAAA",
    }
    text = base64.b64encode(json.dumps(box).encode()).decode()
    path = tmp_path / "huge.key"
    path.write_text(f"-----BEGIN {LABEL}-----\n{text}\n-----END {LABEL}-----\n")
    path.chmod(0o600)
    error = await refused(KeySource(file=str(path)), {"COSIGN_PASSWORD": SECRET})
    assert "damaged" in error.message


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o644, 0o777])
async def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "release.key"
    make_pair(path)
    path.chmod(mode)
    error = await refused(KeySource(file=str(path)))
    assert error.hint == f"chmod 600 {path}"
    path.chmod(0o400)
    await load_signer("release", KeySource(file=str(path)))


async def test_a_public_key_that_anybody_may_change_is_refused(tmp_path: Path) -> None:
    make_pair(tmp_path / "release.key")
    public = tmp_path / "release.pub"
    public.chmod(0o646)
    with pytest.raises(KeyUnusable, match="changed by anybody"):
        await load_verify_key("release", KeySource(file=str(public)))


@pytest.mark.parametrize("form", ["pkcs8", "sec1", "encrypted"])
async def test_keys_as_openssl_writes_them(tmp_path: Path, form: str) -> None:
    environ = {}
    if form == "pkcs8":
        path = of_curve(tmp_path, "P-256")
    elif form == "sec1":
        path = made(tmp_path, "ecparam", "-name", "prime256v1", "-genkey", "-noout")
    else:
        path = of_curve(tmp_path, "P-256", "-aes256", "-pass", f"pass:{SECRET}")
        environ = {"COSIGN_PASSWORD": SECRET}
        error = await refused(KeySource(file=str(path)), {"COSIGN_PASSWORD": "wrong"})
        assert "does not open by the passphrase in COSIGN_PASSWORD, or is damaged" in error.message
    signer = await load_signer("release", KeySource(file=str(path)), environ=environ)
    assert signer.verify_key.pem.startswith("-----BEGIN PUBLIC KEY")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"), "an RSA key"),
        (("genpkey", "-algorithm", "X25519"), "a kind that is not used here"),
        (
            ("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"),
            "a kind that is not used here",
        ),
    ],
)
async def test_kinds_that_do_not_sign(tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    error = await refused(KeySource(file=str(made(tmp_path, *words))))
    assert why in error.message
    assert "P-256" in error.hint


async def test_a_private_key_is_no_public_one_and_the_reverse(tmp_path: Path) -> None:
    make_pair(tmp_path / "release.key")
    with pytest.raises(KeyUnusable, match="holds a private key") as caught:
        await load_verify_key("release", KeySource(file=str(tmp_path / "release.key")))
    assert "PRIVATE KEY" not in str(caught.value)
    public = tmp_path / "release.pub"
    public.chmod(0o600)
    error = await refused(KeySource(file=str(public)))
    assert "holds a public key, and a private one is wanted" in error.message


@pytest.mark.parametrize(("bits", "ok"), [(1024, False), (2048, True)])
async def test_rsa_verifies_where_it_is_long_enough(tmp_path: Path, bits: int, ok: bool) -> None:
    private = made(tmp_path, "genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}")
    public = made(tmp_path, "pkey", "-in", str(private), "-pubout", name="k.pub")
    source = KeySource(file=str(public))
    if ok:
        assert (await load_verify_key("rsa", source)).name == "rsa"
        return
    with pytest.raises(KeyUnusable, match="not used here"):
        await load_verify_key("rsa", source)


async def test_a_certificate_is_told_from_a_key(tmp_path: Path) -> None:
    private = of_curve(tmp_path, "P-256")
    words = ["req", "-x509", "-new", "-key", str(private), "-subj", "/CN=x"]
    with pytest.raises(KeyUnusable, match="holds a certificate"):
        await load_verify_key("x", KeySource(file=str(made(tmp_path, *words, name="c.pem"))))


async def test_a_key_from_a_variable(tmp_path: Path) -> None:
    listed = make_pair(tmp_path / "release.key", "release")
    environ = {"RELEASE_KEY": (tmp_path / "release.key").read_text()}
    signer = await load_signer("release", KeySource(env="RELEASE_KEY"), environ=environ)
    assert signer.verify_key == listed
    assert "RELEASE_KEY, which is not set" in (await refused(KeySource(env="RELEASE_KEY"))).message
    error = await refused(KeySource(env="RELEASE_KEY"), {"RELEASE_KEY": SECRET})
    assert error.message.startswith("env:RELEASE_KEY holds no private key")


async def test_a_key_that_a_command_prints(tmp_path: Path) -> None:
    listed = make_pair(tmp_path / "release.key", "release")
    source = KeySource(command=("cat", str(tmp_path / "release.key")))
    assert (await load_signer("release", source)).verify_key == listed


PATH = {"PATH": os.environ["PATH"]}


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("holdfast-no-such-command",), "cannot be run: No such file"),
        (("false",), "ended with status 1"),
        (("true",), "printed nothing"),
        (("cat", "/dev/zero"), "larger than 64 KiB"),
        (("sh", "-c", f"echo {SECRET}; echo {SECRET} >&2; exit 3"), "ended with status 3"),
        (("echo", "a\0b"), "a zero byte"),
    ],
)
async def test_a_command_that_prints_no_key(command: tuple[str, ...], why: str) -> None:
    error = await refused(KeySource(command=command), PATH)
    assert why in error.message
    assert error.hint


async def test_a_command_that_does_not_end_is_ended_with_all_that_it_began(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "SECONDS", 0.5)
    script = f"sleep 600 & echo $! > {tmp_path}/pid; wait"
    error = await refused(KeySource(command=("sh", "-c", script)), PATH)
    assert "did not end within 0.5 s" in error.message
    pid, limit = int((tmp_path / "pid").read_text()), time.monotonic() + 10
    while _runs(pid):
        assert time.monotonic() < limit


def _runs(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("kind", ["missing", "folder", "fifo", "huge"])
async def test_a_file_that_is_no_key(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "key"
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path, 0o600)
    elif kind == "huge":
        path.write_bytes(b"x" * (1 << 17))
        path.chmod(0o600)
    error = await refused(KeySource(file=str(path)))
    assert str(path) in error.message


async def test_a_signer_shows_its_name_alone(tmp_path: Path) -> None:
    make_pair(tmp_path / "release.key")
    signer = await load_signer("release", KeySource(file=str(tmp_path / "release.key")))
    assert repr(signer) == "Signer('release')"
    assert str(KeySource(command=("vault", "read", SECRET))) == "the command vault"
