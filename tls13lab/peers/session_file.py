"""A saved session: tickets and their PSKs, as JSON. RFC 9846 sections 4.7.1, C.4.

The file contains secrets: anyone who has it can resume in your place, and can read connections in
psk_ke. So only its owner may read it, and it is written completely or not at all. A ticket should
be used for one connection only; after offering one, save the tickets that are left.

    {"format": "tls13lab session", "version": 1, "tickets": [{"ticket": "<hex>", "psk": "<hex>",
     "suite": "TLS_AES_128_GCM_SHA256", "received_ms": 1767225600000, "lifetime_s": 7200,
     "age_add": 7, "server_name": null, "alpn": null, "max_early_data_size": 0}]}
"""

import json
import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tls13lab import whole_file
from tls13lab.crypto.suites import SUITES
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.wire.codepoints import CipherSuite

FORMAT, VERSION = "tls13lab session", 1
MAX_TICKETS = 16
MAX_BYTES = 4 * 2**20
"""More bytes than 16 tickets of 65,535 bytes need in hexadecimal."""


class SessionFileError(ValueError):
    """The file is not a session of this lab; the text says what is wrong with it."""


def save(path: Path, tickets: Sequence[ResumptionPsk]) -> None:
    """Write the last 16 of these tickets to the file, readable only by its owner."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "tickets": [_to_json(psk) for psk in tickets[-MAX_TICKETS:]],
    }
    text = json.dumps(content, indent=1) + "\n"
    whole_file.write(path, text.encode("ascii"), private=True)


def load(path: Path) -> tuple[ResumptionPsk, ...]:
    """The tickets in a file, oldest first. Raises SessionFileError, or OSError."""
    text = _read(path)
    try:
        content = json.loads(text, object_pairs_hook=_object)
    except SessionFileError:
        raise
    except (ValueError, RecursionError):
        raise SessionFileError("the session file is not JSON; perhaps it was cut short") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise SessionFileError("the file is not a session saved by tls13lab")
    if content.get("version") != VERSION or isinstance(content["version"], bool):
        raise SessionFileError(f"the session file is not of version {VERSION}")
    _check_keys(content, {"format", "version", "tickets"}, "the session file")
    tickets = content["tickets"]
    if not isinstance(tickets, list) or len(tickets) > MAX_TICKETS:
        raise SessionFileError(f"tickets is not a list of at most {MAX_TICKETS}")
    return tuple(_from_json(each, f"ticket {number}") for number, each in enumerate(tickets, 1))


def _read(path: Path) -> bytes:
    with open(path, "rb", opener=_open) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise SessionFileError("the session is not an ordinary file")
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise SessionFileError(f"the session file is longer than {MAX_BYTES} bytes")
    return data


def _open(path: str, flags: int) -> int:
    # Opening a pipe would otherwise wait for its other end before we can see that it is a pipe.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise SessionFileError("the session file names a field twice")
    return content


def _check_keys(content: dict[str, Any], wanted: set[str], where: str) -> None:
    if set(content) != wanted:
        odd = min(set(content) ^ wanted)
        what = f"lacks {odd}" if odd in wanted else "has a field that does not belong there"
        raise SessionFileError(f"{where} {what}")


def _to_json(psk: ResumptionPsk) -> dict[str, object]:
    return {
        "ticket": psk.identity.hex(),
        "psk": psk.key.hex(),
        "suite": psk.suite.name,
        "received_ms": psk.received_ms,
        "lifetime_s": psk.lifetime_s,
        "age_add": psk.age_add,
        "server_name": psk.server_name,
        # One character for each byte. ALPN names are bytes, though mostly ASCII.
        "alpn": None if psk.alpn is None else psk.alpn.decode("latin-1"),
        "max_early_data_size": psk.max_early_data_size,
        "began_ms": psk.began_ms,
    }


_SUITES = {suite.name: suite for suite in SUITES.values()}


def _from_json(content: object, where: str) -> ResumptionPsk:
    if not isinstance(content, dict):
        raise SessionFileError(f"{where} is not an object")
    # Older files do not have began_ms.
    content = {"began_ms": None, **content}
    _check_keys(content, set(_FIELDS), where)
    for name, (fits, what) in _FIELDS.items():
        if not fits(content[name]):
            raise SessionFileError(f"{name} of {where} is not {what}")
    suite = _SUITES[content["suite"]]
    key = bytes.fromhex(content["psk"])
    if len(key) != suite.hash_length:
        raise SessionFileError(f"psk of {where} does not have the length of the suite's hash")
    alpn = content["alpn"]
    return ResumptionPsk(
        identity=bytes.fromhex(content["ticket"]),
        key=key,
        hash_name=suite.hash_name,
        suite=CipherSuite(suite.code_point),
        received_ms=content["received_ms"],
        lifetime_s=content["lifetime_s"],
        age_add=content["age_add"],
        server_name=content["server_name"],
        alpn=None if alpn is None else alpn.encode("latin-1"),
        max_early_data_size=content["max_early_data_size"],
        began_ms=content["began_ms"],
    )


Fits = Callable[[object], bool]


def _integer(bits: int) -> tuple[Fits, str]:
    def fits(value: object) -> bool:
        return type(value) is int and 0 <= value < 2**bits

    return fits, f"a whole number of at most {bits} bits"


def _hexadecimal(most: int) -> tuple[Fits, str]:
    def fits(value: object) -> bool:
        if not isinstance(value, str) or len(value) % 2 or not 2 <= len(value) <= 2 * most:
            return False
        return set(value) <= set("0123456789abcdefABCDEF")

    return fits, f"1 to {most} bytes in hexadecimal"


def _text(limit: int) -> tuple[Fits, str]:
    def fits(value: object) -> bool:
        if not isinstance(value, str):
            return value is None
        return 1 <= len(value) <= 255 and all(ord(character) < limit for character in value)

    return fits, f"null or a text of 1 to 255 characters below {limit}"


_FIELDS: dict[str, tuple[Fits, str]] = {
    "ticket": _hexadecimal(2**16 - 1),
    "psk": _hexadecimal(64),
    "suite": (lambda value: isinstance(value, str) and value in _SUITES, "a suite of the lab"),
    "received_ms": _integer(63),
    "lifetime_s": _integer(32),
    "age_add": _integer(32),
    "server_name": _text(128),
    "alpn": _text(256),
    "max_early_data_size": _integer(32),
    "began_ms": (lambda value: value is None or _integer(63)[0](value), "null or a time"),
}
