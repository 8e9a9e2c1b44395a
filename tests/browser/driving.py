"""Every control of a widget, moved by keyboard and by mouse, and how long each answer takes.

A control answers if what the cell shows changes. One that stands at an end, or a button that has
nothing to do where the widget is, gets another chance when the others have been moved.
"""

from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

ANSWER_MS = 1_500
ROUNDS = 4

# What can be moved, with the keys that do it; a second way where it may stand at an end.
KINDS: dict[str, tuple[str, ...]] = {
    "input[type=range]": ("ArrowRight", "ArrowLeft"),
    ".noUi-handle": ("ArrowRight", "ArrowLeft"),
    # Up and Down alone JupyterLab takes, on a closed list, to go from cell to cell.
    "select": ("Space ArrowDown Enter", "Space ArrowUp Enter"),
    "button:not(.jp-Button)": ("Enter",),
    "input[type=checkbox]": ("Space",),
    "input[type=radio]": ("Space",),
    "[role=grid] [tabindex='0']": ("ArrowRight", "ArrowLeft"),
}

# From the first sign of the hand to the first change of what is shown, in the page's own clock.
WATCH = """area => {
    window.tls13lab = {began: null, answered: null};
    const sign = () => { if (window.tls13lab.began === null)
        window.tls13lab.began = performance.now(); };
    for (const kind of ["keydown", "pointerdown", "input", "change"])
        document.addEventListener(kind, sign, {capture: true});
    const answers = [...area.querySelectorAll(".widget-html-content, [role=status]")];
    window.tls13lab.watching = new MutationObserver(() => {
        if (window.tls13lab.answered === null) window.tls13lab.answered = performance.now(); });
    for (const one of answers) window.tls13lab.watching.observe(one,
        {childList: true, subtree: true, characterData: true});
}"""
READ = """() => { const {began, answered} = window.tls13lab;
    return answered === null ? null : answered - (began ?? answered); }"""
RESET = "() => { window.tls13lab.began = null; window.tls13lab.answered = null; }"


@dataclass
class Driven:
    """What came of it: controls by name, those that never answered, and milliseconds."""

    controls: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)


def drive(page: Page, area: Locator) -> Driven:
    """Move everything that is in a cell's output."""
    found = Driven()
    area.evaluate(WATCH)
    waiting: set[tuple[str, int, str]] = set()
    for kind in KINDS:
        for number in range(area.locator(kind).count()):
            if area.locator(kind).nth(number).is_visible():
                found.controls.append(f"{kind} {number}")
                waiting |= {(kind, number, way) for way in ("keyboard", "mouse")}
    for turn in range(ROUNDS):
        # By keyboard first, then by mouse; every other round from the last control to the first.
        for kind, number, way in sorted(waiting, key=_order, reverse=bool(turn % 2)):
            control = area.locator(kind).nth(number)
            if not control.is_enabled():
                continue
            try:
                spent = _move(page, control, kind, way, turn)
            except PlaywrightTimeout:
                # Work in the background may have ended and switched the button off just now.
                if control.is_enabled():
                    raise
                continue
            if spent is not None:
                found.milliseconds.append(spent)
                waiting.discard((kind, number, way))
    for kind, number, way in sorted(waiting, key=_order):
        if area.locator(kind).nth(number).is_enabled():
            found.dead.append(f"{kind} {number} by {way}")
    return found


def _order(one: tuple[str, int, str]) -> tuple[str, int, int]:
    kind, number, way = one
    return way, list(KINDS).index(kind), number


def _move(page: Page, control: Locator, kind: str, way: str, turn: int) -> float | None:
    """Milliseconds until the answer, None if there was none."""
    if kind == "input[type=radio]" and control.is_checked():
        # What is chosen already has nothing to answer, so another one is chosen before it.
        group = control.locator("xpath=ancestor::*[contains(@class, 'widget-radio')][1]")
        page.evaluate(RESET)
        group.locator("input:not(:checked)").first.click(timeout=ANSWER_MS)
        _answer(page)
    if way == "keyboard":
        for keys in KINDS[kind]:
            page.evaluate(RESET)
            for key in keys.split():
                control.press(key, timeout=ANSWER_MS)
            spent = _answer(page)
            if spent is not None:
                return spent
        return None
    page.evaluate(RESET)
    if kind == "select":
        count = control.locator("option").count()
        chosen = control.evaluate("one => one.selectedIndex")
        control.select_option(index=(chosen + 1) % count)
    elif kind in (".noUi-handle", "input[type=range]"):
        target = control
        if kind == ".noUi-handle":
            target = control.locator("xpath=ancestor::*[contains(@class, 'noUi-target')]")
        track = target.bounding_box()
        assert track is not None
        across = track["width"] * (0.9 if turn % 2 else 0.2)
        page.mouse.click(track["x"] + across, track["y"] + track["height"] / 2)
    elif kind.startswith("[role=grid]"):
        control.locator("xpath=following-sibling::*[1] | preceding-sibling::*[1]").last.click()
    else:
        control.click(timeout=ANSWER_MS)
    return _answer(page)


def _answer(page: Page) -> float | None:
    for _ in range(ANSWER_MS // 20):
        spent: float | None = page.evaluate(READ)
        if spent is not None:
            return spent
        page.wait_for_timeout(20)
    return None
