"""A Jupyter server extension that shows the static view of widgets that are not in the kernel.

JupyterLab saves a widget as a reference to an object in the kernel, together with a static view. It
prefers the reference. If that kernel is gone or was restarted, the notebook shows "Error displaying
widget: model not found". So when a notebook is opened, this extension asks its kernel which widgets
exist, and leaves the other references out. Then the static views are shown. The file is not
changed.

>>> cell = {"outputs": [{"data": {WIDGET_VIEW: {"model_id": "7"}, "text/html": "<p>a form</p>"}}]}
>>> without_views({"cells": [cell]}, living={"8"})
>>> cell["outputs"][0]["data"]
{'text/html': '<p>a form</p>'}
"""

import asyncio
import inspect
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from jupyter_core.utils import ensure_async

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
ASK_AGAIN_SECONDS = 0.5
PATIENCE_SECONDS = 20.0
"""How long to wait for the kernel's answer: as long as a kernel may take to start.

A kernel that runs a cell answers at once, because it is asked on its control channel.
"""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Make the contents manager's ``get`` look at the sessions, too."""
    manager = app.contents_manager
    original = manager.get
    if not inspect.iscoroutinefunction(original):
        app.log.info("tls13lab: this contents manager cannot wait, so notebooks open as they are")
        return

    async def get(path: str, *arguments: Any, **options: Any) -> Any:
        model = await original(path, *arguments, **options)
        if model.get("type") == "notebook" and model.get("content") is not None:
            living = await _living(app, path.strip("/"))
            if living is not None:
                without_views(model["content"], living)
        return model

    manager.get = get


async def _living(app: Any, path: str) -> Collection[str] | None:
    """The widgets in the kernel of this notebook; None if that cannot be found out now."""
    for session in await app.session_manager.list_sessions():
        kernel = session.get("kernel")
        if session.get("path") == path and kernel:
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    return await _widgets_of(app.kernel_manager.get_kernel(kernel["id"]))
            except TimeoutError:
                return ()  # it has not started yet, so it has none
            except Exception as fault:  # kernels may be managed elsewhere, in other ways
                app.log.info("tls13lab: the kernel of %s cannot be asked: %r", path, fault)
                return None
    return ()


async def _widgets_of(kernel: Any) -> Collection[str]:
    """The identifiers of the widget models in a kernel, asked of the kernel itself."""
    client = kernel.client()
    client.start_channels(shell=False, iopub=False, stdin=False, hb=False)
    try:
        asked: set[str] = set()
        while True:
            # A question may be lost with a kernel that is just being replaced; so ask again.
            question = client.session.msg("comm_info_request", {"target_name": "jupyter.widget"})
            asked.add(question["header"]["msg_id"])
            client.control_channel.send(question)
            with suppress(TimeoutError):
                async with asyncio.timeout(ASK_AGAIN_SECONDS):
                    return await _answer(client, asked)
            if not await ensure_async(kernel.is_alive()):
                return ()  # it was shut down meanwhile, and its widgets with it
    finally:
        client.stop_channels()


async def _answer(client: Any, asked: Collection[str]) -> Collection[str]:
    while True:
        reply = await client.get_control_msg()
        if reply["parent_header"].get("msg_id") in asked:
            living: dict[str, Any] = reply["content"]["comms"]
            return living


def without_views(notebook: dict[str, Any], living: Collection[str] = ()) -> None:
    """Remove, in place, the live view of each widget with a static one that is not ``living``."""
    for cell in notebook.get("cells", ()):
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            view = data.get(WIDGET_VIEW, {})
            if "text/html" in data and view.get("model_id") not in living:
                data.pop(WIDGET_VIEW, None)
