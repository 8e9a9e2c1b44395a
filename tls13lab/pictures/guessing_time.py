"""How long a PSK lasts against guessing, by its length and its alphabet, as lines on a log scale.

The time is the average: half of all words of that length. It is for words drawn evenly from the
alphabet; what people choose falls long before.

>>> round(average_seconds(10, 4, 1000.0))
5
>>> guessing_time(chosen=("digits", 4), rate=1000.0).rows[0][:3]
('digits', '13 bits', '5 seconds')
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import log2, log10

from tls13lab.pictures import ink
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.svg import document, part, text
from tls13lab.pictures.text_size import width
from tls13lab.psk.strength import in_figures, in_words

ALPHABETS: Mapping[str, int] = {
    "digits": 10,
    "small letters": 26,
    "letters and digits": 62,
    "printable ASCII": 95,
}
_DASHES = ("", "10 5", "10 4 2 4", "2 4")
"""Of each alphabet's line, as SVG has them."""
LANDMARKS: Mapping[str, float] = {
    "a second": 1.0,
    "an hour": 3600.0,
    "a year": 365.25 * 86400,
    "the age of the universe": 4.35e17,
}
LONGEST = 24
LEAST_LOG, MOST_LOG = -6.0, 45.0
"""Seconds, as powers of ten, at the bottom and the top of the picture."""
HEIGHT = 420
_LEFT, _RIGHT, _TOP, _FOOT = 180, ink.WIDTH - 20, 84, 366
_LINE, _THIN, _THICK = "#1f4e79", 2, 4


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
    guesser = who or f"{in_figures(rate)} guesses a second"
    lasts = in_words(average_seconds(ALPHABETS[name], length, rate))
    alt = f"time to guess by length; {guesser}; {length} {name} last {lasts}"
    return Picture(_drawn(name, length, rate, guesser, rows), alt, header, rows)


def _place(characters: float, log_seconds: float) -> tuple[float, float]:
    """Where a point of the axes lies in the picture."""
    across = (characters - 1) / (LONGEST - 1)
    up = (log_seconds - LEAST_LOG) / (MOST_LOG - LEAST_LOG)
    return round(_LEFT + across * (_RIGHT - _LEFT), 1), round(_FOOT - up * (_FOOT - _TOP), 1)


@lru_cache(maxsize=1)
def _ground() -> str:
    """All that never changes: the axes, the landmarks and the legend."""
    parts = [
        f'<path d="M{_LEFT},{_TOP} V{_FOOT} H{_RIGHT}" fill="none" stroke="{ink.INK}"/>',
        text(_LEFT, 70, "time, on average", ink.SMALL, "end", f'fill="{ink.QUIET}"'),
    ]
    for words, seconds in LANDMARKS.items():
        _, y = _place(1, log10(seconds))
        parts.append(
            f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{y}" y2="{y}" stroke="{ink.RULE}"/>'
            f"{text(_LEFT - 8, y + 4.5, words, ink.SMALL, 'end')}"
        )
    for characters in (1, *range(4, LONGEST + 1, 4)):
        x, _ = _place(characters, 0)
        parts.append(f'<path d="M{x},{_FOOT} v5" stroke="{ink.INK}"/>')
        parts.append(text(x, _FOOT + 21, str(characters), ink.SMALL))
    middle = (_LEFT + _RIGHT) / 2
    parts.append(text(middle, HEIGHT - 10, "characters, each drawn evenly", ink.SMALL))
    return "".join([*parts, *_legend()])


def _legend() -> Iterator[str]:
    x = float(_LEFT) + 16
    for name, dashes in zip(ALPHABETS, _DASHES, strict=True):
        yield f'<path d="M{x:g},66 h44" {_stroke(dashes, _THIN)}/>'
        yield text(round(x + 50, 1), 70, name, ink.SMALL, "start")
        x += 50 + width(name, ink.SMALL) + 24


def _stroke(dashes: str, thick: int) -> str:
    return f'fill="none" stroke="{_LINE}" stroke-width="{thick}" stroke-dasharray="{dashes}"'


def _drawn(
    name: str, length: int, rate: float, guesser: str, rows: tuple[tuple[str, ...], ...]
) -> str:
    """The ground, with the lines, the mark and the title laid over it."""
    title = f"Guessing a PSK. {guesser[:1].upper()}{guesser[1:]}"
    parts = [_ground(), text(20, 32, title, ink.TITLE, "start", 'font-weight="bold"')]
    for (one, size), dashes, row in zip(ALPHABETS.items(), _DASHES, rows, strict=True):
        begin = log10(average_seconds(size, 1, rate))
        # The line ends where it leaves the picture, at the top or at the right.
        shown = [
            _place(n, min(MOST_LOG, max(LEAST_LOG, begin + (n - 1) * log10(size))))
            for n in _ends(begin, log10(size))
        ]
        points = " ".join(f"{x},{y}" for x, y in shown)
        tip = (one, f"{length} characters: {row[1]}, {row[2]}", f"128 bits need {row[3]}", _SECTION)
        stroke = _stroke(dashes, _THICK if one == name else _THIN)
        parts.append(part(f"alphabet-{one}", tip, f'<polyline points="{points}" {stroke}/>'))
    parts.append(_mark(name, length, rate))
    return document(ink.WIDTH, HEIGHT, parts)


_SECTION = "RFC 9257 section 6"


def _mark(name: str, length: int, rate: float) -> str:
    """A ring at the chosen point; its time stands at the upper left, where no line comes."""
    seconds = average_seconds(ALPHABETS[name], length, rate)
    x, y = _place(length, min(MOST_LOG, max(LEAST_LOG, log10(seconds))))
    words = f"{name}, {length} character{'' if length == 1 else 's'}: {in_words(seconds)}"
    label = text(_LEFT + 16, _TOP + 26, words, ink.BODY, "start", 'font-weight="bold"')
    ring = (
        f'<path d="M{x},{y} V{_FOOT}" stroke="{ink.INK}" stroke-dasharray="3 3"/>'
        f'<circle cx="{x}" cy="{y}" r="7" fill="none" stroke="{ink.INK}" stroke-width="3"/>'
    )
    return part("chosen", (words, "what is chosen above", _SECTION), ring, label)


def _ends(begin: float, slope: float) -> tuple[float, float]:
    """From how many characters to how many a line is within the picture."""
    first = 1 + max(0.0, (LEAST_LOG - begin) / slope)
    last = 1 + (MOST_LOG - begin) / slope
    return min(first, LONGEST), min(last, LONGEST)
