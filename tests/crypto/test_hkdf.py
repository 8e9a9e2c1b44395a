"""HKDF: RFC 5869's vectors, and pyca/cryptography as a second opinion."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as ts
from tls13lab.crypto import hkdf
from tls13lab.crypto.suites import HASH_LENGTHS
from tls13lab.wire.faults import LocalFault
from tls13lab.wire.reader import Reader

HASHES: dict[str, hashes.HashAlgorithm] = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384()}

# RFC 5869 appendix A.1 to A.3: IKM, salt, info, PRK, OKM (42, 82 and 42 bytes).
RFC5869 = [
    (
        "0b" * 22,
        "000102030405060708090a0b0c",
        "f0f1f2f3f4f5f6f7f8f9",
        "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        bytes(range(0x50)).hex(),
        bytes(range(0x60, 0xB0)).hex(),
        bytes(range(0xB0, 0x100)).hex(),
        "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
        "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
        "cc30c58179ec3e87c14c01d5c1f3434f1d87",
    ),
    (
        "0b" * 22,
        "",
        "",
        "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
]


@pytest.mark.parametrize(("ikm", "salt", "info", "prk", "okm"), RFC5869)
def test_rfc5869(ikm: str, salt: str, info: str, prk: str, okm: str) -> None:
    secret = hkdf.extract("sha256", bytes.fromhex(salt), bytes.fromhex(ikm))
    assert secret.hex() == prk
    output = hkdf.expand("sha256", secret, bytes.fromhex(info), len(okm) // 2)
    assert output.hex() == okm


@given(
    ts.hash_names,
    st.binary(max_size=150),
    st.binary(max_size=150),
    st.binary(max_size=60),
    st.integers(1, 300),
)
def test_both_steps_agree_with_pyca(
    name: str, salt: bytes, ikm: bytes, info: bytes, length: int
) -> None:
    whole = HKDF(HASHES[name], length, salt, info).derive(ikm)
    assert hkdf.expand(name, hkdf.extract(name, salt, ikm), info, length) == whole


@pytest.mark.parametrize("name", HASHES)
def test_lengths_around_a_block_and_at_the_limit(name: str) -> None:
    size = HASH_LENGTHS[name]
    secret, longest = bytes(range(size)), 255 * size
    for length in (1, size - 1, size, size + 1, 2 * size, longest):
        expected = HKDFExpand(HASHES[name], length, b"info").derive(secret)
        assert hkdf.expand(name, secret, b"info", length) == expected
    assert hkdf.expand(name, secret, b"info", 0) == b""
    with pytest.raises(LocalFault, match="at most 255 blocks"):
        hkdf.expand(name, secret, b"info", longest + 1)


@given(
    st.text(st.characters(max_codepoint=127), min_size=1, max_size=249),
    st.binary(max_size=255),
    ts.uint16s,
)
def test_hkdf_label_is_the_rfcs_structure(label: str, context: bytes, length: int) -> None:
    reader = Reader(hkdf.hkdf_label(label, context, length))
    assert reader.u16("length") == length
    assert reader.opaque8("label", 7) == b"tls13 " + label.encode()
    assert reader.opaque8("context") == context
    reader.finish()


@pytest.mark.parametrize(
    ("label", "context", "length"), [("x" * 250, b"", 32), ("x", bytes(256), 32), ("x", b"", 2**16)]
)
def test_what_does_not_fit_an_hkdf_label_is_our_own_fault(
    label: str, context: bytes, length: int
) -> None:
    with pytest.raises(LocalFault):
        hkdf.hkdf_label(label, context, length)


@given(ts.hash_names, st.binary(min_size=32, max_size=48), st.binary(max_size=48))
def test_expand_label_agrees_with_pyca(name: str, secret: bytes, context: bytes) -> None:
    info = b"\x00\x20\x0etls13 test 123" + bytes((len(context),)) + context
    expected = HKDFExpand(HASHES[name], 32, info).derive(secret)
    assert hkdf.expand_label(name, secret, "test 123", context, 32) == expected


def test_label_and_context_separate_outputs() -> None:
    outputs = {
        hkdf.expand_label("sha256", bytes(32), label, context, 32)
        for label in ("a", "b")
        for context in (b"", b"\x00")
    }
    assert len(outputs) == 4
