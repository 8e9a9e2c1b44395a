"""The key exchange methods: x25519, x448, three NIST curves, X25519MLKEM768. RFC 9846 4.3.8.

All have the same interface: the client calls :func:`initiate` and sends its share; the server calls
:func:`respond`, which gives its share and the shared secret; the client calls ``finish`` with the
server's share. In Diffie-Hellman both shares are public keys g^x. In the hybrid, the server's share
contains an ML-KEM ciphertext instead. pyca/cryptography does the arithmetic; all but the hybrid
also run on :mod:`tls13lab.crypto.portable`.

Private keys come from the ``entropy`` argument, so a handshake can be repeated byte for byte. There
is one exception: the library draws the randomness of ML-KEM encapsulation itself. So a *server's*
X25519MLKEM768 share, and every secret derived from it, differs from run to run.

>>> from tls13lab.crypto.entropy import seeded
>>> mine = initiate(NamedGroup.X25519, seeded("client"))
>>> theirs = respond(NamedGroup.X25519, mine.share, seeded("server"))
>>> mine.finish(theirs.share) == theirs.shared_secret, len(mine.share)
(True, 32)
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

from tls13lab.crypto.entropy import Entropy
from tls13lab.crypto.library import compiled
from tls13lab.wire.codepoints import NamedGroup
from tls13lab.wire.faults import IllegalParameter

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurve, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

MLKEM_SHARE, MLKEM_CIPHERTEXT = 1184, 1088
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P384_ORDER = 2**384 - 0x389CB27E0BC8D220A7E5F24DB74F58851313E695333AD68D
P521_ORDER = 2**521 - 0x5AE79787C40D069948033FEB708F65A2FC44A36477663B851449048E16EC79BF7


class PrivateShare(Protocol):
    """The client's half of a key exchange: a public share, and the private key behind it."""

    @property
    def share(self) -> bytes:
        """The public share, as the ``key_exchange`` field of a KeyShareEntry holds it."""

    @property
    def private_key(self) -> bytes:
        """The private key (for the hybrid: ML-KEM seed and scalar); a lesson may leak it."""

    def finish(self, server_share: bytes) -> bytes:
        """The (EC)DHE shared secret; raises IllegalParameter for an invalid share."""


@dataclass(frozen=True, slots=True)
class Response:
    """The server's half of a key exchange: its public share, and the shared secret."""

    share: bytes
    shared_secret: bytes = field(repr=False)
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class X25519Share:
    """RFC 7748: private key, share and shared secret have 32 bytes each.

    ``loaded`` is ``private_key`` as pyca/cryptography's object, or None without that library.
    """

    private_key: bytes = field(repr=False)
    share: bytes
    loaded: "X25519PrivateKey | None" = field(repr=False, compare=False)

    @classmethod
    def new(cls, entropy: Entropy) -> "X25519Share":
        """A share from 32 bytes of entropy."""
        return cls.from_private(entropy(32))

    @classmethod
    def from_private(cls, private_key: bytes) -> "X25519Share":
        """The share that belongs to a private key of 32 bytes."""
        if not compiled():
            from tls13lab.crypto.portable.groups import BASE_POINT, x25519

            return cls(private_key, x25519(private_key, BASE_POINT), None)
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        key = X25519PrivateKey.from_private_bytes(private_key)
        return cls(private_key, key.public_key().public_bytes_raw(), key)

    def finish(self, server_share: bytes) -> bytes:
        try:
            # Both libraries reject the all-zero secret, as section 7.4.2 demands.
            if self.loaded is None:
                from tls13lab.crypto.portable.groups import x25519

                return x25519(self.private_key, server_share)
            from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

            return self.loaded.exchange(X25519PublicKey.from_public_bytes(server_share))
        except ValueError:
            raise IllegalParameter("the x25519 key share is not usable") from None


