"""A key log: the traffic secrets of connections, as text. RFC 9850.

One line per secret: its label, the ClientHello's random, the secret. Which secrets have a label is
a column of the schedule table. Whoever has the file reads the connections: that is what it is for.

Lines may end with CR, LF or both. A program that is still running leaves half a line at the end,
one that forgets to end its lines, or two that write at once, glue them together. Lines that are
glued are taken apart where one can be told from the next; what then is no line of a key log is
passed over and counted, and the rest of the file serves.

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
"""In bytes: some 5,000 lines that are glued together. What comes after that is passed over."""
MOST_CONNECTIONS = 1_000_000
_BLOCK = 2**16
_BOM = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LABEL = re.compile(rb"[A-Z][A-Z0-9_]*")
_LABELS = "|".join(("CLIENT_RANDOM", *ROWS))
# A label that we know, with a random and a secret behind it, and the end of another line before it.
# Not behind "_": EXPORTER_SECRET is also the end of EARLY_EXPORTER_SECRET.
_GLUED = re.compile(
    rf"(?<=[0-9A-Za-z])(?=(?:{_LABELS}) [0-9A-Fa-f]{{64}} [0-9A-Fa-f]{{64}})".encode("ascii")
)


class KeyLogError(LocalFault):
    """The file is no key log."""


def lines(client_random: bytes, secrets: Mapping[str, bytes]) -> Iterator[str]:
    """The lines for those of the secrets that have a label, in the table's order."""
    for label, name in ROWS.items():
        if name in secrets:
            yield f"{label} {client_random.hex()} {secrets[name].hex()}"


class KeyLogFile(dict[bytes, dict[str, bytes]]):
    """By client random, the secrets by the names of the schedule table.

    ``skipped`` counts the lines that are not LABEL RANDOM SECRET; ``first_skipped`` is where in the
    file the first of them is, from 1. ``glued`` counts the lines of the file that had several in
    them. Labels of other versions of TLS are counted in ``others``.
    """

    def __init__(self) -> None:
        super().__init__()
        self.skipped = self.first_skipped = self.glued = self.others = 0

    @property
    def remark(self) -> str:
        """What is to be said of its lines; empty if each was as it should be."""
        return "; ".join(filter(None, (self._glued_in_words, self._skipped_in_words)))

    @property
    def _glued_in_words(self) -> str:
        if not self.glued:
            return ""
        if self.glued == 1:
            return "1 line was several, glued together, and was taken apart"
        return f"{self.glued} lines were several each, glued together, and were taken apart"

    @property
    def _skipped_in_words(self) -> str:
        if not self.skipped:
            return ""
        if self.skipped == 1:
            return f"line {self.first_skipped} is not LABEL RANDOM SECRET and was passed over"
        return (
            f"{self.skipped} lines, the first of them line {self.first_skipped}, are not LABEL "
            "RANDOM SECRET and were passed over"
        )

    def add(self, text: Iterable[bytes]) -> None:
        """Take in lines. Raises KeyLogError for more connections than anybody logs."""
        for number, line in enumerate(text, 1):
            if not line.strip() or line.lstrip().startswith(b"#"):
                continue
            apart = _GLUED.split(line)
            self.glued += len(apart) > 1
            for place, one in enumerate(apart, 1):
                cut = place == len(apart) and len(line) > LONGEST_LINE
                if cut or not self._add(one.split()):
                    self.skipped += 1
                    self.first_skipped = self.first_skipped or number
            if len(self) > MOST_CONNECTIONS:
                raise KeyLogError(f"the key log has more than {MOST_CONNECTIONS} connections")

    def _add(self, words: list[bytes]) -> bool:
        """Whether the line is one of a key log."""
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
    """The secrets of a file; ``-`` is standard input, and a pipe will do.

    Raises KeyLogError if no line is one of a key log, or OSError for a file that cannot be read.
    """
    with opened(path) as file:
        found = parse(split(file))
    if found.skipped and not found and not found.others:
        raise KeyLogError(
            f"{named(path)} is no key log: none of its lines is LABEL RANDOM SECRET (RFC 9850)"
        )
    return found


def split(file: BinaryIO) -> Iterator[bytes]:
    """The lines without their ends: CR, LF or both, all of which a tool must accept (section 2).

    Of a line that is too long there is just its beginning, one byte too long. UTF-16, as PowerShell
    writes it, is read by leaving out every other byte: a key log is ASCII.
    """
    rest, held, wide = b"", b"", False
    while block := file.read(_BLOCK):
        if not rest + held:
            wide = wide or block.startswith(_WIDE)
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
    """The same from lines. Comments, and labels of other versions of TLS, are passed over.

    >>> parse([b"# a comment", b"CLIENT_RANDOM 00 00"])
    {}
    """
    found = KeyLogFile()
    found.add(text)
    return found
