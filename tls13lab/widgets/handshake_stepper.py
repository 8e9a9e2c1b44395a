"""Step through a conversation: messages, current keys, and what an eavesdropper sees.

The picture and the facts about its marked record stand side by side, where there is room for both.
Buttons and a slider move, and so does a click on a record in the picture.
"""

from dataclasses import dataclass, replace
from html import escape

from tls13lab.handshake.events import Step
from tls13lab.handshake.trace import Conversation
from tls13lab.messages.handshake import message_name
from tls13lab.pictures.byte_view import ByteView, byte_view, record_view
from tls13lab.pictures.cleartext import readable_fields, seen_by_eavesdropper
from tls13lab.pictures.conversation_text import content_name, epoch_name, keys_in_force
from tls13lab.pictures.picture import Picture, shortened
from tls13lab.pictures.purposes import purposes_of
from tls13lab.pictures.sequence import record_of, sequence, sequence_of_names
from tls13lab.widgets.beside import beside, facts_table
from tls13lab.widgets.panel import Panel
from tls13lab.widgets.slider import Slider


@dataclass(frozen=True, slots=True)
class StepperView:
    """The first ``position`` records, as the endpoints or as an eavesdropper see them."""

    conversation: Conversation
    position: int = 1
    eavesdropper: bool = False
    plain: bool = False

    @property
    def last(self) -> int:
        """The number of the last record."""
        return len(self.conversation.steps)

    def go(self, position: int) -> "StepperView":
        """Go to this record, from 1, or to the nearest one."""
        return replace(self, position=max(1, min(position, self.last)))

    def look(self, *, eavesdropper: bool) -> "StepperView":
        """See the record as the endpoints do, or as an eavesdropper does."""
        return replace(self, eavesdropper=eavesdropper)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """The step as rows of a table; for an eavesdropper, only from the bytes on the wire."""
        step = self.conversation.steps[self.position - 1]
        where = ("record", f"{self.position} of {self.last}, from the {step.sender}")
        seen = ("an eavesdropper sees", seen_by_eavesdropper(step.wire))
        if self.eavesdropper:
            hidden = () if not step.epoch else (("holds", "not visible from outside"),)
            return (where, *hidden, seen, *readable_fields(step.wire))
        if self.plain:
            return (where, *_purposes(step))
        force = keys_in_force(self.conversation, self.position)
        return (
            where,
            ("holds", content_name(step)),
            *_purposes(step),
            ("protected by", epoch_name(step.epoch)),
            seen,
            ("client sends under", epoch_name(force["client"])),
            ("server sends under", epoch_name(force["server"])),
            *((f"{_SECRET}: {name}", shortened(value)) for name, value in step.secrets.items()),
        )

    @property
    def _hidden(self) -> bool:
        return self.eavesdropper and bool(self.conversation.steps[self.position - 1].epoch)

    @property
    def _picture(self) -> Picture:
        if self.plain:
            return sequence_of_names(self.conversation, self.position, narrow=True)
        return sequence(
            self.conversation, self.position, eavesdropper=self.eavesdropper, narrow=True
        )

    def views(self) -> tuple[tuple[str, ByteView], ...]:
        """The bytes of the record on the wire, and of its messages if they can be seen."""
        step = self.conversation.steps[self.position - 1]
        record = (f"The record on the wire ({len(step.wire)} bytes)", record_view(step.wire))
        messages = () if self._hidden else step.messages
        return (
            record,
            *(
                (f"Every byte of {message_name(raw)} ({len(raw)} bytes)", byte_view(raw))
                for raw in messages
            ),
        )

    def html(self) -> str:
        """The diagram, the facts beside it, and the bytes (folded, not in the plain view)."""
        bytes_ = "" if self.plain else self._bytes()
        return beside(self._picture.image, self._told()) + bytes_

    def _told(self) -> str:
        """The facts as narrow tables; the names of secrets are long and get one of their own."""
        facts = self.facts()
        secrets = [(name, value) for name, value in facts if name.startswith(_SECRET)]
        found = facts_table(row for row in facts if row not in secrets)
        if secrets:
            found += f'<p style="margin:8px 0 2px">{_SECRET}{"s" if secrets[1:] else ""}</p>'
            found += facts_table(
                (name.removeprefix(f"{_SECRET}: "), value.partition(" (")[0])
                for name, value in secrets
            )
        return found

    def _bytes(self) -> str:
        """All bytes in one fold: so it is the same one at each record, and stays open."""
        views = self.views()
        inside = "".join(f"<p><b>{escape(name)}</b></p>{view.html}" for name, view in views)
        more = " and of its messages" if len(views) > 1 else ""
        return (
            f"<details><summary>Every byte of this record{more}</summary>"
            f'<div style="overflow-x:auto" tabindex="0" role="group" aria-label="bytes">{inside}'
            "</div></details>"
        )

    def text(self) -> str:
        """The diagram and the facts as plain text."""
        facts = "\n".join(f"{name}: {value}" for name, value in self.facts())
        return f"{self._picture.text}\n\n{facts}"


_SECRET = "new secret"


def _purposes(step: Step) -> tuple[tuple[str, str], ...]:
    found = purposes_of(step)
    return tuple((name, f"{why.words} (RFC 9846 {why.section})") for name, why in found)


class HandshakeStepper(Panel):
    """Buttons and a slider to move through the records of a conversation.

    With ``plain``, it shows only who sends which message and why: no keys, bytes or eavesdroppers.
    """

    def __init__(
        self, conversation: Conversation, position: int = 1, *, plain: bool = False
    ) -> None:
        import ipywidgets

        self.view = StepperView(conversation, plain=plain).go(position)
        self.slider = Slider(
            value=self.view.position, min=1, max=self.view.last, description="Record:"
        )
        self.slider.layout.width = "22em"
        self.outside = ipywidgets.Checkbox(
            value=False,
            description="as an eavesdropper sees it",
            indent=False,
            layout=ipywidgets.Layout(width="auto", margin="2px 2px 2px 16px"),
        )
        moves = (("First", -self.view.last), ("Back", -1), ("Forward", 1), ("Last", self.view.last))
        self.buttons = [
            ipywidgets.Button(
                description=name, tooltip=name, layout=ipywidgets.Layout(width="5.8em")
            )
            for name, _ in moves
        ]
        sight = [] if plain else [self.outside]
        # One row, so that the picture and the facts have the height; it wraps on a phone.
        row = ipywidgets.HBox(
            [ipywidgets.HBox(self.buttons), self.slider, *sight],
            layout=ipywidgets.Layout(flex_flow="row wrap"),
        )
        super().__init__([row], self._draw)
        self.watch(self.slider, self.outside)
        if plain:
            self.taped = (self.slider,)
        self.answer.on_part(self._go_to)
        for button, (_, by) in zip(self.buttons, moves, strict=True):
            button.on_click(lambda _, by=by: self._move(by))

    def _move(self, by: int) -> None:
        self.slider.value = self.view.go(self.slider.value + by).position

    def _go_to(self, part: str) -> None:
        number = record_of(part)
        if number is not None:
            self.slider.value = number

    def _draw(self) -> tuple[str, str]:
        moved = self.view.go(self.slider.value)
        self.view = moved.look(eavesdropper=self.outside.value)
        return self.view.html(), self.view.text()
