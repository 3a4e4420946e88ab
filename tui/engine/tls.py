"""The `ssl.SSLContext` of a connection to an engine, and what is wrong with the files that it is made of."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from tui.engine.errors import EndpointUnusable
from tui.files import read_file

if TYPE_CHECKING:
    from tui.engine.endpoint import Endpoint
    from tui.engine.endpoint_tls import Tls

CERTIFICATE, KEY = "-----BEGIN CERTIFICATE-----", "PRIVATE KEY-----"
LOCKED = ("-----BEGIN ENCRYPTED PRIVATE KEY-----", "Proc-Type: 4,ENCRYPTED")
"""How a key begins that only a passphrase opens."""


def bare_context(tls: Tls) -> ssl.SSLContext:
    """What is agreed on with an engine. It trusts nobody before `fill`."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.set_alpn_protocols(["http/1.1"])
    # As Docker takes them: what stands in the file of authorities is trusted as it is, root or not.
    made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if not tls.verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made


def fill(context: ssl.SSLContext, tls: Tls, endpoint: Endpoint) -> None:
    """Load what an endpoint's TLS names. Blocks: it reads files. Raises EndpointUnusable."""
    if tls.verify and tls.ca:
        text = _read(tls.ca, "certificate of its authority (ca)", endpoint)
        try:
            context.load_verify_locations(cadata=text[text.find(CERTIFICATE) :])
        except (ssl.SSLError, ValueError) as error:
            raise _unfit(tls.ca, "certificate", endpoint) from error
    elif tls.verify:
        context.load_default_certs()
    if tls.cert or tls.key:
        _load_client(context, tls, endpoint)


def _load_client(context: ssl.SSLContext, tls: Tls, endpoint: Endpoint) -> None:
    if not tls.cert or not tls.key:
        has, lacks = ("certificate", "key") if tls.cert else ("key", "certificate")
        raise EndpointUnusable(
            f"{tls.cert or tls.key} is a {has} for {endpoint.url}, and its {lacks} is missing",
            f"put the {lacks} beside it, or name it: {where_named(endpoint)}",
        )
    if CERTIFICATE not in _read(tls.cert, "certificate of this client (cert)", endpoint):
        raise _unfit(tls.cert, "certificate", endpoint)
    key = _read(tls.key, "key of this client (key)", endpoint)
    if any(sign in key for sign in LOCKED):
        raise EndpointUnusable(
            f"the key {tls.key} is locked by a passphrase, and nobody can be asked for it here",
            f"openssl pkey -in {tls.key} -out unlocked-key.pem takes it off: keep that file to yourself "
            f"(chmod 600), and name it: {where_named(endpoint)}",
        )
    if KEY not in key:
        raise _unfit(tls.key, "key", endpoint)
    try:
        context.load_cert_chain(tls.cert, tls.key, password="")  # without one the terminal would be asked
    except OSError as error:  # SSLError is one
        if getattr(error, "reason", "") == "KEY_VALUES_MISMATCH":
            raise EndpointUnusable(
                f"the certificate {tls.cert} and the key {tls.key} do not belong together",
                f"name those that were made for each other: {where_named(endpoint)}",
            ) from error
        raise EndpointUnusable(
            f"the certificate {tls.cert} with the key {tls.key} cannot be used: {reason_of(error)}",
            f"both are PEM text, as openssl writes it; {where_named(endpoint)} names them",
        ) from error


def _read(path: str, what: str, endpoint: Endpoint) -> str:
    try:
        return read_file(path).decode("ascii", "replace").replace("\ufffd", "?")
    except FileNotFoundError:
        raise EndpointUnusable(
            f"the {what} for {endpoint.url} is not there: {path}",
            f"put it there, or name another: {where_named(endpoint)}",
        ) from None
    except OSError as error:
        raise EndpointUnusable(
            f"the {what} for {endpoint.url} cannot be read: {path}: {error.strerror}",
            f"ls -l {path} shows whose it is; {where_named(endpoint)} names it",
        ) from error


def _unfit(path: str, what: str, endpoint: Endpoint) -> EndpointUnusable:
    return EndpointUnusable(
        f"{path} holds no {what} as PEM text (for {endpoint.url})",
        f'it begins with "-----BEGIN"; {where_named(endpoint)} names it',
    )


def reason_of(error: OSError) -> str:
    """The library's own words, in small letters."""
    words = getattr(error, "reason", None) or error.strerror or type(error).__name__
    return str(words).replace("_", " ").lower()


def where_named(endpoint: Endpoint) -> str:
    """Where the files for an endpoint are named: whoever said where it is says this too."""
    source = endpoint.source
    if source.startswith("context "):
        return f"docker context update {source[8:]} --docker host={endpoint.url},ca=FILE,cert=FILE,key=FILE"
    if source in ("--host", "DOCKER_HOST"):
        return "DOCKER_CERT_PATH, a folder of ca.pem, cert.pem and key.pem, with DOCKER_TLS_VERIFY=1"
    return "ca, cert and key in [engines.NAME]"
