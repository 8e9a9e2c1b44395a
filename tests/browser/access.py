"""axe-core on a page: what it finds that keeps people out, as one line each.

Contrast takes most of axe's time: more than a minute for a table of thousands of tiles. But it is a
matter of colours and sizes. So on a long page it is measured on two of each kind of element with
words in it, the first and the last. Two elements are of a kind if they, and all that they stand in,
have the same names, classes, colours, sizes and opacity.
"""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

_SCRIPT = Path(axe_playwright_python.__file__).with_name("axe.min.js")
SERIOUS = ("serious", "critical")
LONG = 300
"""How many elements with words a long page has; for a short one, two runs would take longer."""

# How links in text look is Jupyter's stylesheet's business, which underlines none.
RUN = """async ({include, exclude, long}) => {
    const numbers = new Map(), kinds = new Map(), found = new Map();
    const number = text => numbers.get(text) ?? (numbers.set(text, numbers.size), numbers.size - 1);
    const kind = element => {
        if (!element) return 0;
        if (!kinds.has(element)) {
            const style = getComputedStyle(element);
            kinds.set(element, number([kind(element.parentElement), element.tagName,
                element.getAttribute("class"), style.color, style.backgroundColor,
                style.backgroundImage, style.opacity, style.fontSize, style.fontWeight,
                style.textShadow, style.visibility, style.display].join("|")));
        }
        return kinds.get(element);
    };
    let count = 0;
    const away = exclude.join(", ");
    for (const place of document.querySelectorAll(include.join(", ")))
        for (const element of [place, ...place.querySelectorAll("*")]) {
            const words = [...element.childNodes].some(
                node => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
            if (!words && !element.matches("input, select, textarea, button")) continue;
            if (away && element.closest(away)) continue;
            count += 1;
            const one = kind(element);
            found.set(one, [(found.get(one) ?? [element])[0], element]);
        }
    const some = [...new Set([...found.values()].flat())];
    const contrast = "color-contrast", resultTypes = ["violations"];
    const runs = [await axe.run({include, exclude}, {resultTypes,
        rules: {"link-in-text-block": {enabled: false}, [contrast]: {enabled: count < long}}})];
    if (count >= long) runs.push(await axe.run({include: some, exclude},
        {resultTypes, runOnly: {type: "rule", values: [contrast]}}));
    return runs.flatMap(run => run.violations).map(one => ({id: one.id, impact: one.impact,
        help: one.help, nodes: one.nodes.map(node => node.html.slice(0, 160))}));
}"""


def faults(page: Page, include: list[str], exclude: list[str]) -> list[str]:
    """The serious and critical ones in the elements named, each with its first place."""
    if not page.evaluate("() => 'axe' in window"):
        page.add_script_tag(path=str(_SCRIPT))
    asked = {"include": include, "exclude": exclude, "long": LONG}
    found: list[dict[str, Any]] = page.evaluate(RUN, asked)
    return [
        f"{one['impact']}: {one['help']} ({one['id']}, {len(one['nodes'])}): {one['nodes'][0]}"
        for one in found
        if one["impact"] in SERIOUS
    ]
