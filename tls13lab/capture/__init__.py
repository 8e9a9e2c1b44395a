"""Recordings of connections: capture files in and out, and key logs.

A *recording* is what an observer of the network has: the TLS records of connections, in the order
in which they were seen, and notes on what is missing. It contains nothing else that the endpoints
knew. Every recording is a stream, so a capture of any size can be read in little memory.

On the way from a capture file to a recording, each file here takes one step::

    file --> packets --> TCP segments --> bytes in order --> TLS records

- ``sources``, ``unpacking``, ``files``: open a file or a pipe; unpack gzip; read pcap and pcapng
- ``link_layers``, ``fragments``, ``packets``: find IP in a frame, join its fragments, take TCP out
- ``reassembly``, ``preambles``, ``flow``: put a connection's bytes in order, find where TLS begins,
  and cut the bytes into records
- ``reader``: all the connections of a capture; ``recording``: what comes out
- ``notes``: what was skipped on the way, and where a damaged file ends

On recordings work ``hellos`` and ``glance`` (read what is in the clear), ``keylog`` and ``decrypt``
(open records with logged secrets), ``versions`` and ``summary`` (a connection in one line).
``writer`` writes a recording to a capture file. ``secret_text`` reads a secret that a user typed.
"""
