"""The quiz's replies lead to the lesson with the experiment, in a real JupyterLab."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import LabPage
from tls13lab.exercises.questions import QUESTIONS

pytestmark = [pytest.mark.browser, pytest.mark.full]

ASKED = next(one for one in QUESTIONS if one.heading == "7. Nobody is checked again")


def test_a_link_opens_the_lesson(lab_page: LabPage) -> None:
    lab_page.open("notebooks/quiz.ipynb")
    assert lab_page.run_all() == []
    _, after_a_lesson, _ = lab_page.widget_cells()
    output = lab_page.output(after_a_lesson)
    output.get_by_label(ASKED.answer, exact=True).first.check()
    link = output.get_by_role("link", name=ASKED.heading)
    expect(link).to_be_visible()
    link.click()
    # In this JupyterLab, beside the quiz, and at the section.
    lesson = lab_page.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    heading = lab_page.page.get_by_role("heading", name=ASKED.heading)
    expect(lesson.locator(".jp-Cell").filter(has=heading)).to_be_in_viewport()
    tabs = lab_page.page.locator("#jp-main-dock-panel .lm-TabBar-tabLabel")
    expect(tabs).to_have_text(["quiz.ipynb", f"{ASKED.lesson}.ipynb"])
    assert len(lab_page.page.context.pages) == 1
