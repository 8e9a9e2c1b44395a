"""Go's ``crypto/tls``, client and server: ``go_peer.go``, compiled and run as one process."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.interop.stacks.json_process import JsonProcess, ProcessStack
from tests.interop.stacks.stack import Certificate, NoSuchCall, NotHere, PeerFailed, Role, Setup

PROGRAM = Path(__file__).with_name("go_peer.go")
GROUPS = {"x25519": 29, "secp256r1": 23, "X25519MLKEM768": 4588}
MINUTES = 5 * 60


class Go(ProcessStack):
    """The standard library of the ``go`` of this machine."""

    name = "go"

    def __init__(self, certificate: Certificate) -> None:
        self._certificate = certificate
        self._files = TemporaryDirectory(prefix="tls13lab-go-")
        program = Path(self._files.name) / "go_peer"
        environment = os.environ | {"GO111MODULE": "off", "GOTOOLCHAIN": "local", "GOFLAGS": ""}
        try:
            told = subprocess.run(
                ["go", "env", "GOVERSION"], capture_output=True, text=True, timeout=60, check=True
            )
            subprocess.run(
                ["go", "build", "-o", str(program), str(PROGRAM)],
                capture_output=True,
                timeout=MINUTES,
                check=True,
                env=environment,
            )
        except OSError as error:
            self._files.cleanup()
            raise NotHere("there is no go (Debian: golang-go)") from error
        except subprocess.SubprocessError as error:
            self._files.cleanup()
            said = getattr(error, "stderr", b"") or b""
            raise PeerFailed(f"go does not build {PROGRAM.name}: {said[-500:]!r}") from error
        self.version = told.stdout.strip().removeprefix("go")
        self._process = JsonProcess("Go", [str(program)])

    def process(self, role: Role, setup: Setup) -> JsonProcess:
        return self._process

    def settings(self, role: Role, setup: Setup) -> Mapping[str, Any]:
        if setup.psk is not None:
            raise NoSuchCall("Go's crypto/tls has no external PSKs")
        if setup.early_data:
            raise NoSuchCall("Go's crypto/tls has no early data over TCP")
        if setup.update_keys:
            raise NoSuchCall("Go's crypto/tls has no call that updates keys")
        if setup.padding:
            raise NoSuchCall("Go's crypto/tls has no call that pads records")
        return {
            "groups": [GROUPS[group] for group in setup.groups],
            "chain": str(self._certificate.chain),
            "key": str(self._certificate.key),
        }

    def close(self) -> None:
        self._process.close()
        self._files.cleanup()
