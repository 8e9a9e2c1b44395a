"""The shim that BoGo starts, once for each test: it has the work done by the process that waits.

A plain interpreter without site-packages runs it, and imports as little as can be, since it starts
a thousand times. :mod:`tests.conformance.bogo.suite` writes the launcher, which puts the path of
the waiting process in front of BoGo's own flags.
"""

import _socket
import sys
from array import array

NOBODY = 91
"""The exit code where the waiting process ended before it answered."""

if __name__ == "__main__":
    at, *flags = sys.argv[1:]
    waiting = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    waiting.connect(at)
    streams = (_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array("i", [0, 1, 2]))
    waiting.sendmsg(["\0".join(flags).encode()], [streams])
    code = waiting.recv(1)
    sys.exit(code[0] if code else NOBODY)
