"""Bouncy Castle's TLS, client and server: ``BouncyCastlePeer.java``, compiled, in one process."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.interop.stacks.java import JavaProgram, fields
from tests.interop.stacks.json_process import JsonProcess, ProcessStack
from tests.interop.stacks.stack import Certificate, NoSuchCall, NotHere, Role, Setup

FOLDER = Path("/usr/share/java")
JARS = ("bctls", "bcprov", "bcutil")
GROUPS = {"x25519": 29, "secp256r1": 23, "X25519MLKEM768": 4588}


class BouncyCastle(ProcessStack):
    """The one that Debian packs."""

    name = "bouncycastle"

    def __init__(self, certificate: Certificate) -> None:
        jars = tuple(FOLDER / f"{name}.jar" for name in JARS)
        if not all(jar.exists() for jar in jars):
            raise NotHere("there is no bctls.jar (Debian: libbctls-java)")
        self._certificate = certificate
        self._program = JavaProgram("BouncyCastlePeer", jars)
        # The jars' names are links to files with the version.
        self.version = jars[0].resolve().stem.removeprefix("bctls-")
        self._process = JsonProcess("Bouncy Castle", self._program.command(), fields)

    def process(self, role: Role, setup: Setup) -> JsonProcess:
        return self._process

    def settings(self, role: Role, setup: Setup) -> Mapping[str, Any]:
        if setup.early_data:
            raise NoSuchCall("Bouncy Castle has no early data")
        if setup.padding:
            raise NoSuchCall("Bouncy Castle has no call that pads records")
        psk = setup.psk
        return {
            "suite": setup.suite,
            "groups": ",".join(str(GROUPS[group]) for group in setup.groups),
            "mode": setup.modes[0],
            "identity": psk.identity.hex() if psk else "",
            "secret": psk.key.hex() if psk else "",
            "hash": psk.hash_name if psk else "",
            "update": str(setup.update_keys).lower(),
            "chain": str(self._certificate.chain),
            "key": str(self._certificate.key),
        }

    def close(self) -> None:
        self._process.close()
        self._program.close()
