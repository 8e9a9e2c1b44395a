"""Puts the instruments of the lessons on tape, so that they work in the site's pages.

The site shows what the notebooks have stored, except for panels: their notebook is run once, and in
the place of a panel's first view comes its tape, with all views (:mod:`tls13lab.widgets.tape`). The
byte inspector needs no tape; its front end has all that it shows. A panel that cannot be taped says
that it needs Python. Where an instrument calculates with the speed of the machine, it gets the one
that the notebook has stored, so that it says the same as the text above it. A prediction can be
chosen, and is compared with what happened when the reader opens the answer.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape
from itertools import count
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

from pages.lessons import ROOT
from pages.quiz_links import linked
from tls13lab import lesson
from tls13lab.pictures.scripts import still
from tls13lab.widgets import byte_inspector, tape
from tls13lab.widgets.keeping import OFF
from tls13lab.widgets.panel import Panel
from tls13lab.widgets.prediction import Prediction

MARK = '<div class="tls13lab-tape">'
INSPECTOR = '<div class="tls13lab-inspector">'
STILL = '<div class="tls13lab-still">'
ASKED, REVEALED = '<form class="tls13lab-predict"', '<div class="tls13lab-reveal"'
_BEGIN = "from pages.taping import begin\nbegin({})"
_RATE = re.compile(r"([\d,]+) guesses a second\n")
_SECONDS = 600


_numbers = count(1)


@dataclass(frozen=True)
class Shown:
    """A cell's output that is only HTML."""

    html: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": ""}


def begin(rate: float | None = None) -> None:
    """In a kernel: from now on, panels show themselves as pages can play them.

    ``rate`` is what the speed of this machine is said to be, in guesses a second.
    """

    def taped(self: Panel, **_: Any) -> dict[str, Any]:
        try:
            html = tape.taped_html(self) if self.taped else tape.still_html(self)
        except (TypeError, tape.TooManyViews):  # it needs Python; its first view is shown
            html = tape.still_html(self)
        return {"text/html": html, "text/plain": ""}

    def inspected(self: byte_inspector.ByteInspector, **_: Any) -> dict[str, str]:
        state = {"parts": self.parts, "part": self.part, "byte": self.byte}
        text = json.dumps(state, separators=(",", ":")).replace("</", "<\\/")
        html = (
            f'{INSPECTOR}<div class="tls13lab-view">{self.view.html()}</div>'
            f'<script type="application/json">{text}</script></div>'
        )
        return {"text/html": html, "text/plain": ""}

    def asked(self: Prediction, **_: Any) -> dict[str, str]:
        number = next(_numbers)
        words = "".join(f"<li>{escape(option)}</li>" for option in self.options)
        html = (
            f'<form class="tls13lab-predict" id="predict-{number}" data-key="{escape(self.key)}" '
            f'data-options="{escape(json.dumps(self.options))}"><fieldset>'
            f"<legend><b>Predict:</b> {escape(self.question)}</legend><ul>{words}</ul>"
            "</fieldset></form>"
        )
        return {"text/html": html, "text/plain": ""}

    reveal = Prediction.reveal

    def revealed(self: Prediction, actual: object, *words: str, **more: str) -> Shown:
        answer = reveal(self, actual, *words, **more)
        return Shown(
            f'<div class="tls13lab-reveal" data-key="{escape(self.key)}" '
            f'data-happened="{escape(answer.happened)}">{answer.html}</div>'
        )

    if rate is not None:
        lesson.own_rate = lambda *_, **__: rate
    Prediction._repr_mimebundle_ = asked  # type: ignore[method-assign]
    Prediction.reveal = revealed  # type: ignore[method-assign,assignment]
    Panel._repr_mimebundle_ = taped  # type: ignore[method-assign]
    byte_inspector.ByteInspector._repr_mimebundle_ = inspected  # type: ignore[method-assign]


def tape_all(notebooks: Iterable[Path]) -> None:
    """Replace the views of panels in these notebooks by their tapes, in place."""
    waiting = [path for path in notebooks if '"widget"' in path.read_text(encoding="utf-8")]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, html in zip(waiting, pool.map(tapes_of, waiting), strict=True):
            _put(path, html)


def tapes_of(path: Path) -> dict[str, str]:
    """Run a notebook; the tapes by the ids of their cells."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_code_cell(_BEGIN.format(stored_rate(notebook))))
    client = NotebookClient(
        notebook,
        timeout=_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    environment = {**os.environ, **OFF, "PYTHONPATH": str(ROOT)}
    # A kernel warns that it listens on TCP, and any line would fail the build.
    client.execute(env=environment, stderr=subprocess.DEVNULL)
    return {
        cell.id: output.data["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.get("data", {})
        .get("text/html", "")
        .startswith((MARK, STILL, INSPECTOR, ASKED, REVEALED))
    }


def stored_rate(notebook: nbformat.NotebookNode) -> float | None:
    """The guesses a second that a notebook has measured when its outputs were stored, if any."""
    said = (
        _RATE.fullmatch(output.get("text", ""))
        for cell in notebook.cells
        for output in cell.get("outputs", ())
    )
    return next((float(one[1].replace(",", "")) for one in said if one), None)


def _put(path: Path, tapes: dict[str, str]) -> None:
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if cell.id in tapes and "text/html" in data:
                data["text/html"] = tapes[cell.id]
            elif "text/html" in data:  # the page has this script once, for all pictures
                data["text/html"] = linked(still(data["text/html"]))
    nbformat.write(notebook, path)


def write_player(folder: Path) -> None:
    """Write the player and its style, which the pages load."""
    (folder / "player.js").write_text(tape.player(), encoding="utf-8")
    (folder / "player.css").write_text(tape.player_style(), encoding="utf-8")
