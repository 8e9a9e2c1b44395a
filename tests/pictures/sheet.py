"""All instruments and pictures at once: ``python -m tests.pictures.sheet FOLDER``.

It writes a PNG for each: in the light theme, in the dark one, and as wide as a phone. A widget is
what stands in a notebook before a kernel runs. Names behind the folder choose some of them.
"""

import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.browser.launched import launched
from tests.browser.test_one_of_each import GALLERY, SETUP
from tests.pictures.every import every
from tls13lab.pictures.claims_matrix import matrix_picture
from tls13lab.symbolic.claims import cells

LOOKS = (
    ("light", 844, "#ffffff", "#14181c"),
    ("dark", 844, "#111111", "#e6e6e6"),
    ("a phone", 390, "#ffffff", "#14181c"),
)
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>
<style>body {{ margin: 0; padding: 16px; font: 15px/1.4 sans-serif; background: #d7dce0 }}
main {{ display: flex; gap: 16px; align-items: flex-start }} h1 {{ font-size: 20px }}
iframe {{ border: 1px solid #8a949e; background: #ffffff }}</style>
<h1>{name}</h1><main>{frames}</main></html>"""
_FRAME = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{look}</title>
<style>body {{ margin: 0; padding: 8px; font: 14px/1.4 sans-serif; color: {ink};
background: {ground} }}</style><body>{html}</body></html>"""
# Frames are as high as what is in them.
_FIT = """() => { for (const frame of document.querySelectorAll("iframe"))
    frame.style.height = `${frame.contentDocument.documentElement.scrollHeight + 4}px`; }"""


def instruments() -> Iterator[tuple[str, str]]:
    """Name and HTML of each widget of the gallery, and of an example of each picture."""
    for name, source in GALLERY.items():
        yield name, bundle(_made(source))["text/html"]
    every_cell = cells()
    passive = [
        cell
        for cell in every_cell
        if (cell.asset, cell.adversary) == ("application_data", "passive")
    ]
    yield "matrix_picture", bundle(matrix_picture(passive))["text/html"]
    for name, several in every().items():
        yield name, bundle(several[0])["text/html"]


def _made(source: str) -> Any:
    """What the last line of a cell is."""
    *lines, last = (SETUP + source).strip().splitlines()
    names: dict[str, Any] = {}
    exec("\n".join(lines), names)
    return eval(last, names)


def bundle(shown: Any) -> dict[str, str]:
    """What a notebook stores of it."""
    found: dict[str, str] = shown._repr_mimebundle_()
    return found


def draw(browser: Browser, name: str, html: str, file: Path) -> None:
    """One sheet: the same output three times, side by side."""
    frames = "".join(
        f'<iframe title="{look}" width="{wide}" srcdoc="'
        f'{escape(_FRAME.format(look=look, ink=ink, ground=ground, html=html))}"></iframe>'
        for look, wide, ground, ink in LOOKS
    )
    page = browser.new_page(viewport={"width": 2160, "height": 400})
    page.set_content(_PAGE.format(name=escape(name), frames=frames))
    page.evaluate(_FIT)
    page.screenshot(path=file, full_page=True)
    page.close()


def main(folder: Path, *names: str) -> None:
    """Write the sheets of these, or of all."""
    folder.mkdir(parents=True, exist_ok=True)
    with launched() as browser:
        for name, html in instruments():
            if not names or name in names:
                draw(browser, name, html, folder / f"{name}.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
