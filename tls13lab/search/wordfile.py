"""A word list as a file of plain lines, even if it is a pipe, standard input, UTF-16, or has CR.

A search reads the list more than once, and from any position; a list that does not allow this is
copied first. A byte order mark is not part of a word, at the beginning and where two lists were
joined. What cannot be tried as it is in the list is counted, and :attr:`WordFile.notes` says so.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     path = Path(folder) / "words.txt"
...     path.write_bytes("lab\\r\\ngasse\\r\\n".encode("utf-16")) and None
...     words = WordFile(path)
...     words.written, words.begin, words.lines, words.path.read_bytes()
('UTF-16', 0, 2, b'lab\\r\\ngasse\\r\\n')
"""

import hashlib
import os
import re
import shutil
import sys
import tempfile
import weakref
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tls13lab.search.encodings import encoding_of, translate
from tls13lab.search.wordlist import BLOCK, LONGEST, batches, is_too_long

_LINE_END = re.compile(rb"\r\n?")
_ALONE = re.compile(rb"\r[^\r\n]")


class WordFile:
    """The list at ``path``; ``-`` is standard input. Raises OSError if it cannot be read.

    ``written`` is UTF-16 or UTF-32 for a list in these encodings. Then the attribute ``path`` is a
    copy in UTF-8, which exists as long as this object. Otherwise ``written`` is empty. The whole
    list is read once.
    """

    def __init__(self, path: Path) -> None:
        self.name, self.path, self.written = path, path, ""
        self._damaged = 0
        if str(path) == "-" or not path.is_file():
            self.path = self._copied()
        with self.path.open("rb") as file:
            head = file.read(BLOCK)
        if encoding := encoding_of(head):
            self.path, self.written = self._translated(encoding.codec), encoding.name
        self._seen = _examined(self.path)
        if not self._seen.plain:
            self.path = self._with_lf()
            self._seen = _examined(self.path)
        self.begin = len(BOM_UTF8) if self._seen.marked else 0

    @property
    def lines(self) -> int:
        """The number of lines; the last one need not have an end."""
        return self._seen.lines

    @property
    def digest(self) -> str:
        """The SHA-256 hash of the file; it changes with every change of the list."""
        return self._seen.digest

    @property
    def notes(self) -> list[str]:
        """Sentences about what is not tried, or not as it is in the list."""
        found = []
        if self.written:
            found.append(f"the list is {self.written}, its words are tried as UTF-8")
        if self._damaged:
            what = "1 character is" if self._damaged == 1 else f"{self._damaged:,} characters are"
            found.append(f"{what} damaged, so the words with them are not tried as they were")
        if self._seen.long:
            what = "1 line is" if self._seen.long == 1 else f"{self._seen.long:,} lines are"
            found.append(f"{what} longer than {LONGEST:,} bytes and not tried")
        if self._seen.zeros:
            what = "1 line has" if self._seen.zeros == 1 else f"{self._seen.zeros:,} lines have"
            found.append(f"{what} zero bytes, as if part of the list were UTF-16")
        return found

    def words(self) -> Iterator[bytes]:
        """The words in order, without empty lines."""
        with self.path.open("rb") as file:
            for batch, _ in batches(file, self.begin):
                yield from filter(None, (batch[n] for n in range(len(batch))))

    def plain_lines(self) -> Iterator[bytes]:
        """All lines in order, with whatever is in them, and with their ends."""
        with self.path.open("rb") as file:
            file.seek(self.begin)
            yield from file

    def line_at(self, offset: int) -> int | None:
        """The number of the line that begins at this byte; None if no line begins there."""
        count, last, at = 0, b"\n", self.begin
        with self.path.open("rb") as file:
            file.seek(self.begin)
            while at < offset and (block := file.read(min(BLOCK, offset - at))):
                count, last, at = count + block.count(b"\n"), block[-1:], at + len(block)
            at_end = not file.read(1)
        if at != offset:
            return None
        return count if last == b"\n" else count + 1 if at_end else None

    # Copies -------------------------------------------------------------------------------------

    def _new(self) -> Path:
        """A file that only its owner can read, and that is deleted with this object."""
        handle, name = tempfile.mkstemp(prefix="tls13lab-words-")
        os.close(handle)
        weakref.finalize(self, Path(name).unlink, missing_ok=True)
        return Path(name)

    def _copied(self) -> Path:
        """A file with everything from the pipe."""
        made = self._new()
        with made.open("wb") as copy:
            if str(self.name) == "-":
                shutil.copyfileobj(sys.stdin.buffer, copy)
            else:
                with self.name.open("rb") as file:
                    shutil.copyfileobj(file, copy)
        return made

    def _translated(self, codec: str) -> Path:
        """A copy in UTF-8."""
        made = self._new()
        with self.path.open("rb") as file, made.open("wb") as copy:
            self._damaged = translate(file, copy, codec)
        return made

    def _with_lf(self) -> Path:
        """A copy in which all lines end with a line feed, and no mark is left."""
        made = self._new()
        with self.path.open("rb") as file, made.open("wb") as copy:
            for block in _blocks(file):
                lines = _LINE_END.sub(b"\n", block).removeprefix(BOM_UTF8)
                # A mark within a line shows that the list before it did not end its last line.
                copy.write(lines.replace(b"\n" + BOM_UTF8, b"\n").replace(BOM_UTF8, b"\n"))
        return made


# What is in a file --------------------------------------------------------------------------------


@dataclass
class _Seen:
    """What one pass over a file showed.

    ``plain`` means that lines end with a line feed, and no mark follows the one at the beginning,
    ``marked``. ``long`` and ``zeros`` count lines that are too long, and those with zero bytes.
    """

    digest: str = ""
    lines: int = 0
    marked: bool = False
    plain: bool = True
    long: int = 0
    zeros: int = 0


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    """The file in blocks of whole lines; only a line of millions of bytes is cut."""
    while block := file.read(BLOCK):
        yield block if block.endswith(b"\n") else block + file.readline(BLOCK)


def _examined(path: Path) -> _Seen:
    seen, digest, last = _Seen(), hashlib.sha256(), b"\n"
    with path.open("rb") as file:
        for block in _blocks(file):
            first = not seen.lines and last == b"\n"
            seen.marked |= first and block.startswith(BOM_UTF8)
            # Words may end with CR, so only one that stands before another word ends a line.
            alone = block.count(b"\r") > block.count(b"\r\n") and _ALONE.search(block)
            marks = block.count(BOM_UTF8) > (first and seen.marked)
            seen.plain &= not (alone or marks)
            seen.lines += block.count(b"\n")
            seen.zeros += sum(b"\0" in line for line in block.split(b"\n")) if 0 in block else 0
            # The beginning of a line that was cut has been counted.
            whole = block if last == b"\n" else block.partition(b"\n")[2]
            seen.long += sum(map(is_too_long, _long_lines(whole)))
            digest.update(block)
            last = block[-1:]
    seen.lines += last != b"\n"
    seen.digest = digest.hexdigest()
    return seen


def _long_lines(block: bytes) -> Iterator[bytes]:
    """The lines that may be too long for a word."""
    at = 0
    while len(block) - at > LONGEST:
        end = block.rfind(b"\n", at, at + LONGEST + 1)
        if end < 0:  # otherwise, all lines up to there are short
            end = block.find(b"\n", at)
            end = len(block) if end < 0 else end
            yield block[at:end]
        at = end + 1
