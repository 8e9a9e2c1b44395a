"""The bytes of a field and the bits of one of them, before and after one bit is changed.

Each byte and each bit is a part, named ``byte-0`` (counted within the field) or ``bit-7`` (0 is the
lowest). Of a long field, the rows around the chosen byte are shown.
"""

from collections.abc import Iterator
from dataclasses import replace

from tls13lab.pictures import ink
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.svg import box, document, part, text
from tls13lab.wire.spans import Span

PER_ROW, MOST_ROWS = 8, 6
_WIDTH, _LEFT, _CELL, _HIGH = 416, 76, 40, 30
_HERE = replace(ink.CHOSEN, width=3)
_QUIET = f'fill="{ink.QUIET}"'
_MONO = f'font-family="{ink.MONO}"'


def bit_picture(raw: bytes, field: Span, byte: int, bit: int) -> Picture:
    """The picture for bit ``bit`` of byte ``byte`` of a field; both must exist."""
    at = field.start + byte
    before, after = raw[at], raw[at] ^ (1 << bit)
    rows = _rows_shown(field.length, byte)
    bits_top = 50 + _HIGH * len(rows)
    parts = [text(8, 22, _heading(field, rows), anchor="start")]
    for number, row in enumerate(rows):
        parts += _row_of_bytes(raw, field, row, byte, 34 + _HIGH * number)
    parts.append(text(8, bits_top + 12, f"byte {at}, bit by bit", anchor="start"))
    parts += _bits(before, after, bit, bits_top + 22)
    alt = f"byte {at}, {before:02x}, becomes {after:02x} when bit {bit} is changed"
    table = (
        ("before", f"{before:02x}", f"{before:08b}"),
        ("after", f"{after:02x}", f"{after:08b}"),
    )
    return Picture(document(_WIDTH, bits_top + 118, parts), alt, ("", "byte", "bits"), table)


def _rows_shown(length: int, byte: int) -> range:
    """The numbers of the rows of bytes that are shown, around the chosen one."""
    count = (length - 1) // PER_ROW + 1
    first = max(0, min(byte // PER_ROW - MOST_ROWS // 2, count - MOST_ROWS))
    return range(first, min(count, first + MOST_ROWS))


def _heading(field: Span, rows: range) -> str:
    shown = min(PER_ROW * rows.stop, field.length) - PER_ROW * rows.start
    if shown == field.length:
        return f"the field: {field.length} byte{'s' if field.length > 1 else ''}"
    return f"{shown} of the field's {field.length} bytes"


def _row_of_bytes(raw: bytes, field: Span, row: int, chosen: int, y: float) -> Iterator[str]:
    first = PER_ROW * row
    label = str(field.start + first)
    yield text(_LEFT - 10, y + 20, label, ink.SMALL, "end", _QUIET)
    for number in range(first, min(first + PER_ROW, field.length)):
        at = field.start + number
        x = _LEFT + _CELL * (number - first)
        look = _HERE if number == chosen else ink.PLAIN
        yield part(
            f"byte-{number}",
            [f"byte {at} of the message: {raw[at]:02x}", f"number {number} in {field.path}"],
            box(x + 2, y + 2, _CELL - 4, _HIGH - 4, look),
            text(x + _CELL / 2, y + 20, f"{raw[at]:02x}", more=_MONO),
        )


def _bits(before: int, after: int, chosen: int, y: float) -> Iterator[str]:
    """A column for each bit: its number, and its value before and after."""
    for label, below in (("bit", 16), ("before", 43), ("after", 77)):
        yield text(_LEFT - 10, y + below, label, ink.SMALL, "end", _QUIET)
    for bit in range(7, -1, -1):
        x = _LEFT + _CELL * (7 - bit)
        old, new = before >> bit & 1, after >> bit & 1
        look = _HERE if bit == chosen else ink.PLAIN
        became = f"{old} becomes {new}" if bit == chosen else f"stays {old}"
        yield part(
            f"bit-{bit}",
            [f"bit {bit}: {became}", f"its value in the byte is {1 << bit}"],
            text(x + _CELL / 2, y + 16, str(bit), ink.SMALL, more=_QUIET),
            box(x + 2, y + 24, _CELL - 4, _HIGH - 4, ink.PLAIN),
            text(x + _CELL / 2, y + 42, str(old), more=_MONO),
            box(x + 2, y + 58, _CELL - 4, _HIGH - 4, look),
            text(x + _CELL / 2, y + 76, str(new), more=_MONO),
        )
