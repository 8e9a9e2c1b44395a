"""Sphinx's part: the theme's button for the lab in the browser opens the lesson that it is on.

The theme takes a lesson's place in this project for its place in that lab, which has no folders.
"""

from typing import Any

from sphinx.application import Sphinx

AFTER_THE_THEME = 900


def without_the_folder(_: Sphinx, __: str, ___: str, context: dict[str, Any], ____: object) -> None:
    """Mend the address of each such button."""
    for group in context.get("header_buttons", ()):
        for button in group.get("buttons", ()):
            if "url" in button:
                button["url"] = button["url"].replace("?path=notebooks/", "?path=")


def setup(app: Sphinx) -> dict[str, bool]:
    """What Sphinx calls."""
    app.connect("html-page-context", without_the_folder, priority=AFTER_THE_THEME)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
