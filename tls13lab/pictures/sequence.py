"""A conversation as a sequence diagram, up to any of its records.

Each record is an arrow: a solid line in the clear, a dashed line if protected. The names of
protected messages are in the RFC's brackets: {} for handshake keys, [] for application keys, () for
early keys. The bars on both sides show, by pattern and in words, the keys that each has used.
"""

from html import escape

from tls13lab.handshake.events import Step
from tls13lab.handshake.trace import Conversation
from tls13lab.pictures.cleartext import readable_fields, seen_by_eavesdropper
from tls13lab.pictures.conversation_text import bare_name, content_name, epoch_name, new_secrets
from tls13lab.pictures.picture import Picture
from tls13lab.records.protection import Epoch
from tls13lab.wire.codepoints import ContentType

WIDTH, LEFT, RIGHT, TOP, PITCH, FOOT = 900, 150, 750, 62, 54, 52
BAR = 12
MOST_LETTERS = 116
HEADER = (
    "record",
    "from",
    "holds",
    "protected by",
    "bytes on the wire",
    "an eavesdropper sees",
)

# The fill of a bar for each epoch's keys; white means no keys.
_FILLS = {
    Epoch.PLAINTEXT: "#ffffff",
    Epoch.EARLY: "url(#early)",
    Epoch.HANDSHAKE: "url(#handshake)",
    Epoch.APPLICATION: "#1f4e79",
}
_PATTERNS = (
    '<defs><pattern id="early" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect width="4" height="4" fill="#ffffff"/><circle cx="2" cy="2" r="1.1" fill="#1f4e79"/>'
    '</pattern><pattern id="handshake" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect width="6" height="6" fill="#ffffff"/>'
    '<path d="M-1,1 L1,-1 M0,6 L6,0 M5,7 L7,5" stroke="#1f4e79" stroke-width="1.6"/>'
    "</pattern></defs>"
)


