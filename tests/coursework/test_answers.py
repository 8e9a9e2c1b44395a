"""Functions that are called in a student's process, and what the task's own check makes of them."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coursework.judge import sandbox
from coursework.judge.answers import Limits, Producer
from tests.conftest import require_tool
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


def test_a_home_that_was_deleted_is_made_anew() -> None:
    with sandbox.shelf() as shelf, Producer("alice", None, shelf, Limits()) as one:
        shutil.rmtree(one._home.name)
        shutil.rmtree(shelf / "coursework")
        with one.answer(["x = 1"], "x") as answer:
            assert answer.value == 1


def test_a_task_has_a_limit_for_all_its_cells_and_the_next_one_its_own() -> None:
    cells = ["import time\ntime.sleep(0.5)"] * 60
    with sandbox.shelf() as shelf, Producer("alice", None, shelf, Limits(task_s=2)) as one:
        one.begin()
        with one.answer(cells, "x") as answer:
            assert answer.kind == "lost"
            assert answer.trouble.startswith("it took more than 2 seconds in all in cell ")
        one.limits = Limits()
        one.begin()
        with one.answer(["x = 1"], "x") as answer:
            assert answer.value == 1


def test_an_object_that_cannot_be_looked_at_is_an_answer(producer: Producer) -> None:
    cell = "from decimal import Decimal\nx = [Decimal('sNaN')]"
    started = producer.started
    with producer.answer([cell], "x") as answer:
        assert (answer.kind, answer.trouble) == ("value", "")
    with producer.answer(["x = 1"], "x") as answer:
        assert answer.value == 1
    assert producer.started <= started + 1


def test_each_order_has_its_own_number_and_no_copy_is_told(producer: Producer) -> None:
    cell = (
        "import gc\nfound = [one for one in gc.get_objects() if isinstance(one, dict)]\n"
        "x = sum('cpu_s' in one and 'number' in one for one in found)"
    )
    numbers = set()
    for _ in range(2):
        with producer.answer([cell], "x") as answer:
            assert answer.value == 0
            numbers.add(producer._number)
    assert len(numbers) == 2


BOX = """\
import os
status = dict(one.split(":", 1) for one in open("/proc/self/status") if ":" in one)
def writes(place):
    try:
        open(place + "/x", "w").close()
    except OSError:
        return False
    return True
space = os.statvfs("/dev/shm")
x = {
    "may": int(status["CapEff"], 16) | int(status["CapPrm"], 16),
    "shared": space.f_blocks * space.f_frsize,
    "writes": [one for one in ("/", "/dev", "/dev/shm", "/tmp", "/shelf", "/usr") if writes(one)],
    "opt": os.listdir("/opt") if os.path.isdir("/opt") else [],
}
"""


def test_what_the_sandbox_leaves(producer: Producer) -> None:
    require_tool("bwrap")
    if not sandbox.strong():
        pytest.skip("bubblewrap may not be used here")
    with producer.answer([BOX], "x") as answer:
        found = answer.value
    assert found["may"] == 0
    assert found["shared"] <= sandbox.SHARED
    assert found["writes"] == ["/dev/shm", "/tmp"]
    pythons = [sys.prefix, sys.base_prefix, *sandbox._pythons()]
    assert {f"/opt/{one}" for one in found["opt"]} <= {
        "/".join(one.split("/")[:3]) for one in pythons
    }
