"""Which version of TLS a connection uses, and the names of messages in older versions.

The hellos of TLS 1.2 and 1.3 differ only in their extensions. The other messages of TLS 1.2
(RFC 5246) are named here, but not decoded.

>>> version_name(0x0303), version_name(0x7f1c), version_name(0x2a2a)
('TLS 1.2', 'TLS 1.3, draft 28', 'GREASE (RFC 8701)')
"""

from typing import NamedTuple

from tls13lab.capture.glance import glance
from tls13lab.wire.codepoints import TLS13, ExtensionType

_NAMES = {0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2"}
_SUPPORTED_VERSIONS = int(ExtensionType.SUPPORTED_VERSIONS)


class OldMessage(NamedTuple):
    """A message that TLS 1.3 lacks or has in another form, and the section that defines it."""

    name: str
    section: str


OLD_MESSAGES = {
    0: OldMessage("HelloRequest", "RFC 5246 section 7.4.1.1"),
    4: OldMessage("NewSessionTicket", "RFC 5077 section 3.3"),
    11: OldMessage("Certificate", "RFC 5246 section 7.4.2"),
    12: OldMessage("ServerKeyExchange", "RFC 5246 section 7.4.3"),
    13: OldMessage("CertificateRequest", "RFC 5246 section 7.4.4"),
    14: OldMessage("ServerHelloDone", "RFC 5246 section 7.4.5"),
    15: OldMessage("CertificateVerify", "RFC 5246 section 7.4.8"),
    16: OldMessage("ClientKeyExchange", "RFC 5246 section 7.4.7"),
    20: OldMessage("Finished", "RFC 5246 section 7.4.9"),
    22: OldMessage("CertificateStatus", "RFC 6066 section 8"),
    23: OldMessage("SupplementalData", "RFC 4680 section 2"),
}
ONLY_OLD = frozenset({0, 12, 14, 16, 22, 23})
"""Types that do not occur in TLS 1.3: a side that sends one in the clear uses an older version."""


_HELLOS = (1, 2)
_LONGEST_HELLO = 2**17


def is_sealed(content: bytes) -> bool:
    """Whether a handshake record that begins a message after change_cipher_spec is encrypted.

    In TLS 1.3, only a hello can come there in the clear, so anything else shows an older version.

    >>> is_sealed(bytes(40)), is_sealed(bytes.fromhex("01000120") + bytes(288))
    (True, False)
    """
    if not content or content[0] not in _HELLOS:
        return bool(content)
    return int.from_bytes(content[1:4], "big") > _LONGEST_HELLO


def is_grease(code: int) -> bool:
    """Whether a number of two bytes is a GREASE value, which means nothing (RFC 8701)."""
    return code & 0x0F0F == 0x0A0A and code >> 8 == code & 0xFF


def version_name(version: int) -> str:
    """The name of a version; an unknown version is given as its number."""
    if version == TLS13:
        return "TLS 1.3"
    if version >> 8 == 0x7F:
        return f"TLS 1.3, draft {version & 0xFF}"
    if is_grease(version):
        return "GREASE (RFC 8701)"
    return _NAMES.get(version, f"0x{version:04x}")


def is_old(version: int) -> bool:
    """Whether this is TLS 1.2 or older, whose records this lab does not open."""
    return 0 < version < TLS13


def chosen_version(server_hello: bytes) -> int:
    """The version in a packed ServerHello: in supported_versions, otherwise in legacy_version.

    Returns 0 for bytes that are not a ServerHello.
    """
    seen = glance(server_hello) if server_hello[:1] == b"\x02" else None
    if seen is None:
        return 0
    chosen = seen.extensions.get(_SUPPORTED_VERSIONS, b"")
    return int.from_bytes(chosen, "big") if len(chosen) == 2 else seen.version
