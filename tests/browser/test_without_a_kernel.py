"""Each notebook as a page without a kernel: it reads, shows its figures, and keeps nobody out."""

from pathlib import Path

import nbconvert
import nbformat
import pytest
from playwright.sync_api import Browser

from tests.browser.access import faults
from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

pytestmark = [pytest.mark.browser, pytest.mark.full]

# Ours; the rest of the page (prompts, the colours of code) is Jupyter's.
OURS = [".jp-RenderedHTMLCommon", ".jp-OutputArea-output"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_page_without_a_kernel(browser: Browser, path: Path, theme: str, tmp_path: Path) -> None:
    exporter = nbconvert.HTMLExporter(template_name="lab", theme=theme)
    html, _ = exporter.from_notebook_node(nbformat.read(path, as_version=4))
    file = tmp_path / "page.html"
    file.write_text(html, encoding="utf-8")
    page = browser.new_page()
    # Jupyter's template asks for scripts from elsewhere; the page must do without.
    page.route("http*://**", lambda route: route.abort())
    page.goto(file.as_uri())
    try:
        assert faults(page, OURS, []) == []
        pictures = page.locator(".jp-OutputArea-output img")
        for number in range(pictures.count()):
            picture = pictures.nth(number)
            assert picture.evaluate("one => one.complete && one.naturalWidth > 0")
            assert len(picture.get_attribute("alt") or "") >= 8
    finally:
        page.close()