@dataclass(frozen=True, slots=True)
class X448Share:
    """RFC 7748: private key, share and shared secret have 56 bytes each.

    ``loaded`` is as in :class:`X25519Share`.
    """

    private_key: bytes = field(repr=False)
    share: bytes
    loaded: "X448PrivateKey | None" = field(repr=False, compare=False)

    @classmethod
    def new(cls, entropy: Entropy) -> "X448Share":
        """A share from 56 bytes of entropy."""
        return cls.from_private(entropy(56))

    @classmethod
    def from_private(cls, private_key: bytes) -> "X448Share":
        """The share that belongs to a private key of 56 bytes."""
        if not compiled():
            from tls13lab.crypto.portable.groups import X448_BASE_POINT, x448

            return cls(private_key, x448(private_key, X448_BASE_POINT), None)
        from cryptography.hazmat.primitives.asymmetric.x448 import X448PrivateKey

        key = X448PrivateKey.from_private_bytes(private_key)
        return cls(private_key, key.public_key().public_bytes_raw(), key)

    def finish(self, server_share: bytes) -> bytes:
        try:
            # As for x25519, both libraries reject the all-zero secret.
            if self.loaded is None:
                from tls13lab.crypto.portable.groups import x448

                return x448(self.private_key, server_share)
            from cryptography.hazmat.primitives.asymmetric.x448 import X448PublicKey

            return self.loaded.exchange(X448PublicKey.from_public_bytes(server_share))
        except ValueError:
            raise IllegalParameter("the x448 key share is not usable") from None


@dataclass(frozen=True, slots=True)
class P256Share:
    """SEC 1: a share is an uncompressed point of 65 bytes, the secret its x coordinate, 32 bytes.

    ``loaded`` is as in :class:`X25519Share`.
    """

    group: ClassVar = NamedGroup.SECP256R1
    order: ClassVar = P256_ORDER
    length: ClassVar = 32  # of a coordinate, a private key and the shared secret, in bytes
    private_key: bytes = field(repr=False)
    share: bytes
    loaded: "EllipticCurvePrivateKey | None" = field(repr=False, compare=False)

    @classmethod
    def new(cls, entropy: Entropy) -> Self:
        """A share from ``length + 16`` bytes of entropy; the extra 16 make the bias negligible."""
        scalar = int.from_bytes(entropy(cls.length + 16), "big") % (cls.order - 1) + 1
        return cls.from_private(scalar.to_bytes(cls.length, "big"))

    @classmethod
    def from_private(cls, private_key: bytes) -> Self:
        """The share that belongs to a private key, a scalar of ``length`` bytes."""
        if not compiled():
            from tls13lab.crypto.portable.groups import public_point

            return cls(private_key, public_point(cls.length, private_key), None)
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.derive_private_key(int.from_bytes(private_key, "big"), cls._curve())
        point = key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return cls(private_key, point, key)

    @classmethod
    def _curve(cls) -> "EllipticCurve":
        from cryptography.hazmat.primitives.asymmetric import ec

        return ec.SECP256R1()

    def finish(self, server_share: bytes) -> bytes:
        name = self.group.name.lower()
        if len(server_share) != 1 + 2 * self.length or server_share[0] != 4:
            raise IllegalParameter(f"the {name} key share is not an uncompressed point")
        try:
            # "peers MUST validate each other's public value Q by ensuring that the point is a valid
            # point on the elliptic curve" (4.3.8.2). Both libraries do.
            if self.loaded is None:
                from tls13lab.crypto.portable.groups import shared_x

                return shared_x(self.length, self.private_key, server_share)
            from cryptography.hazmat.primitives.asymmetric import ec

            theirs = ec.EllipticCurvePublicKey.from_encoded_point(self._curve(), server_share)
        except ValueError:
            raise IllegalParameter(f"the {name} key share is not on the curve") from None
        return self.loaded.exchange(ec.ECDH(), theirs)


class P384Share(P256Share):
    """Like P-256, with shares of 97 bytes and a secret of 48 bytes."""

    __slots__ = ()
    group = NamedGroup.SECP384R1
    order = P384_ORDER
    length = 48

    @classmethod
    def _curve(cls) -> "EllipticCurve":
        from cryptography.hazmat.primitives.asymmetric import ec

        return ec.SECP384R1()


class P521Share(P256Share):
    """Like P-256, with shares of 133 bytes and a secret of 66 bytes."""

    __slots__ = ()
    group = NamedGroup.SECP521R1
    order = P521_ORDER
    length = 66

    @classmethod
    def _curve(cls) -> "EllipticCurve":
        from cryptography.hazmat.primitives.asymmetric import ec

        return ec.SECP521R1()


