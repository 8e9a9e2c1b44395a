"""Which notebooks open without the live views of their widgets."""

import asyncio
import logging
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import pytest

from tls13lab.widgets import server_extension
from tls13lab.widgets.server_extension import WIDGET_VIEW

LIVE = {"data": {WIDGET_VIEW: {"model_id": "7"}, "text/html": "<p>a form</p>"}}
ALONE = {"data": {WIDGET_VIEW: {"model_id": "8"}}}  # better than nothing
NOTEBOOK = {"cells": [{"source": "# text"}, {"outputs": [LIVE, ALONE, {"text": "printed"}]}]}


class Kernel:
    """One that has these widgets, or fails in this way when it is asked."""

    def __init__(self, widgets: list[str] | Exception) -> None:
        self.widgets, self.open = widgets, 0

    def client(self) -> "Kernel":
        return self

    def start_channels(self, **_channels: bool) -> None:
        self.open += 1

    def stop_channels(self) -> None:
        self.open -= 1

    async def comm_info(self, target: str, *, reply: bool, timeout: float) -> dict[str, Any]:
        assert (target, reply) == ("jupyter.widget", True)
        assert timeout > 0
        if isinstance(self.widgets, Exception):
            raise self.widgets
        return {"content": {"comms": {one: {"target_name": target} for one in self.widgets}}}


def loaded(running: list[str], kernel: Kernel, state: str = "idle") -> Any:
    """A server with this extension, in which notebooks of these paths have this kernel."""

    async def get(path: str, content: bool = True, **options: object) -> dict[str, object]:
        kind = "notebook" if path.endswith(".ipynb") else "file"
        found = deepcopy(NOTEBOOK) if kind == "notebook" else "text"
        return {"type": kind, "content": found if content else None}

    async def list_sessions() -> list[dict[str, Any]]:
        about = {"id": "the kernel", "execution_state": state}
        return [{"path": path, "kernel": about} for path in running] + [{"path": "", "kernel": {}}]

    app = SimpleNamespace(
        contents_manager=SimpleNamespace(get=get),
        session_manager=SimpleNamespace(list_sessions=list_sessions),
        kernel_manager=SimpleNamespace(get_kernel={"the kernel": kernel}.__getitem__),
        log=logging.getLogger("test"),
    )
    server_extension._load_jupyter_server_extension(app)
    return app


def opened(
    path: str,
    *,
    running: list[str],
    widgets: list[str] | Exception,
    state: str = "idle",
    content: bool = True,
) -> Any:
    kernel = Kernel(widgets)
    manager = loaded(running, kernel, state).contents_manager
    found = asyncio.run(manager.get(path, content=content, type="notebook"))["content"]
    assert not kernel.open  # no channel to the kernel is left
    return found


HERE = ["a/one.ipynb"]


@pytest.mark.parametrize("path", ["a/one.ipynb", "/a/one.ipynb"])
def test_what_the_kernel_has_stays(path: str) -> None:
    assert opened(path, running=HERE, widgets=["7", "8"]) == NOTEBOOK


@pytest.mark.parametrize(
    ("widgets", "state"),
    [(TimeoutError(), "busy"), (ConnectionError(), "idle"), (KeyError("another manager"), "idle")],
)
def test_where_the_kernel_cannot_be_asked_all_stays(widgets: Exception, state: str) -> None:
    assert opened("a/one.ipynb", running=HERE, widgets=widgets, state=state) == NOTEBOOK


@pytest.mark.parametrize(
    ("running", "widgets", "state"),
    [
        ([], ["7"], "idle"),
        (["another.ipynb"], ["7"], "idle"),
        (HERE, [], "idle"),  # it was restarted
        (HERE, ["8"], "idle"),
        (HERE, TimeoutError(), "starting"),
    ],
)
def test_of_what_it_has_not_the_static_view_stays(
    running: list[str], widgets: list[str] | Exception, state: str
) -> None:
    _, cell = opened("a/one.ipynb", running=running, widgets=widgets, state=state)["cells"]
    first, second, third = cell["outputs"]
    assert first["data"] == {"text/html": "<p>a form</p>"}
    assert (second, third) == (ALONE, {"text": "printed"})


def test_what_is_no_notebook_or_not_asked_for_is_left_alone() -> None:
    assert opened("a.txt", running=[], widgets=[]) == "text"
    assert opened("a.ipynb", running=[], widgets=[], content=False) is None


def test_a_contents_manager_that_cannot_wait_is_left_as_it_is() -> None:
    def get(path: str) -> str:
        return path

    app = SimpleNamespace(contents_manager=SimpleNamespace(get=get), log=logging.getLogger("test"))
    server_extension._load_jupyter_server_extension(app)
    assert app.contents_manager.get is get
    assert server_extension._jupyter_server_extension_points() == [
        {"module": "tls13lab.widgets.server_extension"}
    ]
