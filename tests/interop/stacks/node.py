"""Node's ``tls``, client and server: one process for all, which runs ``node_peer.js``.

Node brings an OpenSSL of its own, and gives access to less of it.
"""

import base64
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from tests.interop.stacks.stack import (
    Certificate,
    Client,
    Heard,
    NoSuchCall,
    NotHere,
    PeerFailed,
    Role,
    Server,
    Setup,
)
from tests.interop.tap import SECONDS
from tls13lab.peers.openssl_process import Child

PROGRAM = Path(__file__).with_name("node_peer.js")
GROUPS = {"x25519": "X25519", "secp256r1": "P-256", "X25519MLKEM768": "X25519MLKEM768"}
ALLOW_NO_DHE_KEX = 0x400


class Node:
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
        self._child = Child(["node", str(PROGRAM)])
        self._numbers = count()

    def _settings(self, role: Role, setup: Setup) -> dict[str, Any]:
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

    def _answers(self, number: int) -> list[dict[str, Any]]:
        told = [json.loads(line) for line in self._child.stdout.split(b"\n")[:-1]]
        return [one for one in told if one["to"] == number]

    def ask(self, what: str, **more: object) -> dict[str, Any]:
        """Give a command and wait for its answer. :class:`PeerFailed` if that is an error."""
        number = next(self._numbers)
        command = {"to": number, "do": what, **more}
        self._child.write(json.dumps(command).encode("ascii") + b"\n")
        if not self._child.wait_until(lambda _: bool(self._answers(number)), SECONDS):
            raise PeerFailed(f"node says nothing; {self._child.stderr.strip()[-300:]}")
        answer = self._answers(number)[0]
        if "error" in answer:
            raise PeerFailed(f"Node: {answer['error'].splitlines()[0]}")
        return answer

    def complaint(self, number: int) -> str:
        """The last error of the server that command ``number`` started."""
        told = [one["complaint"] for one in self._answers(number) if "complaint" in one]
        return (told[-1].splitlines() or [""])[0] if told else ""

    @contextmanager
    def serve(self, setup: Setup) -> Iterator[Server]:
        started = self.ask("serve", setup=self._settings("server", setup))
        try:
            yield _Server(self, started["to"], started["port"])
        finally:
            self.ask("stop", server=started["to"])

    @contextmanager
    def client(self, setup: Setup) -> Iterator[Client]:
        yield _Client(self, next(self._numbers), self._settings("client", setup))

    def close(self) -> None:
        self._child.stop()


@dataclass
class _Server:
    node: Node
    number: int
    port: int

    @property
    def complaint(self) -> str:
        return self.node.complaint(self.number)

    def refuse_early_data(self) -> None:
        return


@dataclass
class _Client:
    node: Node
    number: int
    setup: dict[str, Any]

    def visit(self, port: int, data: bytes, *, resume: bool, early: bytes) -> Heard:
        told = self.node.ask(
            "visit",
            client=self.number,
            setup=self.setup,
            port=port,
            data=base64.b64encode(data).decode("ascii"),
            resume=resume,
        )
        return Heard(base64.b64decode(told["received"]))
