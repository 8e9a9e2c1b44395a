"""A picture as a value: SVG, alternative text, and a table with the same content.

In a notebook, it appears as an ``<img>`` with alternative text. This also works if the notebook is
not trusted, and keeps a light background in the dark theme. Where scripts may run, the same SVG
takes its place, and its parts can be pointed at (``static/picture.js``). The text form contains the
picture's digest, so a change of the picture shows in the stored output of a notebook.

>>> picture = Picture("<svg/>", "nothing at all", ("what",), (("nothing",),))
>>> print(picture.text)
[picture: nothing at all; d4dc5666]
what
-------
nothing
"""

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib import resources
from typing import Any

from tls13lab.pictures import ink
from tls13lab.pictures.scripts import alive

_SIZE = re.compile(r'font-size[=:]"?([\d.]+)')
_JOINT = re.compile(r"(?<=[A-Za-z0-9])[._](?=[A-Za-z])")
_PADDING = 8
_WIDTH = re.compile(r'<svg [^>]*?width="(\d+)')


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: ``svg`` is a complete document, ``header`` and ``rows`` are its table.

    ``source`` is the text that the picture was made from, if the SVG depends on the program that
    drew it. It is shown instead if ``svg`` is empty because no program could draw it. A picture for
    which ``shrinks`` is false is always scrolled where there is less room.
    """

    svg: str
    alt: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    source: str = ""
    shrinks: bool = True

    @property
    def digest(self) -> str:
        """8 hexadecimal digits of the hash of the source, or of the SVG if there is none."""
        return hashlib.sha256((self.source or self.svg).encode()).hexdigest()[:8]

    @property
    def image(self) -> str:
        """The ``<img>`` element; without an SVG, a stored drawing or the source."""
        svg = self.svg or kept(self.digest)
        if not svg:
            words = f"Not drawn here: {self.alt}. The table says the same in words."
            return f"<p>{escape(words)}</p><pre>{escape(self.source)}</pre>"
        data = base64.b64encode(svg.encode()).decode()
        least = least_width(svg, ink.READABLE if self.shrinks else ink.SMALL)
        style = (
            f"max-width:100%;min-width:{least + 2 * _PADDING}px;box-sizing:border-box;"
            f"background:#ffffff;padding:{_PADDING}px"
        )
        return (
            '<div style="overflow-x:auto" tabindex="0" role="group" '
            f'aria-label="picture: {escape(self.alt)}">'
            f'<img class="tls13lab-picture" alt="{escape(self.alt)}" style="{style}" '
            f'src="data:image/svg+xml;base64,{data}"></div>'
        )

    @property
    def html(self) -> str:
        """The image, with the table folded below it."""
        table = html_table(self.header, self.rows)
        return f"{self.image}<details><summary>The same in words</summary>{table}</details>"

    @property
    def text(self) -> str:
        """The alternative text and the table, as plain text."""
        head = f"[picture: {self.alt}; {self.digest}]"
        return head + "\n" + text_table(self.header, self.rows)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": alive(self.html), "text/plain": self.text}


def least_width(svg: str, readable: float = ink.READABLE) -> int:
    """The pixels below which a picture is scrolled instead of shrunk, so its letters stay readable.

    ``readable`` is the least size of a letter in pixels.

    >>> least_width('<svg width="800"><text font-size="16">twice as large</text></svg>')
    550
    """
    sizes = [float(size) for size in _SIZE.findall(svg)]
    width = _WIDTH.search(svg)
    if not sizes or width is None:
        return 0
    return min(int(width[1]), round(int(width[1]) * readable / min(sizes)))


def kept(digest: str) -> str:
    """The stored SVG of a lesson's picture, for places where nothing can draw it; or empty.

    Only the site without a server (``lite/``) has such files, taken from the notebooks.
    """
    file = resources.files("tls13lab.pictures") / "stored" / "lessons" / f"{digest}.svg"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def html_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, unbroken: int = 0) -> str:
    """An HTML table that can also be read without styles; cells are escaped.

    The cells of the first ``unbroken`` columns stay on one line. JupyterLab would align all cells
    to the right, where words do not begin below one another.
    """
    left = 'style="text-align:left;vertical-align:top"'
    line = 'style="text-align:left;vertical-align:top;white-space:nowrap"'
    head = "".join(f'<th scope="col" {left}>{escape(name)}</th>' for name in header)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td {line if at < unbroken else left}>{escape(cell)}</td>"
            for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


BOX = "overflow-x:auto;overflow-y:auto;max-height:640px"
"""The style of a box in which something large is scrolled."""


def boxed_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], alt: str, *, broken: Mapping[int, int]
) -> str:
    """A long table in a box that is scrolled; cells are escaped.

    ``broken`` are the columns whose cells may have several lines, each with its least width in
    pixels; long names are broken behind dots and underscores. All others stay on one line.

    >>> boxed_table(("a", "b"), [("1", "c.d")], "two", broken={1: 90}).count("c.<wbr>d")
    1
    """
    look = "text-align:left;vertical-align:top;padding:2px 8px"
    styles = [
        f"{look};white-space:normal;min-width:{broken[at]}px"
        if at in broken
        else f"{look};white-space:nowrap"
        for at in range(len(header))
    ]
    head = "".join(
        f'<th scope="col" style="{style}">{escape(name)}</th>'
        for name, style in zip(header, styles, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="{style}">{_breakable(cell)}</td>'
            for cell, style in zip(row, styles, strict=True)
        )
        + "</tr>"
        for row in rows
    )
    return (
        f'<div style="{BOX}" tabindex="0" role="group" aria-label="{escape(alt)}">'
        '<table style="table-layout:auto;border-collapse:collapse;margin:0px">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _breakable(cell: str) -> str:
    return _JOINT.sub(r"\g<0><wbr>", escape(cell))


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in columns of plain text.

    >>> print(text_table(("a", "b"), [("1", "two")]))
    a | b
    - | ---
    1 | two
    """
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [header, ["-" * width for width in widths], *rows]
    padded = (" | ".join(cell.ljust(widths[i]) for i, cell in enumerate(row)) for row in lines)
    return "\n".join(line.rstrip() for line in padded)


def shortened(value: bytes) -> str:
    """The first and last bytes of a value, in hexadecimal.

    >>> shortened(bytes(range(32)))
    '00010203...1e1f (32 bytes)'
    """
    if len(value) <= 8:
        return value.hex()
    return f"{value[:4].hex()}...{value[-2:].hex()} ({len(value)} bytes)"
