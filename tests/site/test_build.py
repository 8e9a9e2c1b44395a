"""The built site: no warning, no dead link, nothing from elsewhere, and all that is stored."""

import builtins
import html
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from pages.launch import Doors
from pages.quiz_links import linked
from pages.signatures import with_names
from pages.taping import ASKED, INSPECTOR, REVEALED, STILL
from pages.taping import MARK as TAPE
from tests.conftest import ROOT
from tests.site.conftest import Site
from tests.site.html_page import Page, read
from tls13lab.exercises.questions import QUESTIONS
from tls13lab.pictures.scripts import still

LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
FOREIGN = re.compile(r"(url\(|@import)\s*(url\()?[\"']?(https?:)?//")
PLAYED = (TAPE, STILL, INSPECTOR, ASKED, REVEALED)
read_once = cache(read)


def outputs(lesson: str, project: Path = ROOT) -> list[dict[str, str]]:
    """What a notebook has stored, richest form of each."""
    cells = json.loads((project / f"notebooks/{lesson}.ipynb").read_text())["cells"]
    stored = [one for cell in cells for one in cell.get("outputs", [])]
    data = (one.get("data") or {"text": one["text"]} for one in stored)
    return [{kind: "".join(text) for kind, text in one.items()} for one in data]


def test_it_is_built_without_a_warning(built: Site) -> None:
    assert (built.code, built.said) == (0, "")
    assert (built.folder / "index.html").is_file()


def test_a_dead_link_and_an_unknown_section_make_the_build_fail(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "_static").mkdir()
    for name in ("site.css", "site.js"):
        (sources / "_static" / name).touch()
    (sources / "conf.py").write_text((ROOT / "pages/source/conf.py").read_text())
    (sources / "index.md").write_text("# A page\n\n[nowhere](nowhere.md)\n\n{sec}`4.99`\n")
    code = "import sys; from pathlib import Path; from pages.build import run\n"
    code += "sys.exit(run(*map(Path, sys.argv[1:])))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(sources), str(tmp_path / "site")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 1
    assert "nowhere.md" in done.stderr
    assert "RFC 9846 has no section 4.99" in done.stderr


def test_folded_code_and_extra_sections_open_on_request(built: Site) -> None:
    page = (built.folder / "notebooks/04_forward_secrecy.html").read_text(encoding="utf-8")
    before, _, extra = page.partition("Between two strangers<a")
    folded, _, _ = before.partition("psk_asked")
    assert folded.rindex("<details") > folded.rindex("</details>")  # it stands in a fold
    assert extra.index('<details class="extra">') < extra.index("recorded")
    assert extra.index("</details>") < extra.index("<section")


