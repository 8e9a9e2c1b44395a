"""Which encoding a word list is in, and how it becomes UTF-8.

UTF-16 and UTF-32 are recognized by their byte order marks, or by the zero bytes of letters and line
ends. Anything else is bytes, which a search tries as they are.

>>> encoding_of("lab\\n".encode("utf-16-le")), encoding_of(b"lab\\n")
(Encoding(codec='utf-16-le', name='UTF-16'), None)
"""

import codecs
from typing import BinaryIO, NamedTuple

from tls13lab.search.wordlist import BLOCK

_MARKS = (
    # In this order, because a mark of UTF-32 begins with a mark of UTF-16.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNMARKED = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_RARE = 32
"""A letter or line end below U+0100 occurs at least once in this many characters of any list."""
_UNREADABLE = "\N{REPLACEMENT CHARACTER}"


class Encoding(NamedTuple):
    """A codec of Python, and the name of the encoding."""

    codec: str
    name: str


def encoding_of(head: bytes) -> Encoding | None:
    """The encoding of a list with this beginning; None if it is bytes, or UTF-8."""
    marked = next((codec for mark, codec in _MARKS if head.startswith(mark)), "")
    if marked and (_decodes(head, marked) or 0 in head):
        return Encoding(marked, marked.upper())
    found = () if marked or 0 not in head else _UNMARKED
    codec = next((codec for codec in found if _looks_like(head, codec)), "")
    return Encoding(codec, codec.upper()[:6]) if codec else None


def _decodes(head: bytes, codec: str) -> bool:
    try:
        codecs.getincrementaldecoder(codec)().decode(head, final=len(head) < BLOCK)
    except UnicodeError:
        return False
    return True


def _looks_like(head: bytes, codec: str) -> bool:
    """Whether these are lines of text in this encoding."""
    width = 4 if "32" in codec else 2
    whole = head[: len(head) - len(head) % width]
    text = whole.decode(codec, "replace")
    if not text or "\0" in text or text.count(_UNREADABLE) * _RARE > len(text):
        return False
    lows = slice(1, None, 2) if codec.endswith("le") else slice(0, None, 2)
    zeros = whole[lows].count(0)
    others = whole.count(0) - zeros if width == 2 else 0
    ends = text.count("\n") + text.count("\r")
    as_bytes = head.count(b"\n") + head.count(b"\r")
    lined = as_bytes <= 2 * ends if ends else zeros >= len(text)
    return lined and zeros * _RARE >= len(text) and others * 4 <= zeros


def translate(file: BinaryIO, copy: BinaryIO, codec: str) -> int:
    """Copy a list in UTF-8, and return how many characters were damaged.

    Each of them becomes U+FFFD. Half a character at the end is left out.
    """
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    damaged = 0
    while block := file.read(BLOCK):
        text = decoder.decode(block)
        damaged += text.count(_UNREADABLE)
        copy.write(text.encode())
    return damaged + bool(decoder.getstate()[0])
