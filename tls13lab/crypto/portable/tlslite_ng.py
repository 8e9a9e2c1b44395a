"""The primitives of tlslite-ng, without its TLS stack.

``import tlslite`` imports all of it, and with it modules of the standard library that Python in the
browser does not have (``dbm``). So this file imports only the modules that it needs, and skips the
package's ``__init__``.
"""

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any


def _utils(*names: str) -> list[ModuleType]:
    whole = "tlslite" in sys.modules
    spec = find_spec("tlslite")
    if spec is None:
        raise ImportError("neither pyca/cryptography nor tlslite-ng is installed: install one")
    if not whole:
        sys.modules["tlslite"] = module_from_spec(spec)
    try:
        return [import_module(f"tlslite.utils.{name}") for name in names]
    finally:
        if not whole:  # a later ``import tlslite`` gets the whole package
            del sys.modules["tlslite"]


_aesccm, _aesgcm, _chacha, _x25519 = _utils(
    "python_aesccm", "python_aesgcm", "python_chacha20_poly1305", "x25519"
)


def aes_ccm(key: bytes, tag_length: int) -> Any:
    """AES-CCM: an object with ``seal`` and ``open``, which take bytearrays."""
    return _aesccm.new(bytearray(key), tag_length)


def aes_gcm(key: bytes) -> Any:
    """AES-GCM, with the interface of :func:`aes_ccm`."""
    return _aesgcm.new(bytearray(key))


def chacha20_poly1305(key: bytes) -> Any:
    """ChaCha20-Poly1305, with the interface of :func:`aes_ccm`."""
    return _chacha.new(bytearray(key))


def x25519(private_key: bytes, point: bytes) -> bytes:
    """X25519: 32 bytes from 32 and 32, without any checks."""
    return bytes(_x25519.x25519(bytearray(private_key), bytearray(point)))


def x448(private_key: bytes, point: bytes) -> bytes:
    """X448: 56 bytes from 56 and 56, without any checks."""
    return bytes(_x25519.x448(bytearray(private_key), bytearray(point)))
