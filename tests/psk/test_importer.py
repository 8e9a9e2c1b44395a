"""The importer against RFC 9258, made a second time with another library's HKDF."""

import hashlib
import struct

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.crypto.schedule import FAMILIES, IMPORTER, SCHEDULE
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.pair import Pair
from tls13lab.psk.binder import binder
from tls13lab.psk.importer import (
    LONGEST,
    ImportedIdentity,
    ImportedPsk,
    import_psk,
    imported_by,
)
from tls13lab.psk.keys import ExternalPsk, PskKind
from tls13lab.wire.faults import BinderMismatch, DecodeError, LocalFault, TLSFault

EPSK = ExternalPsk(b"lab", bytes(range(32)))
LIBRARY = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384()}


def expand(name: str, secret: bytes, label: bytes, context: bytes, length: int) -> bytes:
    """HKDF-Expand-Label put together by hand, on pyca's HKDF."""
    info = struct.pack(">HB", length, 6 + len(label)) + b"tls13 " + label
    info += bytes([len(context)]) + context
    return HKDFExpand(LIBRARY[name], length, info).derive(secret)


@given(
    st.binary(min_size=1, max_size=80),
    st.binary(min_size=1, max_size=80),
    st.binary(max_size=80),
    st.sampled_from(["sha256", "sha384"]),
)
def test_the_key_and_the_binder_a_second_time(
    key: bytes, name: bytes, context: bytes, epsk_hash: str
) -> None:
    for made in import_psk(ExternalPsk(name, key, epsk_hash), context):
        size = LIBRARY[made.hash_name].digest_size
        identity = struct.pack(
            f">H{len(name)}sH{len(context)}s", len(name), name, len(context), context
        )
        identity += struct.pack(">HH", 0x0304, {"sha256": 1, "sha384": 2}[made.hash_name])
        assert made.identity == identity
        epskx = HKDF.extract(LIBRARY[epsk_hash], bytes(LIBRARY[epsk_hash].digest_size), key)
        told = hashlib.new(epsk_hash, identity).digest()
        assert made.key == expand(epsk_hash, epskx, b"derived psk", told, size)
        early = HKDF.extract(LIBRARY[made.hash_name], bytes(size), made.key)
        nothing = hashlib.new(made.hash_name).digest()
        binder_key = expand(made.hash_name, early, b"imp binder", nothing, size)
        mac = HMAC(
            expand(made.hash_name, binder_key, b"finished", b"", size), LIBRARY[made.hash_name]
        )
        mac.update(hashlib.new(made.hash_name, b"ClientHello").digest())
        expected = binder(PskKind.IMPORTED, made.key, made.hash_name, b"ClientHello")
        assert mac.finalize() == expected


def test_the_labs_own_vectors() -> None:
    """Checked once against the second computation above; written down so that nothing drifts."""
    sha256, sha384 = import_psk(EPSK, b"context")
    assert sha256.identity.hex() == "00036c61620007636f6e7465787403040001"
    assert sha384.identity.hex() == "00036c61620007636f6e7465787403040002"
    assert sha256.key.hex() == VECTORS["sha256"]
    assert sha384.key.hex() == VECTORS["sha384"]


VECTORS = {
    "sha256": "7db9eec3f81ab1925efdd2864ee9456203990d91609c54da673d6d23c45f170d",
    "sha384": "6caf04f7e185d1367a40136553bf5fc20420a1a6d8011217"
    "5a8d4b25d335df7480177c6d39c558768d6d071666823c79",
}


@given(st.binary(max_size=40))
def test_any_identity_decodes_whole_or_is_refused(identity: bytes) -> None:
    try:
        found = ImportedIdentity.decode(identity)
    except DecodeError:
        assert imported_by(identity) is None
    else:
        assert found.encode() == identity


def test_an_identity_for_another_protocol_or_kdf_is_no_imported_one() -> None:
    assert imported_by(ImportedIdentity(b"lab", b"", 1).encode())
    assert imported_by(ImportedIdentity(b"lab", b"", 3).encode()) is None
    assert imported_by(ImportedIdentity(b"lab", b"", 1, 0xFEFC).encode()) is None


def test_what_cannot_be_imported() -> None:
    with pytest.raises(LocalFault, match="already"):
        import_psk(import_psk(EPSK)[0])
    with pytest.raises(LocalFault, match="too long"):
        import_psk(EPSK, bytes(LONGEST))


def connect(client: tuple[ExternalPsk, ...], server: tuple[ExternalPsk, ...], mode: str) -> str:
    modes = frozenset({PSK_KE if mode == "psk_ke" else PSK_DHE_KE})
    pair = Pair(ClientConfig(psks=client, modes=modes), ServerConfig(psks=server, modes=modes))
    assert pair.handshake().mode == mode
    return pair.client.outcome.suite.hash_name


@pytest.mark.parametrize("mode", ["psk_ke", "psk_dhe_ke"])
@pytest.mark.parametrize("hash_name", ["sha256", "sha384"])
def test_a_handshake_with_imported_psks(mode: str, hash_name: str) -> None:
    every = import_psk(EPSK, b"a to b")
    both = tuple(psk for psk in every if psk.hash_name == hash_name)
    assert connect(every, both, mode) == hash_name


def test_both_import_or_neither() -> None:
    imported = import_psk(EPSK)
    with pytest.raises(TLSFault):
        connect(imported, (EPSK,), "psk_ke")
    with pytest.raises(TLSFault):
        connect((EPSK,), imported, "psk_ke")
    # Even under the same name and with the same key, the binder's label tells them apart.
    plain = tuple(ExternalPsk(psk.identity, psk.key, psk.hash_name) for psk in imported)
    with pytest.raises(BinderMismatch):
        connect(plain, imported, "psk_ke")


def test_another_context_is_another_psk() -> None:
    with pytest.raises(TLSFault):
        connect(import_psk(EPSK, b"a to b"), import_psk(EPSK, b"b to a"), "psk_ke")


def test_labels_stand_once() -> None:
    labels = [row.label for row in IMPORTER.values() if row.label]
    others = {row.label for row in (*SCHEDULE.values(), *FAMILIES.values())}
    assert len(set(labels)) == 2
    assert not others & set(labels)
    assert isinstance(import_psk(EPSK)[0], ImportedPsk)
