"""The extension block: a list of (type, data), typed where we know the type. RFC 9846 section 4.3.

Each message has its own registry of the extensions that may stand in it. An extension we know in a
message it may not appear in is an error; an extension we do not know is kept as raw bytes, because
a peer may speak more than we do, or send GREASE values (RFC 8701).

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
    """What every extension can do: say its type, and its data as bytes."""

    @property
    def extension_type(self) -> int:
        """The code point, two bytes."""

    def encode(self) -> bytes:
        """extension_data, without type and length."""


class DecodableExtension(Extension, Protocol):
    """An extension class that a registry can hold."""

    @classmethod
    def decode(cls, reader: Reader) -> Self:
        """Read extension_data to its end."""


@dataclass(frozen=True, slots=True)
class RawExtension:
    """An extension whose type this lab does not interpret."""

    extension_type: int
    data: bytes

    def encode(self) -> bytes:
        """The data as it came."""
        return self.data


Registry = Mapping[int, type[DecodableExtension]]
E_ = TypeVar("E_", bound=Extension)


def find(extensions: Sequence[Extension], kind: type[E_]) -> E_ | None:
    """The extension of class ``kind`` in a block, or None."""
    return next((one for one in extensions if isinstance(one, kind)), None)


def encode_extensions(extensions: Sequence[Extension]) -> bytes:
    """The whole block, behind its length of 2 bytes."""
    return opaque16(
        b"".join(uint16(one.extension_type) + opaque16(one.encode()) for one in extensions)
    )


def decode_extensions(block: Reader, registry: Registry) -> tuple[Extension, ...]:
    """Read a block to its end, by the message's ``registry``."""
    found: dict[int, Extension] = {}
    while block.left:
        code = block.u16("extension_type")
        name = name_of(ExtensionType, code)
        data = block.vector16(name)
        if code in found:
            # "There MUST NOT be more than one extension of the same type in a given extension
            # block." (4.3)
            raise IllegalParameter(f"the extension {name} appears twice")
        found[code] = _decode_one(code, name, data, registry)
    return tuple(found.values())


def _decode_one(code: int, name: str, data: Reader, registry: Registry) -> Extension:
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


# The types this lab interprets in some message, and so "recognizes" in every other.
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
