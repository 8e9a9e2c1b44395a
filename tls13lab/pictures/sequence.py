"""A conversation as a sequence diagram, up to any of its steps.

An arrow a record. A record in the clear is a solid line, a protected one a dashed line with the
RFC's braces around its name: {} under handshake keys, [] under application keys.
"""

from html import escape

from tls13lab.handshake.events import Step
from tls13lab.handshake.trace import Conversation
from tls13lab.pictures.conversation_text import (
    content_name,
    epoch_name,
    keys_in_force,
    seen_by_eavesdropper,
)
from tls13lab.pictures.picture import Picture
from tls13lab.records.epochs import Epoch

WIDTH, LEFT, RIGHT, TOP, PITCH = 760, 120, 640, 64, 46


def sequence(
    conversation: Conversation, upto: int | None = None, *, eavesdropper: bool = False
) -> Picture:
    """The first ``upto`` records, as the endpoints or as an eavesdropper see them."""
    steps = conversation.steps
    upto = len(steps) if upto is None else max(0, min(upto, len(steps)))
    height = TOP + PITCH * len(steps) + 56
    parts = [_frame(height)]
    for number, step in enumerate(steps[:upto]):
        parts.append(_arrow(number, step, eavesdropper, last=number == upto - 1))
    parts.append(_keys(conversation, upto, height))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" font-family="Helvetica,Arial,sans-serif">'
        f"{''.join(parts)}</svg>"
    )
    who = "an eavesdropper sees" if eavesdropper else "the endpoints see"
    alt = f"sequence diagram: what {who} after {upto} of {len(steps)} records"
    header = (
        "record",
        "from",
        "holds",
        "protected by",
        "bytes on the wire",
        "an eavesdropper sees",
    )
    return Picture(svg, alt, header, _rows(steps[:upto], eavesdropper))


def _rows(steps: tuple[Step, ...], eavesdropper: bool) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            str(number),
            step.sender,
            "?" if eavesdropper and step.epoch else content_name(step),
            epoch_name(step.epoch),
            str(len(step.wire)),
            seen_by_eavesdropper(step.wire),
        )
        for number, step in enumerate(steps, 1)
    )


def _text(x: int, y: int, text: str, size: int = 13, anchor: str = "middle", more: str = "") -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" {more}>'
        f"{escape(text)}</text>"
    )


def _frame(height: int) -> str:
    bottom = height - 44
    lines = "".join(
        f'<line x1="{x}" y1="{TOP - 16}" x2="{x}" y2="{bottom}" stroke="#888888"/>'
        for x in (LEFT, RIGHT)
    )
    bold = 'font-weight="bold"'
    names = _text(LEFT, 30, "client", 16, more=bold) + _text(RIGHT, 30, "server", 16, more=bold)
    return f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>{lines}{names}'


def _arrow(number: int, step: Step, eavesdropper: bool, *, last: bool) -> str:
    y = TOP + PITCH * number + 20
    start, end = (LEFT, RIGHT) if step.sender == "client" else (RIGHT, LEFT)
    back = -10 if end > start else 10
    hidden = eavesdropper and step.epoch is not Epoch.PLAINTEXT
    label = seen_by_eavesdropper(step.wire) if eavesdropper else content_name(step)
    dashes = 'stroke-dasharray="7 4"' if step.epoch is not Epoch.PLAINTEXT else ""
    weight = 3 if last else 1.5
    style = 'font-style="italic"' if hidden else ""
    style += ' font-weight="bold"' if last else ""
    head = f"{end},{y} {end + back},{y - 5} {end + back},{y + 5}"
    return (
        f'<line x1="{start}" y1="{y}" x2="{end}" y2="{y}" stroke="#000000" '
        f'stroke-width="{weight}" {dashes}/><polygon points="{head}" fill="#000000"/>'
        + _text((LEFT + RIGHT) // 2, y - 7, label, 13, more=style)
        + _text(LEFT - 16, y + 4, str(number + 1), 11, "end")
    )


def _keys(conversation: Conversation, upto: int, height: int) -> str:
    force = keys_in_force(conversation, upto)
    client, server = (f"sends under {epoch_name(force[who])}" for who in ("client", "server"))
    y = height - 16
    return _text(LEFT, y, client, 12) + _text(RIGHT, y, server, 12)
