"""The NIST curves and x448: shares as the library makes them, and no share that is not a point."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tls13lab.crypto.entropy import seeded
from tls13lab.crypto.groups import P256Share, P384Share, P521Share, from_private, initiate, respond
from tls13lab.wire.codepoints import NamedGroup
from tls13lab.wire.faults import IllegalParameter

CURVES = [
    (P256Share, ec.SECP256R1(), 32),
    (P384Share, ec.SECP384R1(), 48),
    (P521Share, ec.SECP521R1(), 66),
]
NAMES = ["secp256r1", "secp384r1", "secp521r1"]


@pytest.mark.parametrize(("kind", "curve", "length"), CURVES, ids=NAMES)
def test_a_secret_is_the_one_that_the_library_makes(
    kind: type[P256Share], curve: ec.EllipticCurve, length: int
) -> None:
    mine = initiate(kind.group, seeded("mine"))
    assert (len(mine.private_key), len(mine.share)) == (length, 1 + 2 * length)
    theirs = ec.generate_private_key(curve)
    point = theirs.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    public = ec.EllipticCurvePublicKey.from_encoded_point(curve, mine.share)
    secret = theirs.exchange(ec.ECDH(), public)
    assert (mine.finish(point), len(secret)) == (secret, length)
    answer = respond(kind.group, mine.share, seeded("theirs"))
    assert mine.finish(answer.share) == answer.shared_secret
    again = from_private(kind.group, mine.private_key)
    assert again is not None
    assert again.share == mine.share


@pytest.mark.parametrize(("kind", "curve", "length"), CURVES, ids=NAMES)
def test_the_order_is_the_curve_s(
    kind: type[P256Share], curve: ec.EllipticCurve, length: int
) -> None:
    # The largest private key is the order less one: its point is the generator's, turned over.
    last = kind.from_private((kind.order - 1).to_bytes(length, "big"))
    first = kind.from_private((1).to_bytes(length, "big"))
    assert last.share[: 1 + length] == first.share[: 1 + length]
    assert last.share != first.share


@pytest.mark.parametrize(("kind", "curve", "length"), CURVES, ids=NAMES)
def test_what_is_no_point_is_refused(
    kind: type[P256Share], curve: ec.EllipticCurve, length: int
) -> None:
    mine, good = (initiate(kind.group, seeded(name)) for name in ("mine", "good"))
    mine.finish(good.share)
    for share in (
        good.share[:-1],
        good.share + b"\x00",
        b"\x02" + good.share[1 : 1 + length],
        good.share[:-1] + bytes((good.share[-1] ^ 1,)),
        b"\x04" + bytes(2 * length),
        b"",
    ):
        with pytest.raises(IllegalParameter, match=kind.group.name.lower()):
            mine.finish(share)


def test_x448_gives_the_secret_of_rfc_7748() -> None:
    """Section 6.2, the example of Alice and Bob."""
    alice = from_private(
        NamedGroup.X448,
        bytes.fromhex(
            "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391"
            "006382a6f127ab1d9ac2d8c0a598726b"
        ),
    )
    bob = from_private(
        NamedGroup.X448,
        bytes.fromhex(
            "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21"
            "374c9c921b09d1b0366f10b65173992d"
        ),
    )
    assert alice is not None
    assert bob is not None
    secret = "07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56"
    assert alice.finish(bob.share).hex().startswith(secret)
    assert alice.finish(bob.share) == bob.finish(alice.share)
    for bad in (b"", bob.share[:-1], bytes(56)):  # the last would make the secret zero
        with pytest.raises(IllegalParameter, match="x448"):
            alice.finish(bad)
