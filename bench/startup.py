"""How long it takes to begin: importing the package, and opening the lab.

Importing is set against importing Python's own ``ssl`` in the same run; each is timed in fresh
interpreters, less the time that an empty one takes.
"""

import subprocess
import sys
import time

RUNS = 7


def _fresh(statement: str) -> float:
    """The best wall time in seconds of a new interpreter that runs ``statement``."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", statement], check=True)
        times.append(time.perf_counter() - began)
    return min(times)


def import_seconds() -> dict[str, float]:
    """Seconds to import each, above an interpreter that imports nothing."""
    empty = _fresh("pass")
    statements = {
        "tls13lab (all of the protocol)": "import tls13lab.handshake.pair",
        "tls13lab and its command line": "import tls13lab.cli.app",
        "Python ssl": "import ssl",
    }
    return {name: _fresh(statement) - empty for name, statement in statements.items()}
