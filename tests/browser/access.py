"""axe-core on a page: what it finds that keeps people out, as one line each."""

from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

_SCRIPT = Path(axe_playwright_python.__file__).with_name("axe.min.js")
SERIOUS = ("serious", "critical")

# How links in text look is Jupyter's stylesheet's business, which underlines none.
RUN = """async ({include, exclude}) => {
    const found = await axe.run({include, exclude}, {resultTypes: ["violations"],
        rules: {"link-in-text-block": {enabled: false}}});
    return found.violations.map(one => ({id: one.id, impact: one.impact, help: one.help,
        nodes: one.nodes.map(node => node.html.slice(0, 160))}));
}"""


def faults(page: Page, include: list[str], exclude: list[str]) -> list[str]:
    """The serious and critical ones in the elements named, each with its first place."""
    page.add_script_tag(path=str(_SCRIPT))
    found: list[dict[str, Any]] = page.evaluate(RUN, {"include": include, "exclude": exclude})
    return [
        f"{one['impact']}: {one['help']} ({one['id']}, {len(one['nodes'])}): {one['nodes'][0]}"
        for one in found
        if one["impact"] in SERIOUS
    ]
