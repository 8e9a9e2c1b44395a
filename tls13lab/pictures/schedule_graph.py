"""The key schedule as a picture: what a secret is made from, or what a theft opens. RFC 9846 7.1.

It is the same picture for every question (:mod:`~tls13lab.pictures.schedule_layout`); only looks
and signs change. Nothing is said by colour alone: what is chosen, needed or made differs in its
border and stands in the legend, and what was stolen, worked out, read or kept says so in its box.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from tls13lab.adversary.plan import Shape
from tls13lab.crypto.schedule import LEAVES, SCHEDULE, Row
from tls13lab.pictures import ink
from tls13lab.pictures.loss import loss_of, shape_of
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.purposes import purpose
from tls13lab.pictures.schedule_boxes import Facts, every_box
from tls13lab.pictures.schedule_drawing import Drawing, drawn
from tls13lab.pictures.schedule_layout import (
    MESSAGES,
    RECORDS,
    is_certified,
    is_zeros,
)
from tls13lab.pictures.schedule_marks import (
    CHOSEN,
    KEPT,
    LOOKS,
    MADE,
    NEEDED,
    NOTHING,
    READ,
    RECORDED,
    STOLEN,
    WORKED_OUT,
    Marks,
    of_choice,
    of_theft,
)
from tls13lab.wire.names import MODES, Mode, one_of

__all__ = ["HEADER", "schedule_graph", "theft_graph"]

HEADER = ("", "secret", "operation", "inputs", "label", "bound to", "section", "value")


def schedule_graph(
    lit: str | None = None,
    mode: Mode = "psk_dhe_ke",
    values: Mapping[str, bytes] | None = None,
    stolen: Collection[str] = (),
) -> Picture:
    """The key schedule; with ``lit``, that secret and all that it depends on are highlighted.

    ``values`` are secrets by name, shown shortened in the boxes, in the tips and in the table.
    ``stolen`` are leaks (``psk``, ``client_ecdhe``, ``ticket_key``...) or secrets of the schedule:
    instead of ``lit``, the picture then shows all that follows from them and from a recording.
    Raises NotAllowed for an unknown mode, and KeyError for an unknown secret or leak.
    """
    one_of(mode, MODES, "mode")
    if lit is not None and lit not in LEAVES and lit not in SCHEDULE:
        raise KeyError(lit)
    if stolen:
        return theft_graph(shape_of(stolen, mode), values)
    alt = f"the key schedule in {mode}"
    if lit is None:
        return _picture(Facts(mode, values or {}, NOTHING), (), alt)
    marks = of_choice(lit)
    needs = sorted(name for name, mark in marks.words.items() if mark == NEEDED)
    inside = [name for name in needs if name not in MESSAGES]
    alt += f": {lit} depends on {', '.join(inside) or 'nothing'}"
    last = [name for name in MESSAGES if name in needs][-1:]
    alt += f", and on the transcript up to {last[0]}" if last else ""
    legend = [(LOOKS[mark], mark) for mark in (CHOSEN, NEEDED, MADE)] + [(ink.PLAIN, "neither")]
    return _picture(Facts(mode, values or {}, marks), tuple(legend), alt)


def theft_graph(
    shape: Shape, values: Mapping[str, bytes] | None = None, found: Collection[str] = ()
) -> Picture:
    """The key schedule of a connection of this shape, and what follows from what is held of it.

    ``found`` names the held secrets that were derived from another connection, not stolen.
    """
    loss = loss_of(shape)
    loss = replace(loss, stolen=loss.stolen - {*found}, opened=loss.opened | {*found})
    marks = of_theft(loss, shape.mode)
    facts = Facts(shape.mode, values or {}, marks, loss.early_data)
    used = set(marks.words.values())
    legend = [(LOOKS[STOLEN], "stolen")] if STOLEN in used else []
    legend += [(LOOKS[READ], "worked out, or read")] if used & {WORKED_OUT, READ} else []
    legend += [(LOOKS[mark], mark) for mark in (RECORDED, KEPT) if mark in used]
    stolen = [name for name, mark in marks.words.items() if mark == STOLEN]
    alt = f"the key schedule in {shape.mode}: {' and '.join(sorted(stolen)) or 'nothing'} stolen"
    alt += f"; worked out: {', '.join(_listed(marks, WORKED_OUT)) or 'nothing'}"
    read = [name for name in RECORDS if marks.words.get(name) == READ]
    return _picture(facts, tuple(legend), f"{alt}; read: {', '.join(read) or 'nothing'}")


def _listed(marks: Marks, word: str) -> list[str]:
    return [name for name in (*LEAVES, *SCHEDULE) if marks.words.get(name) == word]


def _picture(facts: Facts, legend: tuple[tuple[ink.Look, str], ...], alt: str) -> Picture:
    marks = facts.marks
    drawing = Drawing(
        tuple(every_box(facts)), marks.strong, marks.dashed, marks.bound, marks.sources, legend
    )
    return Picture(drawn(drawing), alt, HEADER, tuple(_rows(facts)))


def _rows(facts: Facts) -> Iterator[tuple[str, ...]]:
    """The table: inputs, secrets, messages, records."""
    for leaf in LEAVES:
        what = "zeros" if is_zeros(leaf, facts.mode) else "input"
        yield (facts.mark(leaf), leaf, what, "", "", "", "7.1", facts.value(leaf))
    for names in facts.marks.sources.values():
        for name in names:
            yield (facts.mark(name), name, "input", "", "", "", "", "")
    for row in SCHEDULE.values():
        yield _row(row, facts)
    for name in MESSAGES:
        if name != "Certificate" or is_certified(facts.mode):
            section = purpose(name.rpartition(" ")[2]).section
            yield (facts.mark(name), name, "message", "", "", "", section, "")
    for name, record in RECORDS.items():
        if name != "early data" or (facts.early_data and facts.mode != "full"):
            yield (facts.mark(name), name, "records", record.secret, "", "", record.section, "")


def _row(row: Row, facts: Facts) -> tuple[str, ...]:
    return (
        facts.mark(row.name),
        row.name,
        row.operation.value,
        ", ".join(row.inputs),
        f'"{row.label}"' if row.label else "",
        row.context.value,
        row.section,
        facts.value(row.name),
    )
