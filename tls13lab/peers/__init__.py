"""Sockets around the handshake, and a real ``openssl`` to talk to.

``server`` and ``client`` put a :class:`~tls13lab.handshake.connection.Connection` on the network,
``background`` runs a server beside a notebook's cells, ``session_file`` and ``keylog`` keep what a
connection leaves behind. Here, and only here, the lab reads the clock and draws real randomness.
"""
