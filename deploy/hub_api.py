"""What the instructor's program asks of a hub: who is there, and their notebooks.

It asks as the service ``collect`` of the hub's configuration, and reads students' files through
their own servers. So a file's owner is who the *hub* says it is, on any kind of hub: no shared
folder, no Unix accounts, and nothing that a student writes decides whose work it is.
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

START_SECONDS = 240.0
PAGE = 100
"""Users asked for in one call; the hub has a limit of its own."""


@dataclass(frozen=True)
class Hub:
    """A hub and the key to it. Calls raise OSError where it says no, or does not answer."""

    url: str
    token: str
    timeout: float = 60.0

    def call(self, method: str, path: str, body: object = None) -> Any:
        """One call below the hub's address; the JSON that came back."""
        request = urllib.request.Request(
            self.url.rstrip("/") + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=self.timeout) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def students(self) -> list[str]:
        """All who have ever logged in and are not the hub's administrators, by name."""
        names: set[str] = set()
        seen = 0
        while found := self.call("GET", f"/hub/api/users?offset={seen}&limit={PAGE}"):
            names |= {one["name"] for one in found if not one["admin"]}
            seen += len(found)
        return sorted(names)

    @contextmanager
    def server(self, name: str) -> Iterator[str]:
        """The path of a student's server; one that did not run is started and stopped again."""
        user = f"/hub/api/users/{quote(name, safe='')}"
        stopped = not self._ready(user)
        if stopped:
            self.call("POST", f"{user}/server")
        try:
            deadline = time.monotonic() + START_SECONDS
            while not (path := self._ready(user)):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"the server of {name} did not start")
                time.sleep(0.5)
            yield path
        finally:
            if stopped:
                self.call("DELETE", f"{user}/server")

    def _ready(self, user: str) -> str:
        """Where the server is, or nothing."""
        default = self.call("GET", user)["servers"].get("", {})
        return str(default["url"]) if default.get("ready") else ""

    def read(self, server: str, path: str) -> Any:
        """A notebook, or None if the student has none of this name."""
        try:
            answer = self.call("GET", f"{server}api/contents/{quote(path)}?type=notebook")
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise
        return answer["content"]

    def write(self, server: str, path: str, text: str) -> None:
        """Put a text file into the student's home, in a folder that is made if it is not there."""
        folder = path.rpartition("/")[0]
        self.call("PUT", f"{server}api/contents/{quote(folder)}", {"type": "directory"})
        body = {"type": "file", "format": "text", "content": text}
        self.call("PUT", f"{server}api/contents/{quote(path)}", body)
