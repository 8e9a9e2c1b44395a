"""A conversation as a sequence diagram, up to any of its records.

Each record is an arrow in its sender's colour: a solid line in the clear, a dashed line if
protected. The names of protected messages are in the RFC's brackets: {} for handshake keys, [] for
application keys, () for early keys. The bars on both sides show which keys each has used.

There are two forms. The wide one says below each arrow what is new. The narrow one leaves room for
text beside it, keeps to ``NARROW_HEIGHT``, and has a place for each record that is still to come.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tls13lab.handshake.events import Step
from tls13lab.handshake.trace import Conversation
from tls13lab.pictures import ink, lifelines
from tls13lab.pictures.lifelines import BAR, TOP, Stretch, stretches
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.record_words import Onlooker, label, remarks, row, short_tip, tip
from tls13lab.pictures.svg import box, document, ground, part, text
from tls13lab.pictures.text_size import width, wrapped
from tls13lab.records.protection import Epoch
from tls13lab.wire.names import Side

NARROW_HEIGHT = 600
"""The greatest height of the narrow form, in pixels, for up to 13 records."""
_LEGEND = 28
_DISC = 11
_BELOW = _DISC + 3
_HERE = replace(ink.CHOSEN, width=2)


@dataclass(frozen=True, slots=True)
class Form:
    """Where things stand: the sides at ``left`` and ``right``; ``gap`` is above each record."""

    width: int
    left: int
    right: int
    letters: int
    gap: float
    narrow: bool

    @property
    def room(self) -> float:
        """How wide a record's words may be."""
        return self.right - self.left - BAR - 24

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


WIDE = Form(ink.WIDTH, 134, ink.WIDTH - 134, ink.BODY, 6, narrow=False)
NARROW = Form(416, 16, 400, ink.SMALL + 1, 10, narrow=True)


@dataclass(frozen=True, slots=True)
class _Place:
    """A record, counted from 1, its words, and where it stands."""

    number: int
    step: Step
    words: list[str]
    small: list[str]
    top: float
    arrow: float
    bottom: float


def sequence(
    conversation: Conversation,
    upto: int | None = None,
    *,
    eavesdropper: bool = False,
    narrow: bool = False,
) -> Picture:
    """The diagram of the first ``upto`` records, as the endpoints or an eavesdropper see them.

    If ``upto`` is given, the last one is marked.
    """
    onlooker = Onlooker.EAVESDROPPER if eavesdropper else Onlooker.ENDPOINT
    shown = _shown(conversation, upto)
    who = "an eavesdropper sees" if eavesdropper else "the endpoints see"
    alt = f"sequence diagram: what {who} after {shown} of {len(conversation.steps)} records"
    return _drawn(conversation.steps, upto, onlooker, alt, NARROW if narrow else WIDE)


def sequence_of_names(
    conversation: Conversation, upto: int | None = None, *, narrow: bool = False
) -> Picture:
    """The first ``upto`` records by their names alone: nothing of keys, braces or dashes."""
    shown = _shown(conversation, upto)
    alt = f"sequence diagram: {shown} of {len(conversation.steps)} records, by name"
    return _drawn(conversation.steps, upto, Onlooker.BY_NAME, alt, NARROW if narrow else WIDE)


def record_of(name: str) -> int | None:
    """The number of the record, from 1, whose part has this name; None if it is another part.

    >>> record_of("record-3"), record_of("keys-client-3")
    (3, None)
    """
    kind, _, number = name.partition("-")
    return int(number) if kind == "record" and number.isdecimal() else None


def _shown(conversation: Conversation, upto: int | None) -> int:
    last = len(conversation.steps)
    return last if upto is None else max(0, min(upto, last))


def _drawn(
    steps: tuple[Step, ...], upto: int | None, onlooker: Onlooker, alt: str, form: Form
) -> Picture:
    places = _placed(steps, onlooker, form)
    shown = places if upto is None else places[: max(0, upto)]
    end = places[-1].bottom if places else TOP
    last = shown[-1].bottom if shown else TOP - 4
    by_name = onlooker is Onlooker.BY_NAME
    parts = ["" if by_name else lifelines.PATTERNS]
    sides: tuple[tuple[Side, int], ...] = (("client", form.left), ("server", form.right))
    for who, x in sides:
        parts += [lifelines.line(x, end + 6), lifelines.name(x, who)]
    for place in shown:
        parts.append(_record(place, onlooker, form, here=place is shown[-1] and upto is not None))
    if form.narrow:
        parts += [_to_come(place, form) for place in places[len(shown) :]]
    if not by_name:
        for who, x in sides:
            found = stretches(who, [place.step for place in shown], onlooker)
            parts += _bars(x, found, places, last, named=not form.narrow)
        legend, end = _legend(steps, onlooker, form, end + 14)
        parts += legend
    rows = tuple(row(place.number, place.step, onlooker) for place in shown)
    svg = document(form.width, round(end + 10), parts)
    return Picture(svg, alt, onlooker.header, rows)


