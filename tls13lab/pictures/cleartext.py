"""What a record shows to anyone who sees its bytes, and only that. RFC 9846 section 5.

The ClientHello and the ServerHello are sent in the clear, and with them the identity of the PSK and
its binder. A protected record shows only its outer type and its length.
"""

from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.extension import Extension
from tls13lab.messages.handshake import Message, unpack
from tls13lab.messages.key_share import (
    KeyShareClientHello,
    KeyShareHelloRetryRequest,
    KeyShareServerHello,
)
from tls13lab.messages.negotiation import (
    PskKeyExchangeModes,
    ServerName,
    SupportedGroups,
)
from tls13lab.messages.pre_shared_key import OfferedPsks, SelectedPsk
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.wire.codepoints import (
    AlertDescription,
    CipherSuite,
    ContentType,
    ExtensionType,
    HandshakeType,
    NamedGroup,
    PskKeyExchangeMode,
    name_of,
)
from tls13lab.wire.faults import TLSFault

HEADER_LENGTH = 5
LONGEST_IDENTITY = 24


def seen_by_eavesdropper(wire: bytes) -> str:
    """What anyone can see of a record: all of it if it is in the clear, otherwise only its size.

    >>> seen_by_eavesdropper(bytes.fromhex("1703030003aabbcc"))
    'a protected record: 3 bytes of ciphertext'
    """
    outer, fragment = wire[0], wire[HEADER_LENGTH:]
    if outer == ContentType.APPLICATION_DATA:
        return f"a protected record: {len(fragment)} bytes of ciphertext"
    if outer == ContentType.HANDSHAKE:
        names = ", ".join(name for name, _ in clear_messages(wire))
        return f"{names} in the clear, {len(fragment)} bytes"
    return f"{name_of(ContentType, outer)} in the clear"


def clear_messages(wire: bytes) -> list[tuple[str, Message | None]]:
    """The handshake messages in an unprotected record, each with its name.

    A message that continues in another record, or that cannot be read, is None, and ends the list.
    """
    found: list[tuple[str, Message | None]] = []
    rest = wire[HEADER_LENGTH:] if wire[0] == ContentType.HANDSHAKE else b""
    while rest:
        end = 4 + int.from_bytes(rest[1:4], "big")
        if len(rest) < max(4, end):
            return [*found, ("part of a message", None)]
        try:
            message = unpack(rest[:end])
        except TLSFault:
            return [*found, (f"unreadable {name_of(HandshakeType, rest[0])}", None)]
        found.append((type(message).__name__, message))
        rest = rest[end:]
    return found


def readable_fields(wire: bytes) -> tuple[tuple[str, str], ...]:
    """The fields that tell an eavesdropper most, as (name, value); empty for a protected record.

    >>> readable_fields(bytes.fromhex("15030300020228"))
    (('alert', 'handshake_failure'),)
    """
    if wire[0] == ContentType.ALERT and len(wire) == HEADER_LENGTH + 2:
        return (("alert", name_of(AlertDescription, wire[-1])),)
    fields: list[tuple[str, str]] = []
    for _, message in clear_messages(wire):
        if isinstance(message, ServerHello | HelloRetryRequest):
            fields.append(("cipher_suite", name_of(CipherSuite, message.cipher_suite)))
        if isinstance(message, ClientHello | ServerHello | HelloRetryRequest):
            for extension in message.extensions:
                value = extension_value(extension)
                if value:
                    fields.append((name_of(ExtensionType, extension.extension_type), value))
    return tuple(fields)


def extension_value(extension: Extension) -> str:
    """The content of an extension in words, if it matters for PSKs; otherwise empty."""
    match extension:
        case PskKeyExchangeModes():
            return ", ".join(name_of(PskKeyExchangeMode, mode) for mode in extension.modes)
        case SupportedGroups():
            return ", ".join(name_of(NamedGroup, group) for group in extension.groups)
        case KeyShareClientHello():
            return ", ".join(name_of(NamedGroup, share.group) for share in extension.client_shares)
        case KeyShareServerHello():
            return name_of(NamedGroup, extension.server_share.group)
        case KeyShareHelloRetryRequest():
            return name_of(NamedGroup, extension.selected_group)
        case ServerName():
            return extension.host_name
        case OfferedPsks():
            pairs = zip(extension.identities, extension.binders, strict=True)
            return "; ".join(
                f"identity {_identity(offered.identity)}, binder {binder[:4].hex()}..."
                for offered, binder in pairs
            )
        case SelectedPsk():
            return f"identity number {extension.selected_identity} chosen"
    return ""


def _identity(identity: bytes) -> str:
    if identity.isascii() and identity.decode("ascii").isprintable():
        text = f'"{identity.decode("ascii")}"'
        if len(text) <= LONGEST_IDENTITY:
            return text
    return f"{identity[:4].hex()}... ({len(identity)} bytes)"
