"""A marker is told if a notebook was worked on under another name, or under none."""

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from coursework.judge.judging import _other_name
from tls13lab.exercises.student import NO_NAME


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        (NO_NAME, ["anyone"]),
        ("These are the tasks of bob.", ["bob"]),
        ("These are the tasks of alice.", []),
        ("", []),
    ],
)
def test_what_the_stored_output_says(printed: str, names: list[str]) -> None:
    cell = new_code_cell("print(whose_tasks())", outputs=[new_output("stream", text=printed)])
    found = _other_name(new_notebook(cells=[cell]), "alice")
    assert found == [f"worked on as {name!r}, marked as 'alice': other keys" for name in names]
