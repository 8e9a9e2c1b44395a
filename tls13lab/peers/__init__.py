"""Sockets around the handshake, and a real ``openssl`` to talk to.

``client`` and ``server`` put a :class:`~tls13lab.handshake.connection.Connection` on the network;
``link`` is what both share. ``background`` runs a server in a thread, for notebooks.
``application`` and ``web_page`` say what a server answers. ``session_file``, ``keylog`` and
``recorder`` write the tickets, the secrets and the bytes of connections to files. ``pake`` runs
CPace before TLS. The ``openssl`` files run the machine's own OpenSSL. Only this room reads the
clock and draws real random bytes; all others get them as arguments.
"""
