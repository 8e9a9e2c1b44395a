"""rustls, client and server: what Deno's TLS is, in one process, which runs ``deno_peer.js``.

Deno gives access to little of it. A server resumes; a client does so in ``fetch()`` alone, which
speaks HTTP, so with ``http`` it posts its data.
"""

import mmap
import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.interop.stacks.json_process import JsonProcess, ProcessStack
from tests.interop.stacks.stack import Certificate, NoSuchCall, NotHere, Role, Setup
from tests.interop.tap import LOOPBACK

PROGRAM = Path(__file__).with_name("deno_peer.js")
SOURCES = re.compile(rb"/rustls-(\d+\.\d+\.\d+)/src/")
"""What the program's own texts say: each of rustls's panics names its file."""


class Rustls(ProcessStack):
    """The Deno that is installed in this Python's environment, or on the machine."""

    name = "rustls"

    def __init__(self, certificate: Certificate) -> None:
        places = (sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath))
        found = shutil.which("deno", path=os.pathsep.join(places))
        if found is None:
            raise NotHere("deno is not installed: run python3 run.py test --all")
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
        self.version = f"{_rustls(Path(found))} in Deno {told.stdout.split()[1]}"
        self._certificate = certificate
        self._files = TemporaryDirectory(prefix="tls13lab-deno-")
        environment = {
            **os.environ,
            "DENO_DIR": self._files.name,
            "DENO_NO_UPDATE_CHECK": "1",
            "NO_COLOR": "1",
        }
        may = [f"--allow-net={LOOPBACK},localhost", f"--allow-read={certificate.chain.parent}"]
        command = [found, "run", "--quiet", "--no-config", "--no-remote", *may, str(PROGRAM)]
        self._process = JsonProcess("Deno", command, environment=environment)

    def process(self, role: Role, setup: Setup) -> JsonProcess:
        return self._process

    def settings(self, role: Role, setup: Setup) -> Mapping[str, Any]:
        if setup.psk is not None:
            raise NoSuchCall("Deno has no call for external PSKs")
        if setup.early_data:
            raise NoSuchCall("Deno has no call for early data")
        if setup.update_keys:
            raise NoSuchCall("Deno has no call that updates keys")
        if setup.padding:
            raise NoSuchCall("Deno has no call that pads records")
        return {
            "http": setup.http,
            "chain": str(self._certificate.chain),
            "key": str(self._certificate.key),
        }

    def close(self) -> None:
        self._process.close()
        self._files.cleanup()


def _rustls(program: Path) -> str:
    """The version of rustls inside, which Deno does not say."""
    with (
        program.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content,
    ):
        said = SOURCES.search(content)
        return said.group(1).decode("ascii") if said else "unknown"
