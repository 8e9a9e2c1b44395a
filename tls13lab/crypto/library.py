"""Who does the arithmetic: pyca/cryptography, or :mod:`tls13lab.crypto.portable` where it is not.

The library is preferred wherever it can be imported. Where no compiled package can be installed, as
in a browser without a network, the portable stand-in makes the same bytes, some hundred times more
slowly; it is for lessons alone.

>>> from importlib.util import find_spec
>>> compiled() is (find_spec("cryptography") is not None)
True
"""

from functools import cache


@cache
def compiled() -> bool:
    """Whether pyca/cryptography is here. Asked once: a failed import takes long."""
    try:
        import cryptography  # noqa: F401
    except ImportError:
        return False
    return True
