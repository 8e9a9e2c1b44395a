"""Recordings of connections: what crossed the wire, and nothing that the endpoints knew besides.

:mod:`~tls13lab.capture.recording` says what a recording is. The rest of the room gets recordings
out of capture files and into them, and reads and writes key logs.
"""
