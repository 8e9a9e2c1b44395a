"""The foreign stacks by name. A stack's module is imported when it is asked for, not before."""

from collections.abc import Callable
from functools import partial
from importlib import import_module

from tests.interop.stacks.stack import Certificate, Stack

PEERS = ("openssl", "gnutls", "nss", "wolfssl", "python-ssl", "node", "scapy")


def make(name: str, certificate: Certificate) -> Stack:
    """The stack of that name; :class:`~tests.interop.stacks.stack.NotHere`, if it is not here."""
    return _MAKERS[name](certificate)


def _library(module: str, name: str, certificate: Certificate) -> Stack:
    from tests.interop.stacks.blocking import BlockingStack

    library = getattr(import_module(f"tests.interop.stacks.{module}"), name)
    return BlockingStack(library(certificate))


def _node(certificate: Certificate) -> Stack:
    from tests.interop.stacks.node import Node

    return Node(certificate)


def _scapy(certificate: Certificate) -> Stack:
    from tests.interop.stacks.scapy_client import Scapy

    return Scapy(certificate)


_MAKERS: dict[str, Callable[[Certificate], Stack]] = {
    "openssl": partial(_library, "openssl_library", "OpenSSL"),
    "gnutls": partial(_library, "gnutls", "GnuTLS"),
    "nss": partial(_library, "nss", "NSS"),
    "wolfssl": partial(_library, "wolfssl", "WolfSSL"),
    "node": _node,
    "scapy": _scapy,
    "python-ssl": partial(_library, "python_ssl", "PythonSSL"),
}
