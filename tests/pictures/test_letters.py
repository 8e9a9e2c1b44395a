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
from tests.pictures.test_attacks import findings
from tests.pictures.test_chances import SETTINGS
from tests.pictures.test_pictures import DHE, KE
from tests.pictures.test_sequence import FULL, forms
from tls13lab.adversary.plan import Shape, plan
from tls13lab.crypto.schedule import SCHEDULE
from tls13lab.pictures.attack_tree import attack_tree
from tls13lab.pictures.bit_picture import bit_picture
from tls13lab.pictures.byte_view import named_fields
from tls13lab.pictures.chances import chances
from tls13lab.pictures.claims_matrix import matrix_picture
from tls13lab.pictures.compare_picture import compare_picture
from tls13lab.pictures.schedule_graph import MODES, schedule_graph
from tls13lab.pictures.sequence import sequence
from tls13lab.pictures.timeline import timeline
from tls13lab.symbolic.claims import cells

pytestmark = pytest.mark.browser

FONTS = Path(mpl.get_data_path(), "fonts", "ttf")
GRAPHS = sorted(one for one in store.FOLDER.glob("*.svg") if one.name.startswith(("att", "mov")))
SOURCES = {"initial_ecdhe", "ticket_key", "client_ecdhe", "server_ecdhe"}
VALUES = dict.fromkeys(("psk", "ecdhe", *SCHEDULE), bytes.fromhex("d0") * 32)

# The texts of which some corner is not on the shape that their box is drawn as.
LEAVING = """svg => {
    document.getElementById("here").innerHTML = svg;
    const left = [];
    for (const group of document.querySelectorAll("g.node, g.cluster, g.part")) {
        const shape = group.querySelector("polygon, ellipse, path, rect");
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
    assert len(GRAPHS) > 25
    found = {one.name: page.evaluate(LEAVING, one.read_text("utf-8")) for one in GRAPHS}
    assert {name: left for name, left in found.items() if left} == {}


def test_no_letter_of_the_schedule_leaves_its_box(page: Page) -> None:
    for mode in MODES:
        for picture in (
            schedule_graph(mode=mode),
            schedule_graph("main_secret", mode, VALUES),
            schedule_graph(None, mode, VALUES, {"psk", "ticket_key", "client_ecdhe"}),
            schedule_graph(None, mode, stolen=SOURCES),
        ):
            svg = picture.svg
            assert page.evaluate(LEAVING, svg) == []
            assert page.evaluate(CUT_OFF, svg) == page.evaluate(CROSSING, svg) == []
    assert "d0d0d0d0..d0d0" in schedule_graph("psk", values=VALUES).svg


def test_one_that_leaves_its_box_is_seen(page: Page) -> None:
    svg = attack_tree(plan(Shape("psk_ke", held=frozenset({"psk"})), "application_data")).svg
    long = "main_secret, and more than has room"
    assert page.evaluate(LEAVING, svg.replace(">main_secret</text>", f">{long}</text>")) == [long]
    svg = schedule_graph().svg.replace(">main_secret</text>", f">{long}</text>")
    assert page.evaluate(LEAVING, svg) == [long]
    # A label that runs into the next box.
    svg = schedule_graph().svg.replace(">input key<", ">input keying material<")
    assert page.evaluate(CROSSING, svg) == ["input keying material"] * 3


def test_no_letter_of_a_lessons_picture_is_cut_off(page: Page) -> None:
    found = [
        (path.name, page.evaluate(CUT_OFF, svg))
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
        for _, svg in pictures(nbformat.read(path, as_version=4))
    ]
    assert len(found) >= 10
    assert [one for one in found if one[1]] == []


def test_no_letter_of_the_matrix_leaves_its_column(page: Page) -> None:
    svg = matrix_picture(cells()).svg
    assert page.evaluate(CUT_OFF, svg) == page.evaluate(CROSSING, svg) == []
    # The twins: a name that is too long for the first column, and a verdict for its own.
    long = svg.replace(", passive: ", f", passive: {'long ' * 40}", 1).replace(
        "x lost<", f"{'x' * 20}<", 1
    )
    assert len(page.evaluate(CROSSING, long)) == 2


def test_two_conversations_side_by_side_keep_to_their_boxes(page: Page) -> None:
    for left, right in permutations((KE, DHE), 2):
        svg = compare_picture(left, right).svg
        assert page.evaluate(CUT_OFF, svg) == page.evaluate(CROSSING, svg) == []


def test_no_letter_of_a_conversation_leaves_its_place(page: Page) -> None:
    for conversation in (KE, DHE, FULL):
        for upto in (None, 3, 4):
            for name, picture in forms(conversation, upto).items():
                assert page.evaluate(CUT_OFF, picture.svg) == [], name
                assert page.evaluate(CROSSING, picture.svg) == [], name
    # The twins: words that run over the bars, and a name of keys that leaves the picture.
    svg = sequence(DHE).svg
    long = svg.replace(">ServerHello</text>", f">{'ServerHello' * 9}</text>")
    assert page.evaluate(CROSSING, long) == ["ServerHello" * 9]
    keys = svg.replace(">no keys yet</text>", f">{'no keys yet ' * 9}</text>", 1)
    assert page.evaluate(CUT_OFF, keys) == ["no keys yet " * 9]


def test_no_letter_of_a_timeline_is_cut_off(page: Page) -> None:
    found = findings()
    for stolen_after in (None, 0, 2, 3):
        rows = {"psk_ke": found * 2, "psk_dhe_ke, with a name that is long": found}
        svg = timeline(rows, stolen_after, "What the two keys in memory open").svg
        assert page.evaluate(CUT_OFF, svg) == page.evaluate(CROSSING, svg) == []
    # The twin: it was cut off at the right, where nothing kept room for it.
    wide = timeline({"psk_ke": found}, 2, "").svg.replace(">stolen here<", f">{'stolen here' * 9}<")
    assert page.evaluate(CUT_OFF, wide) == ["stolen here" * 9]


def test_no_letter_of_a_byte_leaves_its_box(page: Page) -> None:
    raw = DHE.steps[0].messages[0]
    for field in named_fields(raw):
        svg = bit_picture(raw, field, field.length - 1, 7).svg
        assert page.evaluate(CUT_OFF, svg) == page.evaluate(CROSSING, svg) == []
    wide = svg.replace(">before</text>", f">{'before' * 3}</text>")
    assert page.evaluate(CUT_OFF, wide) == ["before" * 3]


def test_no_setting_of_the_instrument_leaves_its_boxes(page: Page) -> None:
    for told in SETTINGS:
        svg = chances(told).svg
        assert page.evaluate(CUT_OFF, svg) == page.evaluate(CROSSING, svg) == []


def test_one_that_is_cut_off_is_seen(page: Page) -> None:
    svg = (
        '<svg width="40" height="20"><text x="2" y="12" font-size="10">so long a line</text></svg>'
    )
    assert page.evaluate(CUT_OFF, svg) == ["so long a line"]