def _placed(steps: tuple[Step, ...], onlooker: Onlooker, form: Form) -> list[_Place]:
    """Every record, also those that are not shown yet: so the picture keeps its size."""
    words = [wrapped(label(step, onlooker), form.letters, form.room) for step in steps]
    gap = form.gap
    if form.narrow and steps:
        used = TOP + 2 * _LEGEND + sum(_words_high(lines, form) + _BELOW for lines in words)
        gap = max(0, min(gap, (NARROW_HEIGHT - used) / len(steps)))
    places: list[_Place] = []
    top = float(TOP)
    for number, (step, lines) in enumerate(zip(steps, words, strict=True), 1):
        told = () if form.narrow else remarks(step, onlooker)
        small = [each for line in told for each in wrapped(line, ink.SMALL, form.room)]
        arrow = top + gap + _words_high(lines, form)
        bottom = arrow + (17 * len(small) + 10 if small else _BELOW)
        places.append(_Place(number, step, lines, small, top, arrow, bottom))
        top = bottom
    return places


def _words_high(lines: list[str], form: Form) -> int:
    return (form.letters + 4) * max(1, len(lines)) + 4


def _record(place: _Place, onlooker: Onlooker, form: Form, *, here: bool) -> str:
    """An arrow with its words; behind it, a ground that can be pointed at."""
    edge = form.left + BAR / 2 + 3
    where = (edge, place.top + 2, form.right + form.left - 2 * edge, place.bottom - place.top - 4)
    hidden = onlooker is Onlooker.EAVESDROPPER and bool(place.step.epoch)
    italic = 'font-style="italic"' if hidden else ""
    pitch = form.letters + 4
    above = place.arrow - 9 - pitch * (len(place.words) - 1)
    return part(
        f"record-{place.number}",
        (
            short_tip(place.number, place.step)
            if here and form.narrow
            else tip(place.number, place.step, onlooker)
        ),
        box(*where, _HERE) if here else ground(*where, ink.GROUND),
        _arrow(place, form, dashed=bool(place.step.epoch) and onlooker is not Onlooker.BY_NAME),
        *(
            text(form.middle, above + pitch * at, line, form.letters, more=italic)
            for at, line in enumerate(place.words)
        ),
        *(
            text(form.middle, place.arrow + 18 + 17 * at, line, ink.SMALL, more=_QUIET)
            for at, line in enumerate(place.small)
        ),
    )


_QUIET = f'fill="{ink.QUIET}"'


def _arrow(place: _Place, form: Form, *, dashed: bool) -> str:
    """From the record's number at its sender: a disc at the client, a square at the server."""
    inner, y = BAR / 2 + 5, place.arrow
    client = place.step.sender == "client"
    start, end = form.left + inner + _DISC, form.right - inner
    if not client:
        start, end = form.right - inner - _DISC, form.left + inner
    back = -13 if end > start else 13
    colour = ink.CLIENT if client else ink.SERVER
    corners = "" if not client else f' rx="{_DISC}"'
    dashes = ' stroke-dasharray="7 4"' if dashed else ""
    white = f'font-weight="bold" fill="{ink.GROUND}"'
    return (
        f'<path d="M{start:g},{y:g} H{end + back / 2:g}" stroke="{colour}" stroke-width="2.5"'
        f'{dashes}/><polygon points="{end:g},{y:g} {end + back:g},{y - 6:g} {end + back:g},'
        f'{y + 6:g}" fill="{colour}"/>'
        f'<rect x="{start - _DISC:g}" y="{y - _DISC:g}" width="{2 * _DISC}" '
        f'height="{2 * _DISC}"{corners} fill="{colour}"/>'
        + text(start, y + 5, str(place.number), ink.SMALL, more=white)
    )


def _to_come(place: _Place, form: Form) -> str:
    """A place to click for a record that is not shown yet; it tells nothing about the record."""
    words = f"record {place.number}"
    wide = width(words, ink.SMALL) + 16
    return part(
        f"record-{place.number}",
        [words, "not shown yet"],
        box(form.middle - wide / 2, place.arrow - 14, wide, 22, ink.ABSENT),
        text(form.middle, place.arrow + 2, words, ink.SMALL, more=_QUIET),
    )


def _bars(
    x: float, found: list[Stretch], places: list[_Place], end: float, *, named: bool
) -> list[str]:
    tops = [places[one.number - 1].top + 2 if one.number else TOP - 10.0 for one in found]
    ends = [*tops[1:], max(end, TOP)]
    return [
        lifelines.bar(x, top, bottom, one, named=named)
        for one, top, bottom in zip(found, tops, ends, strict=True)
    ]


def _legend(
    steps: Sequence[Step], onlooker: Onlooker, form: Form, y: float
) -> tuple[list[str], float]:
    """What the signs in the picture mean, and where the legend ends."""
    if form.narrow:
        sides: tuple[Side, Side] = ("client", "server")
        found = [one.keys for who in sides for one in stretches(who, steps, onlooker)]
        return lifelines.legend(list(dict.fromkeys(found)), y, form.width)
    words = "solid arrow: can be read by anyone; dashed arrow: only its length is seen"
    if onlooker is Onlooker.ENDPOINT:
        used = {step.epoch for step in steps}
        words = "; ".join(told for epoch, told in _BRACES.items() if epoch in used)
    lines = [words, "bars: the keys that each side has sent under so far"]
    told = [
        text(form.width / 2, y + 14 + 19 * at, line, ink.SMALL, more=_QUIET)
        for at, line in enumerate(filter(None, lines))
    ]
    return told, y + 19 * len(told) + 4


_BRACES = {
    Epoch.EARLY: "( ) under early keys",
    Epoch.HANDSHAKE: "{ } under handshake keys",
    Epoch.APPLICATION: "[ ] under application keys",
}
