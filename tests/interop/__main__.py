"""``python -m tests.interop``: run the table and print it as Markdown.

With ``--write``, write ``docs/interop.md``. Words that follow choose cells: those whose description
contains every word (``python -m tests.interop "openssl to" psk_ke``).
"""

import sys
import time

from tests.interop.table import CANNOT, CELLS, Bench, markdown, outcome


def main(words: list[str]) -> int:
    """Print the table, then what went wrong; the exit code says whether anything did."""
    if words == ["--write"]:
        return write()
    start, done = time.monotonic(), []
    chosen = [cell for cell in CELLS if all(word in str(cell) for word in words)]
    with Bench() as bench:
        for number, cell in enumerate(chosen, 1):
            done.append(outcome(bench, cell))
            if sys.stderr.isatty():
                print(f"\r{number} of {len(chosen)}", end="", file=sys.stderr, flush=True)
    print(markdown(done))
    for (client, scenario), limit in CANNOT.items():
        print(f"\nThe client {client} cannot do {scenario}: {limit.reason}.")
    wrong = [one for one in done if one.problem]
    print(f"\n{len(done)} cells in {time.monotonic() - start:.1f} s, {len(wrong)} wrong.")
    for one in wrong:
        print(f"- {one.cell}: {one.problem}")
    return 1 if wrong else 0


def write() -> int:
    """Write the document, with the versions that are here."""
    from importlib.metadata import version

    from tests.interop.document import DOCUMENT, markdown
    from tests.interop.foreign_bench import FOREIGN
    from tls13lab.peers.openssl import find_openssl

    found = [f"openssl {'.'.join(map(str, find_openssl().version))}"]
    found.append(f"tlslite-ng {version('tlslite-ng')}")
    found += [f"{name} {peer.version()}" for name, peer in FOREIGN.items()]
    DOCUMENT.write_text(markdown(", ".join(found)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
