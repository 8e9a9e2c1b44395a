"""Captures of real OpenSSL processes, shipped with the package, and their secrets.

Most are between two OpenSSL processes, for each mode. The two ``ticket_key`` captures are between
OpenSSL's client and the lab's server, whose ticket key is known. The private keys of the key
exchanges were taken from the processes.

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

from tls13lab.wire.names import MODES, Mode, each_of

FOLDER = Path(str(resources.files("tls13lab.vectors"))) / "captures"


@dataclass(frozen=True)
class Recorded:
    """A capture: the file, and what its endpoints knew.

    ``modes`` are those of its connections, in order, as the messages show them. The capture is
    named after its last connection; ``client_sent``, ``server_sent``, ``early_data`` and ``psk``
    belong to that connection. ``psk`` is empty in ``full``. ``ticket_key`` is empty unless the
    server was the lab's. ``keylog`` holds the traffic secrets, by client random and by name in the
    schedule table. ``private_shares`` are in the order in which they were generated.
    """

    name: str
    path: Path
    psk: bytes = field(repr=False)
    ticket_key: bytes = field(repr=False)
    private_shares: tuple[bytes, ...] = field(repr=False)
    keylog: Mapping[bytes, Mapping[str, bytes]] = field(repr=False)
    modes: tuple[Mode, ...]
    client_sent: bytes
    server_sent: bytes
    early_data: bytes
    made_with: str


def names() -> tuple[str, ...]:
    """The names of all shipped captures, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.pcapng")))


def load(name: str) -> Recorded:
    """The capture with this name, one of :func:`names`; raises FileNotFoundError for others."""
    facts = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Recorded(
        name=name,
        path=FOLDER / f"{name}.pcapng",
        psk=bytes.fromhex(facts.get("psk", "")),
        ticket_key=bytes.fromhex(facts.get("ticket_key", "")),
        private_shares=tuple(bytes.fromhex(share) for share in facts["private_shares"]),
        keylog={
            bytes.fromhex(random): {row: bytes.fromhex(value) for row, value in rows.items()}
            for random, rows in facts["keylog"].items()
        },
        modes=each_of(facts["modes"], MODES, "mode"),
        client_sent=facts["client_sent"].encode(),
        server_sent=facts["server_sent"].encode(),
        early_data=facts.get("early_data", "").encode(),
        made_with=facts["made_with"],
    )
