"""A child process that is watched while it runs and never left behind. Stdlib only.

Two threads drain the child's output, so it cannot block on a full pipe, and whoever waits for a
text waits with a deadline and is woken by the text itself: there is no sleeping here. This file
knows nothing about OpenSSL or TLS.
"""

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import IO, Self

_PATIENCE = 2.0
"""Seconds between the polite request to end and the other one."""


class Child:
    """A running program; use it as a context manager, and it is gone (and reaped) afterwards."""

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
        """All that the child has said on its error output so far."""
        with self._changed:
            return bytes(self._stderr).decode("utf-8", "replace")

    def wait_until(self, ready: Callable[[bytes], bool], timeout: float) -> bool:
        """Wait until ``ready(stdout)``; False if the output or the time ended first."""
        with self._changed:
            self._changed.wait_for(lambda: ready(bytes(self._stdout)) or not self._open, timeout)
            return ready(bytes(self._stdout))

    def write(self, data: bytes) -> bool:
        """Give the child ``data`` as input; False if it no longer reads."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except (OSError, ValueError):
            return False
        return True

    def end_input(self) -> None:
        """Close the child's input."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()

    def finish(self, timeout: float) -> int | None:
        """The exit code, once the child ended by itself and was read; None if it did not."""
        deadline = time.monotonic() + timeout
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        for thread in self._drains:
            thread.join(max(0.0, deadline - time.monotonic()))
        return code

    def stop(self) -> None:
        """End the child, politely and then not, and reap it."""
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
