"""The boxes of the schedule's picture: what stands in each, how it looks, and its tip."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tls13lab.crypto.schedule import LEAVES, SCHEDULE, Context, Row
from tls13lab.pictures import ink
from tls13lab.pictures.picture import shortened
from tls13lab.pictures.purposes import purpose
from tls13lab.pictures.schedule_drawing import BOLD, MONO, Box, Line
from tls13lab.pictures.schedule_layout import (
    FLIGHTS,
    INPUTS,
    MESSAGES,
    POINTS,
    RECORDS,
    ROWS,
    SOURCE_HEIGHT,
    SOURCES,
    Place,
    is_certified,
    is_zeros,
)
from tls13lab.pictures.schedule_marks import LOOKS, NEEDED, SIGNS, Marks
from tls13lab.pictures.words import in_lines
from tls13lab.wire.names import Mode

_ROOM = 8
"""The least room beside a line in a box, both sides together, in pixels."""
_INPUTS = {
    "zeros": "Hash.length zero bytes, known to all",
    "psk": "the pre-shared key of client and server",
    "ecdhe": "the shared secret of the (EC)DHE exchange",
}
_SOURCES = {
    "ticket_key": ("the server's key for tickets; the PSK is in the ticket", "4.7.1"),
    "epsk": ("the external PSK that this PSK is imported from", "RFC 9258 5.1"),
    "initial_ecdhe": ("a private key of the connection that issued the ticket", "4.7.1"),
    "client_ecdhe": ("the client's private key; the server's share is in the ServerHello", "7.4"),
    "server_ecdhe": ("the server's private key; the client's share is in the ClientHello", "7.4"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the picture shows: a mode, values by name, and what is said of each part."""

    mode: Mode
    values: Mapping[str, bytes] = field(repr=False)
    marks: Marks
    early_data: bool = True

    def mark(self, name: str) -> str:
        """The mark of a part, such as ``stolen``; empty if it has none."""
        return self.marks.words.get(name, "")

    def look(self, name: str) -> ink.Look:
        """The colours of a part, by its mark."""
        return LOOKS.get(self.mark(name), ink.PLAIN)

    def sign(self, name: str) -> tuple[Line, ...]:
        """The mark of a part as lines for its box."""
        mark = self.mark(name)
        return (Line(mark, BOLD),) if mark in SIGNS else ()

    def value(self, name: str) -> str:
        """The value of an input or a secret, shortened; empty if there is none to show."""
        hidden = name in LEAVES and is_zeros(name, self.mode)
        return "" if hidden or name not in self.values else shortened(self.values[name])


def every_box(facts: Facts) -> Iterator[Box]:
    """All boxes, in the order in which the arrow keys go through them."""
    for (leaf, into), place in INPUTS.items():
        yield _input(leaf, into, place, facts)
        yield from _sources(leaf, place, facts)
    for row in SCHEDULE.values():
        yield _secret(row, facts)
    # From above to below, so records are drawn before the messages in them.
    lane = {name: record.place for name, record in RECORDS.items()} | MESSAGES
    for name in sorted(lane, key=lambda name: lane[name].y):
        yield _record(name, facts) if name in RECORDS else _message(name, facts)


def _input(leaf: str, into: str, place: Place, facts: Facts) -> Box:
    zeros, mark = is_zeros(leaf, facts.mode), facts.mark(leaf)
    if mark == NEEDED and (leaf, into) not in facts.marks.strong:
        mark = ""  # zeros that go in elsewhere
    words = f"{leaf} = zeros" if zeros and leaf != "zeros" else leaf
    look = LOOKS.get(mark, ink.ABSENT if zeros else ink.PLAIN)
    what = _INPUTS[leaf]
    if zeros and leaf != "zeros":
        what = f"there is none in {facts.mode}: zeros take its place"
    tip = (leaf, f"an input: {what}", mark, facts.value(leaf), "RFC 9846 section 7.1")
    return Box(leaf, place, look, (Line(words), *_third(leaf, facts)), tip, corner=14)


