"""Letters stay in their boxes, whatever font the reader's machine has, in a real browser."""

import base64
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import matplotlib as mpl
import nbformat
import pytest
from playwright.sync_api import Page

from lite.lessons import pictures
from tests.browser.launched import launched
from tests.conftest import ROOT
from tests.pictures import store
from tests.pictures.test_chances import SETTINGS
from tests.pictures.test_pictures import DHE, KE
from tls13lab.crypto.schedule import SCHEDULE
from tls13lab.pictures.chances import chances
from tls13lab.pictures.compare_picture import compare_picture
from tls13lab.pictures.schedule_graph import schedule_graph

pytestmark = pytest.mark.browser

FONTS = Path(mpl.get_data_path(), "fonts", "ttf")
GRAPHS = sorted(one for one in store.FOLDER.glob("*.svg") if one.name.startswith(("att", "sch")))
VALUES = dict.fromkeys(("psk", "ecdhe", *SCHEDULE), bytes.fromhex("d0") * 32)

# The texts of which some corner is not on the shape that their box is drawn as.
LEAVING = """svg => {
    document.getElementById("here").innerHTML = svg;
    const left = [];
    for (const group of document.querySelectorAll("g.node, g.cluster")) {
        const shape = group.querySelector("polygon, ellipse, path");
        for (const text of group.querySelectorAll("text")) {
            const {x, y, width, height} = text.getBBox();
            const corners = [[x, y], [x + width, y], [x, y + height], [x + width, y + height]];
            if (!width || !corners.every(([x, y]) => shape.isPointInFill(new DOMPoint(x, y))))
                left.push(text.textContent);
        }
    }
    return left;
}"""

# The texts that are not wholly within the picture, which would be cut off.
CUT_OFF = """svg => {
    document.getElementById("here").innerHTML = svg;
    const frame = document.querySelector("svg").getBoundingClientRect();
    const cut = [];
    for (const text of document.querySelectorAll("svg text")) {
        const {left, right, top, bottom} = text.getBoundingClientRect();
        if (left < frame.left || right > frame.right || top < frame.top || bottom > frame.bottom)
            cut.push(text.textContent);
    }
    return cut;
}"""

# The texts that stand partly in a box, and partly not; the first box is the picture's ground.
CROSSING = """svg => {
    document.getElementById("here").innerHTML = svg;
    const boxes = [...document.querySelectorAll("svg rect")].slice(1).map(one => one.getBBox());
    const crossing = [];
    for (const text of document.querySelectorAll("svg text:not([transform])")) {
        const {x, y, width, height} = text.getBBox();
        const across = one => x < one.x + one.width && one.x < x + width;
        const down = one => y < one.y + one.height && one.y < y + height;
        const within = one => one.x <= x && x + width <= one.x + one.width;
        if (boxes.some(one => across(one) && down(one) && !within(one)))
            crossing.push(text.textContent);
    }
    return crossing;
}"""


def _font_face(name: str) -> str:
    """A style that gives all words of a picture one of matplotlib's fonts."""
    data = base64.b64encode((FONTS / f"{name}.ttf").read_bytes()).decode()
    face = f"@font-face {{font-family: Helvetica; src: url(data:font/ttf;base64,{data})}}"
    return f"{face} svg text {{font-family: Helvetica !important}}"


@pytest.fixture(scope="module", params=["this machine's", "DejaVuSans", "STIXGeneral"])
def page(request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that shows all words in that font."""
    own = request.param == "this machine's"
    style = "" if own else _font_face(request.param)
    with launched() as browser:
        page = browser.new_page()
        page.set_content(f"<style>{style}</style><div id=here></div>")
        loaded = page.evaluate("document.fonts.load('11px Helvetica').then(found => found.length)")
        assert loaded == (0 if own else 1)
        yield page
        page.close()


def test_no_letter_of_a_stored_graph_leaves_its_box(page: Page) -> None:
    assert len(GRAPHS) > 30
    found = {one.name: page.evaluate(LEAVING, one.read_text("utf-8")) for one in GRAPHS}
    assert {name: left for name, left in found.items() if left} == {}


def test_values_stay_in_their_boxes_too(page: Page) -> None:
    svg = schedule_graph("psk", "psk_dhe_ke", VALUES).svg
    assert "d0d0d0d0..d0d0" in svg
    assert page.evaluate(LEAVING, svg) == []


def test_one_that_leaves_its_box_is_seen(page: Page) -> None:
    (svg,) = (one.read_text("utf-8") for one in GRAPHS if one.name == "schedule-full.svg")
    wide = svg.replace(">main_secret</text>", ">main_secret, and more than has room</text>")
    assert page.evaluate(LEAVING, wide) == ["main_secret, and more than has room"]


def test_no_letter_of_a_lessons_picture_is_cut_off(page: Page) -> None:
    found = [
        (path.name, page.evaluate(CUT_OFF, svg))
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
        for _, svg in pictures(nbformat.read(path, as_version=4))
    ]
    assert len(found) >= 10
    assert [one for one in found if one[1]] == []


def test_two_conversations_side_by_side_keep_to_their_boxes(page: Page) -> None:
    for left, right in permutations((KE, DHE), 2):
        svg = compare_picture(left, right).svg
        assert page.evaluate(CUT_OFF, svg) == page.evaluate(CROSSING, svg) == []


def test_no_setting_of_the_instrument_leaves_its_boxes(page: Page) -> None:
    for told in SETTINGS:
        svg = chances(told).svg
        assert page.evaluate(CUT_OFF, svg) == page.evaluate(CROSSING, svg) == []


def test_one_that_is_cut_off_is_seen(page: Page) -> None:
    svg = (
        '<svg width="40" height="20"><text x="2" y="12" font-size="10">so long a line</text></svg>'
    )
    assert page.evaluate(CUT_OFF, svg) == ["so long a line"]
