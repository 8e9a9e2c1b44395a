"""Every notebook in a real JupyterLab: it runs, every control answers, nothing calls out."""

import pytest

from tests.browser.lab_page import LabPage
from tests.conftest import ROOT

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))

pytestmark = [pytest.mark.browser, pytest.mark.full]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_runs_answers_and_stays_on_this_machine(lab_page: LabPage, name: str) -> None:
    lab_page.open(f"notebooks/{name}")
    assert lab_page.run_all() == []
    for cell in lab_page.widget_cells():
        driven = lab_page.drive(cell)
        assert driven.controls, f"cell {cell} shows no control"
        assert driven.dead == [], f"cell {cell}"
        assert lab_page.faults(cell) == [], f"cell {cell}"
    assert lab_page.read()["errors"] == []
    assert lab_page.outside == []
    assert lab_page.complaints == []
