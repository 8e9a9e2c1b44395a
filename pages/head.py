"""A Sphinx extension for what stands around the pages: descriptions, the map of the site, scripts.

Each page gets a description from its first paragraph, and its address on the site that is
published. ``sitemap.xml``, ``robots.txt`` and ``404.html`` are for servers. The theme's scripts may
wait until the page is there, except the one whose settings others use at once.
"""

import re
from pathlib import Path
from string import Template
from typing import Any
from xml.sax.saxutils import escape

from docutils import nodes
from sphinx.application import Sphinx

from pages.launch import Doors
from pages.loop import ALT

LONGEST = 200
"""Most characters of a description; search engines show about 160."""
_ICONS = re.compile(r"<script [^>]*fontawesome\.js[^>]*></script>")
AT_ONCE = "documentation_options.js"
ONLY_ON = {
    "run.js": re.compile("notebooks/.*"),
    "tables.js": re.compile(r"docs/.*|rfc"),
    "terms.js": re.compile("notebooks/.*"),
    "try.js": re.compile("index"),
}
"""Scripts that only some pages need, by the names of these."""
# Made by Sphinx from the sources, and of no use to whoever comes from a search engine.
NOT_IN_THE_MAP = {"search", "genindex", "py-modindex"}
MISSING = Path(__file__).with_name("source") / "_templates" / "404.html"


def described(tree: nodes.document | None, otherwise: str) -> str:
    """The first paragraph of a page in one line, cut at a word; ``otherwise`` if there is none."""
    for paragraph in tree.findall(nodes.paragraph) if tree is not None else ():
        text = " ".join(paragraph.astext().split())
        if isinstance(paragraph.parent, nodes.section) and len(text) > 40:
            return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"
    return otherwise


def without_icon_script(head: str) -> str:
    """A head without the script of the theme's icons, which are also a font.

    >>> without_icon_script('<a><script defer src="x/fontawesome.js?digest=1"></script><b>')
    '<a><b>'
    """
    return _ICONS.sub("", head)


def around(
    app: Sphinx, name: str, _: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Give a page its description and addresses, and let scripts wait."""
    site = Doors.of().site
    context["site"] = site
    lite = Doors.of().lite
    context["lite"] = "" if "://" in lite else "../" * name.count("/") + lite
    context["address"] = site if name == "index" else f"{site}{name}.html"
    title = re.sub(r"<[^>]+>", "", context.get("title") or name)
    context["description"] = described(tree, f"{title}: a page of tls13lab")
    context["card_alt"] = ALT
    context["without_icon_script"] = without_icon_script
    for script, pages in ONLY_ON.items():
        if pages.fullmatch(name):
            app.add_js_file(script)
    if name != "search":  # its own scripts do not wait, and need these
        context["script_files"] = [waiting(one) for one in context.get("script_files", ())]


def waiting(script: Any) -> Any:
    """A script that waits for the page, if it may; a new one, because all pages share the old."""
    if not script.filename or AT_ONCE in str(script.filename):
        return script
    more = script.attributes | {"defer": "defer"}
    return type(script)(script.filename, priority=script.priority, **more)


def for_servers(app: Sphinx, failure: Exception | None) -> None:
    """Write the files that only servers and search engines ask for."""
    if failure is not None:
        return
    folder, site = Path(app.outdir), Doors.of().site
    names = sorted(app.env.found_docs - NOT_IN_THE_MAP)
    places = (site if name == "index" else f"{site}{name}.html" for name in names)
    urls = "".join(f"<url><loc>{escape(place)}</loc></url>\n" for place in places)
    (folder / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n',
        encoding="utf-8",
    )
    robots = f"User-agent: *\nAllow: /\nSitemap: {site}sitemap.xml\n"
    (folder / "robots.txt").write_text(robots, encoding="utf-8")
    page = Template(MISSING.read_text(encoding="utf-8")).substitute(site=site)
    (folder / "404.html").write_text(page, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension; Sphinx calls this."""
    app.connect("html-page-context", around, priority=900)
    app.connect("build-finished", for_servers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
