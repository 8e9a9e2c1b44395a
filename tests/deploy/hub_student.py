"""A student at a hub, over HTTP and a websocket, as the browser would: log in, run, save."""

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
import websocket

from tests.deploy.hub_server import Hub

WAIT_SECONDS = 300.0
FOLDER = "tls13lab"


@dataclass
class Ran:
    """What came of running cells: results as text, what was printed, errors."""

    results: list[str] = field(default_factory=list)
    printed: str = ""
    errors: list[str] = field(default_factory=list)
    cells: int = 0


class Student:
    """One student's browser: its cookies, and the pages and calls that JupyterLab makes."""

    def __init__(self, hub: Hub, name: str) -> None:
        self.hub, self.name = hub, name
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy of this machine's: loopback only
        self.server = f"{hub.url}/user/{name}"

    def log_in(self) -> None:
        """Give name and password; the hub then begins to start the server."""
        page = self.session.get(f"{self.hub.url}/hub/login", timeout=WAIT_SECONDS)
        form = {"username": self.name, "password": self.hub.password}
        form["_xsrf"] = page.text.split('name="_xsrf" value="')[1].split('"')[0]
        answer = self.session.post(page.url, data=form, timeout=WAIT_SECONDS)
        if "login" in answer.url.rpartition("/")[2] or answer.status_code >= 400:
            raise PermissionError(f"{self.name} was not let in: {answer.status_code} {answer.url}")

    def wait_for_server(self) -> str:
        """Until the first page is there; its address after all redirections."""
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            page = self.session.get(f"{self.server}/", timeout=WAIT_SECONDS)
            if page.status_code == 200 and page.url.startswith(self.server):
                return page.url
            if page.status_code >= 500:
                break
            time.sleep(0.5)
        raise TimeoutError(
            f"{self.name}'s server did not start; last: {page.status_code} {page.url}"
        )

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """A call of the server's API, with the proof that it is no other site's."""
        # The hub's pages have a cookie of that name too; the server's is the one under its path.
        (token, *_) = [
            c.value for c in self.session.cookies if c.name == "_xsrf" and "user" in c.path
        ]
        answer = self.session.request(
            method,
            f"{self.server}/api/{path}",
            json=body,
            headers={"X-XSRFToken": str(token)},
            timeout=WAIT_SECONDS,
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def read(self, name: str) -> Any:
        """A notebook of the student's."""
        return self.call("GET", f"contents/{FOLDER}/{name}.ipynb")["content"]

    def save(self, name: str, notebook: Any) -> None:
        """Save it, as Ctrl-S does."""
        body = {"type": "notebook", "format": "json", "content": notebook}
        self.call("PUT", f"contents/{FOLDER}/{name}.ipynb", body)

    @contextmanager
    def kernel(self, name: str) -> Iterator["Kernel"]:
        """The kernel of a notebook; it is left running, as a browser does when it closes."""
        body = {"path": f"{FOLDER}/{name}.ipynb", "name": "", "type": "notebook"}
        session = self.call("POST", "sessions", body | {"kernel": {"name": "python3"}})
        address = f"{self.server}/api/kernels/{session['kernel']['id']}/channels"
        cookies = requests.Request("GET", address)
        prepared = self.session.prepare_request(cookies)
        channel = websocket.create_connection(
            address.replace("http:", "ws:", 1),
            cookie=prepared.headers["Cookie"],
            timeout=WAIT_SECONDS,
            http_no_proxy=["*"],
        )
        try:
            yield Kernel(channel)
        finally:
            channel.close()

    def run(self, name: str) -> Ran:
        """Every code cell of a notebook, in a new kernel, up to the first error."""
        ran = Ran()
        with self.kernel(name) as kernel:
            for cell in self.read(name)["cells"]:
                if cell["cell_type"] == "code" and not ran.errors:
                    kernel.execute(source(cell), ran)
        return ran


def source(cell: dict[str, Any]) -> str:
    """A cell's text, which may be a list of lines."""
    text = cell["source"]
    return text if isinstance(text, str) else "".join(text)


class Kernel:
    """Jupyter's messaging protocol, as far as running a cell needs it."""

    def __init__(self, channel: websocket.WebSocket) -> None:
        self.channel = channel
        self.session = uuid.uuid4().hex

    def execute(self, code: str, ran: Ran | None = None) -> Ran:
        """Run one cell to its end."""
        ran = Ran() if ran is None else ran
        number = uuid.uuid4().hex
        header = {"msg_id": number, "session": self.session, "username": "", "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        content |= {"user_expressions": {}, "stop_on_error": True}
        message = {"header": header | {"msg_type": "execute_request"}, "channel": "shell"}
        message |= {"parent_header": {}, "metadata": {}, "content": content, "buffers": []}
        self.channel.send(json.dumps(message))
        waiting = {"idle", "execute_reply"}
        while waiting:
            waiting -= self._next(number, ran)
        ran.cells += 1
        return ran

    def _next(self, number: str, ran: Ran) -> set[str]:
        """Take in one message; which of the two ends it was, if any."""
        text = self.channel.recv()
        if not text:
            raise ConnectionError("the kernel's channel was closed")
        if isinstance(text, bytes):  # with a widget's buffers; never one of those that matter here
            return set()
        message = json.loads(text)
        kind, content = message["header"]["msg_type"], message["content"]
        if message["parent_header"].get("msg_id") != number:
            if content.get("execution_state") in ("restarting", "dead"):
                raise ConnectionError("the kernel died")
            return set()
        if kind == "error":
            ran.errors.append(f"{content['ename']}: {content['evalue']}")
        elif kind == "stream":
            ran.printed += content["text"]
        elif kind == "execute_result":
            ran.results.append(content["data"].get("text/plain", ""))
        return {kind, content.get("execution_state", "")} & {"idle", "execute_reply"}