def sequence(
    conversation: Conversation, upto: int | None = None, *, eavesdropper: bool = False
) -> Picture:
    """The diagram of the first ``upto`` records, as the endpoints or an eavesdropper see them."""
    steps = conversation.steps
    upto = len(steps) if upto is None else max(0, min(upto, len(steps)))
    height = TOP + PITCH * len(steps) + FOOT
    parts = [_PATTERNS, f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>']
    parts += [_lifeline(who, steps, upto, eavesdropper) for who in ("client", "server")]
    for number, step in enumerate(steps[:upto]):
        parts.append(_arrow(number, step, eavesdropper, last=number == upto - 1))
    parts.append(_legend(height - 16, eavesdropper))
    svg = _document(height, parts)
    who = "an eavesdropper sees" if eavesdropper else "the endpoints see"
    alt = f"sequence diagram: what {who} after {upto} of {len(steps)} records"
    return Picture(svg, alt, HEADER, _rows(steps[:upto], eavesdropper))


def sequence_of_names(conversation: Conversation, upto: int) -> Picture:
    """The first ``upto`` records by their names alone: nothing of keys, braces or dashes."""
    steps = conversation.steps
    upto = max(0, min(upto, len(steps)))
    height = TOP + PITCH * len(steps)
    parts = [f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>']
    for who, x in (("client", LEFT), ("server", RIGHT)):
        parts.append(_text(x, 30, who, 16, more='font-weight="bold"'))
        parts.append(
            f'<line x1="{x}" y1="{TOP - 18}" x2="{x}" y2="{height - 8}" stroke="#8a949e"/>'
        )
    for number, step in enumerate(steps[:upto]):
        words = f"{number + 1}.  {bare_name(step)}"
        parts.append(_plain_arrow(number, step, words, last=number == upto - 1))
    alt = f"sequence diagram: {upto} of {len(steps)} records, by name"
    rows = tuple((str(n), step.sender, bare_name(step)) for n, step in enumerate(steps[:upto], 1))
    return Picture(_document(height, parts), alt, HEADER[:3], rows)


def _document(height: int, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" font-family="Helvetica,Arial,sans-serif">'
        f"{''.join(parts)}</svg>"
    )


def _plain_arrow(number: int, step: Step, words: str, *, last: bool) -> str:
    y, weight = _line_of(number), 3 if last else 1.5
    start, end = (LEFT, RIGHT) if step.sender == "client" else (RIGHT, LEFT)
    back = -11 if end > start else 11
    head = f"{end},{y} {end + back},{y - 5} {end + back},{y + 5}"
    style = 'font-weight="bold"' if last else ""
    return (
        f'<line x1="{start}" y1="{y}" x2="{end + back // 2}" y2="{y}" stroke="#000000" '
        f'stroke-width="{weight}"/><polygon points="{head}" fill="#000000"/>'
        + _text((LEFT + RIGHT) // 2, y - 7, words, 15, more=style)
    )


def _rows(steps: tuple[Step, ...], eavesdropper: bool) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (
            str(number),
            step.sender,
            "?" if eavesdropper and step.epoch else content_name(step),
            "keys unknown to it" if eavesdropper and step.epoch else epoch_name(step.epoch),
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


def _line_of(number: int) -> int:
    """The height of the arrow of record ``number``, counted from 0."""
    return TOP + PITCH * number + 22


def _lifeline(who: str, steps: tuple[Step, ...], upto: int, eavesdropper: bool) -> str:
    """The name of a side, and a bar that changes where the side first uses other keys."""
    x, out = (LEFT, -1) if who == "client" else (RIGHT, 1)
    bottom = TOP + PITCH * len(steps)
    parts = [_text(x, 30, who, 16, more='font-weight="bold"')]
    parts.append(f'<line x1="{x}" y1="{TOP - 18}" x2="{x}" y2="{bottom}" stroke="#8a949e"/>')
    changes = _changes(who, steps[:upto], eavesdropper)
    end = _line_of(upto - 1) + 16 if upto else TOP - 4
    for (top, epoch), below in zip(changes, [top for top, _ in changes[1:]] + [end], strict=True):
        known = epoch is Epoch.PLAINTEXT or not eavesdropper
        fill = _FILLS[epoch] if known else "#d7dce0"
        size = f'x="{x - BAR // 2}" y="{top}" width="{BAR}" height="{below - top}"'
        parts.append(f'<rect {size} fill="{fill}" stroke="#555555"/>')
        anchor = "end" if out < 0 else "start"
        words = epoch_name(epoch) if known else "some keys"
        parts.append(_text(x + 14 * out, top + 12, words, 11, anchor))
    return "".join(parts)


def _changes(who: str, steps: tuple[Step, ...], eavesdropper: bool) -> list[tuple[int, Epoch]]:
    """The heights at which a side begins to use other keys.

    From outside, all protected records look alike, so changes between keys cannot be seen.
    """
    changes = [(TOP - 18, Epoch.PLAINTEXT)]
    for number, step in enumerate(steps):
        if step.sender != who or step.content_type is ContentType.CHANGE_CIPHER_SPEC:
            continue
        before = changes[-1][1]
        if bool(step.epoch) != bool(before) if eavesdropper else step.epoch is not before:
            changes.append((_line_of(number) - 16, step.epoch))
    return changes


def _arrow(number: int, step: Step, eavesdropper: bool, *, last: bool) -> str:
    y = _line_of(number)
    inner = BAR // 2 + 1
    start, end = LEFT + inner, RIGHT - inner
    if step.sender == "server":
        start, end = end, start
    back = -11 if end > start else 11
    hidden = eavesdropper and step.epoch is not Epoch.PLAINTEXT
    dashes = 'stroke-dasharray="7 4"' if step.epoch is not Epoch.PLAINTEXT else ""
    weight = 3 if last else 1.5
    style = 'font-style="italic"' if hidden else ""
    style += ' font-weight="bold"' if last else ""
    label = seen_by_eavesdropper(step.wire) if eavesdropper else content_name(step)
    head = f"{end},{y} {end + back},{y - 5} {end + back},{y + 5}"
    middle = (LEFT + RIGHT) // 2
    return (
        f'<line x1="{start}" y1="{y}" x2="{end + back // 2}" y2="{y}" stroke="#000000" '
        f'stroke-width="{weight}" {dashes}/><polygon points="{head}" fill="#000000"/>'
        + _text(middle, y - 7, f"{number + 1}.  {label}", 13, more=style)
        + _text(middle, y + 15, _below(step, eavesdropper), 10, more='fill="#3c4650"')
    )


def _below(step: Step, eavesdropper: bool) -> str:
    """The small text below an arrow: what an eavesdropper reads, or which secrets are new."""
    if not eavesdropper:
        secrets = new_secrets(step)
        return f"first in use here: {secrets}" if secrets else ""
    fields = dict(readable_fields(step.wire))
    wanted = ("pre_shared_key", "psk_key_exchange_modes", "key_share", "alert")
    line = "  |  ".join(f"{name}: {fields[name]}" for name in wanted if name in fields)
    return line if len(line) <= MOST_LETTERS else line[: MOST_LETTERS - 3] + "..."


def _legend(y: int, eavesdropper: bool) -> str:
    middle = WIDTH // 2
    if eavesdropper:
        words = "solid arrow: can be read by anyone; dashed arrow: only its length can be seen"
    else:
        words = "{ } under handshake keys   [ ] under application keys   ( ) under early keys"
    sides = "bars: the keys that each side has sent under so far"
    fill = 'fill="#3c4650"'
    return _text(middle, y - 8, words, 11, more=fill) + _text(middle, y + 8, sides, 11, more=fill)
