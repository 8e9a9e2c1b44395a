"""A key log: the traffic secrets of connections, as text. RFC 9850.

One line per secret: its label, the ClientHello's random, the secret. Which secrets have a label is
a column of the schedule table. Whoever has the file reads the connections: that is what it is for.

>>> secrets = {"exporter_secret": b"\\x05\\x06", "main_secret": b"\\x07\\x08"}
>>> list(lines(bytes(2), secrets))
['EXPORTER_SECRET 0000 0506']
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from tls13lab.crypto.schedule import SCHEDULE
from tls13lab.wire.faults import LocalFault

ROWS = {row.keylog: row.name for row in SCHEDULE.values() if row.keylog}
RANDOM_LENGTH = 32
LONGEST_LINE = 1024
MOST_CONNECTIONS = 1_000_000


class KeyLogError(LocalFault):
    """The file is no key log."""


def lines(client_random: bytes, secrets: Mapping[str, bytes]) -> Iterator[str]:
    """The lines for those of the secrets that have a label, in the table's order."""
    for label, name in ROWS.items():
        if name in secrets:
            yield f"{label} {client_random.hex()} {secrets[name].hex()}"


def read_keylog(path: Path) -> dict[bytes, dict[str, bytes]]:
    """By client random, the secrets by the names of the schedule table.

    Raises KeyLogError, or OSError for a file that cannot be read.
    """
    with path.open("rb") as file:
        return parse(_bounded(file))


def _bounded(file: BinaryIO) -> Iterator[bytes]:
    """The lines; of one that is too long just the beginning is kept, which is too long as well."""
    while line := file.readline(LONGEST_LINE + 1):
        yield line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE + 1)


def parse(text: Iterable[bytes]) -> dict[bytes, dict[str, bytes]]:
    """The same from lines. Comments, and labels of other versions of TLS, are passed over.

    >>> parse([b"# a comment", b"CLIENT_RANDOM 00 00"])
    {}
    """
    found: dict[bytes, dict[str, bytes]] = {}
    for number, line in enumerate(text, 1):
        words = line[: LONGEST_LINE + 1].split()
        if not words or words[0].startswith(b"#"):
            continue
        name = ROWS.get(words[0].decode("ascii", "replace"))
        if name is None:
            if len(words) != 3:
                raise KeyLogError(f"line {number} of the key log is not LABEL RANDOM SECRET")
            continue
        random, secret = _values(words, number, len(line))
        found.setdefault(random, {})[name] = secret
        if len(found) > MOST_CONNECTIONS:
            raise KeyLogError(f"the key log has more than {MOST_CONNECTIONS} connections")
    return found


def _values(words: list[bytes], number: int, length: int) -> tuple[bytes, bytes]:
    try:
        random, secret = (bytes.fromhex(word.decode("ascii")) for word in words[1:])
    except ValueError:  # also for too many or too few of them
        random = secret = b""
    if length > LONGEST_LINE or len(random) != RANDOM_LENGTH or len(secret) not in (32, 48):
        raise KeyLogError(f"line {number} of the key log is not LABEL RANDOM SECRET in hexadecimal")
    return random, secret
