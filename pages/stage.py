"""Collects the sources of the site: copies of files, and pages that are made from them.

Notebooks and documents have the same relative paths as in the project, so their links still work.
"""

import re
import shutil
from pathlib import Path
from string import Template

import nbformat
from myst_parser.slugs import github_slugify

from coursework.anchors import relink
from coursework.folding import for_site
from pages.api_pages import api_pages
from pages.card import PICTURE
from pages.cross_references import Entries, collect
from pages.instrument import instrument
from pages.launch import Doors
from pages.lessons import NOTEBOOKS, ROOT, Lesson, lessons
from pages.lessons_page import front
from pages.lessons_page import page as lessons_page
from pages.loop import ALT, NARROW, WIDE
from pages.rfc_page import page as rfc_page

SOURCE = Path(__file__).with_name("source")
DOCUMENTS = ("CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")


def stage(folder: Path, doors: Doors) -> None:
    """Write all sources to ``folder``; its earlier contents are deleted."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in DOCUMENTS:
        shutil.copy2(ROOT / name, folder / name)
    (folder / "notebooks").mkdir()
    for path in NOTEBOOKS.glob("*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        for_site(notebook)
        relink(notebook, NOTEBOOKS, lambda heading, _: github_slugify(heading.replace("`", "")))
        nbformat.write(notebook, folder / "notebooks" / path.name)
    (folder / "docs").mkdir()
    for path in (ROOT / "docs").glob("*.md"):
        shutil.copy2(path, folder / "docs" / path.name)
    for name in pictures():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    for path in (PICTURE, NARROW, WIDE):
        shutil.copy2(path, folder / "_static" / path.name)
    for name, text in gathered(doors).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


def pictures() -> set[str]:
    """The image files that the documents show, from the project's folder."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in DOCUMENTS]
    return {name for text in texts for name in re.findall(r"!\[[^]]*\]\(([^):]+)\)", text)}


def gathered(doors: Doors) -> dict[str, str]:
    """The pages that are made in each build, by their names."""
    all_lessons: list[Lesson] = lessons()
    entries: Entries = collect(all_lessons)
    index = Template((SOURCE / "index.md").read_text(encoding="utf-8"))
    pages = {
        "index.md": index.substitute(
            front(all_lessons, doors), instrument=instrument(), loop_alt=ALT
        ),
        "lessons.md": lessons_page(all_lessons, doors),
        "rfc.md": rfc_page(entries),
    }
    return pages | {f"api/{name}.rst": text for name, text in api_pages().items()}
