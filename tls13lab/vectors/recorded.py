"""Captures of real OpenSSL processes that the package ships, and the secrets that go with them.

Between two OpenSSL processes, in each mode; and between OpenSSL's client and a server of this lab
with a known ticket key. The private shares of the key exchanges were taken out of the processes.

>>> "external-psk_ke" in names()
True
>>> capture = load("external-psk_dhe_ke")
>>> len(capture.psk), len(capture.private_shares)
(32, 2)
>>> load("resumption-psk_ke").modes
('full', 'psk_ke')
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

FOLDER = Path(str(resources.files("tls13lab.vectors"))) / "captures"


@dataclass(frozen=True)
class Recorded:
    """One capture: the file, and what its endpoints knew.

    ``modes`` are those of its connections in their order, as read off the wire; the last connection
    is the one that the capture is named for, and what was sent is told of that one. ``psk`` is its
    PSK, empty in ``full``; ``ticket_key`` is empty unless the server was this lab's; ``keylog`` has
    the traffic secrets by client random and row of the schedule table; ``private_shares`` are in
    the order in which they were drawn.
    """

    name: str
    path: Path
    psk: bytes = field(repr=False)
    ticket_key: bytes = field(repr=False)
    private_shares: tuple[bytes, ...] = field(repr=False)
    keylog: Mapping[bytes, Mapping[str, bytes]] = field(repr=False)
    modes: tuple[str, ...]
    client_sent: bytes
    server_sent: bytes
    early_data: bytes
    made_with: str


def names() -> tuple[str, ...]:
    """All of them."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.pcapng")))


def load(name: str) -> Recorded:
    """One of :func:`names`."""
    told = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Recorded(
        name=name,
        path=FOLDER / f"{name}.pcapng",
        psk=bytes.fromhex(told.get("psk", "")),
        ticket_key=bytes.fromhex(told.get("ticket_key", "")),
        private_shares=tuple(bytes.fromhex(one) for one in told["private_shares"]),
        keylog={
            bytes.fromhex(random): {row: bytes.fromhex(value) for row, value in rows.items()}
            for random, rows in told["keylog"].items()
        },
        modes=tuple(told["modes"]),
        client_sent=told["client_sent"].encode(),
        server_sent=told["server_sent"].encode(),
        early_data=told.get("early_data", "").encode(),
        made_with=told["made_with"],
    )
