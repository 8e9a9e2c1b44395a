"""How long an instrument takes to answer in a page of the site, with the processor slowed.

``python -m bench.page [FOLDER]`` opens lessons of the built site (``run.py site`` builds it) from
their files in Chromium, makes the processor ``SLOWED`` times slower than it is, and moves the first
instruments: from a cold start of the page to the first answer, and from a click to its answer.
Both are shares of what a reader should wait at most.
"""

import sys
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page

from bench.widgets import p95
from tests.browser.launched import launched
from tests.conftest import find_chromium

SITE = Path(__file__).resolve().parent.parent / "build" / "site"
SLOWED = 4
"""A cheap phone's processor is about that much slower than a laptop's."""
COLD_MS, CLICK_MS = 3000.0, 100.0
LESSONS = ("00_start_here", "01_key_schedule", "04_forward_secrecy")
PARTS = "input[type=range], select, input[type=checkbox]"

# Move one control of one instrument to its next value, and wait until the view was replaced.
CLICK = """([at, part]) => new Promise((done, fail) => {
    const host = document.querySelectorAll(".tls13lab-tape")[at];
    const field = host.querySelectorAll(".tls13lab-controls :is(input, select)")[part];
    const view = host.querySelector(".tls13lab-view");
    const begun = performance.now();
    new MutationObserver(() => requestAnimationFrame(() => done(performance.now() - begun)))
        .observe(view, {childList: true});
    if (field.type === "checkbox") field.checked = !field.checked;
    else field.value = Number(field.value) + 1 <= Number(field.max ?? field.length - 1)
        ? Number(field.value) + 1 : 0;
    field.dispatchEvent(new Event("input", {bubbles: true}));
    setTimeout(() => fail("no answer"), 20000);
})"""
FIRST = """async () => {
    while (!document.querySelector(".tls13lab-playing")) await new Promise(requestAnimationFrame);
    const host = document.querySelector(".tls13lab-tape");
    const view = host.querySelector(".tls13lab-view");
    const seen = new Promise(done => new MutationObserver(done).observe(view, {childList: true}));
    [...host.querySelectorAll("button")].find(one => one.textContent === "Forward").click();
    await seen;
    return performance.now(); // since the page was asked for
}"""


def answers(folder: Path = SITE, rounds: int = 5) -> dict[str, float]:
    """Shares of the limits; nothing where there is no Chromium or no built site."""
    if find_chromium() is None or not folder.is_dir():
        return {}
    cold, clicks = [], []
    with launched() as browser:
        for _ in range(rounds):
            page = _slow_page(browser)
            page.goto((folder / f"notebooks/{LESSONS[0]}.html").as_uri(), wait_until="commit")
            cold.append(float(page.evaluate(FIRST)))
            page.context.close()
        for name in LESSONS:
            page = _slow_page(browser)
            page.goto((folder / f"notebooks/{name}.html").as_uri())
            for at, tape in enumerate(page.locator(".tls13lab-tape").all()):
                for part in range(tape.locator(PARTS).count()):
                    page.evaluate(CLICK, [at, part])  # the first one unpacks the tape
                    clicks += [float(page.evaluate(CLICK, [at, part])) for _ in range(rounds)]
            page.context.close()
    return {
        "cold start to the first answer, share of 3 s": median(cold) / COLD_MS,
        "answers measured": len(clicks),
        "95th percentile of a click, share of 100 ms": p95(sorted(clicks)) / CLICK_MS,
    }


def _slow_page(browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 390, "height": 844}, offline=True)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    return page


if __name__ == "__main__":
    for what, value in answers(Path(sys.argv[1]) if sys.argv[1:] else SITE).items():
        print(f"{what:46} {value:.3g}")
