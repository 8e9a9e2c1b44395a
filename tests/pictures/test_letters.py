"""Letters stay in their boxes and can be read, whatever font a reader's machine has, in a browser.

All pictures are looked at: those that the lessons store, and those of :mod:`tests.pictures.every`.
"""

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import matplotlib as mpl
import nbformat
import pytest
from matplotlib.font_manager import findSystemFonts
from playwright.sync_api import Browser, Page

from lite.lessons import pictures
from tests.conftest import ROOT
from tests.pictures import store
from tests.pictures.every import DRAWN, every, functions
from tests.pictures.test_attacks import findings
from tests.pictures.test_pictures import DHE
from tls13lab.adversary.plan import Shape, plan
from tls13lab.pictures import ink
from tls13lab.pictures.attack_tree import attack_tree
from tls13lab.pictures.picture import Picture
from tls13lab.pictures.schedule_graph import schedule_graph
from tls13lab.pictures.sequence import sequence
from tls13lab.pictures.svg import document, text
from tls13lab.pictures.timeline import timeline

pytestmark = [pytest.mark.browser, pytest.mark.full]

GRAPHS = sorted(store.FOLDER.glob("*.svg"))
STEPS = plan(Shape("psk_ke", held=frozenset({"psk"})), "application_data")
OWN = "this machine's"
WIDTHS = (390, 828, 1280)


def _fonts() -> Mapping[str, Path]:
    """The fonts to try, by name; the first two come with matplotlib, the others if they are here.

    DejaVu Sans is the widest of the usual fonts. STIXGeneral has serifs: a reader may have any.
    """
    usual = ("LiberationSans-Regular", "Arial", "arial", "NotoSans-Regular")
    here = {Path(one).stem: Path(one) for one in sorted(findSystemFonts())}
    own = Path(mpl.get_data_path(), "fonts", "ttf")
    found = {name: own / f"{name}.ttf" for name in ("DejaVuSans", "STIXGeneral")}
    return found | {name: here[name] for name in usual if name in here}


FONTS = _fonts()

# Each of these looks at the picture that is shown.

