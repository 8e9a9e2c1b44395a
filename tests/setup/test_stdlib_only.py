"""The schedule, the codec and the binder run where nothing but the standard library is installed.

In a browser without a network there is no cryptography, matplotlib or ipywidgets. So these modules
are imported, and used, in a process in which importing anything else fails.
"""

import subprocess
import sys

import pytest

from tests.conftest import ROOT

MODULES = [
    "tls13lab",
    "tls13lab.wire.codepoints",
    "tls13lab.wire.faults",
    "tls13lab.wire.reader",
    "tls13lab.wire.spans",
    "tls13lab.wire.writer",
    "tls13lab.crypto.suites",
    "tls13lab.crypto.schedule",
    "tls13lab.crypto.keyschedule",
    "tls13lab.crypto.hkdf",
    "tls13lab.messages.handshake",
    "tls13lab.messages.transcript",
    "tls13lab.psk.binder",
]
BLOCKER = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in sys.stdlib_module_names | {"tls13lab", *ALSO}:
            raise ModuleNotFoundError(f"blocked: {name}", name=name)

sys.meta_path.insert(0, Blocker())
"""
USE = """
from tls13lab.messages.handshake import pack, unpack
from tls13lab.psk.binder import binder
from tls13lab.psk.keys import PskKind

print(binder(PskKind.EXTERNAL, bytes(32), "sha256", b"truncated ClientHello").hex()[:16])
print(pack(unpack(bytes.fromhex("1800000101"))).hex())
"""


def blocked(code: str, *also: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in a new process that has the standard library, this project, and ``also``."""
    return subprocess.run(
        [sys.executable, "-c", f"ALSO = {also!r}\n{BLOCKER}{code}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("module", MODULES)
def test_imports_nothing_else(module: str) -> None:
    done = blocked(f"import {module}")
    assert done.returncode == 0, done.stderr


def test_the_binder_and_the_codec_work_with_nothing_else() -> None:
    done = blocked(USE)
    assert (done.stdout, done.stderr) == ("d445ac93fbd69198\n1800000101\n", "")


@pytest.mark.parametrize(
    "library", ["cryptography", "matplotlib", "ipywidgets", "graphviz", "numpy"]
)
def test_the_blocker_blocks(library: str) -> None:
    done = blocked(f"import {library}")
    assert f"blocked: {library}" in done.stderr
