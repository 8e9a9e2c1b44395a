"""A setting as a picture: how likely a number of guesses finds a PSK, and what it then opens.

The curve is the probability after a number of guesses, in powers of two. Dashed lines mark how many
guesses fit into a second, a day and ten years, or how many the honest endpoints allow. Three boxes
below show what a found PSK opens: what was recorded, connections from now on, and the next ticket.
A daily PSK is useless the next day.

>>> from tls13lab.evidence.weak_psk import attackers, chosen, protection
>>> from tls13lab.evidence.weak_psk.forecast import Setting, forecast_of
>>> forecast = forecast_of(Setting(chosen.words(3), protection.DHE, attackers.LAPTOP))
>>> print(chances(forecast).alt.partition(": found ")[2])
in a second with 0.3%, in a day with 100%, in ten years with 100%; then past kept, present opens, \
next ticket kept
"""

from collections.abc import Iterator
from functools import lru_cache
from math import inf, log2

from tls13lab.evidence.weak_psk.forecast import KEPT, NOT_RECORDED, OPENS, Forecast
from tls13lab.pictures import ink
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.svg import box, document, part, text
from tls13lab.pictures.text_size import width
from tls13lab.psk.guesswork import Choice, Estimate
from tls13lab.psk.spending import in_money
from tls13lab.psk.strength import in_figures, in_words

WIDTH, HEIGHT = 440, 474
MOST_BITS = 80
"""Where the picture ends at the right, as log2 of guesses."""
SPANS = {"a second": 1.0, "a day": 86_400.0, "ten years": 315_576_000.0}
HEADER = ("", "calculated")
_LEFT, _RIGHT, _TOP, _FOOT = 56, 424, 152, 318
_MARKS, _SIZE, _ROW = 94, 14, 20
_THICK, _THIN = "#1f4e79", ink.RULE
_EDGE, _GAP = 12, 8
_END = WIDTH - 6
"""Where the longest line of words ends."""
_BOX_TOP, _BOX = 406, 56
_LOOKS = {OPENS: ink.OPENED, KEPT: ink.KEPT, NOT_RECORDED: ink.ABSENT}
EPOCHS = {"past": "past", "present": "present", "next_ticket": "next ticket"}
_OF_A_RECORDING = {
    "past": "what was recorded",
    "present": "what a client says, from now on, to whoever answers in the server's place",
    "next_ticket": "the PSK behind a ticket that the recorded connection issued",
}
_WITHOUT = {
    "past": "nothing was recorded",
    "present": "a connection in which the attacker takes part",
    "next_ticket": "the PSK behind a ticket that is issued there",
}
"""What an epoch means to an attacker with a recording, and to one without."""


def chances(forecast: Forecast) -> Picture:
    """The picture of a forecast; its table has the same numbers, and time and money."""
    setting = forecast.setting
    names = (setting.chosen.how, setting.protection.name, setting.attacker.name)
    reached = ", ".join(f"{where} with {percent(chance)}" for where, _, chance in _reach(forecast))
    epochs = ", ".join(f"{EPOCHS[one]} {state}" for one, state in forecast.epochs.items())
    alt = f"{', '.join(names)}: {f'found {reached}' if reached else _NEVER}; then {epochs}"
    return Picture(_drawn(forecast), alt, HEADER, rows_of(forecast))


_NEVER = "no guess can be checked"


def rows_of(forecast: Forecast) -> tuple[tuple[str, str], ...]:
    """The numbers in words, each with its name."""
    setting = forecast.setting
    rows = [
        ("PSK", setting.chosen.how),
        ("protection", setting.protection.name),
        ("attacker", setting.attacker.name),
        ("guesses can be checked", forecast.way.checks.value),
        ("guesses a second", _rate(forecast)),
        ("guesses", _even_chance(forecast)),
        ("time", "-" if forecast.seconds is None else time_of(forecast.seconds)),
        ("money", "-" if forecast.cents is None else in_money(forecast.cents)),
    ]
    rows += [(f"chance {where}", percent(chance)) for where, _, chance in _reach(forecast)]
    rows += [(EPOCHS[one], f"{state}, if found") for one, state in forecast.epochs.items()]
    return tuple(rows)