# The texts of which some corner is not on the shape that their box is drawn as.
LEAVING = """() => {
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

# The same of parts whose first shape is their box.
LEAVING_PARTS = LEAVING.replace("g.node, g.cluster", "g.part").replace("path", "path, rect")

# The texts that are not wholly within the picture, which would be cut off.
CUT_OFF = """() => {
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
CROSSING = """() => {
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

# The texts that lie over one another: neither can be read.
OVER = """() => {
    const texts = [...document.querySelectorAll("svg text")].filter(one => one.textContent.trim());
    const places = texts.map(one => one.getBoundingClientRect());
    const slack = 2; // a line's box is higher than its letters
    const over = [];
    places.forEach((one, number) => places.slice(0, number).forEach((other, before) => {
        const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
        const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
        if (across > slack && down > Math.min(one.height, other.height) / 3)
            over.push(`${texts[before].textContent} | ${texts[number].textContent}`);
    }));
    return over;
}"""

LOOKS = {
    "leaves its box": LEAVING,
    "is cut off": CUT_OFF,
    "crosses a box": CROSSING,
    "is written over": OVER,
}

# The size of the smallest letters of a picture as an output shows it, in pixels of the screen.
SMALLEST = """async ([html, width]) => {
    const here = document.getElementById("here");
    here.style.width = `${width}px`;
    here.innerHTML = html;
    const image = here.querySelector("img");
    if (!image) return null;
    await image.decode();
    const text = new TextDecoder().decode(
        Uint8Array.from(atob(image.src.split(",", 2)[1]), one => one.charCodeAt(0)));
    const svg = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    const frame = document.createElement("div");
    frame.append(document.importNode(svg, true));
    here.append(frame);
    const own = parseFloat(svg.getAttribute("width")) *
        (svg.getAttribute("width").endsWith("pt") ? 4 / 3 : 1);
    const unit = own / (svg.viewBox.baseVal.width || own);
    const sizes = [...frame.querySelectorAll("text")]
        .map(one => parseFloat(getComputedStyle(one).fontSize) * unit);
    const padding = parseFloat(getComputedStyle(image).paddingLeft) * 2;
    const shown = (image.getBoundingClientRect().width - padding) / own;
    return sizes.length ? Math.min(...sizes) * shown : null;
}"""


def _font_face(path: Path) -> str:
    """A style that gives all words of a picture this font."""
    data = base64.b64encode(path.read_bytes()).decode()
    face = f"@font-face {{font-family: Helvetica; src: url(data:font/ttf;base64,{data})}}"
    return f"{face} svg text {{font-family: Helvetica !important}}"


@pytest.fixture(scope="module", params=[OWN, *FONTS])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page that shows all words in that font."""
    own = request.param == OWN
    style = "" if own else _font_face(FONTS[request.param])
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_content(f"<style>{style}</style><div id=here></div>")
    loaded = page.evaluate("document.fonts.load('11px Helvetica').then(found => found.length)")
    assert loaded == (0 if own else 1)
    yield page
    page.close()


@pytest.fixture(scope="module")
def plain(browser: Browser) -> Iterator[Page]:
    """A page in which the font does not matter."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_content("<div id=here></div>")
    yield page
    page.close()


def looked_at(page: Page, svg: str, looks: Iterable[str]) -> list[list[str]]:
    """Show a picture once; what each look finds."""
    each = ", ".join(f"({look})()" for look in looks)
    show = 'document.getElementById("here").innerHTML = svg'
    found: list[list[str]] = page.evaluate(f"svg => {{ {show}; return [{each}]; }}", svg)
    return found


def faults(page: Page, svg: str) -> list[str]:
    """What is wrong with a picture's letters."""
    found = zip(LOOKS, looked_at(page, svg, LOOKS.values()), strict=True)
    return [f"{what}: {one}" for what, wrong in found for one in wrong]


def lessons() -> Iterator[tuple[str, str]]:
    """Name and SVG of each picture that a lesson stores."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for digest, svg in pictures(nbformat.read(path, as_version=4)):
            yield f"{path.stem} {digest}", svg


def test_no_function_that_draws_is_left_out() -> None:
    missing = functions() - set(DRAWN)
    assert missing == set(), "give tests/pictures/every.py examples of these"


@pytest.mark.parametrize("name", [one.__name__ for one in DRAWN])
def test_no_letter_of_a_picture_leaves_its_box(page: Page, name: str) -> None:
    assert every()[name]
    found = {one.alt: faults(page, one.svg) for one in every()[name]}
    assert {alt: wrong for alt, wrong in found.items() if wrong} == {}


def test_no_letter_of_a_stored_graph_leaves_its_box(page: Page) -> None:
    assert len(GRAPHS) > 25
    found = {one.name: faults(page, one.read_text("utf-8")) for one in GRAPHS}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_no_letter_of_a_lessons_picture_leaves_its_box(page: Page) -> None:
    found = {name: faults(page, svg) for name, svg in lessons()}
    assert len(found) >= 10
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_no_letter_of_the_schedule_leaves_its_part(page: Page) -> None:
    pictures = every()["schedule_graph"]
    assert any("d0d0d0d0..d0d0" in one.svg for one in pictures)
    for one in pictures:
        assert looked_at(page, one.svg, [LEAVING_PARTS]) == [[]]


LONG = "main_secret, and more than has room"


@pytest.mark.parametrize(
    ("drawn", "old", "new", "wrong"),
    [
        (lambda: attack_tree(STEPS), "main_secret", LONG, f"leaves its box: {LONG}"),
        (schedule_graph, "input key", "input keying material", "crosses a box: input key"),
        (lambda: sequence(DHE), "ServerHello", "ServerHello" * 9, "crosses a box: ServerHello"),
        (lambda: sequence(DHE), "no keys yet", "no keys yet " * 9, "is cut off: no keys yet"),
        (
            lambda: timeline({"psk_ke": findings()}, 2, ""),
            "stolen here",
            "stolen here" * 9,
            "is cut off: stolen here",
        ),
        (lambda: every()["bit_picture"][0], "before", "before" * 3, "is cut off: before"),
    ],
)
def test_words_that_are_too_long_are_seen(
    page: Page, drawn: Callable[[], Picture], old: str, new: str, wrong: str
) -> None:
    svg = drawn().svg
    assert f">{old}<" in svg
    found = faults(page, svg.replace(f">{old}<", f">{new}<"))
    assert any(one.startswith(wrong) for one in found), found


def test_what_is_wrong_is_seen(page: Page) -> None:
    def wrong(content: str) -> list[str]:
        ground = '<rect width="200" height="60" fill="#ffffff"/>'
        return faults(page, f'<svg width="200" height="60">{ground}{content}</svg>')

    words = '<text x="2" y="30" font-size="12">words in a picture</text>'
    assert wrong(words) == []
    box = '<rect x="0" y="15" width="40" height="20"/>'
    assert wrong(f"{box}{words}") == ["crosses a box: words in a picture"]
    node = '<g class="node"><polygon points="0,15 0,35 40,35 40,15"/>'
    assert wrong(f"{node}{words}</g>") == ["leaves its box: words in a picture"]
    assert wrong(words.replace('x="2"', 'x="180"')) == ["is cut off: words in a picture"]
    second = words.replace("words", "others").replace('y="30"', 'y="33"')
    assert wrong(words + second) == ["is written over: words in a picture | others in a picture"]


@pytest.mark.parametrize("name", [one.__name__ for one in DRAWN])
def test_no_letter_is_smaller_than_the_style_allows(plain: Page, name: str) -> None:
    """At its natural size; a picture that is smaller than that is shrunk, or scrolled."""
    assert too_small(plain, ((one.alt, one.image) for one in every()[name]), 2000, ink.SMALL) == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_no_picture_is_shrunk_until_it_cannot_be_read(plain: Page, width: int) -> None:
    drawn = ((one.alt, one.image) for several in every().values() for one in several)
    assert too_small(plain, drawn, width, ink.READABLE) == {}


@pytest.mark.parametrize("width", WIDTHS)
def test_no_stored_picture_is_shrunk_until_it_cannot_be_read(plain: Page, width: int) -> None:
    stored = (
        (f"{path.stem} {cell.id}", output.data["text/html"].partition("<script>")[0])
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
        for output in cell.get("outputs", ())
        if "data:image/svg+xml" in output.get("data", {}).get("text/html", "")
    )
    assert too_small(plain, stored, width, ink.READABLE) == {}


def too_small(
    page: Page, outputs: Iterable[tuple[str, str]], width: int, least: int
) -> dict[str, float]:
    """The outputs whose smallest letters are smaller than that, if there is so much room."""
    sizes = {name: page.evaluate(SMALLEST, [html, width]) for name, html in outputs}
    assert sizes
    return {name: size for name, size in sizes.items() if size is not None and size < least - 0.05}


def test_one_that_is_shrunk_is_seen(plain: Page) -> None:
    svg = document(800, 9, [text(400, 8, "a", ink.SMALL)])
    data = base64.b64encode(svg.encode()).decode()
    image = f'<img style="max-width:100%" src="data:image/svg+xml;base64,{data}">'
    assert plain.evaluate(SMALLEST, [image, 400]) == pytest.approx(6.5)
    assert plain.evaluate(SMALLEST, [image, 1200]) == pytest.approx(13)
