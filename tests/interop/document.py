"""The tables as a document: ``python -m tests.interop --write`` makes ``docs/interop.md``.

A row says what the tests hold: that a cell works, or that it cannot be and why. So the rows come
from the definitions, and a test compares the two; the versions are those of the machine on which
the document was written.
"""

from collections.abc import Iterator
from pathlib import Path

from tests.interop import foreign, table
from tests.interop.scenarios import Scenario, service, visits

DOCUMENT = Path(__file__).parents[2] / "docs" / "interop.md"
VERSIONS = "Made with "


def rows() -> Iterator[tuple[str, ...]]:
    """Peer, its role, what was done, mode, suite, groups, result."""
    for one in table.CELLS:
        if "tls13lab" not in (one.client, one.server) or one.client == one.server:
            continue
        role = "client" if one.server == "tls13lab" else "server"
        peer = one.client if role == "client" else one.server
        limit = table.cannot(one)
        yield _row(peer, role, one.scenario, one.suite, limit.reason if limit else "")
    for cell in foreign.CELLS:
        yield _row(cell.peer, cell.role, cell.scenario, cell.suite, foreign.cannot(cell))


def _row(peer: str, role: str, scenario: Scenario, suite: str, limit: str) -> tuple[str, ...]:
    offered = visits(scenario, suite, peer, "tls13lab")[-1].groups
    chosen = service(scenario, suite).groups
    groups = ", ".join(chosen) if chosen == offered else f"{offered[0]}, then {chosen[0]}"
    if scenario.wire_mode == "psk_ke":
        groups = "none"
    result = f"cannot: {limit}" if limit else "works"
    return peer, role, scenario.name, scenario.wire_mode, suite, groups, result


def markdown(versions: str) -> str:
    """The document."""
    every = sorted(dict.fromkeys(rows()), key=lambda row: (row[0], row[1]))
    works = sum(row[-1] == "works" for row in every)
    lines = [
        "# Real TLS stacks against the lab",
        "",
        f"{len(every)} cells: {works} work, {len(every) - works} cannot be, and a test tries",
        "those all the same. The mode is read off the wire by a parser that is not the lab's. The",
        "role is the other stack's. With a HelloRetryRequest the client's first share is in one",
        "group and the server takes another. Besides: 0-RTT with OpenSSL and GnuTLS in both",
        "roles; 100,000 bytes, padded records, KeyUpdate and several tickets with each server that",
        "echoes; external identities of 1 to 65,000 bytes with GnuTLS and NSS (Node takes 256 at",
        "most).",
        "",
        f"{VERSIONS}{versions}. Written by `python -m tests.interop --write`.",
        "",
        "| peer | role | what | mode | suite | group | result |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += ["| " + " | ".join(row) + " |" for row in every]
    return "\n".join(lines) + "\n"
