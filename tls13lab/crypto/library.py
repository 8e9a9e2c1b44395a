"""Which code runs the primitives: pyca/cryptography, or :mod:`tls13lab.crypto.portable`.

pyca/cryptography is used wherever it can be imported. In the browser edition of the lessons it is
missing, and :mod:`tls13lab.crypto.portable` computes the same bytes about a hundred times more
slowly. That code is for lessons only.

>>> from importlib.util import find_spec
>>> compiled() is (find_spec("cryptography") is not None)
True
"""

from functools import cache


@cache
def compiled() -> bool:
    """Whether pyca/cryptography can be imported. Cached, because a failed import is slow."""
    try:
        import cryptography  # noqa: F401
    except ImportError:
        return False
    return True
