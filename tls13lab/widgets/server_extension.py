"""A Jupyter server extension: a widget that its kernel does not have opens with its static view.

JupyterLab saves a widget as a reference to an object in the kernel, with a static view beside it,
and shows the reference first: opened again without that kernel, or when the kernel was restarted,
it is "Error displaying widget: model not found". So when a notebook is opened, its kernel is asked
which widgets it has, and references to others are left out, so that the static views are seen.
Nothing is added to the file.

>>> cell = {"outputs": [{"data": {WIDGET_VIEW: {"model_id": "7"}, "text/html": "<p>a form</p>"}}]}
>>> without_views({"cells": [cell]}, living={"8"})
>>> cell["outputs"][0]["data"]
{'text/html': '<p>a form</p>'}
"""

import inspect
from collections.abc import Collection
from typing import Any

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
PATIENCE_SECONDS = 2.0
"""For a kernel's answer; while it runs a cell it gives none, and the notebook opens anyway."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Put a look at the sessions behind the contents manager's ``get``."""
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
    """The widgets that the kernel of this notebook has; None if that cannot be known now."""
    for one in await app.session_manager.list_sessions():
        kernel = one.get("kernel")
        if one.get("path") == path and kernel:
            try:
                return await _widgets_of(app.kernel_manager.get_kernel(kernel["id"]))
            except TimeoutError:
                # A busy kernel has its widgets; one that is only starting has none yet.
                return None if kernel.get("execution_state") == "busy" else ()
            except Exception as fault:  # kernels may be managed elsewhere, in ways of their own
                app.log.info("tls13lab: the kernel of %s cannot be asked: %r", path, fault)
                return None
    return ()


async def _widgets_of(kernel: Any) -> Collection[str]:
    """Asked of the kernel itself: the identifiers of its widgets' models."""
    client = kernel.client()
    client.start_channels(iopub=False, stdin=False, hb=False, control=False)
    try:
        reply = await client.comm_info("jupyter.widget", reply=True, timeout=PATIENCE_SECONDS)
    finally:
        client.stop_channels()
    living: dict[str, Any] = reply["content"]["comms"]
    return living


def without_views(notebook: dict[str, Any], living: Collection[str] = ()) -> None:
    """Leave out, in place, each view of a widget not ``living`` that has a static one beside it."""
    for cell in notebook.get("cells", ()):
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            view = data.get(WIDGET_VIEW, {})
            if "text/html" in data and view.get("model_id") not in living:
                data.pop(WIDGET_VIEW, None)
