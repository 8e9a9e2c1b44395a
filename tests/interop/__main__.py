"""``python -m tests.interop``: run every cell and print what came of it.

Words that follow choose cells: those whose description contains every word
(``python -m tests.interop "openssl to" psk_ke``, ``python -m tests.interop gnutls 0-RTT``). With
``--write`` all are run, and so are the tests of those peers that have their own; if nothing is
wrong ``docs/interop.md`` is written.
"""

import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.interop import document, matrix, table
from tests.interop.evidence import CellFailed
from tests.interop.limits import LONGEST
from tests.interop.stacks import catalogue
from tests.interop.stacks.stack import NotHere
from tests.interop.stacks.wolfssl import BUILT
from tls13lab.peers.openssl import find_openssl


def run_programs(words: list[str]) -> list[str]:
    """The table of whole programs; what is wrong in it."""
    chosen = [cell for cell in table.CELLS if all(word in str(cell) for word in words)]
    with table.Bench() as bench:
        done = [table.outcome(bench, cell) for cell in chosen]
    if done:
        print(table.markdown(done))
    return [f"{one.cell}: {one.problem}" for one in done if one.problem]


def run_peer(peer: str, words: list[str], versions: dict[str, str]) -> list[str]:
    """One peer of the matrix; what is wrong with it."""
    chosen = [cell for cell in matrix.cells_of(peer) if all(word in str(cell) for word in words)]
    if not chosen:
        return []
    wrong, works = [], 0
    try:
        with matrix.Bench(peer) as bench:
            versions[peer] = bench.stack.version
            for cell in chosen:
                try:
                    works += bench.check(cell)
                except CellFailed as error:
                    wrong.append(f"{cell}: {error}")
            for name, role in LONGEST if not words else ():
                if name == peer and not bench.check_longest(peer, role):
                    wrong.append(f"{peer} as {role}: measure the longest identity again")
    except NotHere as error:
        return [f"{peer}: {error}"]
    print(f"{peer} {versions[peer]}: {works} of {len(chosen)} cells work")
    return wrong


def run_alone(versions: dict[str, str]) -> list[str]:
    """The tests of the peers that have their own, none of which may be missing."""
    if not BUILT.exists():
        return [f"{document.BUILT}: run tests/interop/install_wolfssl.sh"]
    library = ctypes.CDLL(str(BUILT))
    library.wolfSSL_lib_version.restype = ctypes.c_char_p
    versions[document.BUILT] = library.wolfSSL_lib_version().decode("ascii")
    files = [str(Path(__file__).with_name(name)) for name in document.ALONE]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", *files]
    done = subprocess.run(command, env={**os.environ, "CI": "true"}, check=False)
    return [] if done.returncode == 0 else ["the tests of peers that have their own"]


def main(arguments: list[str]) -> int:
    """Run, print, perhaps write; the exit code says whether anything is wrong."""
    write = arguments == ["--write"]
    words, start = [] if write else arguments, time.monotonic()
    versions = {document.PROGRAM: find_openssl().banner}
    wrong = run_programs(words)
    for peer in catalogue.PEERS:
        wrong += run_peer(peer, words, versions)
    if write:
        wrong += run_alone(versions)
    print(f"{time.monotonic() - start:.1f} s, {len(wrong)} wrong.")
    for one in wrong:
        print(f"- {one}")
    if write and not wrong:
        document.PATH.write_text(document.page(versions), "utf-8")
        print(f"wrote {document.PATH}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
