"""All views of a panel on a tape, so that a page without Python can show them.

A panel answers a setting of its controls with HTML. Where the settings are few, all answers are
made beforehand and stored; ``static/player.js`` makes the same controls in a page and looks the
answer up. So nothing of the lab is written a second time in JavaScript, and what the page shows is
what Python showed, byte for byte.

A click on a part of a picture sets controls. Where it chooses the part itself, the choice is a
control, too, that is not seen: :class:`Part`.

The answers have much in common. Each is stored as indices of pieces (an element's tag, or the text
up to the next one), and the whole is compressed.

>>> Tape.of(["<p>a</p>", "<p>b</p>"]).pieces
('<p>', 'a', '</p>', 'b')
"""

import base64
import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets

from tls13lab.pictures.scripts import ENLIVEN
from tls13lab.widgets.panel import Panel
from tls13lab.widgets.slider import Slider

MOST_VIEWS = 5000
"""The most settings of a panel that are taped."""

_PIECE = re.compile(r"<[^>]*>|[^<]+")
# An SVG in an image is stored as text between two control characters, not as base64, because only
# then are two similar pictures stored as mostly the same pieces.
_IMAGE = re.compile(r"(data:image/svg\+xml;base64,)([A-Za-z0-9+/=]+)")
_OPEN, _CLOSE = "\x01", "\x02"


class TooManyViews(ValueError):
    """A panel has more settings than are taped."""


@dataclass(eq=False)
class Part:
    """The chosen part of a picture, as a control; ``names`` are all parts, and "" is none."""

    names: tuple[str, ...]
    read: Callable[[], str]
    choose: Callable[[str], None]

    @property
    def description(self) -> str:
        """It has no label, because it is not seen."""
        return ""

    @property
    def value(self) -> str:
        """The name of the chosen part."""
        return self.read()

    @value.setter
    def value(self, name: str) -> None:
        self.choose(name)


@dataclass(frozen=True)
class Control:
    """A control as a page makes it: a slider, a menu, a box or a part, its label, its values."""

    kind: str
    label: str
    values: tuple[Any, ...]

    @classmethod
    def of(cls, control: Any) -> "Control":
        """The description of a widget. Raises TypeError if its values cannot be listed."""
        label = str(control.description)
        if isinstance(control, Slider):
            return cls("slider", label, tuple(range(int(control.min), int(control.max) + 1)))
        if isinstance(control, ipywidgets.Dropdown):
            # Options may be pairs of a label and a value; ipywidgets keeps both.
            return cls("menu", label, tuple(control._options_values))
        if isinstance(control, ipywidgets.Checkbox):
            return cls("box", label, (False, True))
        if isinstance(control, Part):
            return cls("part", label, ("", *control.names))
        raise TypeError(f"the values of a {type(control).__name__} cannot be listed")


@dataclass(frozen=True)
class Tape:
    """Different pieces of text, and views as lists of their indices."""

    pieces: tuple[str, ...]
    views: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, views: Sequence[str]) -> "Tape":
        """The tape of some HTML texts."""
        numbers: dict[str, int] = {}
        rows = tuple(
            tuple(
                numbers.setdefault(piece, len(numbers)) for piece in _PIECE.findall(_opened(view))
            )
            for view in views
        )
        return cls(tuple(numbers), rows)

    def view(self, number: int) -> str:
        """One of the texts again, as the player puts it together."""
        text = "".join(self.pieces[piece] for piece in self.views[number])
        return re.sub(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}", _encoded, text)


def _opened(html: str) -> str:
    def svg(found: re.Match[str]) -> str:
        return f"{found[1]}{_OPEN}{base64.b64decode(found[2]).decode()}{_CLOSE}"

    return _IMAGE.sub(svg, html)


def _encoded(found: re.Match[str]) -> str:
    return base64.b64encode(found[1].encode()).decode()


def settings(panel: Panel, most: int = MOST_VIEWS) -> Iterator[tuple[tuple[int, ...], str]]:
    """Every setting of a panel's controls, as indices of values, with the panel's answer.

    The values of a control may depend on those before it. Afterwards the controls stand where they
    stood. Raises TooManyViews.
    """
    controls = panel.taped
    before = [control.value for control in controls]
    count = 0

    def walk(place: int, chosen: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], str]]:
        nonlocal count
        if place == len(controls):
            count += 1
            if count > most:
                raise TooManyViews(f"{type(panel).__name__} has more than {most} settings")
            yield chosen, panel.answer.value
            return
        for number, value in enumerate(Control.of(controls[place]).values):
            if not panel.is_taped(controls[place], value):
                continue
            controls[place].value = value
            yield from walk(place + 1, (*chosen, number))

    try:
        yield from walk(0, ())
    finally:
        for control, value in zip(controls, before, strict=True):
            control.value = value


