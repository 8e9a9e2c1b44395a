"""Step through a conversation: messages, keys in force, and what an eavesdropper sees."""

from dataclasses import dataclass, replace
from html import escape

from tls13lab.handshake.trace import Conversation
from tls13lab.pictures.byte_view import byte_view
from tls13lab.pictures.conversation_text import (
    content_name,
    epoch_name,
    keys_in_force,
    seen_by_eavesdropper,
)
from tls13lab.pictures.picture import html_table, shortened
from tls13lab.pictures.sequence import sequence
from tls13lab.widgets.panel import Panel


@dataclass(frozen=True, slots=True)
class StepperView:
    """The first ``position`` records of a conversation, seen by its endpoints or from outside."""

    conversation: Conversation
    position: int = 1
    eavesdropper: bool = False

    @property
    def last(self) -> int:
        """How many records there are."""
        return len(self.conversation.steps)

    def go(self, position: int) -> "StepperView":
        """To that record, or to the nearest there is."""
        return replace(self, position=max(1, min(position, self.last)))

    def look(self, *, eavesdropper: bool) -> "StepperView":
        """With the endpoints' eyes, or with an eavesdropper's."""
        return replace(self, eavesdropper=eavesdropper)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """The step in words."""
        step = self.conversation.steps[self.position - 1]
        force = keys_in_force(self.conversation, self.position)
        holds = "not visible from outside" if self._hidden else content_name(step)
        facts = [
            ("record", f"{self.position} of {self.last}, from the {step.sender}"),
            ("holds", holds),
            ("protected by", epoch_name(step.epoch)),
            ("an eavesdropper sees", seen_by_eavesdropper(step.wire)),
            ("client sends under", epoch_name(force["client"])),
            ("server sends under", epoch_name(force["server"])),
        ]
        if not self.eavesdropper:
            facts += [(f"new secret: {k}", shortened(v)) for k, v in step.secrets.items()]
        return tuple(facts)

    @property
    def _hidden(self) -> bool:
        return self.eavesdropper and bool(self.conversation.steps[self.position - 1].epoch)

    def html(self) -> str:
        """Diagram, facts, and the fields of the messages unless they are hidden."""
        picture = sequence(self.conversation, self.position, eavesdropper=self.eavesdropper)
        parts = [picture.image, html_table(("this record", ""), self.facts())]
        if not self._hidden:
            for raw in self.conversation.steps[self.position - 1].messages:
                view = byte_view(raw)
                summary = f"Every byte of this message ({len(raw)} bytes)"
                parts.append(f"<details><summary>{escape(summary)}</summary>{view.html}</details>")
        return "".join(parts)

    def text(self) -> str:
        """The diagram and the facts as plain text."""
        picture = sequence(self.conversation, self.position, eavesdropper=self.eavesdropper)
        facts = "\n".join(f"{name}: {value}" for name, value in self.facts())
        return f"{picture.text}\n\n{facts}"


class HandshakeStepper(Panel):
    """Buttons and a slider over the records of a conversation."""

    def __init__(self, conversation: Conversation, position: int = 1) -> None:
        import ipywidgets

        self.view = StepperView(conversation).go(position)
        self.slider = ipywidgets.IntSlider(
            value=self.view.position, min=1, max=self.view.last, description="Record:"
        )
        self.outside = ipywidgets.Checkbox(value=False, description="as an eavesdropper sees it")
        moves = (("First", -self.view.last), ("Back", -1), ("Forward", 1), ("Last", self.view.last))
        self.buttons = [ipywidgets.Button(description=name, tooltip=name) for name, _ in moves]
        rows = [ipywidgets.HBox(self.buttons), ipywidgets.HBox([self.slider, self.outside])]
        super().__init__(rows, self._draw)
        self.watch(self.slider, self.outside)
        for button, (_, by) in zip(self.buttons, moves, strict=True):
            button.on_click(lambda _, by=by: self._move(by))

    def _move(self, by: int) -> None:
        self.slider.value = self.view.go(self.slider.value + by).position

    def _draw(self) -> tuple[str, str]:
        moved = self.view.go(self.slider.value)
        self.view = moved.look(eavesdropper=self.outside.value)
        return self.view.html(), self.view.text()
