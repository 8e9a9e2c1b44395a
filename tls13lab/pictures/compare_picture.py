"""Two conversations drawn side by side: their messages, and below each message what differs.

The first difference has a thick frame with a label; later differences have a dashed frame. Each
message is a part, whose tip holds its rows of the table and the section of the RFC.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tls13lab.handshake.trace import Conversation
from tls13lab.pictures import ink
from tls13lab.pictures.compare import compare
from tls13lab.pictures.meanings import cited
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.purposes import PURPOSES
from tls13lab.pictures.svg import box, document, ground, part, text
from tls13lab.pictures.text_size import width, wrapped
from tls13lab.wire.names import Side

PANEL, TOP, PITCH, LINE = ink.WIDTH // 2, 72, 48, 18
LANE = 44
"""How far the lines of client and server are from the edges of their half."""
FIRST = "FIRST DIFFERENCE"
_TAB = width(FIRST, ink.SMALL) * 1.15 + 16
_FIRST = ink.Look("#fff3d6", "#000000", 3)
_LATER = ink.Look("#ffffff", "#3c4650", 1.5, "5 4")
_ITALIC = 'font-style="italic"'


@dataclass(frozen=True, slots=True)
class _Moment:
    """A message (or an input of the key schedule): its row, and its details that differ."""

    place: str
    row: tuple[str, str, str, str]
    differing: tuple[tuple[str, str, str, str], ...]

    @property
    def height(self) -> int:
        """With the details, of which each takes as many lines as the longer side needs."""
        return PITCH + LINE * sum(map(_lines_of, self.differing))

    @property
    def marks(self) -> set[str]:
        return {row[0] for row in (self.row, *self.differing)} - {""}


def compare_picture(left: Conversation, right: Conversation, upto: int | None = None) -> Picture:
    """The picture of the first ``upto`` rows of :func:`~tls13lab.pictures.compare.compare`."""
    whole = compare(left, right)
    shown = compare(left, right, upto)
    height = TOP + sum(moment.height for moment in _moments(whole.rows)) + 12
    parts = [_lanes(side * PANEL, name, height) for side, name in enumerate(whole.names)]
    parts.append(f'<path d="M{PANEL},10 V{height - 8}" stroke="{ink.RULE}"/>')
    y = TOP
    for moment in _moments(shown.rows):
        halves = (shape for side in (0, 1) for shape in _half(moment, side, y))
        parts.append(part(moment.place, _tip(moment, whole.names), _frame(moment, y), *halves))
        y += moment.height
    first = shown.first_difference or "none so far"
    alt = f"{whole.names[0]} and {whole.names[1]} side by side; first difference: {first}"
    return Picture(document(ink.WIDTH, height, parts), alt, shown.header, shown.rows)


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


def _tip(moment: _Moment, names: tuple[str, str]) -> Iterator[str]:
    yield moment.place
    for mark, place, *values in (moment.row, *moment.differing):
        told = "; ".join(f"{name}: {value}" for name, value in zip(names, values, strict=True))
        extension = place.partition(": ")[2]
        where = cited(f"client_hello.extensions.{extension}") if extension else ""
        about = f"{extension} ({where}): " if extension else ""
        yield f"{about}{told}{f' ({mark.lower()})' if mark else ''}"
    name = moment.place.partition(" ")[2].partition(" ")[0]
    if name in PURPOSES:
        why = PURPOSES[name]
        yield f"{name} {why.words} (RFC 9846 section {why.section})"
    elif moment.place.startswith("input"):
        yield "RFC 9846 section 7.1"


def _lanes(x: int, name: str, height: int) -> str:
    parts = [text(x + PANEL / 2, 24, name, ink.TITLE, more='font-weight="bold"')]
    sides = (("client", x + LANE, ink.CLIENT), ("server", x + PANEL - LANE, ink.SERVER))
    for who, lane, colour in sides:
        wide = width(who, ink.SMALL) * 1.15 + 12
        parts.append(
            f'<rect x="{lane - wide / 2:g}" y="32" width="{wide:g}" height="22" fill="{colour}"/>'
        )
        parts.append(text(lane, 48, who, ink.SMALL, more=f'font-weight="bold" fill="{ink.GROUND}"'))
        parts.append(f'<path d="M{lane},54 V{height - 8}" stroke="{ink.RULE}"/>')
    return "".join(parts)


def _half(moment: _Moment, side: int, y: int) -> Iterator[str]:
    x = side * PANEL
    middle = x + PANEL / 2
    value = moment.row[2 + side]
    sender, _, name = moment.place.partition(" ")
    line = y + 26
    if sender not in ("client", "server"):
        words = f"{moment.place}: {value}"
        wide = width(words, ink.SMALL) + 20
        yield box(middle - wide / 2, y + 8, wide, 26, ink.PLAIN, 'rx="6"')
        yield text(middle, y + 26, words, ink.SMALL)
        return
    if value == "absent":
        yield text(middle, line - 4, f"(no {name})", ink.BODY, more=_ITALIC)
    else:
        yield from _arrow("client" if sender == "client" else "server", x, line)
        yield text(middle, line - 8, name)
    at = line + LINE
    for row in moment.differing:
        weight = ' font-weight="bold"' if row[0] == FIRST else ""
        style = (_ITALIC if row[2 + side] == "absent" else "") + weight
        for number, words in enumerate(_told(row, side)):
            yield text(middle, at + LINE * number, words, ink.SMALL, more=style)
        at += LINE * _lines_of(row)


def _told(row: tuple[str, str, str, str], side: int) -> list[str]:
    words = f"{row[1].partition(': ')[2]}: {row[2 + side]}"
    return wrapped(words, ink.SMALL * 1.15, PANEL - 2 * LANE - 16)


def _lines_of(row: tuple[str, str, str, str]) -> int:
    return max(len(_told(row, side)) for side in (0, 1))


def _arrow(sender: Side, x: int, y: int) -> Iterator[str]:
    """In its sender's colour, from a disc at the client or a square at the server."""
    client = sender == "client"
    start, end = x + LANE, x + PANEL - LANE
    if not client:
        start, end = end, start
    back = -12 if client else 12
    corners = ' rx="5"' if client else ""
    colour = ink.CLIENT if client else ink.SERVER
    yield (
        f'<path d="M{start},{y} H{end + back // 2}" stroke="{colour}" stroke-width="2.5"/>'
        f'<polygon points="{end},{y} {end + back},{y - 6} {end + back},{y + 6}" fill="{colour}"/>'
        f'<rect x="{start - 5}" y="{y - 5}" width="10" height="10" fill="{colour}"{corners}/>'
    )


def _frame(moment: _Moment, y: int) -> str:
    """What stands behind a moment, and shows whether its sides differ."""
    place = (8, y, ink.WIDTH - 16, moment.height - 6)
    if not moment.marks:
        return ground(*place)
    if FIRST not in moment.marks:
        return box(*place, _LATER, 'rx="8" fill-opacity="0" pointer-events="all"')
    middle = ink.WIDTH / 2
    white = f'font-weight="bold" fill="{ink.GROUND}"'
    return (
        box(*place, _FIRST, 'rx="8"')
        + f'<rect x="{middle - _TAB / 2:g}" y="{y - 10}" width="{_TAB:g}" height="20"/>'
        + text(middle, y + 5, FIRST, ink.SMALL, more=white)
    )