def tape(panel: Panel, most: int = MOST_VIEWS) -> dict[str, Any]:
    """The tape of a panel with all that the player needs, ready for JSON."""
    controls = [Control.of(control) for control in panel.taped]
    first = [
        control.values.index(widget.value)
        for control, widget in zip(controls, panel.taped, strict=True)
    ]
    taped = dict(settings(panel, most))
    made = Tape.of(list(taped.values()))
    described = [
        {
            "kind": control.kind,
            "label": control.label,
            "count": len(control.values),
            "words": widget._options_labels if control.kind == "menu" else (),
            "start": control.values[0] if control.kind == "slider" else 0,
            "turns": _turns(panel, widget),
        }
        for control, widget in zip(controls, panel.taped, strict=True)
    ]
    content = {
        "settings": [list(chosen) for chosen in taped],
        "pieces": made.pieces,
        "views": made.views,
        "parts": _parts(panel, made),
    }
    raw = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    packed = base64.b64encode(zlib.compress(raw, 9)).decode()
    return {"controls": described, "first": first, "packed": packed}


def _turns(panel: Panel, widget: Any) -> list[list[int]]:
    """Which controls a change of this one turns, and to which of their values."""
    return [
        [panel.taped.index(other), Control.of(other).values.index(value)]
        for control, other, value in panel.turns
        if control is widget
    ]


def _parts(panel: Panel, made: Tape) -> dict[str, list[int]]:
    """Where a click on each part of a picture sets the controls, for parts that set them at all."""
    clicked: Callable[[str], None] | None = panel.answer.clicked
    if clicked is None:
        return {}
    names = {name for piece in made.pieces for name in re.findall(r'data-part="([^"]*)"', piece)}
    before = [control.value for control in panel.taped]
    found = {}
    for name in sorted(names):
        clicked(name)
        after = [control.value for control in panel.taped]
        if after != before:
            values = [Control.of(control).values for control in panel.taped]
            found[name] = [
                each.index(value) if value != old else -1
                for each, value, old in zip(values, after, before, strict=True)
            ]
        for control, value in zip(panel.taped, before, strict=True):
            control.value = value
    return found


def taped_html(panel: Panel) -> str:
    """The panel as part of a page: its first view, and the tape for the player."""
    first = panel.answer.value  # before clicks are tried, which may show something else
    # In JSON "</" may be written as "<\\/", and in HTML it would end the script element.
    text = json.dumps(tape(panel)).replace("</", "<\\/")
    return (
        '<div class="tls13lab-tape"><div class="tls13lab-view">'
        f"{first}</div>{needing(panel)}"
        f'<script type="application/json">{text}</script></div>'
    )


def still_html(panel: Panel) -> str:
    """A panel that cannot be taped as part of a page: its first view, and what it needs."""
    return (
        f'<div class="tls13lab-still"><div class="tls13lab-view">{panel.answer.value}</div>'
        f"{needing(panel)}</div>"
    )


def needing(panel: Panel) -> str:
    """A line that says what needs Python, and leads to the page's button that starts it."""
    if not panel.needs_python:
        return ""
    return (
        f'<p class="tls13lab-needs">{escape(panel.needs_python)} needs Python: '
        '<a href="#run-here">Run this lesson here</a>.</p>'
    )


_STATIC = Path(__file__).with_name("static")


def player() -> str:
    """The player as a script for a page; it begins when the page's content is there."""
    play = (_STATIC / "player.js").read_text("utf-8")
    fronts = ", ".join(f"{name}: {_front(file)}" for name, file in _FRONTS.items())
    return (
        f"(() => {{\nconst enliven = {ENLIVEN};\nconst play = {play[play.index('(root, ') :]};\n"
        f"const fronts = {{ {fronts} }};\n"
        'document.addEventListener("DOMContentLoaded", () => {\n'
        "play(document, fronts);\nenliven(document);\n});\n})();\n"
    )


_FRONTS = {"view": "view.js", "inspector": "byte_inspector.js"}


def _front(file: str) -> str:
    """The front end of a widget as an expression; in a page from a file there are no modules."""
    source = (_STATIC / file).read_text("utf-8").replace("export default", "return")
    return f"(() => {{\n{source}}})()"


def player_style() -> str:
    """The style sheet that goes with the player."""
    names = ("player.css", "byte_inspector.css")
    return "".join((_STATIC / name).read_text("utf-8") for name in names)
