"""The foreign stacks by name. A stack's module is imported when it is asked for, not before."""

from tests.interop.stacks.stack import Certificate, Stack

PEERS = ("gnutls",)


def make(name: str, certificate: Certificate) -> Stack:
    """The stack of that name; :class:`~tests.interop.stacks.stack.NotHere`, if it is not here."""
    return _MAKERS[name](certificate)


def _gnutls(certificate: Certificate) -> Stack:
    from tests.interop.stacks.blocking import BlockingStack
    from tests.interop.stacks.gnutls import GnuTLS

    return BlockingStack(GnuTLS(certificate))


def _wolfssl(certificate: Certificate) -> Stack:
    from tests.interop.stacks.blocking import BlockingStack
    from tests.interop.stacks.wolfssl import WolfSSL

    return BlockingStack(WolfSSL(certificate))


def _python_ssl(certificate: Certificate) -> Stack:
    from tests.interop.stacks.blocking import BlockingStack
    from tests.interop.stacks.python_ssl import PythonSSL

    return BlockingStack(PythonSSL(certificate))


_MAKERS = {"gnutls": _gnutls, "wolfssl": _wolfssl, "python-ssl": _python_ssl}
