"""How long a PSK lasts against guessing, by its length and its alphabet, as lines on a log scale.

The time is the average: half of all words of that length. It is for words drawn evenly from the
alphabet; what people choose falls long before.

>>> round(average_seconds(10, 4, 1000.0))
5
>>> guessing_time(chosen=("digits", 4), rate=1000.0).rows[0][:3]
('digits', '13 bits', '5 seconds')
"""

import io
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from importlib import resources
from math import log2, log10

from tls13lab.pictures.picture import Picture, text_table
from tls13lab.psk.strength import in_words

ALPHABETS: Mapping[str, int] = {
    "digits": 10,
    "small letters": 26,
    "letters and digits": 62,
    "printable ASCII": 95,
}
_LINES = (("-", ""), ("--", "6 3"), ("-.", "8 3 2 3"), (":", "2 3"))
"""Of each alphabet: matplotlib's name of the style, and the same as SVG's dashes."""
_COLOUR = "#1f4e79"
LANDMARKS: Mapping[str, float] = {
    "a second": 1.0,
    "an hour": 3600.0,
    "a year": 365.25 * 86400,
    "the age of the universe": 4.35e17,
}
LONGEST = 24
LEAST_LOG, MOST_LOG = -6.0, 45.0
"""Seconds, as powers of ten, at the bottom and the top of the picture."""


def average_seconds(alphabet: int, length: int, rate: float) -> float:
    """Half of all words, at so many guesses a second."""
    return float(alphabet) ** length / 2 / rate


def guessing_time(
    chosen: tuple[str, int] = ("small letters", 8), rate: float = 3e6, who: str = ""
) -> Picture:
    """All alphabets, with one word length marked; ``who`` guesses ``rate`` times a second."""
    name, length = chosen
    header = ("alphabet", "entropy", f"{length} characters last", "128 bits need")
    rows = tuple(
        (
            one,
            f"{length * log2(size):.0f} bits",
            in_words(average_seconds(size, length, rate)),
            f"{-(-128 // log2(size)):.0f} characters",
        )
        for one, size in ALPHABETS.items()
    )
    guesser = who or f"{rate:.2g} guesses a second"
    lasts = in_words(average_seconds(ALPHABETS[name], length, rate))
    alt = f"time to guess by length, at {guesser}: {length} {name} last {lasts}"
    return Picture(
        svg=_drawn(name, length, rate, guesser),
        alt=alt,
        header=header,
        rows=rows,
        source=f"{alt}\n{text_table(header, rows)}",
    )


_WIDTH, _HEIGHT = 72 * 7.2, 72 * 4.2
_LEFT, _BOTTOM, _ACROSS, _UP = 0.1, 0.12, 0.87, 0.78
"""Of the picture, in points; and of the axes in it, as parts of that."""
STORED = "guessing_time.svg"


def _place(characters: float, log_seconds: float) -> tuple[float, float]:
    """Where a point of the axes lies in the picture."""
    across = (characters - 1) / (LONGEST - 1)
    up = (log_seconds - LEAST_LOG) / (MOST_LOG - LEAST_LOG)
    y = _HEIGHT * (1 - _BOTTOM - up * _UP)
    return round(_WIDTH * (_LEFT + across * _ACROSS), 2), round(y, 2)


@lru_cache(maxsize=1)
def _ground() -> str:
    """All that never changes, drawn once; where there is no matplotlib, as it is stored."""
    try:
        return draw_ground()
    except ImportError:
        kept = resources.files("tls13lab.pictures") / "stored" / STORED
        return kept.read_text(encoding="utf-8")


def draw_ground() -> str:
    """The axes, the landmarks and the legend; raises ImportError without matplotlib."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "tls13lab", "svg.fonttype": "none"}):
        figure = Figure(figsize=(_WIDTH / 72, _HEIGHT / 72))
        axes = figure.add_axes((_LEFT, _BOTTOM, _ACROSS, _UP))
        axes.set_xlim(1, LONGEST)
        axes.set_ylim(LEAST_LOG, MOST_LOG)
        axes.set_xlabel("characters, each drawn evenly")
        axes.set_ylabel("seconds, as a power of ten")
        for words, seconds in LANDMARKS.items():
            axes.axhline(log10(seconds), color="#868e96", linewidth=0.8)
            axes.text(LONGEST - 0.2, log10(seconds) + 0.4, words, ha="right", fontsize=8)
        for one, (style, _) in zip(ALPHABETS, _LINES, strict=True):
            axes.plot([], [], style, color=_COLOUR, linewidth=1.8, label=one)
        axes.legend(loc="upper left", fontsize=9)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def _drawn(name: str, length: int, rate: float, guesser: str) -> str:
    """The ground, with the lines, the mark and the title laid over it."""
    parts = []
    for (one, size), (_, dashes) in zip(ALPHABETS.items(), _LINES, strict=True):
        begin = log10(average_seconds(size, 1, rate))
        # The line ends where it leaves the picture, at the top or at the right.
        shown = [
            _place(n, min(MOST_LOG, max(LEAST_LOG, begin + (n - 1) * log10(size))))
            for n in _ends(begin, log10(size))
        ]
        points = " ".join(f"{x},{y}" for x, y in shown)
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{_COLOUR}" stroke-width="1.8" '
            f'stroke-dasharray="{dashes}"><title>{one}</title></polyline>'
        )
    log_seconds = log10(average_seconds(ALPHABETS[name], length, rate))
    x, y = _place(length, min(MOST_LOG, max(LEAST_LOG, log_seconds)))
    parts.append(f'<circle cx="{x}" cy="{y}" r="6" fill="none" stroke="#000000" stroke-width="2"/>')
    middle, top = _place((LONGEST + 1) / 2, MOST_LOG)
    parts.append(
        f'<text x="{middle}" y="{top - 8}" text-anchor="middle" font-size="13" '
        f'font-family="sans-serif">Guessing a PSK: {escape(guesser)}</text>'
    )
    return _ground().replace("</svg>", "".join(parts) + "</svg>")


def _ends(begin: float, slope: float) -> tuple[float, float]:
    """From how many characters to how many a line is within the picture."""
    first = 1 + max(0.0, (LEAST_LOG - begin) / slope)
    last = 1 + (MOST_LOG - begin) / slope
    return min(first, LONGEST), min(last, LONGEST)
