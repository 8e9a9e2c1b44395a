"""The calls of the instructor's program to a hub: its users, and their notebooks.

The program is the service ``collect`` in the hub's configuration. It reads students' files through
their own servers. So the *hub* decides who the owner of a file is; nothing that a student writes
can change that. This works with every kind of hub, without shared folders or Unix accounts.
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
"""How many users one call asks for; the hub may return fewer."""


@dataclass(frozen=True)
class Hub:
    """A hub and the key to it. All calls raise OSError if it refuses or does not answer."""

    url: str
    token: str
    timeout: float = 60.0

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Make one call below the hub's address; returns the answer's JSON."""
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
        """The names of all users who have ever logged in, except the hub's administrators."""
        names: set[str] = set()
        seen = 0
        while found := self.call("GET", f"/hub/api/users?offset={seen}&limit={PAGE}"):
            names |= {user["name"] for user in found if not user["admin"]}
            seen += len(found)
        return sorted(names)

    @contextmanager
    def server(self, name: str) -> Iterator[str]:
        """The path of a student's server. If it was not running, it is started, then stopped."""
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
        """The path of the server if it is running, otherwise empty."""
        default = self.call("GET", user)["servers"].get("", {})
        return str(default["url"]) if default.get("ready") else ""

    def read(self, server: str, path: str) -> Any:
        """A student's notebook, or None if there is none of this name."""
        return self._content(f"{server}api/contents/{quote(path)}?type=notebook")

    def read_text(self, server: str, path: str) -> str | None:
        """A student's text file, or None if there is none of this name, or it is no text."""
        content = self._content(f"{server}api/contents/{quote(path)}?type=file&format=text")
        return None if content is None else str(content)

    def _content(self, path: str) -> Any:
        try:
            return self.call("GET", path)["content"]
        except urllib.error.HTTPError as error:
            if error.code in (400, 404):  # 400: a file that is not UTF-8
                return None
            raise

    def write(self, server: str, path: str, text: str) -> None:
        """Write a text file to the student's home; its folder is made if needed."""
        folder = path.rpartition("/")[0]
        self.call("PUT", f"{server}api/contents/{quote(folder)}", {"type": "directory"})
        body = {"type": "file", "format": "text", "content": text}
        self.call("PUT", f"{server}api/contents/{quote(path)}", body)
