"""A secret as a user gives it: hexadecimal digits, or ``@FILE`` for a file that has them.

A file is safer: while a program runs, everybody on the machine can see its command line, and the
shell keeps it in its history. ``@-`` is standard input. The file may have the line ends of any
system, and may be in UTF-16, as PowerShell writes it.

>>> secret("0x00 11 FF").hex()
'0011ff'
"""

import codecs
from pathlib import Path

from tls13lab.capture.sources import named, opened
from tls13lab.wire.faults import LocalFault

LONGEST = 4096
"""The most bytes of a secret."""
_MOST_READ = 16 * LONGEST
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NoSecret(LocalFault):
    """The text is not a secret that can be used."""


def secret(text: str, what: str = "it") -> bytes:
    """The bytes of a secret, at most 4096. Raises NoSecret, or OSError for the file.

    The message calls the secret ``what``, and never repeats the text: it may be a mistyped key.
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
    """The text in the file; bytes that are not ASCII are replaced, and make it invalid."""
    if not path.name:
        raise NoSecret("write @ and the name of the file that holds the digits, or @-")
    with opened(path) as file:
        content = file.read(_MOST_READ)
    return unmarked(content).decode("ascii", "replace")


def unmarked(content: bytes) -> bytes:
    """Text as UTF-8 without a byte order mark; other bytes are returned unchanged.

    >>> unmarked("lab".encode("utf-16")), unmarked(bytes.fromhex("fffe00"))
    (b'lab', b'\\xff\\xfe\\x00')
    """
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), "")
    try:
        text = content.decode(marked) if marked else ""
    except UnicodeError:
        return content
    # Random bytes may begin like a mark and even decode, but hardly into printable text.
    return text.encode() if text and "".join(text.split()).isprintable() else content
