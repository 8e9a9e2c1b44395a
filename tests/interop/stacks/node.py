"""Node's ``tls``, client and server: one process for all, which runs ``node_peer.js``.

Node brings an OpenSSL of its own, and gives access to less of it.
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.interop.stacks.json_process import JsonProcess, ProcessStack
from tests.interop.stacks.stack import Certificate, NoSuchCall, NotHere, Role, Setup

PROGRAM = Path(__file__).with_name("node_peer.js")
GROUPS = {"x25519": "X25519", "secp256r1": "P-256", "X25519MLKEM768": "X25519MLKEM768"}
ALLOW_NO_DHE_KEX = 0x400


class Node(ProcessStack):
    """The ``node`` of this machine: one process, which is started here."""

    name = "node"

    def __init__(self, certificate: Certificate) -> None:
        question = "process.versions.node + ' with OpenSSL ' + process.versions.openssl"
        try:
            answer = subprocess.run(
                ["node", "-p", question], capture_output=True, text=True, timeout=60, check=True
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise NotHere("there is no node (Debian: nodejs)") from error
        self.version = answer.stdout.strip()
        self._certificate = certificate
        self._process = JsonProcess("Node", ["node", str(PROGRAM)])

    def process(self, role: Role, setup: Setup) -> JsonProcess:
        return self._process

    def settings(self, role: Role, setup: Setup) -> Mapping[str, Any]:
        if setup.early_data:
            raise NoSuchCall("Node's tls has no early data")
        if setup.update_keys:
            raise NoSuchCall("Node's tls has no call that updates keys")
        if setup.padding:
            raise NoSuchCall("Node's tls has no call that pads records")
        psk = setup.psk
        return {
            "suite": setup.suite,
            "groups": [GROUPS.get(group, group) for group in setup.groups],
            "secureOptions": ALLOW_NO_DHE_KEX if "psk_ke" in setup.modes else 0,
            "chain": str(self._certificate.chain),
            "chainKey": str(self._certificate.key),
            "key": psk.key.hex() if psk else None,
            "identity": psk.identity.decode("ascii") if psk else None,
        }

    def close(self) -> None:
        self._process.close()
