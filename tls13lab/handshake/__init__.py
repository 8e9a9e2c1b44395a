"""The TLS 1.3 client and server, without sockets, clock or randomness. RFC 9846 section 4.

``moves`` says which message may come when, ``client`` and ``server`` say what each one does, and
``connection`` puts them on top of the record layer. ``pair`` runs two of them in memory.
"""
