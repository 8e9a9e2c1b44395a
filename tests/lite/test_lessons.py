"""What the site changes of a lesson, and what the build says when something is missing."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

from lite import build, front, lessons, parts, table
from pages.launch import Doors
from pages.lessons import lessons as all_lessons
from tests.conftest import ROOT
from tls13lab.pictures.picture import Picture

LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_keeps_its_cells_and_no_cell_starts_a_program(path: Path) -> None:
    before = nbformat.read(path, as_version=4)
    after = lessons.for_the_browser(nbformat.read(path, as_version=4))
    nbformat.validate(after)
    assert [one.id for one in after.cells] == [one.id for one in before.cells]
    for one, other in zip(before.cells, after.cells, strict=True):
        if one.cell_type == "code" and "except OpenSSLUnavailable" in one.source:
            assert other.cell_type == "markdown"
            assert "Not run here:" in other.source
            assert one.source in other.source
        if other.cell_type == "code":
            assert "tls13lab.peers" not in other.source


def test_a_cell_that_is_only_shown_shows_what_it_printed() -> None:
    cell = nbformat.v4.new_code_cell("from tls13lab.peers.client import connect")
    cell.metadata["tags"] = ["live"]
    cell.outputs = [nbformat.v4.new_output("stream", text="OpenSSL agreed\n")]
    notebook = nbformat.v4.new_notebook(cells=[cell])
    (shown,) = lessons.for_the_browser(notebook).cells
    assert "printed what stands below" in shown.source
    assert "```text\nOpenSSL agreed\n```" in shown.source
    # The twin: a cell that only measures this machine runs.
    cell = nbformat.v4.new_code_cell("own_rate()")
    cell.metadata["tags"] = ["live"]
    assert not lessons.needs_a_program(cell)


def test_pictures_are_found_in_stored_outputs() -> None:
    picture = Picture("<svg/>", "a thing", ("what",), (("a thing",),), "source")
    data = picture._repr_mimebundle_()
    cell = nbformat.v4.new_code_cell("picture")
    cell.outputs = [nbformat.v4.new_output("display_data", data)]
    found = list(lessons.pictures(nbformat.v4.new_notebook(cells=[cell])))
    assert found == [(picture.digest, "<svg/>")]


def test_the_first_page_has_each_lesson_twice_where_the_site_to_read_looks_for_it() -> None:
    page, doors = front.page(all_lessons()), Doors.of({"TLS13LAB_LITE": "."})
    for path in LESSONS:
        for link in (doors.lite_notebook, doors.lite_alone):
            address = link(f"notebooks/{path.name}").removeprefix("./")
            assert page.count(f'href="{address}"') == 1


def test_every_picture_of_the_lessons_is_kept(tmp_path: Path) -> None:
    lessons.write(ROOT / "notebooks", tmp_path / "contents", tmp_path / "kept")
    told = "".join(path.read_text("utf-8") for path in LESSONS)
    kept = {path.stem for path in (tmp_path / "kept").glob("*.svg")}
    assert len(kept) >= 10
    assert all(digest in told for digest in kept)
    assert len(list((tmp_path / "contents").glob("*.ipynb"))) == len(LESSONS)


def test_the_lock_has_our_wheels_beside_it_and_all_others_elsewhere(tmp_path: Path) -> None:
    wheel = tmp_path / "stack_data-0.6.3-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    old = {"name": "stack_data", "file_name": "old.whl", "version": "0.1"}
    numpy = {"name": "numpy", "file_name": "numpy.whl", "version": "2"}
    packages = build.locked({"packages": {"stack_data": old, "numpy": numpy}}, [wheel])["packages"]
    assert set(packages) == {"stack-data", "numpy"}
    assert packages["stack-data"]["file_name"] == wheel.name
    assert packages["stack-data"]["version"] == "0.6.3"
    assert packages["numpy"]["file_name"].endswith("/numpy.whl")
    assert packages["numpy"]["file_name"].startswith("https://")


def test_the_kernel_begins_with_the_packages_and_asks_no_index() -> None:
    told = json.loads(json.dumps(build.settings(["tls13lab"])))["jupyter-config-data"]
    kernel = told["litePluginSettings"][build.SETTINGS]
    assert kernel["loadPyodideOptions"] == {"packages": ["tls13lab"]}
    assert kernel["disablePyPIFallback"] is True
    assert kernel["pyodideUrl"].startswith("./")


def test_without_npm_it_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(parts.Missing, match=r"npm, which is missing: install Node\.js"):
        parts.pyodide(tmp_path)

    def missing() -> Path:
        raise parts.Missing("a reason")

    monkeypatch.setattr(build, "build", missing)
    assert build.main([]) == 1
    assert capsys.readouterr().err == "run.py: a reason\n"


def test_what_was_fetched_once_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    folder = tmp_path / f"pyodide-{PYODIDE_VERSION}"
    folder.mkdir()
    assert parts.pyodide(tmp_path) == folder


def test_the_table_in_the_document_is_as_the_lessons_are() -> None:
    told = table.DOCUMENT.read_text("utf-8")
    assert table.put(told) == told, "run python -m lite.table"
    assert told.count("| all ") + told.count(" of ") >= len(LESSONS)
