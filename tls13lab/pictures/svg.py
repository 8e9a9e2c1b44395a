"""The pieces of an SVG picture, and parts of it that can be pointed at.

A *part* is a group with a name and a tip: a few lines that appear when somebody points at it,
clicks it or comes to it with the arrow keys (``static/picture.js``). A tip holds what stands in the
picture's table for that part: its row, its bytes, its section in the RFC.

>>> part("psk", ["psk", "an input, 32 bytes", "RFC 9846 section 7.1"], "<circle r='4'/>")[:58]
'<g class="part" data-part="psk"><title>psk\\nan input, 32 by'
"""

from collections.abc import Iterable
from html import escape

from tls13lab.pictures import ink


def document(width: int, height: int, parts: Iterable[str]) -> str:
    """A whole picture on its background, in pixels."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" font-family="{ink.FONT}" fill="{ink.INK}">'
        f'<rect width="{width}" height="{height}" fill="{ink.GROUND}"/>{"".join(parts)}</svg>'
    )


def part(name: str, tip: Iterable[str], *shapes: str) -> str:
    """``shapes`` as one part; the first line of the tip is its heading."""
    lines = "\n".join(escape(line) for line in tip if line)
    return f'<g class="part" data-part="{escape(name)}"><title>{lines}</title>{"".join(shapes)}</g>'


def text(
    x: float, y: float, words: str, size: int = ink.BODY, anchor: str = "middle", more: str = ""
) -> str:
    """One line of text with its baseline at ``y``; ``more`` are further attributes."""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}"'
        f"{' ' + more if more else ''}>{escape(words)}</text>"
    )


def box(x: float, y: float, width: float, height: float, look: ink.Look, more: str = "") -> str:
    """A rectangle with this look."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" style="{look.style}"'
        f"{' ' + more if more else ''}/>"
    )


def ground(x: float, y: float, width: float, height: float, fill: str = "none") -> str:
    """A rectangle behind a part, so that it can be pointed at everywhere; it means nothing."""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}" '
        'pointer-events="all"/>'
    )
