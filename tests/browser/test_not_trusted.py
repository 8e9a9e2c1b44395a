"""A notebook from somebody else: JupyterLab drops scripts and some styles; a grid still shows."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from playwright.sync_api import Page, expect

from tests.browser.access import faults
from tests.browser.lab_page import LabPage
from tests.browser.made import KERNEL
from tls13lab.pictures import ink
from tls13lab.pictures.claims_matrix import matrix_picture
from tls13lab.symbolic.claims import cells

pytestmark = [pytest.mark.browser, pytest.mark.full]

LOOKS = """() => [...document.querySelectorAll(".jp-OutputArea td > div")].map(tile => {
    const {backgroundColor, borderTopWidth, borderTopStyle, color} = getComputedStyle(tile);
    return [tile.textContent, backgroundColor, borderTopWidth, borderTopStyle, color];
})"""


def test_a_grid_keeps_its_colours_borders_and_words(lab_page: LabPage) -> None:
    some = [cell for cell in cells() if (cell.asset, cell.adversary) == ("next_psk", "passive")]
    grid = matrix_picture(some)
    output = new_output("display_data", grid._repr_mimebundle_())
    cell = new_code_cell("matrix", outputs=[output], execution_count=1)
    path = lab_page.server.folder / "from-somebody-else.ipynb"
    nbformat.write(new_notebook(cells=[cell], metadata={"kernelspec": KERNEL}), path)
    lab_page.open(path.name)
    page: Page = lab_page.page
    table = page.locator(".jp-OutputArea table")
    expect(table).to_be_visible()
    assert page.locator("[role=grid]").count() == 0, "no script ran"
    looks = page.evaluate(LOOKS)
    assert [one[0] for one in looks] == [
        tile.word for group in grid.groups for row in group.rows for tile in row.tiles
    ]
    for word, ground, width, style, colour in looks:
        look = next(look for legend, look, _ in grid.legend if legend == word)
        assert ground == _rgb(look.fill)
        assert colour == _rgb(ink.INK)
        assert float(width.removesuffix("px")) == pytest.approx(look.width, abs=0.6)
        assert style == ("dashed" if look.dashes else "solid")
    assert table.evaluate("one => getComputedStyle(one).tableLayout") == "auto"
    assert faults(page, [".jp-OutputArea"], []) == []


def _rgb(colour: str) -> str:
    """A colour as a browser tells it."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"rgb({red}, {green}, {blue})"
