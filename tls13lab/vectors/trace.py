"""The example handshakes of RFC 8448, sections 3 and 4, as bytes.

Section 3 is a full handshake whose server sends a ticket, section 4 the resumption with that
ticket and with 0-RTT data (psk_dhe_ke). This file only reads the values; that they are right is
checked in :mod:`tls13lab.vectors.rfc8448`. Secrets keep the names that RFC 8448 gives them, which
are mostly RFC 8446's.

>>> load().resumed.messages["end_of_early_data"].hex()
'05000000'
>>> load().full["ticket/ticket_nonce"].hex()
'0000'
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Trace:
    """One section's values, each under its path in the file, such as ``secrets/early_secret``."""

    section: str
    title: str
    values: Mapping[str, bytes]

    def __getitem__(self, path: str) -> bytes:
        """The value at ``path``; raises KeyError."""
        return self.values[path]

    @property
    def messages(self) -> Mapping[str, bytes]:
        """The handshake messages by name, in the order of the handshake."""
        return self._group("messages/")

    @property
    def records(self) -> Mapping[str, bytes]:
        """The records by name, headers included."""
        return self._group("records/")

    @property
    def secrets(self) -> Mapping[str, bytes]:
        """Secrets, keys, IVs and transcript hashes by RFC 8448's names."""
        return self._group("secrets/")

    def _group(self, prefix: str) -> Mapping[str, bytes]:
        start = len(prefix)
        return {path[start:]: one for path, one in self.values.items() if path.startswith(prefix)}


@dataclass(frozen=True, slots=True)
class Vectors:
    """Both traces: section 3 as ``full``, section 4 as ``resumed``."""

    source: str
    full: Trace
    resumed: Trace


@lru_cache(maxsize=1)
def load() -> Vectors:
    """The vectors that are shipped with the package; read when first asked for."""
    file = resources.files("tls13lab.vectors").joinpath("rfc8448.json")
    return parse(json.loads(file.read_text(encoding="ascii")))


def parse(document: Mapping[str, Any]) -> Vectors:
    """The vectors from a document with the shape of the shipped file."""
    full, resumed = (
        Trace(section, document[section]["title"], dict(_leaves(document[section])))
        for section in ("section_3", "section_4")
    )
    return Vectors(document["source"], full, resumed)


def _leaves(node: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for name, value in node.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}/")
        elif name != "title":
            yield f"{prefix}{name}", bytes.fromhex(value)
