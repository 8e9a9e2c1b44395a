"""tls13lab: TLS 1.3 pre-shared keys, on real bytes, for learning.

This package is for **learning**. It is not for protecting real traffic: it is written to be read,
it shows its secrets on request, and nobody has audited it.

Where to begin: :mod:`tls13lab.lesson` has in one place what the notebooks use,
``python -m tls13lab --help`` lists the commands, and each room (``tls13lab.wire``,
``tls13lab.crypto`` and so on) says at its head what lives there. ``CONTRIBUTING.md`` lists the
rooms in the order in which data flows through them.
"""

__version__ = "0.1.0"
