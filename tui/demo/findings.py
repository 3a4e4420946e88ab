"""What a scan of the demo's images finds. The findings are real ones, of these versions."""

from __future__ import annotations

from typing import NamedTuple

from tui.model.finding import Finding

VERSION = "0.58.0"
"""Of the scanner that the demo has."""


class Distribution(NamedTuple):
    """What images of one base have in common.

    made_by    a word of the history of each such image
    packages   how many the system has, and how many the language
    """

    made_by: str
    family: str
    release: str
    packages: tuple[int, int]
    findings: tuple[Finding, ...]


PYTHON = Distribution(
    made_by="PYTHON_VERSION",
    family="debian",
    release="12.8",
    packages=(105, 26),
    findings=(
        Finding(
            id="CVE-2023-45853",
            severity="critical",
            package="zlib1g",
            installed="1:1.2.13.dfsg-1",
            kind="debian",
            status="will_not_fix",
            title="zlib: integer overflow and resultant heap-based buffer overflow in zipOpenNewFileInZip4_6",
        ),
        Finding(
            id="CVE-2024-47874",
            severity="high",
            package="starlette",
            installed="0.38.6",
            fixed="0.40.0",
            kind="python-pkg",
            status="fixed",
            title="Starlette: denial of service by multipart/form-data",
        ),
        Finding(
            id="CVE-2024-6345",
            severity="high",
            package="setuptools",
            installed="69.5.1",
            fixed="70.0.0",
            kind="python-pkg",
            status="fixed",
            title="pypa/setuptools: remote code execution via download functions in package_index",
        ),
        Finding(
            id="CVE-2024-26461",
            severity="low",
            package="libkrb5-3",
            installed="1.20.1-2+deb12u2",
            kind="debian",
            status="affected",
            title="krb5: memory leak at /krb5/src/lib/gssapi/krb5/k5sealv3.c",
        ),
    ),
)

NODE = Distribution(
    made_by="NODE_VERSION",
    family="alpine",
    release="3.20.3",
    packages=(17, 214),
    findings=(
        Finding(
            id="CVE-2024-21538",
            severity="high",
            package="cross-spawn",
            installed="7.0.3",
            fixed="7.0.5",
            kind="node-pkg",
            status="fixed",
            title="cross-spawn: regular expression denial of service",
        ),
        Finding(
            id="CVE-2024-9143",
            severity="medium",
            package="libcrypto3",
            installed="3.3.2-r0",
            fixed="3.3.2-r1",
            kind="alpine",
            status="fixed",
            title="openssl: Low-level invalid GF(2^m) parameters lead to OOB memory access",
        ),
    ),
)

DISTRIBUTIONS = (PYTHON, NODE)


def distribution_of(history: str) -> Distribution | None:
    """That of an image, by all that its history says; None for another."""
    return next((one for one in DISTRIBUTIONS if one.made_by in history), None)
