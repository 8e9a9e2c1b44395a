"""Every notebook keeps the rules of the house; and the rules see a notebook that does not."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from coursework.folding import fold
from tests.notebooks import rules
from tests.notebooks.refresh import FOLDER, METADATA, WIDGET_VIEW, to_text

NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_keeps_the_rules(path: Path) -> None:
    assert list(rules.offences(path)) == []


def test_notebooks_are_numbered_from_00_without_a_gap() -> None:
    assert [int(path.name[:2]) for path in NOTEBOOKS] == list(range(len(NOTEBOOKS)))
    assert NOTEBOOKS


# The rules themselves ----------------------------------------------------------------------------


def shown(**data: str) -> list[NotebookNode]:
    named = {kind.replace("_", "/"): text for kind, text in data.items()}
    return [new_output("execute_result", named, execution_count=1)]


HEAD = """\
# Title

**You will be able to**

- see it.

**Time:** core sections about 2 minutes, extra sections about 1."""


def good() -> NotebookNode:
    """A notebook with nothing wrong."""
    quote = "> A sentence.\n> RFC 9846 section 7.1 (RFC 8446 section 7.1)"
    words = "A sentence stands here."
    both = shown(text_plain="choose", text_html="<p>choose</p>")
    told = shown(text_plain="What happened: all of it", text_html="<p>all of it</p>")
    cells = [
        new_markdown_cell(HEAD),
        new_code_cell("# Imports\nimport hashlib", metadata={"tags": ["setup"]}),
        new_markdown_cell(f"## A claim\n\n*Core · 2 minutes*\n\n{quote}\n\n{words}"),
        new_code_cell("# Predict\nask()", metadata={"tags": ["predict"]}, outputs=both),
        new_markdown_cell(words),
        new_code_cell(
            "# What happened\nassert it\nanswer.reveal(it)",
            metadata={"tags": ["reveal"]},
            outputs=told,
        ),
        new_markdown_cell("## More\n\n*Extra · 1 minute*"),
        new_code_cell("assert one\nprint(one)", outputs=[new_output("stream", text="1\n")]),
        new_markdown_cell(f"## Scope\n\n{words}"),
        new_markdown_cell("## You can now\n\nsee it."),
    ]
    notebook: NotebookNode = new_notebook(cells=cells, metadata=METADATA)
    fold(notebook)
    for count, cell in enumerate(rules.code_cells(cells), 1):
        cell.execution_count = count
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count
    return notebook


def write(notebook: NotebookNode, folder: Path) -> Path:
    path = folder / "00_made_for_a_test.ipynb"
    path.write_text(to_text(notebook), encoding="utf-8")
    return path


def test_nothing_is_said_of_a_good_notebook(tmp_path: Path) -> None:
    assert list(rules.offences(write(good(), tmp_path))) == []


def no_count(notebook: NotebookNode) -> None:
    notebook.cells[1].execution_count = None


def an_error(notebook: NotebookNode) -> None:
    notebook.cells[1].outputs = [new_output("error", ename="E", evalue="e", traceback=[])]


def a_widgets_state(notebook: NotebookNode) -> None:
    notebook.metadata["widgets"] = {}


def an_unknown_tag(notebook: NotebookNode) -> None:
    notebook.cells[1].metadata["tags"] = ["revael"]


def thirteen_lines(notebook: NotebookNode) -> None:
    notebook.cells[7].source = "\n".join(["x = 1"] * 13)


def an_announcement(notebook: NotebookNode) -> None:
    notebook.cells[4].source = "The next cell answers."


def a_silent_claim(notebook: NotebookNode) -> None:
    notebook.cells[7].outputs = []


def a_silent_cell(notebook: NotebookNode) -> None:
    notebook.cells[7].source, notebook.cells[7].outputs = "one = 1", []


def no_title(notebook: NotebookNode) -> None:
    notebook.cells[5].source = "assert it == 2\nanswer.reveal(it)"


def not_folded(notebook: NotebookNode) -> None:
    del notebook.cells[5].metadata["jupyter"]


def folded_by_hand(notebook: NotebookNode) -> None:
    notebook.cells[7].metadata["jupyter"] = {"source_hidden": True}


def an_extra_left_open(notebook: NotebookNode) -> None:
    del notebook.cells[6].metadata["jp-MarkdownHeadingCollapsed"]


def between(notebook: NotebookNode, source: str, text: str) -> None:
    """Put a cell between the prediction and what happened."""
    output = new_output("stream", text=text)
    cell = new_code_cell(source, outputs=[output], execution_count=3)
    notebook.cells.insert(5, cell)
    for count, one in enumerate(rules.code_cells(notebook.cells), 1):
        one.execution_count = count


def an_assert_that_answers(notebook: NotebookNode) -> None:
    between(notebook, "assert it == 2\nprint(1)", "1\n")


def an_output_that_answers(notebook: NotebookNode) -> None:
    between(notebook, "print(other)", "all of it\n")


def a_reveal_that_prints(notebook: NotebookNode) -> None:
    notebook.cells[5].outputs.insert(0, new_output("stream", text="2\n"))


def a_text_that_answers(notebook: NotebookNode) -> None:
    notebook.cells.insert(6, new_markdown_cell("So it was all of it."))


def no_mark(notebook: NotebookNode) -> None:
    notebook.cells[6].source = "## More"


def a_text_that_stays(notebook: NotebookNode) -> None:
    notebook.cells[6].source += "\n\nThis stays when the section is closed."


def another_sum(notebook: NotebookNode) -> None:
    notebook.cells[0].source = HEAD.replace("about 2", "about 3")


def no_goals(notebook: NotebookNode) -> None:
    notebook.cells[0].source = HEAD.replace("**You will be able to**", "Goals:")


def no_end(notebook: NotebookNode) -> None:
    del notebook.cells[-1]


def no_assert(notebook: NotebookNode) -> None:
    notebook.cells[7].source = "print(one)  # we assert nothing"


def one_numbering(notebook: NotebookNode) -> None:
    notebook.cells[
        2
    ].source = (
        "## A claim\n\n*Core · 2 minutes*\n\n> A sentence.\n> RFC 9846 section 7.1\n\nWe see it."
    )


def no_quote(notebook: NotebookNode) -> None:
    notebook.cells[2].source = "## A claim\n\n*Core · 2 minutes*\n\nRFC 9846 section 7.1 says so."


def reveal_first(notebook: NotebookNode) -> None:
    cells = notebook.cells
    cells[3].metadata, cells[5].metadata = cells[5].metadata, cells[3].metadata


def no_scope(notebook: NotebookNode) -> None:
    notebook.cells[8].source = "## The end\n\nNothing is simplified."


def no_alt(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs[0].data["text/html"] = '<img src="a.svg" alt="">'


def a_bare_image(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs[0].data["image/svg+xml"] = "<svg/>"


def no_fallback(notebook: NotebookNode) -> None:
    del notebook.cells[3].outputs[0].data["text/html"]


def a_live_view(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs[0].data[WIDGET_VIEW] = {"model_id": "1"}


def a_place(notebook: NotebookNode) -> None:
    notebook.cells[3].outputs[0].data["text/plain"] = "File /home/student/x.py"


def a_broken_link(notebook: NotebookNode) -> None:
    notebook.cells[8].source += " See [that](07_gone.ipynb)."


def a_broken_anchor(notebook: NotebookNode) -> None:
    notebook.cells[8].source += " See [that](#cell-id=gone)."


OFFENCES: dict[Callable[[NotebookNode], None], rules.Rule] = {
    no_count: rules.was_run_from_the_top_without_error,
    an_error: rules.was_run_from_the_top_without_error,
    a_widgets_state: rules.holds_only_what_is_meant,
    an_unknown_tag: rules.holds_only_what_is_meant,
    thirteen_lines: rules.cells_are_short,
    an_announcement: rules.no_sentence_only_announces_a_cell,
    a_silent_claim: rules.what_holds_is_shown,
    a_silent_cell: rules.what_is_in_sight_shows_something,
    no_title: rules.folded_code_has_a_title,
    not_folded: rules.holds_only_what_is_meant,
    folded_by_hand: rules.holds_only_what_is_meant,
    an_extra_left_open: rules.holds_only_what_is_meant,
    an_assert_that_answers: rules.nothing_answers_before_the_reveal,
    an_output_that_answers: rules.nothing_answers_before_the_reveal,
    a_reveal_that_prints: rules.nothing_answers_before_the_reveal,
    a_text_that_answers: rules.nothing_answers_before_the_reveal,
    no_mark: rules.every_section_is_core_or_extra,
    a_text_that_stays: rules.every_section_is_core_or_extra,
    another_sum: rules.the_head_says_the_sums,
    no_goals: rules.goals_at_the_top_come_back_at_the_end,
    no_end: rules.goals_at_the_top_come_back_at_the_end,
    no_assert: rules.every_section_with_code_asserts,
    one_numbering: rules.every_claim_has_its_sentence,
    no_quote: rules.every_claim_has_its_sentence,
    reveal_first: rules.prediction_comes_before_reveal,
    no_scope: rules.says_what_is_simplified,
    no_alt: rules.images_have_words,
    a_bare_image: rules.images_have_words,
    no_fallback: rules.widgets_can_be_read_without_a_kernel,
    a_live_view: rules.widgets_can_be_read_without_a_kernel,
    a_place: rules.nothing_names_this_machine,
    a_broken_link: rules.links_lead_somewhere,
    a_broken_anchor: rules.links_lead_somewhere,
}


@pytest.mark.parametrize("spoil", OFFENCES, ids=lambda spoil: spoil.__name__)
def test_each_rule_sees_its_offence(tmp_path: Path, spoil: Callable[[NotebookNode], None]) -> None:
    notebook = good()
    spoil(notebook)
    found = rules.offences(write(notebook, tmp_path))
    assert OFFENCES[spoil].__name__ in {one.split(":")[0] for one in found}


def test_a_notebook_must_link_to_the_next(tmp_path: Path) -> None:
    path = write(good(), tmp_path)
    (tmp_path / "01_next.ipynb").write_text(nbformat.writes(good()))
    assert list(rules.offences(path)) == [
        f"links_lead_somewhere: no link to the next notebook, 01_next.ipynb, at the {where}"
        for where in ("top", "end")
    ]
