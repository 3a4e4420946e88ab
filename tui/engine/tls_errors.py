"""What went wrong with TLS between this machine and an engine, in sentences with a remedy."""

from __future__ import annotations

import asyncio
import ssl
import time
from typing import TYPE_CHECKING

from tui.certificates import Certificate, Distrust, read_certificate
from tui.engine.errors import (
    ClientUntrusted,
    EngineError,
    EngineStopping,
    EngineUntrusted,
    TlsMismatch,
)
from tui.engine.tls import reason_of, where_named
from tui.files import read_file
from tui.model.tcp_address import read_tcp_address

if TYPE_CHECKING:
    from tui.engine.endpoint import Endpoint

# Of OpenSSL's x509_vfy.h.
_WHY = {
    9: Distrust.EARLY,
    10: Distrust.EXPIRED,
    **dict.fromkeys((2, 18, 19, 20, 21, 27), Distrust.AUTHORITY),
    **dict.fromkeys((62, 64), Distrust.NAME),
}

# What the other side's library may have answered to a client's certificate, or to its absence.
_OF_CLIENT = ("certificate", "unknown ca", "access denied", "handshake failure")
_PLAIN = ("wrong version number", "http request", "record layer failure", "packet length too long")
_OLD = (
    "unsupported protocol",
    "protocol version",
    "no protocols available",
    "version too low",
    "inappropriate",
)

LOOK_SECONDS = 3.0
"""How long it may take to look at the certificate that was refused."""


