"""Look at one byte at a time: its field, value, meaning, section, and the hashes it goes into.

The browser gets the fields of all bytes at the start, so moving from byte to byte needs no Python.
A click or the arrow keys choose a byte, pointing at one only shows it; two menus choose the message
and the field.
"""

from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from tls13lab.capture.decrypt import KeyLogSecrets
from tls13lab.capture.recording import Item
from tls13lab.pictures.byte_map import (
    ROWS,
    Mapped,
    Part,
    as_json,
    parts_of_capture,
    parts_of_message,
)
from tls13lab.pictures.picture import boxed_table, text_table

_STATIC = Path(__file__).with_name("static")
_BROKEN = {1: 250, 2: 140, 4: 130}
"""Columns with several lines, by number: the field, its meaning, and what it goes into."""
MOST_PARTS = 200
"""The most records and messages on offer; the rest of a long capture is left out."""


@dataclass(frozen=True)
class InspectorView:
    """The parts (messages and records), and the chosen byte; it needs no browser."""

    parts: tuple[Part, ...] = field(repr=False)
    part: int = 0
    byte: int = 0

    def choose(self, part: int, byte: int) -> "InspectorView":
        """Choose a part and a byte of it; both are kept in range."""
        part = max(0, min(part, len(self.parts) - 1))
        last = len(self.parts[part].hex) // 2 - 1
        return replace(self, part=part, byte=max(0, min(byte, last)))

    @property
    def here(self) -> Mapped:
        """The field that the chosen byte belongs to."""
        fields = self.parts[self.part].fields
        return next(mapped for mapped in fields if mapped.start <= self.byte < mapped.end)

    def text(self) -> str:
        """The fields of the chosen part as a plain-text table."""
        part = self.parts[self.part]
        return f"{part.title}\n{text_table(ROWS, part.rows)}"

    def html(self) -> str:
        """The fields of the chosen part as HTML, for use without a kernel."""
        part = self.parts[self.part]
        table = boxed_table(ROWS, part.rows, f"the fields of {part.title}", broken=_BROKEN)
        return f"<p><b>{escape(part.title)}</b></p>{table}"


class ByteInspector(anywidget.AnyWidget):
    """The widget. ``part`` and ``byte`` are the current position, and can be set."""

    _esm = _STATIC / "byte_inspector.js"
    _css = _STATIC / "byte_inspector.css"
    parts: Any = traitlets.List().tag(sync=True)
    part = traitlets.Int(0).tag(sync=True)
    byte = traitlets.Int(0).tag(sync=True)

    def __init__(self, parts: tuple[Part, ...], part: int = 0, byte: int = 0) -> None:
        if not parts:
            raise ValueError("there is nothing to inspect")
        self.first = InspectorView(parts[:MOST_PARTS]).choose(part, byte)
        super().__init__(
            parts=as_json(self.first.parts), part=self.first.part, byte=self.first.byte
        )

    @classmethod
    def of_message(cls, raw: bytes, byte: int = 0) -> "ByteInspector":
        """A widget for one packed handshake message."""
        return cls(parts_of_message(raw), 0, byte)

    @classmethod
    def of_capture(
        cls, items: tuple[Item, ...], keylog: KeyLogSecrets | None = None
    ) -> "ByteInspector":
        """A widget for all records and messages of a recording."""
        return cls(parts_of_capture(items, keylog))

    @property
    def view(self) -> InspectorView:
        """The view at the current position."""
        return self.first.choose(self.part, self.byte)

    def _repr_mimebundle_(self, **options: Any) -> Any:
        found = super()._repr_mimebundle_(**options)
        # Data and metadata, or only data, depending on the library's version.
        data = dict((found[0] if isinstance(found, tuple) else found) or {})
        note = "<p><em>Without a running kernel, these are the fields of its first part.</em></p>"
        return {**data, "text/html": note + self.first.html(), "text/plain": self.first.text()}
