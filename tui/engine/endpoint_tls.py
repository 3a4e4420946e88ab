"""Where the certificates for an engine are: as Docker's variables and its contexts say, and by their files.

Imported before the first paint: nothing here is heavy.
"""

# ruff: noqa: PTH113, PTH118
from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = ("ca", "cert", "key")
"""Of the files, before `.pem`: of DOCKER_CERT_PATH's folder and of a context's."""


class Tls(NamedTuple):
    """How a connection to an engine is encrypted: paths of PEM files, "" for none.

    ca       the authorities that may have signed its certificate, "" for those that this machine trusts
    cert     this client's own certificate, and `key` its key
    verify   whether the engine's certificate and its name are verified
    """

    ca: str = ""
    cert: str = ""
    key: str = ""
    verify: bool = True


def of_environment(environ: Mapping[str, str], docker_folder: str) -> Tls | None:
    """By DOCKER_TLS_VERIFY, DOCKER_TLS and DOCKER_CERT_PATH; None where neither asks for TLS.

    https://docs.docker.com/engine/security/protect-access/: any text but the empty one is a yes; with
    DOCKER_TLS alone nothing is verified. A client's certificate that is not there is not sent.
    """
    verify = bool(environ.get("DOCKER_TLS_VERIFY"))
    if not verify and not environ.get("DOCKER_TLS"):
        return None
    folder = environ.get("DOCKER_CERT_PATH") or docker_folder
    ca, cert, key = (os.path.join(folder, f"{name}.pem") for name in NAMES)
    there = os.path.isfile(cert) or os.path.isfile(key)
    return Tls(ca if verify else "", cert if there else "", key if there else "", verify)


def of_context(folder: str, *, skip: bool) -> Tls | None:
    """By the files of a context's own folder; None where it has none, and does not ask for TLS otherwise."""
    found = {name: os.path.join(folder, f"{name}.pem") for name in NAMES}
    found = {name: path for name, path in found.items() if os.path.isfile(path)}
    return Tls(**found, verify=not skip) if found or skip else None
