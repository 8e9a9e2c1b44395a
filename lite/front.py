"""The site's front page: a list of the lessons, which open in JupyterLab or, on a phone, alone.

JupyterLab shows a notebook beside its files, and needs a wide screen. Jupyter Notebook, which is
part of the same site, shows only the notebook. Both load some megabytes first. This page does not,
and it has no scripts.
"""

import html
from collections.abc import Sequence

from pages.launch import LITE_ALONE, LITE_LAB
from pages.lessons import Lesson

LAB = f"{LITE_LAB}?path={{name}}.ipynb"
ALONE = f"{LITE_ALONE}?path={{name}}.ipynb"
PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tls13lab in the browser</title>
<link rel="icon" href="lab/favicon.ico">
<style>
:root {{ color-scheme: light dark; background: Canvas; color: CanvasText; }}
body {{ max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1.05rem/1.5 sans-serif; }}
li {{ margin: 0 0 1rem; }}
a {{ color: LinkText; display: inline-block; padding: 0.15rem 0; margin-right: 1rem; }}
</style>
<!-- The lab, in folders below this one, uses this to find the root of the site. -->
<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{{}}</script>
</head>
<body>
<main>
<h1>tls13lab in the browser</h1>
<p>The pre-shared keys of TLS 1.3, in {count} lessons. Python runs in this browser: nothing is
installed, and nothing is sent anywhere. A lesson takes about half a minute to open. Then choose
<em>Run, Run All Cells</em>, or run the cells one by one with Shift+Enter.</p>
<ol start="0">
{lessons}
</ol>
<p>Fifteen questions, before the lessons and after them:
<a href="{lab}">the quiz in JupyterLab</a> <a href="{alone}">the quiz on a small screen</a></p>
<p>What you change stays in this browser, on this machine. To keep it, choose <em>File,
Download</em>. Cells that need a real OpenSSL do not run here; they are shown with their output.</p>
<p><strong>This is for learning, not for protecting real traffic.</strong></p>
</main>
</body>
</html>
"""


def page(lessons: Sequence[Lesson]) -> str:
    """The whole page."""
    return PAGE.format(
        count=len(lessons),
        lessons="\n".join(map(_item, lessons)),
        lab=LAB.format(name="quiz"),
        alone=ALONE.format(name="quiz"),
    )


def _item(lesson: Lesson) -> str:
    title = html.escape(lesson.title.removeprefix(f"{lesson.number} · "))
    links = "\n".join(
        # With the number, because a screen reader may read the links without the titles.
        f'<a href="{place.format(name=lesson.name)}">{lesson.number} {words}</a>'
        for place, words in ((LAB, "in JupyterLab"), (ALONE, "on a small screen"))
    )
    return f"<li><strong>{title}</strong><br>\n{links}</li>"
