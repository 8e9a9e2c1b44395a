"""A secret as a person gives it: hexadecimal digits, or ``@FILE`` with them in a file.

What stands on a command line, everybody on the machine can see while the program runs, and the
shell writes it down. ``@-`` is standard input. A file may end its line as any system does, and may
be in UTF-16, as Windows' shell writes it.

>>> secret("0x00 11 FF").hex()
'0011ff'
"""

import codecs
from pathlib import Path

from tls13lab.capture.sources import named, opened
from tls13lab.wire.faults import LocalFault

LONGEST = 4096
"""Bytes of a secret, at most."""
_MOST_READ = 16 * LONGEST
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NoSecret(LocalFault):
    """What was given is no secret."""


def secret(text: str, what: str = "it") -> bytes:
    """The bytes. Raises NoSecret, which says how to give ``what``, or OSError for the file.

    What is wrong is never repeated: it may be a key with a slip in it.
    """
    if text.startswith("@"):
        path = Path(text[1:])
        where = f"in {named(path)}, "
        text = _read(path)
    else:
        where = ""
    digits = text.strip()
    try:
        data = bytes.fromhex(digits[2:] if digits[:2] in ("0x", "0X") else digits)
    except ValueError:
        data = b""
    if not 0 < len(data) <= LONGEST:
        raise NoSecret(f"{where}give {what} as an even number of hexadecimal digits")
    return data


def _read(path: Path) -> str:
    """What is in the file; what is no text is no secret either."""
    if not path.name:
        raise NoSecret("write @ and the name of the file that holds the digits, or @-")
    with opened(path) as file:
        content = file.read(_MOST_READ)
    return unmarked(content).decode("ascii", "replace")


def unmarked(content: bytes) -> bytes:
    """Text as UTF-8 without a byte order mark; bytes that only begin like one stay as they are.

    >>> unmarked("lab".encode("utf-16")), unmarked(bytes.fromhex("fffe00"))
    (b'lab', b'\\xff\\xfe\\x00')
    """
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    try:
        text = content.decode(marked) if marked else ""
    except UnicodeError:
        return content
    # Random bytes may begin like a mark and even be text by its rules, but none that can be read.
    return text.encode() if text and "".join(text.split()).isprintable() else content
