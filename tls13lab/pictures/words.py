"""Labels in a graph: how much room they get, and how they are placed after the layout.

A layout program measures words with the fonts of its machine. So the same graph comes out
differently on each machine, and the words leave their boxes where it is shown with other fonts.
Here, each label is a cell of a size that is fixed beforehand
(:mod:`~tls13lab.pictures.text_size`), filled with a marker color. After the layout, the words are
centered where that color is, and the color is removed.
"""

import re
from html import escape
from math import ceil

from tls13lab.pictures.text_size import BASELINE, LINE, width

_MARK = "#fedcba"
_CELL = re.compile(
    rf'<polygon fill="{_MARK}"[^>]* points="([^"]*)"/>\s*((?:<text [^>]*>[^<]*</text>\s*)+)'
)
_TEXT = re.compile(
    r'<text [^>]*?text-anchor="\w+" x="[^"]*" y="[^"]*" '
    r'([^>]*font-size=")([\d.]+)("[^>]*>[^<]*</text>)'
)


def cell(*lines: str, size: float, mono: bool = False) -> str:
    """The label for these lines of words; ``size`` is the font size in points.

    >>> cell("two", "lines", size=10).count("<br/>")
    1
    """
    across = ceil(max(width(line, size, mono=mono) for line in lines))
    down = ceil(len(lines) * LINE * size)
    words = "<br/>".join(escape(line) for line in lines)
    return (
        '<<table border="0" cellborder="0" cellspacing="0" cellpadding="0"><tr>'
        f'<td fixedsize="true" width="{across}" height="{down}" bgcolor="{_MARK}">{words}</td>'
        "</tr></table>>"
    )


def in_lines(words: str, room: float, size: float) -> tuple[str, ...]:
    """Words on one line, or on two if they need more than ``room``, broken where they can be.

    They are broken after a space or an underscore, so that the wider line is as narrow as possible.

    >>> in_lines("early_derived_secret", 124, 13)
    ('early_derived_', 'secret')
    """
    breaks = [at + 1 for at, letter in enumerate(words) if letter in "_ "]
    if width(words, size) <= room or not breaks:
        return (words,)
    at = min(breaks, key=lambda at: max(width(one, size) for one in (words[:at], words[at:])))
    return words[:at].rstrip(), words[at:]


def placed(svg: str) -> str:
    """The drawing with the words of each cell centered, and without the cells."""
    return _CELL.sub(_centred, svg)


def _centred(found: re.Match[str]) -> str:
    points = [tuple(map(float, point.split(","))) for point in found[1].split()]
    x, y = ((min(axis) + max(axis)) / 2 for axis in zip(*points, strict=True))
    lines = _TEXT.findall(found[2])
    # The distance, in lines, from the middle of the cell to the middle of the first line.
    first = (1 - len(lines)) / 2
    return "".join(_at(line, x, y, first + number) for number, line in enumerate(lines))


def _at(text: tuple[str, str, str], x: float, y: float, down: float) -> str:
    """A line of words, ``down`` lines below the middle of its cell."""
    before, size, after = text
    y += float(size) * (down * LINE + BASELINE)
    return f'<text text-anchor="middle" x="{x:.2f}" y="{y:.2f}" {before}{size}{after}\n'
