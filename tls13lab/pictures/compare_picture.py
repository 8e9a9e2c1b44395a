"""Two conversations drawn side by side: their messages, and below each message what differs.

The first difference has a thick frame with a label; later differences have a dashed frame.
"""

from dataclasses import dataclass
from html import escape

from tls13lab.handshake.trace import Conversation
from tls13lab.pictures.compare import compare
from tls13lab.pictures.picture import Picture

WIDTH, PANEL, TOP, PITCH, LINE = 940, 470, 74, 46, 17
FIRST = "FIRST DIFFERENCE"


@dataclass(frozen=True, slots=True)
class _Moment:
    """A message (or an input of the key schedule): its row, and its details that differ."""

    place: str
    row: tuple[str, str, str, str]
    differing: tuple[tuple[str, str, str, str], ...]

    @property
    def height(self) -> int:
        return PITCH + LINE * len(self.differing)

    @property
    def marks(self) -> set[str]:
        return {row[0] for row in (self.row, *self.differing)} - {""}


def compare_picture(left: Conversation, right: Conversation, upto: int | None = None) -> Picture:
    """The picture of the first ``upto`` rows of :func:`~tls13lab.pictures.compare.compare`."""
    whole = compare(left, right)
    shown = compare(left, right, upto)
    height = TOP + sum(moment.height for moment in _moments(whole.rows)) + 12
    parts = [f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>']
    for side, name in enumerate(whole.names):
        parts.append(_lanes(side * PANEL, name, height))
    parts.append(f'<path d="M{PANEL},16 V{height - 12}" stroke="#8a949e"/>')
    y = TOP
    for moment in _moments(shown.rows):
        parts += [_frame(moment, y), *(_half(moment, side, y) for side in (0, 1))]
        y += moment.height
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" font-family="Helvetica,Arial,sans-serif">'
        f"{''.join(parts)}</svg>"
    )
    first = shown.first_difference or "none so far"
    alt = f"{whole.names[0]} and {whole.names[1]} side by side; first difference: {first}"
    return Picture(svg, alt, shown.header, shown.rows)


def _moments(rows: tuple[tuple[str, str, str, str], ...]) -> list[_Moment]:
    """Group rows: ``server ServerHello: key_share`` goes below ``server ServerHello``."""
    found: list[_Moment] = []
    for row in rows:
        place, _, detail = row[1].partition(": ")
        if not detail or not found or found[-1].place != place:
            # An input of the key schedule gets a line of its own.
            found.append(_Moment(place, row, ()))
        elif row[0]:
            last = found.pop()
            found.append(_Moment(last.place, last.row, (*last.differing, row)))
    return found


def _text(x: int, y: int, text: str, size: int = 13, more: str = 'text-anchor="middle"') -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" {more}>{escape(text)}</text>'


def _lanes(x: int, name: str, height: int) -> str:
    bold = 'text-anchor="middle" font-weight="bold"'
    parts = [_text(x + PANEL // 2, 26, name, 16, bold)]
    for lane, who in ((x + 60, "client"), (x + PANEL - 60, "server")):
        parts.append(_text(lane, 48, who, 13))
        parts.append(f'<path d="M{lane},56 V{height - 12}" stroke="#8a949e"/>')
    return "".join(parts)


def _half(moment: _Moment, side: int, y: int) -> str:
    x = side * PANEL
    middle = x + PANEL // 2
    value = moment.row[2 + side]
    sender, _, name = moment.place.partition(" ")
    line = y + 22
    if sender not in ("client", "server"):
        box = f'<rect x="{x + 75}" y="{y + 6}" width="{PANEL - 150}" height="26" rx="6" '
        words = f"{moment.place}: {value}"
        return f'{box} fill="#f3f5f7" stroke="#000000"/>' + _text(middle, y + 24, words, 12)
    if value == "absent":
        return _text(middle, line - 6, f"(no {name})", 12, _ITALIC) + _details(moment, side, line)
    start, end = x + 60, x + PANEL - 60
    if sender == "server":
        start, end = end, start
    back = -10 if end > start else 10
    head = f"{end},{line} {end + back},{line - 5} {end + back},{line + 5}"
    return (
        f'<path d="M{start},{line} H{end + back // 2}" stroke="#000000" stroke-width="1.5"/>'
        f'<polygon points="{head}" fill="#000000"/>'
        + _text(middle, line - 7, name, 13)
        + _details(moment, side, line)
    )


_ITALIC = 'text-anchor="middle" font-style="italic"'


def _details(moment: _Moment, side: int, line: int) -> str:
    parts = []
    for number, row in enumerate(moment.differing, 1):
        detail = row[1].partition(": ")[2]
        weight = ' font-weight="bold"' if row[0] == FIRST else ""
        style = _ITALIC if row[2 + side] == "absent" else 'text-anchor="middle"'
        words = f"{detail}: {row[2 + side]}"
        parts.append(
            _text(side * PANEL + PANEL // 2, line + LINE * number, words, 12, style + weight)
        )
    return "".join(parts)


def _frame(moment: _Moment, y: int) -> str:
    if not moment.marks:
        return ""
    box = f'x="8" y="{y - 2}" width="{WIDTH - 16}" height="{moment.height - 4}" rx="8"'
    if FIRST not in moment.marks:
        return f'<rect {box} fill="none" stroke="#555555" stroke-dasharray="5 4"/>'
    tab = 'text-anchor="middle" font-weight="bold" fill="#ffffff"'
    return (
        f'<rect {box} fill="#fff3bf" stroke="#000000" stroke-width="3"/>'
        f'<rect x="{WIDTH // 2 - 70}" y="{y - 11}" width="140" height="18" fill="#000000"/>'
        + _text(WIDTH // 2, y + 2, FIRST, 11, tab)
    )
