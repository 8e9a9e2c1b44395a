"""The extension block: a list of types and their data. RFC 9846 section 4.3.

Each message has a registry of the extensions that may appear in it. An extension that the lab knows
is an error in any other message. An unknown extension is kept as raw bytes, because a peer may
support more than we do, or send GREASE values (RFC 8701).

>>> RawExtension(0x0A0A, b"").encode()
b''
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from tls13lab.wire.codepoints import ExtensionType, name_of
from tls13lab.wire.faults import IllegalParameter
from tls13lab.wire.reader import Reader
from tls13lab.wire.writer import opaque16, uint16


class Extension(Protocol):
    """An extension: it has a type, and its data encodes to bytes."""

    @property
    def extension_type(self) -> int:
        """The code point, which has two bytes on the wire."""

    def encode(self) -> bytes:
        """The extension_data, without type and length."""


class DecodableExtension(Extension, Protocol):
    """An extension class that a registry can hold."""

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """Read the extension_data to its end."""


@dataclass(frozen=True, slots=True)
class RawExtension:
    """An extension that the lab does not interpret, with its data as it came."""

    extension_type: int
    data: bytes

    def encode(self) -> bytes:
        return self.data


Registry = Mapping[int, type[DecodableExtension]]
E_ = TypeVar("E_", bound=Extension)


def find(extensions: Sequence[Extension], kind: type[E_]) -> E_ | None:
    """The extension of class ``kind``, or None if there is none."""
    return next((extension for extension in extensions if isinstance(extension, kind)), None)


def encode_extensions(extensions: Sequence[Extension]) -> bytes:
    """The whole block, with its length of 2 bytes in front."""
    return opaque16(
        b"".join(
            uint16(extension.extension_type) + opaque16(extension.encode())
            for extension in extensions
        )
    )


def decode_extensions(block: Reader, registry: Registry) -> tuple[Extension, ...]:
    """Read a block to its end; ``registry`` is that of the message.

    Raises IllegalParameter for an extension that appears twice, or may not appear in this message.
    """
    found: dict[int, Extension] = {}
    while block.left:
        code = block.u16("extension_type")
        name = name_of(ExtensionType, code)
        data = block.vector16(name)
        if code in found:
            # "There MUST NOT be more than one extension of the same type in a given extension
            # block." (4.3)
            raise IllegalParameter(f"the extension {name} appears twice")
        found[code] = _decode_extension(code, name, data, registry)
    return tuple(found.values())


def _decode_extension(code: int, name: str, data: Reader, registry: Registry) -> Extension:
    kind = registry.get(code)
    if kind is None:
        if code in _INTERPRETED:
            # "If an implementation receives an extension which it recognizes and which is not
            # specified for the message in which it appears, it MUST abort" (4.3).
            raise IllegalParameter(f"the extension {name} may not appear in this message")
        return RawExtension(code, data.rest("data"))
    extension = kind.decode(data)
    data.finish()
    return extension


# The types that the lab interprets in some message, and therefore "recognizes" in every other.
_INTERPRETED = frozenset(
    {
        ExtensionType.SERVER_NAME,
        ExtensionType.SUPPORTED_GROUPS,
        ExtensionType.SIGNATURE_ALGORITHMS,
        ExtensionType.APPLICATION_LAYER_PROTOCOL_NEGOTIATION,
        ExtensionType.TLS_CERT_WITH_EXTERN_PSK,
        ExtensionType.PRE_SHARED_KEY,
        ExtensionType.EARLY_DATA,
        ExtensionType.SUPPORTED_VERSIONS,
        ExtensionType.COOKIE,
        ExtensionType.PSK_KEY_EXCHANGE_MODES,
        ExtensionType.KEY_SHARE,
    }
)
