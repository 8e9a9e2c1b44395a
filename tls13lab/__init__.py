"""tls13lab: TLS 1.3 pre-shared keys, on real bytes, for learning.

This package is for **learning**. It is not for protecting real traffic: it is written to be read,
it shows its secrets on request, and nobody has audited it.

The rooms, in the order in which the data flows through them (each may import only those before it):

====================  ==========================================================================
``wire``              reading and writing bytes, code points, alerts, named byte spans
``crypto``            suites, HKDF, the schedule table, the key schedule, groups, signatures
``messages``          one dataclass with ``decode``/``encode`` per handshake message
``psk``               external and resumption PSKs, tickets, the binder
``records``           record protection and framing
``handshake``         the client and the server, without sockets, clocks or randomness
``peers``             sockets, and driving a real ``openssl``
``pictures``          table or recording in, SVG or HTML out
``widgets``           the controls of the notebooks
``cli``               the command line
====================  ==========================================================================
"""

__version__ = "0.1.0"
