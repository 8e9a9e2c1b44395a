"""A saved session: a client's tickets with their PSKs, in a file that only its owner may read.

The file is JSON, because a student is meant to open it. It holds keys: whoever reads it can resume
the session in the client's place.
"""

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tls13lab.crypto.suites import SUITES
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.wire.codepoints import CipherSuite
from tls13lab.wire.faults import LocalFault

VERSION = 1
MAX_BYTES = 2**21
"""The longest file that is read: room for thirty tickets of the greatest length."""


class BadSessionFile(LocalFault):
    """The file is not a session that this lab saved."""


def save(path: Path, tickets: Sequence[ResumptionPsk]) -> None:
    """Write the tickets; the old file stays whole until the new one is."""
    text = json.dumps({"tls13lab session": VERSION, "tickets": [_out(one) for one in tickets]})
    # mkstemp makes the file readable by its owner only.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text + "\n")
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def load(path: Path) -> tuple[ResumptionPsk, ...]:
    """The tickets; raises BadSessionFile, or OSError if the file cannot be read."""
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    try:
        if len(raw) > MAX_BYTES:
            raise ValueError("too long")
        content = json.loads(raw)
        if content["tls13lab session"] != VERSION:
            raise ValueError("another version")
        return tuple(_in(one) for one in content["tickets"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        message = f"{path} is not a session file of this lab: save one with --save-session"
        raise BadSessionFile(message) from None


def _out(psk: ResumptionPsk) -> dict[str, Any]:
    return {
        "ticket": psk.identity.hex(),
        "psk": psk.key.hex(),
        "suite": psk.suite.name,
        "received_ms": psk.received_ms,
        "lifetime_s": psk.lifetime_s,
        "age_add": psk.age_add,
        "server_name": psk.server_name,
        "alpn": psk.alpn.hex() if psk.alpn is not None else None,
        "max_early_data_size": psk.max_early_data_size,
    }


def _in(one: dict[str, Any]) -> ResumptionPsk:
    suite = CipherSuite[one["suite"]]
    numbers = {name: one[name] for name in ("received_ms", "lifetime_s", "age_add")}
    numbers["max_early_data_size"] = one["max_early_data_size"]
    if not all(type(number) is int and 0 <= number < 2**63 for number in numbers.values()):
        raise ValueError("not a number in range")
    name, alpn = one["server_name"], one["alpn"]
    if not (name is None or isinstance(name, str)):
        raise ValueError("not a name")
    psk = ResumptionPsk(
        identity=bytes.fromhex(one["ticket"]),
        key=bytes.fromhex(one["psk"]),
        hash_name=SUITES[suite].hash_name,
        suite=suite,
        server_name=name,
        alpn=None if alpn is None else bytes.fromhex(alpn),
        **numbers,
    )
    if not 0 < len(psk.identity) < 2**16 or len(psk.key) != SUITES[suite].hash_length:
        raise ValueError("a ticket or a key of an impossible length")
    return psk
