"""A key log: the traffic secrets of connections, as text. RFC 9850.

One line per secret: its label, the random of the ClientHello, the secret. The labels are a column
of the schedule table. Anyone who has the file can read the connections; that is its purpose.

Lines may end with CR, LF or both. A program that is still running may leave half a line at the end.
Two programs that write at once, or one that does not end its lines, may join several lines into
one. Such lines are split where the next label begins. Whatever is still not a line of a key log is
skipped and counted, and the rest of the file is used.

>>> secrets = {"exporter_secret": b"\\x05\\x06", "main_secret": b"\\x07\\x08"}
>>> list(lines(bytes(2), secrets))
['EXPORTER_SECRET 0000 0506']
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from tls13lab.capture.sources import named, opened
from tls13lab.crypto.schedule import SCHEDULE
from tls13lab.wire.faults import LocalFault

ROWS = {row.keylog: row.name for row in SCHEDULE.values() if row.keylog}
RANDOM_LENGTH = 32
LONGEST_LINE = 2**20
"""In bytes: room for some 5,000 lines joined into one. What follows is skipped."""
MOST_CONNECTIONS = 1_000_000
_BLOCK = 2**16
_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LABEL = re.compile(rb"[A-Z][A-Z0-9_]*")
_LABELS = "|".join(("CLIENT_RANDOM", *ROWS))
# A known label, with a random and a secret after it and the end of another line before it. It must
# not follow "_", because EXPORTER_SECRET is also the end of EARLY_EXPORTER_SECRET.
_GLUED = re.compile(
    rf"(?<=[0-9A-Za-z])(?=(?:{_LABELS}) [0-9A-Fa-f]{{64}} [0-9A-Fa-f]{{64}})".encode("ascii")
)


_BEGUN = "|".join(
    sorted({name[:n] for name in ("CLIENT_RANDOM", *ROWS) for n in range(1, len(name) + 1)})
)
# A whole line to which a torn one is glued, that begins with a known label or a part of one.
_BEFORE_TORN = re.compile(
    rf"(?:{_LABELS}) [0-9A-Fa-f]{{64}} (?:[0-9A-Fa-f]{{96}}|[0-9A-Fa-f]{{64}})"
    rf"(?=(?:{_LABELS}) |(?:{_BEGUN})$)".encode("ascii")
)


class KeyLogError(LocalFault):
    """The file is not a key log."""


def lines(client_random: bytes, secrets: Mapping[str, bytes]) -> Iterator[str]:
    """The lines for a connection's secrets, in the order of the table.

    ``secrets`` has the names of the schedule table; those without a label are left out.
    """
    for label, name in ROWS.items():
        if name in secrets:
            yield f"{label} {client_random.hex()} {secrets[name].hex()}"


class KeyLogFile(dict[bytes, dict[str, bytes]]):
    """Maps a client random (32 bytes) to secrets, under the names of the schedule table.

    ``skipped`` counts the lines that are not LABEL RANDOM SECRET, and ``first_skipped`` is the
    number of the first of them, from 1. ``glued`` counts the lines that were several joined
    together, and ``others`` the lines with labels of other versions of TLS.
    """

    def __init__(self) -> None:
        super().__init__()
        self.skipped = self.first_skipped = self.glued = self.others = 0

    @property
    def remark(self) -> str:
        """What was wrong with the lines, in words; empty if nothing was."""
        return "; ".join(filter(None, (self._glued_in_words, self._skipped_in_words)))

    @property
    def _glued_in_words(self) -> str:
        if not self.glued:
            return ""
        if self.glued == 1:
            return "1 line was several lines run together, and was split"
        return f"{self.glued} lines were several lines run together, and were split"

    @property
    def _skipped_in_words(self) -> str:
        if not self.skipped:
            return ""
        if self.skipped == 1:
            return f"line {self.first_skipped} is not LABEL RANDOM SECRET and was skipped"
        return (
            f"{self.skipped} lines, the first of them line {self.first_skipped}, are not LABEL "
            "RANDOM SECRET and were skipped"
        )

    def add(self, text: Iterable[bytes]) -> None:
        """Add lines. Raises KeyLogError for more than ``MOST_CONNECTIONS`` connections."""
        for number, line in enumerate(text, 1):
            parts = _GLUED.split(line)
            self.glued += len(parts) > 1
            for place, part in enumerate(parts, 1):
                words = part.split()
                if not words or words[0].startswith(b"#"):
                    continue  # a comment ends where a line is glued to it
                cut = place == len(parts) and len(line) > LONGEST_LINE
                if cut or not self._add(words):
                    if before := _BEFORE_TORN.match(part):
                        self._add(before[0].split())
                        self.glued += len(parts) == 1
                    self.skipped += 1
                    self.first_skipped = self.first_skipped or number
            if len(self) > MOST_CONNECTIONS:
                raise KeyLogError(f"the key log has more than {MOST_CONNECTIONS} connections")

    def _add(self, words: list[bytes]) -> bool:
        """Add one line, as its words; False if it is not a line of a key log."""
        if len(words) != 3 or not _LABEL.fullmatch(words[0]):
            return False
        try:
            random, secret = (bytes.fromhex(word.decode("ascii")) for word in words[1:])
        except ValueError:
            return False
        name = ROWS.get(words[0].decode("ascii"))
        if name is None:
            self.others += 1
            return True
        if len(random) != RANDOM_LENGTH or len(secret) not in (32, 48):
            return False
        self.setdefault(random, {})[name] = secret
        return True


def read_keylog(path: Path) -> KeyLogFile:
    """The secrets in a file, which may be a pipe; ``-`` is standard input.

    Raises KeyLogError if no line belongs to a key log, and OSError if the file cannot be read.
    """
    with opened(path) as file:
        found = parse(split(file))
    if found.skipped and not found and not found.others:
        raise KeyLogError(
            f"{named(path)} is not a key log: none of its lines is LABEL RANDOM SECRET (RFC 9850)"
        )
    return found


def split(file: BinaryIO) -> Iterator[bytes]:
    """The lines without their ends: CR, LF or both, all of which a tool must accept (section 2).

    A line that is too long is cut to one byte more than ``LONGEST_LINE``. UTF-16, as PowerShell
    writes it, is read by dropping every zero byte, because a key log is ASCII.
    """
    rest, held, wide = b"", b"", False
    while block := file.read(_BLOCK):
        if not rest + held:
            wide = wide or block.startswith(_WIDE) or 0 in block[:4]
            for mark in (_BOM, *_WIDE):
                block = block.removeprefix(mark)
        text = held + (block.replace(b"\0", b"") if wide else block)
        # A CR at the end may be half of a CRLF.
        held = b"\r" if text.endswith(b"\r") else b""
        first, *more = _LINE_END.split(text.removesuffix(held))
        rest = (rest + first)[: LONGEST_LINE + 1]
        for line in more:
            yield rest
            rest = line[: LONGEST_LINE + 1]
    if rest:
        yield rest


def parse(text: Iterable[bytes]) -> KeyLogFile:
    """The secrets in the lines of a key log; comments and unknown labels are skipped.

    >>> parse([b"# a comment", b"CLIENT_RANDOM 00 00"])
    {}
    """
    found = KeyLogFile()
    found.add(text)
    return found
