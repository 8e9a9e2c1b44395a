"""The example handshakes of RFC 8448, sections 3 and 4, as bytes.

Section 3 is a full handshake in which the server sends a ticket. Section 4 is the resumption with
that ticket, in psk_dhe_ke and with 0-RTT data. This file only reads the values;
:mod:`tls13lab.vectors.rfc8448` checks them. Secrets keep the names that RFC 8448 gives them, mostly
those of RFC 8446.

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
class PublishedTrace:
    """The values of one section, by their path in the file, such as ``secrets/early_secret``."""

    section: str
    title: str
    values: Mapping[str, bytes]

    def __getitem__(self, path: str) -> bytes:
        """The value at ``path``; raises KeyError if there is none."""
        return self.values[path]

    @property
    def messages(self) -> Mapping[str, bytes]:
        """The handshake messages, header included, by name and in order."""
        return self._group("messages/")

    @property
    def records(self) -> Mapping[str, bytes]:
        """The records, headers included, by name."""
        return self._group("records/")

    @property
    def secrets(self) -> Mapping[str, bytes]:
        """Secrets, keys, IVs and transcript hashes, by their names in RFC 8448."""
        return self._group("secrets/")

    def _group(self, prefix: str) -> Mapping[str, bytes]:
        start = len(prefix)
        return {
            path[start:]: value for path, value in self.values.items() if path.startswith(prefix)
        }


@dataclass(frozen=True, slots=True)
class Vectors:
    """Both traces: section 3 as ``full``, section 4 as ``resumed``."""

    source: str
    full: PublishedTrace
    resumed: PublishedTrace


@lru_cache(maxsize=1)
def load() -> Vectors:
    """The vectors that are shipped with the package; the file is read only once."""
    file = resources.files("tls13lab.vectors").joinpath("rfc8448.json")
    return parse(json.loads(file.read_text(encoding="ascii")))


def parse(document: Mapping[str, Any]) -> Vectors:
    """The vectors from a document with the structure of the shipped file."""
    full, resumed = (
        PublishedTrace(section, document[section]["title"], dict(_leaves(document[section])))
        for section in ("section_3", "section_4")
    )
    return Vectors(document["source"], full, resumed)


def _leaves(node: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for name, value in node.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}/")
        elif name != "title":
            yield f"{prefix}{name}", bytes.fromhex(value)
