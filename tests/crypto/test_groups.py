"""The two NIST curves: the same shares as the library's own, and no share that is not a point."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tls13lab.crypto.entropy import seeded
from tls13lab.crypto.groups import P256Share, P384Share, from_private, initiate, respond
from tls13lab.wire.faults import IllegalParameter

CURVES = [(P256Share, ec.SECP256R1(), 32), (P384Share, ec.SECP384R1(), 48)]
NAMES = ["secp256r1", "secp384r1"]


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
