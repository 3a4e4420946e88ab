"""What dist/holdfast.pyz does first: say which Python it is for, where it was started by another.

Parts of it are compiled: scripts/dist puts the version and the machine in.
"""

import platform
import sys

VERSION, MACHINE = (3, 11), "x86_64"

here = sys.version_info[:2], platform.machine()
if here != (VERSION, MACHINE):
    sys.exit(
        f"holdfast: this archive is for Python {VERSION[0]}.{VERSION[1]} on {MACHINE}; "
        f"here is {here[0][0]}.{here[0][1]} on {here[1]}\n"
        f"  start it by that one: python{VERSION[0]}.{VERSION[1]} {sys.argv[0]}"
    )
