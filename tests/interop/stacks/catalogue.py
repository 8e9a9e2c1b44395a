"""The foreign stacks by name. A stack's module is imported when it is asked for, not before."""

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from types import ModuleType

from tests.interop.stacks.stack import Certificate, NotHere, Stack

PEERS = (
    "openssl",
    "boringssl",
    "tlslite",
    "gnutls",
    "nss",
    "wolfssl",
    "python-ssl",
    "node",
    "scapy",
    "openssl-3.6",
    "go",
    "java",
    "haproxy",
    "erlang",
    "s2n",
    "bouncycastle",
    "rustls",
)


def make(name: str, certificate: Certificate) -> Stack:
    """The stack of that name; :class:`~tests.interop.stacks.stack.NotHere`, if it is not here."""
    return _MAKERS[name](certificate)


def _library(module: str, name: str, certificate: Certificate) -> Stack:
    if sys.platform != "linux":  # other systems have other sockets and other libraries
        raise NotHere("stacks that are libraries are driven on Linux only")
    from tests.interop.stacks.blocking import BlockingStack

    library = getattr(_module(module), name)
    return BlockingStack(library(certificate))


def _module(name: str) -> ModuleType:
    try:
        return import_module(f"tests.interop.stacks.{name}")
    except ImportError as error:
        raise NotHere(f"{error}: run python3 run.py test") from None


def _node(certificate: Certificate) -> Stack:
    from tests.interop.stacks.node import Node

    return Node(certificate)


def _go(certificate: Certificate) -> Stack:
    from tests.interop.stacks.go import Go

    return Go(certificate)


def _java(certificate: Certificate) -> Stack:
    from tests.interop.stacks.java import Java

    return Java(certificate)


def _bouncy_castle(certificate: Certificate) -> Stack:
    from tests.interop.stacks.bouncy_castle import BouncyCastle

    return BouncyCastle(certificate)


def _erlang(certificate: Certificate) -> Stack:
    from tests.interop.stacks.erlang import Erlang

    return Erlang(certificate)


def _rustls(certificate: Certificate) -> Stack:
    from tests.interop.stacks.rustls import Rustls

    return Rustls(certificate)


def _haproxy(certificate: Certificate) -> Stack:
    from tests.interop.stacks.haproxy import HAProxy

    return HAProxy(certificate)


def _scapy(certificate: Certificate) -> Stack:
    made: Stack = _module("scapy_client").Scapy(certificate)
    return made


_MAKERS: dict[str, Callable[[Certificate], Stack]] = {
    "openssl": partial(_library, "openssl_library", "OpenSSL"),
    "tlslite": partial(_library, "tlslite_ng", "TlsliteNg"),
    "boringssl": partial(_library, "boringssl", "BoringSSL"),
    "gnutls": partial(_library, "gnutls", "GnuTLS"),
    "nss": partial(_library, "nss", "NSS"),
    "wolfssl": partial(_library, "wolfssl", "WolfSSL"),
    "openssl-3.6": partial(_library, "openssl_in_a_wheel", "OpenSSLInAWheel"),
    "node": _node,
    "go": _go,
    "java": _java,
    "bouncycastle": _bouncy_castle,
    "haproxy": _haproxy,
    "erlang": _erlang,
    "rustls": _rustls,
    "s2n": partial(_library, "s2n", "S2n"),
    "scapy": _scapy,
    "python-ssl": partial(_library, "python_ssl", "PythonSSL"),
}