def _sources(leaf: str, place: Place, facts: Facts) -> Iterator[Box]:
    names = facts.marks.sources.get(leaf, ()) if leaf in SOURCES else ()
    for name, y in zip(names, SOURCES.get(leaf, ()), strict=False):
        what, section = _SOURCES[name]
        at = Place(place.x, y, place.width, SOURCE_HEIGHT)
        section = section if section.startswith("RFC") else f"RFC 9846 section {section}"
        tip = (name, what, facts.mark(name), section)
        yield Box(name, at, facts.look(name), (Line(name), *facts.sign(name)), tip)


def _third(name: str, facts: Facts) -> tuple[Line, ...]:
    """The line below a name: what is said of it, or else its value."""
    sign = facts.sign(name)
    if sign or not facts.value(name):
        return sign
    value = facts.values[name]
    brief = f"{value[:4].hex()}..{value[-2:].hex()}" if len(value) > 6 else value.hex()
    return (Line(brief, MONO),)


def _secret(row: Row, facts: Facts) -> Box:
    place = ROWS[row.name]
    names = tuple(Line(each) for each in in_lines(row.name, place.width - _ROOM, ink.SMALL))
    tip = (row.name, call(row), facts.mark(row.name), facts.value(row.name), *_other_names(row))
    section = f"RFC 9846 section {row.section}"
    lines = (*names, *_third(row.name, facts))
    return Box(row.name, place, facts.look(row.name), lines, (*tip, section))


def call(row: Row) -> str:
    """A row of the table as a call.

    >>> call(SCHEDULE["client_early_traffic_secret"])
    'Derive-Secret(early_secret, "c e traffic", ClientHello)'
    """
    context = row.context.value if row.context is not Context.NONE else ""
    arguments = (*row.inputs, f'"{row.label}"' if row.label else "", context)
    return f"{row.operation.value}({', '.join(filter(None, arguments))})"


def _other_names(row: Row) -> Iterator[str]:
    if row.rfc8446_name:
        yield f"in RFC 8446: {row.rfc8446_name}"
    if row.keylog:
        yield f"in key logs: {row.keylog}"


def _record(name: str, facts: Facts) -> Box:
    record = RECORDS[name]
    absent = name == "early data" and not (facts.early_data and facts.mode != "full")
    label = SCHEDULE[record.secret].label
    holds = FLIGHTS.get(name)
    what = "hold messages of the transcript" if holds else "not in the transcript"
    said = "records, protected under" if holds else "protected under"
    tip: tuple[str, ...] = (name, f"{said} {record.secret}", what, facts.mark(name))
    lines = (Line(name), Line(f'"{label}"', MONO), *facts.sign(name))
    if absent:
        tip, lines = (name, "there is none in this connection"), (Line(f"no {name}"),)
    section = f"RFC 9846 section {record.section}"
    look = ink.ABSENT if absent else facts.look(name)
    return Box(name, record.place, look, lines, (*tip, section), top=bool(holds), corner=10)


def _message(name: str, facts: Facts) -> Box:
    place, short = MESSAGES[name], name.rpartition(" ")[2]
    why = purpose(short)
    lines = (Line(name), *(facts.sign(name) if place.height > 30 else ()))
    absent = name == "Certificate" and not is_certified(facts.mode)
    words = (f"{short} {why.words}", facts.mark(name))
    if name == "Certificate":
        lines = (Line("Certificate,"), Line("CertificateVerify"))
    if absent:
        lines = (Line("no Certificate"),)
        words = ("With a PSK, the server shows none: the binder and Finished prove the PSK", "")
    until = next((context for context, (last, _) in POINTS.items() if last == name), None)
    bound = [row.name for row in SCHEDULE.values() if row.context is until]
    tip = (name, *words, f"bound to the transcript up to here: {', '.join(bound)}" if bound else "")
    look = ink.ABSENT if absent else facts.look(name)
    return Box(name, place, look, lines, (*tip, f"RFC 9846 section {why.section}"))
