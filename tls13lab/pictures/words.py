"""Words in a graph: how large a place they get, and how they are put into it once that is laid out.

A layout program measures words with whatever fonts its machine has, so that the same graph comes
out differently elsewhere, and the letters leave their boxes where the fonts are others again. Here
each label is a cell whose size is fixed beforehand (:mod:`~tls13lab.pictures.text_size`), in a
colour that says where it came to lie; then the words are centred there and the colour goes.
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
    """The label that holds these lines of words, with the font's size in points.

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


def placed(svg: str) -> str:
    """The drawing with the words of each cell in its middle, and without the cells."""
    return _CELL.sub(_centred, svg)


def _centred(found: re.Match[str]) -> str:
    points = [tuple(map(float, one.split(","))) for one in found[1].split()]
    x, y = ((min(axis) + max(axis)) / 2 for axis in zip(*points, strict=True))
    lines = _TEXT.findall(found[2])
    # In lines, from the middle of all of them to the middle of the first.
    first = (1 - len(lines)) / 2
    return "".join(_at(one, x, y, first + number) for number, one in enumerate(lines))


def _at(text: tuple[str, str, str], x: float, y: float, down: float) -> str:
    """One line of words, so many lines below the middle of its cell."""
    before, size, after = text
    y += float(size) * (down * LINE + BASELINE)
    return f'<text text-anchor="middle" x="{x:.2f}" y="{y:.2f}" {before}{size}{after}\n'
