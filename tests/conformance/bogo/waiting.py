"""A Python that has imported the lab already, and becomes a shim for each of BoGo's tests.

To start Python and import the lab takes longer than most of the tests. So one process does it once
and forks for each: the shim that BoGo starts, ``__main__.py``, hands over its flags and its three
streams, and waits for the exit code.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STREAMS = 3
MOST_BYTES = 1 << 16
"""Of one test's flags: the longest has some hundred."""


@contextmanager
def waiting(at: Path, root: Path, environment: dict[str, str]) -> Iterator[None]:
    """One that listens at the path ``at``; ended with all that it has become."""
    command = [sys.executable, "-m", "tests.conformance.bogo.waiting", str(at)]
    environment = os.environ | environment | {"PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command, cwd=root, env=environment, stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            assert process.stdout is not None
            if not process.stdout.readline():  # it says that it listens
                raise RuntimeError("the waiting shim did not start")
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def serve(at: str) -> None:
    """Import, listen, and fork for everybody who asks."""
    import tests.conformance.bogo.shim  # noqa: F401

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children but their shims
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(at)
        listening.listen(64)
        print("listening", flush=True)
        while True:
            asking, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                become(asking)
            asking.close()


def become(asking: socket.socket) -> None:
    """The shim's work in a process of its own, to its end."""
    from tests.conformance.bogo.flags import main
    from tests.conformance.bogo.shim import CRASHED

    code = CRASHED
    try:
        flags, streams, _, _ = socket.recv_fds(asking, MOST_BYTES, STREAMS)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        threading.Thread(target=end_with, args=[asking], daemon=True).start()
        code = main(flags.decode().split("\0"))
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        asking.send(bytes([code]))
        os._exit(0)


def end_with(asking: socket.socket) -> None:
    """BoGo ends a shim that takes too long: then this process must not go on, either."""
    asking.recv(1)
    os._exit(1)


if __name__ == "__main__":
    serve(sys.argv[1])
