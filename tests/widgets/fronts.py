"""A widget's front end on a page of its own, with a model that only remembers: no JupyterLab."""

import base64
import json
from typing import Any

from playwright.sync_api import Page

_LOAD = """async ([source, css, values]) => {
    const heard = {};
    window.model = {
        values, saved: 0, sent: [],
        get: (name) => window.model.values[name],
        set: (name, value) => {
            window.model.values[name] = value;
            for (const one of heard[`change:${name}`] ?? []) one();
        },
        save_changes: () => { window.model.saved += 1; },
        send: (content) => { window.model.sent.push(content); },
        on: (names, one) => { for (const name of names.split(" "))
            (heard[name] ??= []).push(one); },
        off: (names, one) => { for (const name of names.split(" "))
            heard[name] = (heard[name] ?? []).filter((other) => other !== one); },
    };
    const style = document.createElement("style");
    style.textContent = css;
    document.head.append(style);
    const front = await import(`data:text/javascript;base64,${source}`);
    const el = document.querySelector("main");
    window.leave = front.default.render({ model: window.model, el });
}"""


def show(page: Page, esm: Any, css: Any = "", **values: Any) -> None:
    """Show a front end, as its source, with the values of its model."""
    page.set_content("<html lang=en><title>t</title><body style='margin:8px'><main></main></html>")
    source = base64.b64encode(str(esm).encode()).decode()
    page.evaluate(_LOAD, [source, str(css), json.loads(json.dumps(values))])


def value(page: Page, name: str) -> Any:
    """What the model has under this name now."""
    return page.evaluate("name => window.model.values[name]", name)