def test_every_page_is_reached_from_the_first_one(built: Site) -> None:
    seen, waiting = set(), [built.folder / "index.html"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        for link in read_once(path).leads_to:
            target = inside(built, path, link)
            if target and target[0].suffix == ".html" and target[0].is_file():
                waiting.append(target[0])
    unreached = set(built.pages()) - seen
    assert {path.name for path in unreached} == {
        "search.html",  # reached by its form
        "404.html",  # shown by servers in place of what is not there
    }


def inside(built: Site, path: Path, link: str) -> tuple[Path, str] | None:
    """The file and the place in it that a link leads to; None if it leads out of the site."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if not target.is_relative_to(built.folder):
        return None
    return (target / "index.html" if target.is_dir() else target), unquote(parts.fragment)


def test_every_link_inside_leads_to_a_page_and_a_place_in_it(built: Site) -> None:
    dead = []
    count = 0
    for path in built.pages():
        for link in read_once(path).leads_to:
            target = inside(built, path, link)
            if target is None:
                continue
            count += 1
            page, place = target
            if not page.is_file():
                dead.append(f"{path.name}: {link}: no such page")
            elif place and page.suffix == ".html" and place not in read_once(page).places:
                dead.append(f"{path.name}: {link}: no such place")
    assert dead == []
    assert count > 2000


def test_what_leads_out_of_the_site_is_the_lab_in_the_browser_or_a_page_of_the_web(
    built: Site,
) -> None:
    lite = (built.folder / Doors.of({}).lite).resolve()
    for path in built.pages():
        for link in read_once(path).leads_to:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("https", "mailto"), link
            elif inside(built, path, link) is None:
                assert (path.parent / parts.path).resolve().is_relative_to(lite), link


def test_nothing_is_loaded_from_another_host(built: Site) -> None:
    count = 0
    for path in built.pages():
        for address in read_once(path).loads:
            parts = urlsplit(address)
            if parts.scheme == "data":
                continue
            assert not parts.scheme, f"{path.name}: {address}"
            assert not parts.netloc, f"{path.name}: {address}"
            assert (path.parent / unquote(parts.path)).is_file(), f"{path.name}: {address}"
            count += 1
    assert count > 100
    for style in built.folder.rglob("*.css"):
        text = style.read_text(encoding="utf-8")
        assert not FOREIGN.search(text), style.name


def test_the_checks_see_what_they_look_for(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        '<a href="#there">x</a><p id="there"><script src="https://cdn.invalid/x.js"></script>'
        '<link rel="stylesheet" href="//fonts.invalid/a.css"><link rel="next" href="b.html">'
    )
    page = read(path)
    for style in ('@import "//fonts.invalid/a.css"', "url(https://cdn.invalid/x.png)"):
        assert FOREIGN.search(style)
    assert not FOREIGN.search('@import "../basic.css"; url(data:image/png) url("../x.png")')
    assert page.loads == ["https://cdn.invalid/x.js", "//fonts.invalid/a.css"]
    assert (page.leads_to, page.places) == (["#there"], {"there"})


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_shows_all_that_it_has_stored(built: Site, lesson: str) -> None:
    text = (built.folder / f"notebooks/{lesson}.html").read_text(encoding="utf-8")
    shown = " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())
    count = 0
    taped = outputs(lesson, built.folder.with_name("site-sources"))
    for output, staged in zip(outputs(lesson), taped, strict=True):
        stored = linked(still(output.get("text/html", "")))
        if "text/html" in output:
            shown_html = staged["text/html"]
            assert shown_html.startswith(PLAYED) or shown_html == stored
            assert shown_html.strip() in text
        else:
            assert " ".join(output["text"].split()) in shown
        count += 1
    assert count >= (3 if lesson == "quiz" else 10)


def test_instruments_and_predictions_of_the_lessons_play(built: Site) -> None:
    pages = [outputs(lesson, built.folder.with_name("site-sources")) for lesson in LESSONS]
    html = [one.get("text/html", "") for page in pages for one in page]
    found = {mark: sum(one.startswith(mark) for one in html) for mark in PLAYED}
    assert found[TAPE] >= 15
    assert found[STILL] >= 1
    assert found[INSPECTOR] >= 1
    assert found[ASKED] == found[REVEALED] >= 30


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_figure_of_a_lesson_is_shown_and_has_a_text(built: Site, lesson: str) -> None:
    stored = [output.get("text/html", "") for output in outputs(lesson)]
    figures = re.findall(r"<img [^>]*src=\"([^\"]+)\"", "\n".join(stored))
    images = read_once(built.folder / f"notebooks/{lesson}.html").images
    ours = [one for one in images if one["src"].startswith("data:")]
    # The first view of a panel may differ in where it stands; all others are those stored.
    assert len(ours) == len(figures)
    assert all(len(one.get("alt", "")) >= 8 for one in ours)


def test_there_are_figures(built: Site) -> None:
    pages = [read_once(built.folder / f"notebooks/{lesson}.html") for lesson in LESSONS]
    assert sum(one["src"].startswith("data:") for page in pages for one in page.images) >= 10


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_has_its_doors(built: Site, lesson: str) -> None:
    page = read_once(built.folder / f"notebooks/{lesson}.html")
    doors, notebook = Doors.of(), f"notebooks/{lesson}.ipynb"
    lite = doors.lite_notebook(notebook)
    lite = lite if "://" in lite else f"../{lite}"
    wanted = {doors.binder(notebook), doors.colab(notebook), lite}
    assert wanted <= set(page.leads_to)


@pytest.mark.parametrize(("word", "page"), [("binder", "glossary"), ("thief", "notebooks/04")])
def test_the_search_index_has_a_term(built: Site, word: str, page: str) -> None:
    """Words are in it by their stems."""
    text = (built.folder / "searchindex.js").read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("Search.setIndex(").rstrip(";\n").removesuffix(")"))
    found = index["terms"][word]
    numbers = found if isinstance(found, list) else [found]
    assert any(index["docnames"][number].startswith(page) for number in numbers)


def test_terms_and_citations_of_a_lesson_are_links(built: Site) -> None:
    page: Page = read_once(built.folder / "notebooks/03_psk_modes.html")
    assert "../glossary.html#term-binder" in page.leads_to
    assert "../rfc.html#rfc-4-3-9" in page.leads_to


def test_each_answer_of_the_quiz_leads_to_the_section_that_tests_it(built: Site) -> None:
    links = read_once(built.folder / "notebooks/quiz.html").leads_to
    for question in QUESTIONS:
        assert any(link.startswith(f"{question.lesson}.html#") for link in links), question.key
    # That the places exist, see above.
    assert sum(".html#" in link for link in links) >= len(QUESTIONS)


def test_the_page_of_sections_has_both_numbers_and_who_treats_them(built: Site) -> None:
    page = read_once(built.folder / "rfc.html")
    assert "https://www.rfc-editor.org/rfc/rfc9846#section-4.3.11" in page.leads_to
    assert "https://www.rfc-editor.org/rfc/rfc8446#section-4.2.11" in page.leads_to
    assert "api/psk.html#module-tls13lab.psk.binder" in page.leads_to


def test_a_signature_names_its_choices_and_links_no_word_of_python(built: Site) -> None:
    paths = set(built.folder.glob("api/*.html")) - {built.folder / "api/index.html"}
    api = {path.stem: path.read_text(encoding="utf-8") for path in paths}
    assert 'title="tls13lab.symbolic.vocabulary.SceneMode"' in api["symbolic"]
    for name, page in api.items():
        for heading in re.findall(r"<dt class=\"sig.*?</dt>", page, re.S):
            text = html.unescape(re.sub(r"<[^>]+>|\n", "", heading)).replace(",'", ", '")
            assert with_names(text) == text, name
            assert text.count("'resumption-") < 2, name  # whatever with_names knows
        links = re.findall(r'title="tls13lab[\w.]*"><span class="pre">(\w+)</span>', page)
        assert links, name
        assert not [word for word in links if hasattr(builtins, word)], name
