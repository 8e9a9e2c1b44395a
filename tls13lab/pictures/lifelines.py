"""The two sides of a sequence diagram: their names, and bars for the keys that they send under.

A bar changes its pattern where its side first uses other keys. The patterns can be told apart in
black and white; beside the bars, or in the legend, stand their names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tls13lab.handshake.events import Step
from tls13lab.pictures import ink
from tls13lab.pictures.conversation_text import epoch_name
from tls13lab.pictures.record_words import Onlooker
from tls13lab.pictures.svg import part, text
from tls13lab.pictures.text_size import width
from tls13lab.records.protection import Epoch
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.names import Side

TOP = 44
"""Where the first record begins; the names of the sides stand above."""
BAR = 16
_NAME = 28
_UNKNOWN = "some keys"

PATTERNS = (
    '<defs><pattern id="early" width="6" height="6" patternUnits="userSpaceOnUse">'
    f'<rect width="6" height="6" fill="#ffffff"/><circle cx="3" cy="3" r="1.6" fill="{ink.INK}"/>'
    '</pattern><pattern id="handshake" width="8" height="8" patternUnits="userSpaceOnUse">'
    '<rect width="8" height="8" fill="#ffffff"/>'
    f'<path d="M-2,2 L2,-2 M0,8 L8,0 M6,10 L10,6" stroke="{ink.INK}" stroke-width="2"/>'
    "</pattern></defs>"
)
_FILLS = {
    epoch_name(Epoch.PLAINTEXT): "#ffffff",
    epoch_name(Epoch.EARLY): "url(#early)",
    epoch_name(Epoch.HANDSHAKE): "url(#handshake)",
    epoch_name(Epoch.APPLICATION): ink.INK,
    _UNKNOWN: "#b4bcc4",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a bar: ``keys`` in words, from record ``number`` (0: from the start) on."""

    side: Side
    number: int
    keys: str


def stretches(side: Side, steps: Sequence[Step], onlooker: Onlooker) -> list[Stretch]:
    """The keys that a side sends under, in order.

    From outside, all protected records look alike, so changes between keys cannot be seen.
    """
    found = [Stretch(side, 0, epoch_name(Epoch.PLAINTEXT))]
    for number, step in enumerate(steps, 1):
        if step.sender != side or step.content_type is ContentType.CHANGE_CIPHER_SPEC:
            continue
        hidden = onlooker is Onlooker.EAVESDROPPER and bool(step.epoch)
        keys = _UNKNOWN if hidden else epoch_name(step.epoch)
        if keys != found[-1].keys:
            found.append(Stretch(side, number, keys))
    return found


def name(x: float, who: Side) -> str:
    """The name of a side in a box of its colour, and no further left or right than its bar."""
    wide = width(who, ink.BODY) * 1.15 + 16
    left = x - BAR / 2 if who == "client" else x + BAR / 2 - wide
    colour = ink.CLIENT if who == "client" else ink.SERVER
    more = f'font-weight="bold" fill="{ink.GROUND}"'
    return f'<rect x="{left:g}" y="6" width="{wide:g}" height="{_NAME}" fill="{colour}"/>' + text(
        left + wide / 2, 25, who, more=more
    )


def line(x: float, bottom: float) -> str:
    """The thin line below a side's name."""
    return f'<path d="M{x:g},{_NAME + 6} V{bottom:g}" stroke="{ink.RULE}"/>'


def bar(x: float, top: float, bottom: float, stretch: Stretch, *, named: bool) -> str:
    """A stretch of a bar as a part, with its name outside it if there is room for it."""
    since = f"from record {stretch.number} on" if stretch.number else "from the start"
    tip = [f"the {stretch.side} sends under {stretch.keys}", since]
    if stretch.keys == _UNKNOWN:
        tip = [f"the {stretch.side} sends protected records", since]
    elif stretch.keys != epoch_name(Epoch.PLAINTEXT):
        tip.append("RFC 9846 section 7.3")
    out = -1 if stretch.side == "client" else 1
    anchor = "end" if out < 0 else "start"
    words = text(x + out * (BAR / 2 + 6), top + 13, stretch.keys, ink.SMALL, anchor)
    return part(
        f"keys-{stretch.side}-{stretch.number}",
        tip,
        _patch(x - BAR / 2, top, BAR, bottom - top, stretch.keys),
        words if named else "",
    )


def _patch(x: float, y: float, wide: float, high: float, keys: str) -> str:
    return (
        f'<rect class="keys" x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" '
        f'fill="{_FILLS[keys]}" stroke="{ink.INK}"/>'
    )


def legend(keys: Sequence[str], y: float, room: float) -> tuple[list[str], float]:
    """The patterns with their names, in rows of at most ``room``, and where they end."""
    parts: list[str] = []
    x = 8.0
    for each in keys:
        wide = BAR + 6 + width(each, ink.SMALL) + 14
        if x + wide > room:
            x, y = 8.0, y + 22
        parts.append(_patch(x, y, BAR, BAR, each))
        parts.append(text(x + BAR + 6, y + 13, each, ink.SMALL, "start"))
        x += wide
    return parts, y + 22
