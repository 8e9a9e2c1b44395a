"""Change one bit of a message, and see which check notices it.

A menu and two sliders choose the bit, and so does a click on a byte or a bit in the picture.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tls13lab.pictures.bit_picture import bit_picture
from tls13lab.pictures.byte_view import named_fields
from tls13lab.pictures.picture import Picture, text_table
from tls13lab.widgets.beside import beside, facts_table
from tls13lab.widgets.panel import Panel
from tls13lab.widgets.slider import Slider
from tls13lab.wire.spans import Span

Outcome = Callable[[bytes], str]
"""A function that runs a handshake with the changed message, and says what happened."""


@dataclass(frozen=True, slots=True)
class FlipView:
    """A message and the bit to change, given by field, byte and bit."""

    raw: bytes = field(repr=False)
    number: int = 0
    byte: int = 0
    bit: int = 0

    def choose(self, number: int, byte: int, bit: int) -> "FlipView":
        """Choose a field, a byte in it, and a bit (0 is the lowest); all are kept in range."""
        spans = named_fields(self.raw)
        number = max(0, min(number, len(spans) - 1))
        length = spans[number].length
        return replace(
            self, number=number, byte=max(0, min(byte, length - 1)), bit=max(0, min(bit, 7))
        )

    @property
    def where(self) -> Span:
        """The chosen field."""
        return named_fields(self.raw)[self.number]

    def flipped(self) -> bytes:
        """The message with the chosen bit changed."""
        changed = bytearray(self.raw)
        changed[self.where.start + self.byte] ^= 1 << self.bit
        return bytes(changed)

    def picture(self) -> Picture:
        """The field's bytes, and the bits of the chosen one."""
        return bit_picture(self.raw, self.where, self.byte, self.bit)

    def facts(self, outcome: Outcome) -> tuple[tuple[str, str], ...]:
        """Rows of a table: what was changed, and what happened."""
        at = self.where.start + self.byte
        before, after = self.raw[at], self.flipped()[at]
        return (
            ("field", self.where.path),
            ("byte of the message", str(at)),
            ("changed", f"{before:02x} to {after:02x}"),
            ("in bits", f"{before:08b} to {after:08b}"),
            ("what came of it", outcome(self.flipped())),
        )


class BitFlipper(Panel):
    """A menu of fields, and sliders for the byte and the bit.

    The first choice is the first field with ``start`` in its path, preferably not a length field.
    """

    def __init__(self, raw: bytes, outcome: Outcome, start: str = "") -> None:
        import ipywidgets

        self._outcome = outcome
        spans = named_fields(raw)
        found = [i for i, span in enumerate(spans) if start and start in span.path]
        # A field's length comes before it, but is rarely what is meant.
        found.sort(key=lambda i: spans[i].path.startswith("length of"))
        first = found[0] if found else 0
        self.view = FlipView(raw).choose(first, 0, 0)
        options = [(f"{span.start}: {span.path}", i) for i, span in enumerate(spans)]
        layout = ipywidgets.Layout(width="40em", max_width="100%")
        self.field = ipywidgets.Dropdown(
            options=options, value=first, description="Field:", layout=layout
        )
        self.byte = Slider(min=0, max=spans[first].length - 1, description="Byte:")
        self.bit = Slider(min=0, max=7, description="Bit:")
        sliders = ipywidgets.HBox(
            [self.byte, self.bit], layout=ipywidgets.Layout(flex_flow="row wrap")
        )
        super().__init__([self.field, sliders], self._draw)
        self.watch(self.field, self.byte, self.bit)
        self.answer.on_part(self._go_to)

    def _go_to(self, part: str) -> None:
        kind, _, number = part.partition("-")
        slider = {"byte": self.byte, "bit": self.bit}.get(kind)
        if slider is not None and number.isdecimal():
            slider.value = int(number)

    def _draw(self) -> tuple[str, str]:
        self.view = self.view.choose(self.field.value, self.byte.value, self.bit.value)
        self.byte.max = self.view.where.length - 1
        facts = self.view.facts(self._outcome)
        return (
            beside(self.view.picture().image, facts_table(facts)),
            text_table(("one bit", ""), facts),
        )
