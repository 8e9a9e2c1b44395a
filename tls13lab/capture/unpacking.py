"""Contents of a gzip file, as far as they can be read. RFC 1952.

Python's own reader raises an error where a file is damaged, and drops what it had unpacked just
before. Captures are often torn: a full disk, or a program that was killed. So this reader gives
every byte up to the damage, and then says what is wrong.

>>> import gzip
>>> packed = _Gzip(io.BufferedReader(io.BytesIO(gzip.compress(b"packets")[:-8])))
>>> io.BufferedReader(packed).read(), packed.damage
(b'packets', 'its gzip data ends early')
"""

import io
import re
import zlib
from typing import TYPE_CHECKING, Any

from tls13lab.capture.sources import Buffered

if TYPE_CHECKING:
    from zlib import _Decompress

_MAGIC = b"\x1f\x8b"
_PIECE = 2**16
_BUFFER = 2**20
_EARLY = "its gzip data ends early"
_WRONG = "its gzip data is damaged"
_CHECKSUM = "its gzip checksum is wrong"
_IN_CHECKSUM = re.compile("(data|length) check")  # in zlib's messages


def is_packed(file: Buffered) -> bool:
    """Whether the file is gzipped."""
    return file.peek(2)[:2] == _MAGIC


def unpacked(file: Buffered) -> Buffered:
    """The file itself or, if it is gzipped, its contents, unpacked while they are read."""
    return io.BufferedReader(_Gzip(file), _BUFFER) if is_packed(file) else file


def damage_in(file: Buffered) -> str:
    """What is wrong with a gzip file that was read to its end; empty if nothing is."""
    return file.raw.damage if isinstance(file.raw, _Gzip) else ""


def bytes_after(file: Buffered) -> int:
    """How many bytes follow a gzip file that was read to its end, and are no part of it."""
    return file.raw.after if isinstance(file.raw, _Gzip) else 0


class _Gzip(io.RawIOBase):
    """The contents of all members of a gzip file. It ends where they cannot be unpacked."""

    def __init__(self, file: Buffered) -> None:
        self.damage = ""
        self.after = 0
        self._file = file
        self._member = zlib.decompressobj(wbits=31)
        self._packed = self._ready = b""  # not yet unpacked; unpacked and not yet given out
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        most = len(into)
        while not self._ready and not self._ended:
            if self._member.eof:
                self._next_member()
                continue
            piece = self._packed or self._file.read1(_PIECE)
            self._unpack(piece, most)
            if not piece and not self._ready:
                self._end(_EARLY)
        data, self._ready = self._ready[:most], self._ready[most:]
        into[: len(data)] = data
        return len(data)

    def _unpack(self, piece: bytes, most: int) -> None:
        before = self._member.copy()
        try:
            self._ready = self._member.decompress(piece, most)
        except zlib.error as error:
            self._ready = _up_to_the_damage(before, piece)
            self._end(_CHECKSUM if _IN_CHECKSUM.search(str(error)) else _WRONG)
            return
        self._packed = self._member.unconsumed_tail

    def _next_member(self) -> None:
        """Begin the next member, if there is one; zeros may fill up the file."""
        rest = self._member.unused_data.lstrip(b"\0")
        while len(rest) < len(_MAGIC) and (more := self._file.read1(_PIECE)):
            rest = (rest + more).lstrip(b"\0")
        if rest.startswith(_MAGIC):
            self._member, self._packed = zlib.decompressobj(wbits=31), rest
            return
        while rest:
            self.after += len(rest)
            rest = self._file.read1(_PIECE)
        self._end("")

    def _end(self, damage: str) -> None:
        self._ended, self.damage = True, damage


def _up_to_the_damage(member: "_Decompress", piece: bytes) -> bytes:
    """What can be unpacked before an error: given byte by byte, because an error drops the rest."""
    found = []
    try:
        for at in range(len(piece)):
            found.append(member.decompress(piece[at : at + 1]))
    except zlib.error:
        pass
    return b"".join(found)
