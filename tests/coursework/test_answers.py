"""Functions that are called in a student's process, and what the task's own check makes of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coursework.judge import sandbox
from coursework.judge.answers import Limits, Producer
from tls13lab.exercises.catalogue import task


@pytest.fixture(scope="module")
def producer() -> Iterator[Producer]:
    with sandbox.shelf() as shelf, Producer("alice", None, shelf, Limits()) as one:
        yield one


# As in a notebook, where the function itself is checked.
@pytest.mark.parametrize(
    "function",
    [
        "def f(iv, n):\n    x = 1\n    return x / 0",
        "def f(iv, n):\n    return [][1]",
        "def f(iv, n):\n    return {}['x']",
        "def f(iv, n):\n    return unknown",
        "def f(iv, n):\n    return iv.unknown",
        "def f(iv, n):\n    return iv + 1",
        "def f(iv, n):\n    return iv.decode()",
        "def f(iv, n):\n    return f(iv, n)",
        "def f(iv, n):\n    def g():\n        raise ValueError\n    g()",
        "def f(iv, n):\n    raise NotImplementedError",
        "def f(iv, n):\n    return ...",
        "def f(iv, n):\n    return ... + 1",
        "def f(iv, n):\n    raise SystemExit",
        "def f(iv):\n    return iv",
        "def f(iv, n, extra=1):\n    return iv",
        "def f(*all):\n    return None",
        "f = lambda iv, n: iv.hex()",
        "import functools\ndef g(x, iv, n):\n    return iv\nf = functools.partial(g, 1)",
        "class f:\n    pass",
        "f = 7",
    ],
)
def test_a_check_says_the_same_as_in_the_notebook(function: str, producer: Producer) -> None:
    names: dict[str, object] = {"__name__": "a notebook"}
    exec(function, names)
    at_home = task("1.3").check(names["f"], "alice")
    with producer.answer([function], "f") as answer:
        marked = task("1.3").check(answer.value, "alice")
    assert marked.text == at_home.text


def test_a_judged_function_is_told_its_line_too(producer: Producer) -> None:
    function = "def f(client, server):\n    x = 1\n    return x / 0"
    with producer.answer([function], "f") as answer:
        marked = task("8.2").check(answer.value, "alice")
    assert marked.says == "Line 3 of your function stopped: it divides by zero."


def test_tasks_follow_one_another_in_one_process_and_each_begins_clean(producer: Producer) -> None:
    with producer.answer(["x = 1"], "x") as answer:
        assert (answer.kind, answer.value) == ("value", 1)
    started = producer.started
    with producer.answer(["y = 2"], "x") as answer:
        assert answer.kind == "missing"
    assert producer.started == started


def test_a_process_that_ends_is_replaced(producer: Producer) -> None:
    with producer.answer(["import os", "os._exit(5)"], "x") as answer:
        assert answer.kind == "lost"
        assert answer.trouble == "the process ended itself (exit code 5) in cell 2 of 2"
    with producer.answer(["x = 3"], "x") as answer:
        assert answer.value == 3


def test_files_that_were_handed_in_are_copied(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("seven = 7\n")
    (tmp_path / "large.bin").write_bytes(bytes(2 << 20))
    cells = ["from helper import seven", "import os\nx = [seven, sorted(os.listdir())]"]
    with sandbox.shelf() as shelf, Producer("alice", tmp_path, shelf, Limits()) as one:
        with one.answer(["open('helper.py', 'w').write('')"], "x"):
            pass
        with one.answer(cells, "x") as answer:
            assert answer.value == [7, ["helper.py"]]
    assert (tmp_path / "helper.py").read_text() == "seven = 7\n"
