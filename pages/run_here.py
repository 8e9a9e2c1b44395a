"""A Sphinx extension: the button on each lesson that starts Python in the page.

It is a link to the lesson in the lab that runs in the browser (``lite/``), alone, as on a phone.
With scripts, ``run.js`` opens that lab in place of the text, which is what JupyterLite's own
extension for Sphinx does, and says how far it is. A page that was opened from a file cannot start
it, because browsers let such a page load no Python; then the button says how to serve it.
"""

from html import escape
from typing import Any

from sphinx.application import Sphinx

from pages.launch import Doors

BUTTON = """\
<div class="run-here" id="run-here">
<a class="run-button" href="{address}">Run this lesson here</a>
<button type="button" class="run-button" hidden>Back to the text</button>
<span class="run-note">On this page all cells have run, and the instruments work without Python. To
press Shift+Enter and to change code, start Python here, in about {seconds} seconds. Nothing is
installed, and nothing is sent anywhere.</span>
<p class="run-said" role="status" hidden></p>
<progress aria-label="Python is starting" hidden></progress>
</div>
"""
SECONDS = 20
"""On two cores, from the click until Python is ready; docs/browser.md has the figures."""


def button(lesson: str, doors: Doors) -> str:
    """The button of a lesson, such as ``notebooks/00_start_here``, which is one folder deep."""
    address = doors.lite_alone(f"{lesson}.ipynb")
    address = address if "://" in address else f"../{address}"
    return BUTTON.format(address=escape(address), seconds=SECONDS)


def add(_: Sphinx, name: str, __: str, context: dict[str, Any], ___: object) -> None:
    """Put the button below a lesson's title."""
    if name.startswith("notebooks/"):
        title, rest = context["body"].split("</h1>", 1)
        context["body"] = f"{title}</h1>\n{button(name, Doors.of())}{rest}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; Sphinx calls this."""
    app.connect("html-page-context", add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
