"""How a registry's certificate is verified: by the system, and by what is kept for the engine.

https://docs.docker.com/engine/security/certificates/
"""

from __future__ import annotations

import ssl
from pathlib import Path

from tui.files import read_file
from tui.registry.errors import RegistryError

CERTIFICATES = "/etc/docker/certs.d"
"""One folder for each registry: NAME.crt are authorities, NAME.cert with NAME.key are of the client."""


def ssl_context(host: str, folder: str, *, insecure: bool) -> ssl.SSLContext:
    """For connections to a registry; reads files. Raises RegistryError for a file that is no certificate."""
    made = ssl.create_default_context()
    if insecure:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    for path in sorted(Path(folder, host).glob("*")):
        try:
            if path.suffix == ".crt":
                text = read_file(path).decode("ascii", "replace")  # there may be names before a certificate
                made.load_verify_locations(cadata=text.replace("\ufffd", "?"))
            elif path.suffix == ".cert":
                key = path.with_suffix(".key")
                for each in (path, key):  # the library would read anything, for ever
                    read_file(each)
                made.load_cert_chain(path, key)
        except (OSError, ValueError) as error:  # SSLError is an OSError; ValueError: there is nothing in it
            raise RegistryError(
                f"{path} cannot be used as a certificate: {getattr(error, 'strerror', None) or error}"
            ) from error
    return made
