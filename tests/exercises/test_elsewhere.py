"""The copies for Colab: two cells more, and nothing else is changed."""

import io
from contextlib import redirect_stdout
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from coursework import build as building
from coursework import elsewhere
from coursework.elsewhere import NoAddress, prepare, repository, source
from coursework.folding import TITLE, is_extra, is_folded
from coursework.place import NOTEBOOKS

GITHUB = {"GITHUB_REPOSITORY": "someone/lab", "GITHUB_SHA": "0123abcd"}
ADDRESS = "https://github.com/someone/lab"
LESSONS = sorted(NOTEBOOKS.glob("*.ipynb"))


def test_github_says_where_and_which_version() -> None:
    assert repository(GITHUB) == ADDRESS
    assert source(ADDRESS, GITHUB) == f"git+{ADDRESS}@0123abcd"
    assert source(ADDRESS, {}) == f"git+{ADDRESS}"


def test_without_an_address_there_are_no_copies(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    monkeypatch.setattr(elsewhere, "NOTEBOOKS", tmp_path / "notebooks")
    unnamed = "[project.urls]\nRepository = 'https://github.com/OWNER/tls13lab'\n"
    (tmp_path / "pyproject.toml").write_text(unnamed)
    with pytest.raises(NoAddress):
        repository()
    assert building.main(["colab"]) == 1
    assert capsys.readouterr().err.startswith("coursework.build: say whose copy this is")


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_copy_is_the_lesson_and_two_cells(path: Path) -> None:
    lesson, made = (nbformat.read(path, as_version=4) for _ in range(2))
    prepare(made, ADDRESS, source(ADDRESS, GITHUB))
    nbformat.validate(made)
    about, install = made.cells[1:3]
    assert (about.cell_type, install.cell_type) == ("markdown", "code")
    assert f"{source(ADDRESS, GITHUB)}" in install.source
    assert made.cells[0].id == lesson.cells[0].id
    for was, became in zip(lesson.cells, [made.cells[0], *made.cells[3:]], strict=True):
        if was.cell_type == "code" and not is_folded(was):
            assert became == was
    text = "\n".join(cell.source for cell in made.cells if cell.cell_type == "markdown")
    for other in LESSONS:
        assert f"]({other.name}" not in text  # in Colab such a link would lead nowhere
    following = LESSONS[LESSONS.index(path) + 1 :][:1]
    for other in following:
        assert (
            f"](https://colab.research.google.com/github/someone/lab/blob/colab/{other.name}"
            in text
        )


def test_what_is_folded_in_jupyterlab_is_folded_in_colab() -> None:
    lesson, made = (nbformat.read(LESSONS[1], as_version=4) for _ in range(2))
    prepare(made, ADDRESS, source(ADDRESS, GITHUB))
    became = {cell.id: cell for cell in made.cells}
    folded = [cell for cell in lesson.cells if is_folded(cell)]
    assert folded
    for cell in folded:
        assert became[cell.id].source == f"{TITLE}\n{cell.source}"
        assert became[cell.id].metadata["cellView"] == "form"
    closed = [cell.id for cell in lesson.cells if is_extra(cell)]
    assert closed
    assert made.metadata["colab"] == {"collapsed_sections": closed}
    assert all(became[name].metadata["id"] == name for name in closed)


def test_where_the_package_is_the_cell_does_nothing() -> None:
    made = nbformat.read(LESSONS[0], as_version=4)
    prepare(made, ADDRESS, "no address at all")
    said = io.StringIO()
    shell = InteractiveShell()
    with redirect_stdout(said):
        result = shell.run_cell(made.cells[2].source)
    result.raise_error()
    assert said.getvalue() == ""
