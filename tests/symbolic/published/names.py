"""Names that the two published analyses give to what they ask, by file: read from their sources.

``names.json`` holds names and commits, and nothing else of those files. A test compares every name
that ``docs/claims.md`` cites with it.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

STORED = Path(__file__).with_name("names.json")
_DEFINED = re.compile(r"^(?:lemma|axiom|rule|let|table|event|query|fun)\s+(\w+)", re.MULTILINE)
_ASKED = re.compile(r"(?:event|attacker)\((\w+)")


@dataclass(frozen=True, slots=True)
class Source:
    """A repository, and the files whose names are stored."""

    name: str
    address: str
    files: tuple[str, ...]


TAMARIN = Source(
    "TLS13Tamarin",
    "https://github.com/tls13tamarin/TLS13Tamarin",
    (
        "src/rev21/lemmas/all_lemmas.m4i",
        "src/rev21/model/adversary.m4i",
        "src/rev21/model/client_basic.m4i",
        "src/rev21/model/header.m4i",
        "src/rev21/model/post_hs.m4i",
        "src/rev21/model/server_psk.m4i",
        "src/rev21/model/zero_rtt.m4i",
    ),
)
REFTLS = Source(
    "RefTLS",
    "https://github.com/Inria-Prosecco/reftls",
    (
        "pv/tls-lib-rfc8446.pvl",
        "pv/tls13-rfc8446-only.pv",
        "pv/tls12-tls13-draft18.pv",
    ),
)


def found(folder: Path, source: Source) -> dict[str, list[str]]:
    """The names in a checkout, by file."""
    names = {}
    for file in source.files:
        text = (folder / file).read_text("utf-8")
        names[file] = sorted({*_DEFINED.findall(text), *_ASKED.findall(text)})
    return names


def stored() -> dict[str, dict[str, object]]:
    """By source: ``commit``, and ``files`` with their names."""
    read: dict[str, dict[str, object]] = json.loads(STORED.read_text("utf-8"))
    return read
