"""A Jupyter server extension: a notebook whose kernel is gone opens with its widgets' static views.

JupyterLab saves a widget as a reference to an object in the kernel, with a static view beside it,
and shows the reference first: opened again without that kernel it is "Error displaying widget:
model not found". Here such references are left out when a notebook is opened that no kernel runs
for, so that the static views are seen. Nothing is added to the file.

>>> cell = {"outputs": [{"data": {WIDGET_VIEW: {"model_id": "7"}, "text/html": "<p>a form</p>"}}]}
>>> without_views({"cells": [cell]})
>>> cell["outputs"][0]["data"]
{'text/html': '<p>a form</p>'}
"""

import inspect
from typing import Any

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


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
            sessions = await app.session_manager.list_sessions()
            if not any(one.get("path") == path.strip("/") for one in sessions):
                without_views(model["content"])
        return model

    manager.get = get


def without_views(notebook: dict[str, Any]) -> None:
    """Leave out, in place, the live view of each output that has a static one."""
    for cell in notebook.get("cells", ()):
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "text/html" in data:
                data.pop(WIDGET_VIEW, None)
