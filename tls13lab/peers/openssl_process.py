"""A child process whose output is read while it runs, and which is always ended. Stdlib only.

Two threads read the child's output, so it never blocks on a full pipe. Waiting for a text has a
time limit and ends as soon as the text comes; nothing here sleeps. This file knows nothing about
OpenSSL or TLS.
"""

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO, Self

_PATIENCE = 2.0
"""Seconds that a child has to end by itself before it is killed."""


class Child:
    """A running program; used as a context manager, it is ended and reaped afterwards."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=environment,
        )
        self._changed = threading.Condition()
        self._stdout, self._stderr = bytearray(), bytearray()
        self._open = 2
        self._drains = [
            threading.Thread(target=self._drain, args=pair, daemon=True)
            for pair in ((self._process.stdout, self._stdout), (self._process.stderr, self._stderr))
        ]
        for thread in self._drains:
            thread.start()

    def _drain(self, pipe: IO[bytes], into: bytearray) -> None:
        while True:
            try:
                chunk = pipe.read(65536)
            except (OSError, ValueError):  # closed under us while stopping
                chunk = b""
            with self._changed:
                into += chunk
                self._open -= not chunk
                self._changed.notify_all()
            if not chunk:
                return

    @property
    def stdout(self) -> bytes:
        """All that the child has written so far."""
        with self._changed:
            return bytes(self._stdout)

    @property
    def stderr(self) -> str:
        """The child's error output so far."""
        with self._changed:
            return bytes(self._stderr).decode("utf-8", "replace")

    def wait_until(self, ready: Callable[[bytes], bool], timeout: float) -> bool:
        """Wait until ``ready(stdout)`` is true; False if the output or the time ended before."""
        with self._changed:
            self._changed.wait_for(lambda: ready(bytes(self._stdout)) or not self._open, timeout)
            return ready(bytes(self._stdout))

    def write(self, data: bytes) -> bool:
        """Write ``data`` to the child's input; False if it no longer reads."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except (OSError, ValueError):
            return False
        return True

    def end_input(self) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()

    def finish(self, timeout: float) -> int | None:
        """Wait for the child to end by itself; its exit code, or None after ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        for thread in self._drains:
            thread.join(max(0.0, deadline - time.monotonic()))
        return code

    def stop(self) -> None:
        """End the child: ask it to terminate, kill it after ``_PATIENCE`` seconds, and reap it."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for thread in self._drains:
            thread.join(_PATIENCE)
        self.end_input()
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