def tls_error(error: BaseException, endpoint: Endpoint) -> EngineError | None:
    """What an error of connecting or asking means; None where TLS has nothing to do with it."""
    found = _of_ssl(error)
    if found is None:
        return None
    if isinstance(found, ssl.SSLCertVerificationError):
        why = _WHY.get(getattr(found, "verify_code", 0), Distrust.OTHER)
        return untrusted(why, endpoint, words=getattr(found, "verify_message", "") or reason_of(found))
    reason = reason_of(found)
    where = f"{endpoint.url} ({endpoint.source})"
    if any(sign in reason for sign in _PLAIN):
        return TlsMismatch(
            f"what listens at {where} does not speak TLS, and TLS was expected",
            "engines speak it on port 2376, where dockerd is started with --tlsverify; without TLS: "
            "unset DOCKER_TLS_VERIFY, or allow_plain = true and no ca, cert and key in [engines.NAME]",
        )
    if any(sign in reason for sign in _OLD):
        return TlsMismatch(
            f"the engine at {where} speaks only versions of TLS that are no longer safe: {reason}",
            "update the engine, or what encrypts for it: TLS 1.2 or newer is wanted",
        )
    if "alert" in reason and any(sign in reason for sign in _OF_CLIENT):
        return client_refused(endpoint, reason.rpartition("alert ")[2])
    if isinstance(found, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return EngineStopping(
            f"what listens at {where} closed the connection while it was being encrypted",
            "does it speak TLS there? engines do on port 2376; it may also be restarting",
        )
    return TlsMismatch(f"no TLS connection to {where} came about: {reason}")


def _of_ssl(error: BaseException | None) -> ssl.SSLError | None:
    """The error of the ssl module that is one, is within one of aiohttp's, or has caused it."""
    for _ in range(4):
        if error is None:
            return None
        inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
        if inner is None and isinstance(error, ssl.SSLError):
            return error
        error = inner or error.__cause__
    return None


def untrusted(
    why: Distrust, endpoint: Endpoint, found: Certificate | None = None, words: str = ""
) -> EngineUntrusted:
    """An engine's certificate is not trusted: `found` is that certificate, where it could be looked at."""
    of = f"the certificate of the engine at {endpoint.url} ({endpoint.source})"
    clock = "if it is right, the clock of this machine is not: date"
    match why:
        case Distrust.EXPIRED:
            at = f" on {_day(found.ends)}" if found else ""
            said, hint = f"{of} has expired{at}", f"give the engine a new one (dockerd --tlscert); {clock}"
        case Distrust.EARLY:
            at = f": it is from {_day(found.begins)} on" if found else ""
            said, hint = f"{of} is not valid yet{at}", clock
        case Distrust.AUTHORITY:
            by = _signer(found) if found else "by an authority"
            tls = endpoint.encrypted_by
            trusted = f"is not in {tls.ca}" if tls is not None and tls.ca else "this machine does not trust"
            said = f"{of} is signed {by}, which {trusted}"
            hint = f"name that authority's certificate (ca): {where_named(endpoint)}"
        case Distrust.NAME:
            host = read_tcp_address(endpoint.url).host
            names = f": it is for {', '.join(found.names) or 'no host name at all'}" if found else ""
            said = f"{of} is not for {host}{names}"
            hint = (
                f"name the engine as its certificate does, or give it one whose subjectAltName has {host} too"
            )
        case _:
            said, hint = f"{of} is not accepted: {words}", "give the engine another (dockerd --tlscert)"
    return EngineUntrusted(said, hint, why=why)


def client_refused(endpoint: Endpoint, alert: str, own: Certificate | None = None) -> ClientUntrusted:
    """An engine does not take this client: `own` is the certificate that it was shown."""
    where = f"the engine at {endpoint.url} ({endpoint.source})"
    tls = endpoint.encrypted_by
    if tls is None or not tls.cert:
        return ClientUntrusted(
            f"{where} wants a certificate of this client, and none is named",
            f"name certificate and key that its authority has signed: {where_named(endpoint)}",
            alert=alert,
        )
    if own is not None and own.ends < time.time():
        return ClientUntrusted(
            f"{where} refuses this client's certificate {tls.cert}: it has expired on {_day(own.ends)}",
            "let the engine's authority sign a new one",
            alert=alert,
        )
    by = f", signed by {own.issuer}" if own is not None else ""
    return ClientUntrusted(
        f"{where} refuses this client's certificate {tls.cert}{by}: {alert}",
        "it wants one that the authority in its --tlscacert has signed, for use by clients "
        f"(extendedKeyUsage = clientAuth): {where_named(endpoint)}",
        alert=alert,
    )


def wants_tls(endpoint: Endpoint) -> TlsMismatch:
    """An engine answers in plain text that it speaks TLS."""
    return TlsMismatch(
        f"the engine at {endpoint.url} ({endpoint.source}) speaks TLS, and was spoken to without",
        f"name what it is to be spoken to with: {where_named(endpoint)}",
    )


async def explained(error: EngineError, endpoint: Endpoint) -> EngineError:
    """The same error, with what stands in the certificate that it is about, where that can be had."""
    match error:
        case EngineUntrusted(why=why) if why is not Distrust.OTHER:
            return untrusted(why, endpoint, await shown_certificate(endpoint))
        case ClientUntrusted(alert=alert):
            return client_refused(endpoint, alert, await asyncio.to_thread(own_certificate, endpoint))
        case _:
            return error


async def shown_certificate(endpoint: Endpoint) -> Certificate | None:
    """The certificate that is shown at an endpoint; nothing is said there, and nothing of it believed."""
    address = read_tcp_address(endpoint.url)
    looking = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    looking.check_hostname = False
    looking.verify_mode = ssl.CERT_NONE
    port = int(address.netloc(tls=True).rpartition(":")[2])
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            _, writer = await asyncio.open_connection(
                address.host, port, ssl=looking, server_hostname=address.host, ssl_shutdown_timeout=1.0
            )
        try:
            raw = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
            return read_certificate(raw)
        finally:
            writer.transport.abort()
    except (OSError, ValueError):
        return None


def own_certificate(endpoint: Endpoint) -> Certificate | None:
    """This client's. Blocks."""
    tls = endpoint.encrypted_by
    try:
        return read_certificate(read_file(tls.cert)) if tls is not None and tls.cert else None
    except (OSError, ValueError):
        return None


def _signer(found: Certificate) -> str:
    return "by itself" if found.issuer == found.subject else f'by "{found.issuer}"'


def _day(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
