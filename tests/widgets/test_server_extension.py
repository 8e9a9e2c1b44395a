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
    """One that has these widgets, fails in this way when it is asked, or (None) is silent."""

    def __init__(self, widgets: list[str] | Exception | None) -> None:
        self.widgets, self.open, self.dead = widgets, 0, False
        self.session, self.control_channel = self, self

    def client(self) -> "Kernel":
        return self

    def start_channels(self, **_channels: bool) -> None:
        self.open += 1

    def stop_channels(self) -> None:
        self.open -= 1

    def msg(self, kind: str, content: dict[str, str]) -> dict[str, Any]:
        assert (kind, content) == ("comm_info_request", {"target_name": "jupyter.widget"})
        return {"header": {"msg_id": "asked"}}

    def send(self, message: dict[str, Any]) -> None:
        another: dict[str, Any] = {"parent_header": {}}
        mine = {"parent_header": {"msg_id": message["header"]["msg_id"]}}
        self.replies = [another, mine]

    async def is_alive(self) -> bool:
        return not self.dead

    async def get_control_msg(self) -> dict[str, Any]:
        if isinstance(self.widgets, Exception):
            raise self.widgets
        if self.widgets is None:
            await asyncio.Event().wait()
        comms = {one: {"target_name": "jupyter.widget"} for one in self.widgets or ()}
        return self.replies.pop(0) | {"content": {"comms": comms}}


def loaded(running: list[str], kernel: Kernel) -> Any:
    """A server with this extension, in which notebooks of these paths have this kernel."""

    async def get(path: str, content: bool = True, **options: object) -> dict[str, object]:
        kind = "notebook" if path.endswith(".ipynb") else "file"
        found = deepcopy(NOTEBOOK) if kind == "notebook" else "text"
        return {"type": kind, "content": found if content else None}

    async def list_sessions() -> list[dict[str, Any]]:
        about = {"id": "the kernel"}
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
    widgets: list[str] | Exception | None,
    content: bool = True,
) -> Any:
    kernel = Kernel(widgets)
    manager = loaded(running, kernel).contents_manager
    found = asyncio.run(manager.get(path, content=content, type="notebook"))["content"]
    assert not kernel.open  # no channel to the kernel is left
    return found


HERE = ["a/one.ipynb"]


@pytest.mark.parametrize("path", ["a/one.ipynb", "/a/one.ipynb"])
def test_what_the_kernel_has_stays(path: str) -> None:
    assert opened(path, running=HERE, widgets=["7", "8"]) == NOTEBOOK


@pytest.mark.parametrize("widgets", [ConnectionError(), KeyError("another manager")])
def test_where_the_kernel_cannot_be_asked_all_stays(widgets: Exception) -> None:
    assert opened("a/one.ipynb", running=HERE, widgets=widgets) == NOTEBOOK


@pytest.mark.parametrize(
    ("running", "widgets"),
    [
        ([], ["7"]),
        (["another.ipynb"], ["7"]),
        (HERE, []),  # it was restarted
        (HERE, ["8"]),
        (HERE, None),  # it has not started yet
    ],
)
def test_of_what_it_has_not_the_static_view_stays(
    monkeypatch: pytest.MonkeyPatch, running: list[str], widgets: list[str] | None
) -> None:
    monkeypatch.setattr(server_extension, "PATIENCE_SECONDS", 0.01)
    _, cell = opened("a/one.ipynb", running=running, widgets=widgets)["cells"]
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


def test_a_kernel_that_is_shut_down_while_it_is_asked_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_extension, "ASK_AGAIN_SECONDS", 0.01)
    kernel = Kernel(None)
    kernel.dead = True
    manager = loaded(HERE, kernel).contents_manager
    found = asyncio.run(asyncio.wait_for(manager.get(HERE[0]), timeout=60))
    assert found["content"]["cells"][1]["outputs"][0]["data"] == {"text/html": "<p>a form</p>"}
    assert not kernel.open