@dataclass(frozen=True, slots=True)
class HybridShare:
    """X25519MLKEM768: ML-KEM-768 and x25519, concatenated. draft-ietf-tls-ecdhe-mlkem.

    In shares and in the secret, ML-KEM comes first. The client's share has 1184 + 32 bytes, the
    server's 1088 + 32, the shared secret 32 + 32.
    """

    seed: bytes = field(repr=False)
    encapsulation_key: bytes
    x25519: X25519Share

    @classmethod
    def new(cls, entropy: Entropy) -> "HybridShare":
        """A share from 64 + 32 bytes of entropy."""
        return cls.from_private(entropy(64 + 32))

    @classmethod
    def from_private(cls, private_key: bytes) -> "HybridShare":
        """The share that belongs to a private key of 64 + 32 bytes."""
        from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

        seed, scalar = private_key[:64], private_key[64:]
        public = MLKEM768PrivateKey.from_seed_bytes(seed).public_key()
        return cls(seed, public.public_bytes_raw(), X25519Share.from_private(scalar))

    @property
    def share(self) -> bytes:
        return self.encapsulation_key + self.x25519.share

    @property
    def private_key(self) -> bytes:
        """ML-KEM seed and x25519 private key: 64 + 32 bytes."""
        return self.seed + self.x25519.private_key

    def finish(self, server_share: bytes) -> bytes:
        from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey

        if len(server_share) != MLKEM_CIPHERTEXT + 32:
            raise IllegalParameter("the X25519MLKEM768 key share has the wrong length")
        ciphertext, public = server_share[:MLKEM_CIPHERTEXT], server_share[MLKEM_CIPHERTEXT:]
        decapsulated = MLKEM768PrivateKey.from_seed_bytes(self.seed).decapsulate(ciphertext)
        return decapsulated + self.x25519.finish(public)


def _respond_hybrid(client_share: bytes, entropy: Entropy) -> Response:
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey

    if len(client_share) != MLKEM_SHARE + 32:
        raise IllegalParameter("the X25519MLKEM768 key share has the wrong length")
    try:
        theirs = MLKEM768PublicKey.from_public_bytes(client_share[:MLKEM_SHARE])
    except ValueError:
        raise IllegalParameter("the ML-KEM encapsulation key is not valid") from None
    kem_secret, ciphertext = theirs.encapsulate()
    mine = X25519Share.new(entropy)
    shared_secret = kem_secret + mine.finish(client_share[MLKEM_SHARE:])
    return Response(ciphertext + mine.share, shared_secret, mine.private_key)


_NEW: dict[int, Callable[[Entropy], PrivateShare]] = {
    NamedGroup.X25519: X25519Share.new,
    NamedGroup.SECP256R1: P256Share.new,
    NamedGroup.X25519MLKEM768: HybridShare.new,
    NamedGroup.SECP384R1: P384Share.new,
    NamedGroup.SECP521R1: P521Share.new,
    NamedGroup.X448: X448Share.new,
}

_LOAD: dict[int, Callable[[bytes], PrivateShare]] = {
    NamedGroup.X25519: X25519Share.from_private,
    NamedGroup.SECP256R1: P256Share.from_private,
    NamedGroup.X25519MLKEM768: HybridShare.from_private,
    NamedGroup.SECP384R1: P384Share.from_private,
    NamedGroup.SECP521R1: P521Share.from_private,
    NamedGroup.X448: X448Share.from_private,
}

SUPPORTED = tuple(NamedGroup(group) for group in _NEW)
"""The groups that the lab supports, in its order of preference."""


def initiate(group: int, entropy: Entropy) -> PrivateShare:
    """A new client share in ``group``."""
    return _NEW[group](entropy)


def from_private(group: int, private_key: bytes) -> PrivateShare | None:
    """The share in ``group`` with this private key; None if the key does not fit the group."""
    load = _LOAD.get(group)
    try:
        return None if load is None else load(private_key)
    except ValueError:
        return None


def respond(group: int, client_share: bytes, entropy: Entropy) -> Response:
    """The server's share and the secret, from a client's share; raises IllegalParameter."""
    if group == NamedGroup.X25519MLKEM768:
        return _respond_hybrid(client_share, entropy)
    mine = initiate(group, entropy)
    return Response(mine.share, mine.finish(client_share), mine.private_key)
