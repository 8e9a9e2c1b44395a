"""Every control of a widget, moved by keyboard and by mouse, and how long each answer takes.

A control answers if what the cell shows changes. One that stands at an end, or a button that has
nothing to do where the widget is, gets another chance when the others have been moved.

That none came is not a matter of time: a move has had its chance when the kernel has done all that
was asked of it, and the page has drawn what came of that.
"""

import time
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tls13lab.widgets.explain import WAITING

ROUNDS = 4
HANG_SECONDS = 120.0
CLICK_MS = 2_000
"""After which a look is taken whether a control was switched off meanwhile; else one goes on."""

# What can be moved, with the keys that do it; a second way where it may stand at an end.
KINDS: dict[str, tuple[str, ...]] = {
    "input[type=range]": ("ArrowRight", "ArrowLeft"),
    ".noUi-handle": ("ArrowRight", "ArrowLeft"),
    # Up and Down alone JupyterLab takes, on a closed list, to go from cell to cell.
    "select": ("Space ArrowDown Enter", "Space ArrowUp Enter"),
    "button:not(.jp-Button)": ("Enter",),
    "input[type=checkbox]": ("Space",),
    "input[type=radio]": ("Space",),
    "textarea:not([aria-hidden])": ("x",),
    "[role=grid] [tabindex='0']": ("ArrowRight", "ArrowLeft"),
}

# From the first sign of the hand to the first change of what is shown, in the page's own clock.
WATCH = """area => {
    window.tls13lab = {began: null, answered: null};
    const sign = () => { if (window.tls13lab.began === null)
        window.tls13lab.began = performance.now(); };
    for (const kind of ["keydown", "pointerdown", "input", "change"])
        document.addEventListener(kind, sign, {capture: true});
    const shown = ".widget-html-content, .tls13lab-view, [role=status]";
    const answers = [...area.querySelectorAll(shown)];
    window.tls13lab.watching = new MutationObserver(() => {
        if (window.tls13lab.answered === null) window.tls13lab.answered = performance.now(); });
    for (const one of answers) window.tls13lab.watching.observe(one,
        {childList: true, subtree: true, characterData: true});
}"""
READ = """() => { const {began, answered} = window.tls13lab;
    return answered === null ? null : answered - (began ?? answered); }"""
RESET = "() => { window.tls13lab.began = null; window.tls13lab.answered = null; }"
# Until there is an answer, or nothing is left that could bring one. A kernel does one request after
# the other, so when it has answered ours it has done those before; a widget keeps back what changes
# while its kernel is busy and sends it then, hence more than one request.
ANSWERED_OR_DONE = """async () => {
    const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    const frame = () => new Promise(requestAnimationFrame);
    let done = false;
    const settle = async () => {
        for (let turn = 0; turn < 3; turn += 1) await kernel.requestKernelInfo();
        for (let turn = 0; turn < 2; turn += 1) await frame();
    };
    settle().finally(() => { done = true; });
    while (!done && window.tls13lab.answered === null) await frame();
}"""


@dataclass
class Driven:
    """What came of it: controls by name, those that never answered, and milliseconds."""

    controls: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)


@dataclass(frozen=True, order=True)
class Move:
    """One control, by its kind and its number in the cell, moved by ``keyboard`` or ``mouse``."""

    way: str
    kind: int  # its place in KINDS: by keyboard first, then by mouse, and kind by kind
    number: int

    @property
    def css(self) -> str:
        return list(KINDS)[self.kind]

    def __str__(self) -> str:
        return f"{self.css} {self.number} by {self.way}"


def drive(page: Page, area: Locator, *, first: bool = False, some: bool = False) -> Driven:
    """Move everything that is in a cell's output.

    With ``first``, until the first answer; with ``some``, of each kind of control only the first: a
    quiz has dozens of the same kind.
    """
    found = Driven()
    area.evaluate(WATCH)
    waiting: set[Move] = set()
    for kind, css in enumerate(KINDS):
        count = area.locator(css).count()
        for number in range(min(count, 1) if some else count):
            if area.locator(css).nth(number).is_visible():
                found.controls.append(f"{css} {number}")
                waiting |= {Move(way, kind, number) for way in ("keyboard", "mouse")}
    for turn in range(ROUNDS):
        # Every other round from the last control to the first.
        for move in sorted(waiting, reverse=bool(turn % 2)):
            spent = _move(page, area.locator(move.css).nth(move.number), move, turn)
            if spent is not None:
                found.milliseconds.append(spent)
                waiting.discard(move)
                if first:
                    return found
    for move in sorted(waiting):
        if area.locator(move.css).nth(move.number).is_enabled():
            found.dead.append(str(move))
    return found


def _move(page: Page, control: Locator, move: Move, turn: int) -> float | None:
    """Milliseconds until the answer, None if there was none or the control is switched off."""
    end = time.monotonic() + HANG_SECONDS
    while control.is_enabled():
        try:
            if move.css == "input[type=radio]" and control.is_checked():
                _choose_another(page, control)
            if move.css.startswith("textarea"):  # it says that it waits for a pause only once
                expect(page.get_by_text(WAITING)).to_have_count(0)
            if move.way == "keyboard":
                return _press(page, control, move.css)
            page.evaluate(RESET)
            _click(page, control, move.css, turn)
            return _answer(page)
        except PlaywrightTimeout:
            # Work in the background may have ended and switched the button off just now.
            if time.monotonic() > end:
                raise
    return None


def _choose_another(page: Page, radio: Locator) -> None:
    """What is chosen already has nothing to answer, so another one is chosen before it."""
    group = radio.locator("xpath=ancestor::*[contains(@class, 'widget-radio')][1]")
    page.evaluate(RESET)
    group.locator("input:not(:checked)").first.click(timeout=CLICK_MS)
    _answer(page)


def _press(page: Page, control: Locator, css: str) -> float | None:
    for keys in KINDS[css]:
        page.evaluate(RESET)
        for key in keys.split():
            control.press(key, timeout=CLICK_MS)
        spent = _answer(page)
        if spent is not None:
            return spent
    return None


def _click(page: Page, control: Locator, css: str, turn: int) -> None:
    """Move a control with the mouse; a slider to a place that differs from turn to turn."""
    if css == "select":
        count = control.locator("option").count()
        chosen = control.evaluate("one => one.selectedIndex")
        control.select_option(index=(chosen + 1) % count)
    elif css in (".noUi-handle", "input[type=range]"):
        target = control
        if css == ".noUi-handle":
            target = control.locator("xpath=ancestor::*[contains(@class, 'noUi-target')]")
        track = target.bounding_box()
        assert track is not None
        across = track["width"] * (0.9 if turn % 2 else 0.2)
        page.mouse.click(track["x"] + across, track["y"] + track["height"] / 2)
    elif css.startswith("[role=grid]"):
        control.locator("xpath=following-sibling::*[1] | preceding-sibling::*[1]").last.click()
    elif css.startswith("textarea"):
        control.click(timeout=CLICK_MS)
        page.keyboard.insert_text("y")
    else:
        control.click(timeout=CLICK_MS)


def _answer(page: Page) -> float | None:
    page.evaluate(ANSWERED_OR_DONE)
    spent: float | None = page.evaluate(READ)
    return spent
