"""A word list as a file of plain lines, even if it is a pipe, standard input, UTF-16, or has CR.

A search reads the list more than once, and from any position; a list that does not allow this is
copied first. A byte order mark is not part of the first word.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     path = Path(folder) / "words.txt"
...     path.write_bytes("lab\\r\\ngasse\\r\\n".encode("utf-16")) and None
...     words = WordFile(path)
...     words.written, words.begin, words.lines, words.path.read_bytes()
('UTF-16', 0, 2, b'lab\\r\\ngasse\\r\\n')
"""

import codecs
import hashlib
import os
import shutil
import sys
import tempfile
import weakref
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from tls13lab.search.wordlist import BLOCK

_MARKS = (
    # In this order, because a mark of UTF-32 begins with a mark of UTF-16.
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


class WordFile:
    """The list at ``path``; ``-`` is standard input. Raises OSError if it cannot be read.

    ``written`` is UTF-16 or UTF-32 for a list in these encodings. Then the attribute ``path`` is a
    copy in UTF-8, which exists as long as this object. Otherwise ``written`` is empty.
    """

    def __init__(self, path: Path) -> None:
        self.name, self.path, self.written = path, path, ""
        if str(path) == "-" or not path.is_file():
            self.path = self._copied()
        with self.path.open("rb") as file:
            head = file.read(4)
        self.begin = len(codecs.BOM_UTF8) if head.startswith(codecs.BOM_UTF8) else 0
        marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
        if marked:
            # If it is not really in this encoding, it is an ordinary list of bytes.
            with suppress(UnicodeError):
                self.path, self.written = self._translated(marked), marked
        if self._ends_with_cr():
            self.path = self._with_lf()

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

    def _translated(self, written: str) -> Path:
        """A copy in UTF-8. Raises UnicodeError if the list is not in this encoding."""
        made = self._new()
        with (
            self.path.open(encoding=written, newline="") as file,
            made.open("w", encoding="utf-8", newline="") as copy,
        ):
            while block := file.read(BLOCK):
                copy.write(block)
        return made

    def _ends_with_cr(self) -> bool:
        """Whether its lines end with a carriage return alone, judged from its beginning."""
        with self.path.open("rb") as file:
            begin = file.read(BLOCK)
        return b"\n" not in begin and b"\r" in begin[:-1]

    def _with_lf(self) -> Path:
        """A copy in which lines end with a line feed."""
        made = self._new()
        with self.path.open("rb") as file, made.open("wb") as copy:
            while block := file.read(BLOCK):
                copy.write(block.replace(b"\r", b"\n"))
        return made

    @cached_property
    def _counted(self) -> tuple[int, str]:
        """The number of lines, and the SHA-256 hash of the file."""
        count, last, digest = 0, b"\n", hashlib.sha256()
        with self.path.open("rb") as file:
            while block := file.read(BLOCK):
                count += block.count(b"\n")
                last = block[-1:]
                digest.update(block)
        return count + (last != b"\n"), digest.hexdigest()

    @property
    def lines(self) -> int:
        """The number of lines; the last one need not have an end. Reads the whole file once."""
        return self._counted[0]

    @property
    def digest(self) -> str:
        """The SHA-256 hash of the file; it changes with every change of the list."""
        return self._counted[1]

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
