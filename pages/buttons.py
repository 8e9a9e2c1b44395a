"""A Sphinx extension that corrects the addresses of the theme's buttons on lessons.

The theme assumes that a lesson has the same path everywhere. But the lab in the browser has no
folders, and Colab opens copies of the lessons (``coursework.elsewhere``).
"""

import re
from typing import Any

from sphinx.application import Sphinx

from coursework.elsewhere import BRANCH

AFTER_THE_THEME = 900


def mended(address: str) -> str:
    """The right address for a button.

    >>> mended("https://colab.research.google.com/github/a/b/blob/master/notebooks/x.ipynb")
    'https://colab.research.google.com/github/a/b/blob/colab/x.ipynb'
    >>> mended("../../lite/lab/index.html?path=notebooks/x.ipynb")
    '../../lite/lab/index.html?path=x.ipynb'
    """
    if "colab.research.google.com" in address:
        return re.sub(r"/blob/[^/]+/notebooks/", f"/blob/{BRANCH}/", address)
    return address.replace("?path=notebooks/", "?path=")


def mend_buttons(_: Sphinx, __: str, ___: str, context: dict[str, Any], ____: object) -> None:
    """Correct the address of each button of a page."""
    for group in context.get("header_buttons", ()):
        for button in group.get("buttons", ()):
            if "url" in button:
                button["url"] = mended(button["url"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; Sphinx calls this."""
    app.connect("html-page-context", mend_buttons, priority=AFTER_THE_THEME)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
