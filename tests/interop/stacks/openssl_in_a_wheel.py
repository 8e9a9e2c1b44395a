"""A newer OpenSSL than the machine's: the one that pycurl's wheel brings along, through ctypes."""

from importlib.metadata import PackageNotFoundError, files

from tests.interop.stacks.openssl_library import OpenSSL
from tests.interop.stacks.stack import NotHere


class OpenSSLInAWheel(OpenSSL):
    """Driven as the machine's own is; nothing of pycurl is imported."""

    name = "openssl-3.6"

    def paths(self) -> tuple[str, str]:
        try:
            inside = files("pycurl") or ()
        except PackageNotFoundError:
            raise NotHere("pycurl is not installed: run python3 run.py test") from None
        found = [
            str(one.locate())
            for name in ("libcrypto-", "libssl-")
            for one in inside
            if one.name.startswith(name)
        ]
        if len(found) != 2:
            raise NotHere("pycurl brings no OpenSSL on this system")
        return found[0], found[1]