def time_of(seconds: float) -> str:
    """A time for people, also one that is to be compared with a stopwatch.

    >>> time_of(5e-6), time_of(0.1748), time_of(42.0), time_of(7200.0)
    ('less than 0.01 seconds', '0.17 seconds', '42.00 seconds', '2 hours')
    """
    if seconds < 0.005:
        return "less than 0.01 seconds"
    return f"{seconds:.2f} seconds" if seconds < 120 else in_words(seconds)


def percent(chance: float) -> str:
    """A probability for people.

    >>> percent(0.0), percent(1e-9), percent(0.00346), percent(0.366), percent(0.9996), percent(1.0)
    ('0%', 'less than 0.1%', '0.3%', '37%', 'more than 99.9%', '100%')
    """
    if chance in (0.0, 1.0):
        return f"{chance:.0%}"
    if chance < 0.001 or chance > 0.999:
        return "less than 0.1%" if chance < 0.5 else "more than 99.9%"
    return f"{chance:.1%}" if chance < 0.0995 or chance > 0.9905 else f"{chance:.0%}"


def _even_chance(forecast: Forecast) -> str:
    count = forecast.even_chance
    if count is None:
        return "no even chance"
    words = f"{count:,.0f}" if count < 1e9 else f"2^{log2(count):.0f}"
    return f"{words} for an even chance"


def _rate(forecast: Forecast) -> str:
    if forecast.most < inf:
        return f"{forecast.most:,.0f} in all"
    rate = forecast.means.rate * forecast.means.cores
    return f"{rate:,.0f}" if rate < 1e9 else in_figures(rate)


def _reach(forecast: Forecast) -> Iterator[tuple[str, float, float]]:
    """How far the attacker comes: in words, in guesses, and with what chance."""
    if forecast.most < inf:
        if forecast.most:
            yield f"in {forecast.most:.0f} guesses", forecast.most, forecast.chance()
        return
    used = forecast.setting.protection.used
    for name, seconds in SPANS.items():
        if not used or seconds <= used:
            yield f"in {name}", forecast.guesses_in(seconds), forecast.chance(seconds)


@lru_cache(maxsize=64)
def _line(guessing: Choice | Estimate) -> tuple[tuple[float, float], ...]:
    """The chance at each power of two; only where it changes."""
    points = [(bits / 2, guessing.success(2.0 ** (bits / 2))) for bits in range(2 * MOST_BITS + 1)]
    last = len(points) - 1
    return tuple(
        point
        for place, point in enumerate(points)
        if place in (0, last) or not points[place - 1][1] == point[1] == points[place + 1][1]
    )


def _cut(text: str) -> str:
    """As much of a line as has room."""
    if width(text, _SIZE) <= WIDTH - 2 * _EDGE:
        return text
    while width(f"{text}...", _SIZE) > WIDTH - 2 * _EDGE:
        text = text[:-1]
    return f"{text}..."


