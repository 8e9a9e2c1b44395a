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


def loaded(running: list[str]) -> Any:
    """A server with this extension, in which notebooks of these paths have a kernel."""

    async def get(path: str, content: bool = True, **options: object) -> dict[str, object]:
        kind = "notebook" if path.endswith(".ipynb") else "file"
        found = deepcopy(NOTEBOOK) if kind == "notebook" else "text"
        return {"type": kind, "content": found if content else None}

    async def list_sessions() -> list[dict[str, str]]:
        return [{"path": path} for path in running]

    app = SimpleNamespace(
        contents_manager=SimpleNamespace(get=get),
        session_manager=SimpleNamespace(list_sessions=list_sessions),
        log=logging.getLogger("test"),
    )
    server_extension._load_jupyter_server_extension(app)
    return app


def opened(path: str, *, running: list[str], content: bool = True) -> Any:
    manager = loaded(running).contents_manager
    return asyncio.run(manager.get(path, content=content, type="notebook"))["content"]


@pytest.mark.parametrize("path", ["a/one.ipynb", "/a/one.ipynb"])
def test_with_a_kernel_nothing_is_taken_away(path: str) -> None:
    assert opened(path, running=["a/one.ipynb"]) == NOTEBOOK


@pytest.mark.parametrize("running", [[], ["another.ipynb"]])
def test_without_one_the_static_view_stays(running: list[str]) -> None:
    _, cell = opened("a/one.ipynb", running=running)["cells"]
    first, second, third = cell["outputs"]
    assert first["data"] == {"text/html": "<p>a form</p>"}
    assert (second, third) == (ALONE, {"text": "printed"})


def test_what_is_no_notebook_or_not_asked_for_is_left_alone() -> None:
    assert opened("a.txt", running=[]) == "text"
    assert opened("a.ipynb", running=[], content=False) is None


def test_a_contents_manager_that_cannot_wait_is_left_as_it_is() -> None:
    def get(path: str) -> str:
        return path

    app = SimpleNamespace(contents_manager=SimpleNamespace(get=get), log=logging.getLogger("test"))
    server_extension._load_jupyter_server_extension(app)
    assert app.contents_manager.get is get
    assert server_extension._jupyter_server_extension_points() == [
        {"module": "tls13lab.widgets.server_extension"}
    ]