def _x(bits: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * min(max(bits, 0.0), MOST_BITS) / MOST_BITS


def _y(chance: float) -> float:
    return _FOOT - (_FOOT - _TOP) * chance


def _drawn(forecast: Forecast) -> str:
    setting = forecast.setting
    settings = (
        f"PSK: {setting.chosen.how}",
        f"protection: {setting.protection.name}",
        f"attacker: {setting.attacker.name}",
    )
    head = (_text(_EDGE, 24 + _ROW * row, _cut(line)) for row, line in enumerate(settings))
    tip = ("what is set", *settings, f"guesses a second: {_rate(forecast)}")
    return document(
        WIDTH,
        HEIGHT,
        [
            part("setting", tip, *head),
            *_axes(),
            *_marks(forecast),
            _curve(forecast),
            *_boxes(forecast),
        ],
    )


def _curve(forecast: Forecast) -> str:
    line = " ".join(
        f"{_x(bits):.1f},{_y(chance):.1f}"
        for bits, chance in _line(forecast.setting.chosen.guessing)
    )
    tip = (
        "how likely it is found within so many guesses",
        f"guesses: {_even_chance(forecast)}",
        "RFC 9257 section 4.2",
    )
    drawn = f'<polyline points="{line}" fill="none" stroke="{_THICK}" stroke-width="3"/>'
    return part("line", tip, drawn)


def _axes() -> Iterator[str]:
    for chance in (0.0, 0.5, 1.0):
        y = _y(chance)
        yield f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{y}" y2="{y}" stroke="{_THIN}"/>'
        yield _text(_LEFT - 6, y + 5, f"{chance:.0%}", anchor="end")
    for bits in range(0, MOST_BITS + 1, 20):
        anchor = {0: "start", MOST_BITS: "end"}.get(bits, "middle")
        yield _text(_x(bits), _FOOT + 18, f"2^{bits}", anchor=anchor)
    middle = (_LEFT + _RIGHT) / 2
    yield _text(middle, _FOOT + 38, "guesses, the most likely first", anchor="middle")


def _marks(forecast: Forecast) -> Iterator[str]:
    """The dashed lines, and above them what they stand for."""
    reached = list(_reach(forecast))
    if not reached:
        yield _text(_LEFT, _MARKS, _NEVER)
    labels = [f"{where}: {percent(chance)}" for where, _, chance in reached]
    lines = [_x(log2(guesses)) for _, guesses, _ in reached]
    widths = [width(words, _SIZE) for words in labels]
    placed = list(_placed(lines, widths))
    for x, wide, (start, row) in zip(lines, widths, placed, strict=True):
        top = _MARKS + _ROW * row + (6 if start < x < start + wide else -12)
        yield (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{_FOOT}" '
            f'stroke="{ink.INK}" stroke-width="1.5" stroke-dasharray="5 4"/>'
        )
    for number, (where, guesses, chance) in enumerate(reached):
        start, row = placed[number]
        label = _text(start, _MARKS + _ROW * row, labels[number])
        count = f"{guesses:,.0f}" if guesses < 1e9 else f"2^{log2(guesses):.0f}"
        tip = (f"{where}: found with {percent(chance)}", f"after {count} guesses")
        yield part(f"reach-{number}", tip, label)


def _placed(lines: list[float], widths: list[float]) -> Iterator[tuple[float, int]]:
    """Where the label of each line begins, and in which row, so that no line crosses a label.

    ``lines`` are in order. If the first is the highest, a label may reach as far to the right as
    it wants, if it begins behind the line before its own; else it is the other way round. A label
    stands beside its line, or else on its end.

    >>> list(_placed([100.0, 200.0], [50.0, 50.0]))
    [(104.0, 0), (204.0, 1)]
    >>> list(_placed([300.0, 400.0], [150.0, 150.0]))
    [(146.0, 1), (246.0, 0)]
    """
    starts = [min(x + 4, _END - wide) for x, wide in zip(lines, widths, strict=True)]
    if all(start > before + 2 for before, start in zip(lines, starts[1:], strict=False)):
        yield from ((start, row) for row, start in enumerate(starts))
    else:
        for before, (x, wide) in enumerate(zip(lines, widths, strict=True), 1):
            yield max(x - 4 - wide, WIDTH - _END), len(lines) - before


def _boxes(forecast: Forecast) -> Iterator[str]:
    found = "If the PSK is found:" if forecast.way.applies else "The PSK is not found, and so:"
    yield _text(_EDGE, _BOX_TOP - 10, found)
    wide = (WIDTH - 2 * _EDGE - 2 * _GAP) / 3
    says = _OF_A_RECORDING if forecast.setting.attacker.records else _WITHOUT
    for place, (epoch, state) in enumerate(forecast.epochs.items()):
        x = _EDGE + place * (wide + _GAP)
        words = state.upper() if state == OPENS else state
        yield part(
            f"epoch-{epoch}",
            (f"{EPOCHS[epoch]}: {state}", says[epoch]),
            box(round(x, 1), _BOX_TOP, round(wide, 1), _BOX, _LOOKS[state]),
            _text(x + wide / 2, _BOX_TOP + 23, EPOCHS[epoch], anchor="middle"),
            _text(x + wide / 2, _BOX_TOP + 43, words, anchor="middle", more=_BOLD),
        )


_BOLD = 'font-weight="bold"'


def _text(x: float, y: float, words: str, *, anchor: str = "start", more: str = "") -> str:
    return text(round(x, 1), round(y, 1), words, _SIZE, anchor, more)
