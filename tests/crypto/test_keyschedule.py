"""The key schedule on bytes: the stages, the table read generically, and pyca must agree."""

import dataclasses
import hashlib
import hmac
from collections.abc import Callable, Mapping

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as ts
from tls13lab.crypto import keyschedule as ks
from tls13lab.crypto.schedule import FAMILIES, SCHEDULE, Context, Operation
from tls13lab.crypto.suites import HASH_LENGTHS, SUITES, Suite
from tls13lab.wire.faults import LocalFault

HASHES: dict[str, hashes.HashAlgorithm] = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384()}
Transcripts = Mapping[Context, bytes]
CONTEXTS = (
    Context.CLIENT_HELLO,
    Context.SERVER_HELLO,
    Context.SERVER_FINISHED,
    Context.CLIENT_FINISHED,
)


def expand_label(
    name: str, secret: bytes, label: str, context: bytes, length: int | None = None
) -> bytes:
    """HKDF-Expand-Label written a second time, on pyca/cryptography."""
    length = HASH_LENGTHS[name] if length is None else length
    full = b"tls13 " + label.encode()
    info = length.to_bytes(2, "big") + bytes((len(full),)) + full + bytes((len(context),)) + context
    return HKDFExpand(HASHES[name], length, info).derive(secret)


def interpret(
    row_name: str, name: str, leaves: Mapping[str, bytes], transcripts: Transcripts
) -> bytes:
    """Any row of the table from the leaves alone, without the lab's HKDF and its stages."""
    if row_name in leaves:
        return leaves[row_name]
    row = SCHEDULE[row_name]
    inputs = [interpret(one, name, leaves, transcripts) for one in row.inputs]
    if row.operation is Operation.EXTRACT:
        return hmac.new(inputs[0], inputs[1], name).digest()
    assert row.operation is Operation.DERIVE_SECRET
    empty = hashlib.new(name, b"").digest()
    context = empty if row.context is Context.EMPTY else transcripts[row.context]
    return expand_label(name, inputs[0], row.label, context)


@st.composite
def runs(draw: st.DrawFn) -> tuple[str, bytes | None, bytes | None, Transcripts]:
    name = draw(ts.hash_names)
    size = HASH_LENGTHS[name]
    digests = st.binary(min_size=size, max_size=size)
    secrets = st.none() | st.binary(min_size=1, max_size=66)
    return name, draw(secrets), draw(secrets), {one: draw(digests) for one in CONTEXTS}


def by_stages(
    name: str, psk: bytes | None, ecdhe: bytes | None, transcripts: Transcripts
) -> dict[str, bytes]:
    hello, to_server_hello, to_server_finished, to_client_finished = (
        transcripts[one] for one in CONTEXTS
    )
    early = ks.EarlyStage.start(name, psk)
    handshake = early.handshake(ecdhe)
    main = handshake.main()
    return {
        "early_secret": early.early_secret,
        "ext_binder_key": early.ext_binder_key(),
        "res_binder_key": early.res_binder_key(),
        "client_early_traffic_secret": early.client_early_traffic_secret(hello),
        "early_exporter_secret": early.early_exporter_secret(hello),
        "early_derived_secret": early.derive("early_derived_secret", b""),
        "handshake_secret": handshake.handshake_secret,
        "client_handshake_traffic_secret": handshake.client_handshake_traffic_secret(
            to_server_hello
        ),
        "server_handshake_traffic_secret": handshake.server_handshake_traffic_secret(
            to_server_hello
        ),
        "handshake_derived_secret": handshake.derive("handshake_derived_secret", b""),
        "main_secret": main.main_secret,
        "client_application_traffic_secret_0": main.client_application_traffic_secret_0(
            to_server_finished
        ),
        "server_application_traffic_secret_0": main.server_application_traffic_secret_0(
            to_server_finished
        ),
        "exporter_secret": main.exporter_secret(to_server_finished),
        "resumption_secret": main.resumption_secret(to_client_finished),
    }


@given(runs())
def test_stages_agree_with_the_table_read_generically(
    run: tuple[str, bytes | None, bytes | None, Transcripts],
) -> None:
    name, psk, ecdhe, transcripts = run
    zeros = bytes(HASH_LENGTHS[name])
    leaves = {
        "zeros": zeros,
        "psk": zeros if psk is None else psk,
        "ecdhe": zeros if ecdhe is None else ecdhe,
    }
    computed = by_stages(name, psk, ecdhe, transcripts)
    assert computed == {row: interpret(row, name, leaves, transcripts) for row in SCHEDULE}
    assert len(set(computed.values())) == len(computed)


def test_stages_offer_every_row_of_the_table() -> None:
    size = bytes(32)
    assert set(by_stages("sha256", None, None, dict.fromkeys(CONTEXTS, size))) == set(SCHEDULE)


@pytest.mark.parametrize(
    ("stage", "foreign"),
    [
        (ks.EarlyStage("sha256", bytes(32)), "client_handshake_traffic_secret"),
        (ks.HandshakeStage("sha256", bytes(32)), "client_early_traffic_secret"),
        (ks.HandshakeStage("sha256", bytes(32)), "resumption_secret"),
        (ks.MainStage("sha256", bytes(32)), "server_handshake_traffic_secret"),
        (ks.EarlyStage("sha256", bytes(32)), "handshake_secret"),
        (ks.EarlyStage("sha256", bytes(32)), "no_such_secret"),
    ],
)
def test_a_stage_derives_only_its_own_secrets(
    stage: ks.EarlyStage | ks.HandshakeStage | ks.MainStage, foreign: str
) -> None:
    with pytest.raises(KeyError, match=foreign):
        stage.derive(foreign, bytes(32))


def test_only_a_later_stage_has_the_later_methods() -> None:
    early, handshake = ks.EarlyStage("sha256", bytes(32)), ks.HandshakeStage("sha256", bytes(32))
    assert not hasattr(early, "client_application_traffic_secret_0")
    assert not hasattr(early, "main")
    assert not hasattr(handshake, "resumption_secret")


def test_stages_are_frozen_and_do_not_print_their_secret() -> None:
    early = ks.EarlyStage.start("sha256", b"\x5a" * 32)
    handshake = early.handshake(None)
    main = handshake.main()
    pairs = [
        (early, early.early_secret),
        (handshake, handshake.handshake_secret),
        (main, main.main_secret),
    ]
    for stage, secret in pairs:
        assert repr(secret)[2:-1] not in repr(stage)
        assert secret.hex() not in repr(stage)
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(stage, "hash_name", "sha384")  # noqa: B010


def test_psk_ke_is_zeros_and_so_is_no_psk() -> None:
    zeros = bytes(48)
    assert ks.EarlyStage.start("sha384", None) == ks.EarlyStage.start("sha384", zeros)
    early = ks.EarlyStage.start("sha384", b"psk")
    assert early.handshake(None) == early.handshake(zeros)
    assert early.handshake(None) != early.handshake(b"\x01" * 32)
    # An empty PSK is a PSK: zero padding of HMAC keys makes it no other secret than zeros as IKM.
    assert ks.EarlyStage.start("sha384", b"") != ks.EarlyStage.start("sha384", None)


@given(ts.suites, st.binary(min_size=32, max_size=48))
def test_traffic_keys(suite: Suite, secret: bytes) -> None:
    name = suite.hash_name
    assert ks.traffic_keys(suite, secret) == (
        expand_label(name, secret, "key", b"", suite.key_length),
        expand_label(name, secret, "iv", b"", 12),
    )


def test_every_suite_gets_its_key_length() -> None:
    lengths = {
        suite.name: [len(one) for one in ks.traffic_keys(suite, bytes(suite.hash_length))]
        for suite in SUITES.values()
    }
    assert lengths == {
        "TLS_AES_128_GCM_SHA256": [16, 12],
        "TLS_AES_256_GCM_SHA384": [32, 12],
        "TLS_CHACHA20_POLY1305_SHA256": [32, 12],
        "TLS_AES_128_CCM_SHA256": [16, 12],
        "TLS_AES_128_CCM_8_SHA256": [16, 12],
    }


@given(ts.hash_names, st.binary(min_size=32, max_size=48), st.binary(max_size=48))
def test_families_agree_with_pyca(name: str, secret: bytes, context: bytes) -> None:
    finished_key = expand_label(name, secret, "finished", b"")
    mac = hmac.new(finished_key, context, name).digest()
    assert ks.finished_key(name, secret) == finished_key
    assert ks.verify_data(name, secret, context) == mac
    assert ks.binder(name, secret, context) == mac
    assert ks.next_traffic_secret(name, secret) == expand_label(name, secret, "traffic upd", b"")
    assert ks.resumption_psk(name, secret, context) == expand_label(
        name, secret, "resumption", context
    )


@given(
    ts.hash_names,
    st.binary(min_size=32, max_size=48),
    st.text(st.characters(max_codepoint=127), max_size=40),
    st.binary(max_size=80),
    st.integers(1, 200),
)
def test_exporter_agrees_with_pyca(
    name: str, secret: bytes, label: str, value: bytes, length: int
) -> None:
    # TLS-Exporter = HKDF-Expand-Label(Derive-Secret(Secret, label, ""), "exporter",
    #                                  Hash(context_value), key_length)   (7.5)
    derived = expand_label(name, secret, label, hashlib.new(name, b"").digest())
    context = hashlib.new(name, value).digest()
    expected = expand_label(name, derived, "exporter", context, length)
    assert ks.exported(name, secret, label, value, length) == expected


def test_exporter_lengths() -> None:
    export = ks.exported
    assert export("sha256", bytes(32), "label", b"", 0) == b""
    with pytest.raises(LocalFault):
        export("sha256", bytes(32), "label", b"", 255 * 32 + 1)


def test_tickets_of_one_connection_have_different_psks() -> None:
    psks = {ks.resumption_psk("sha256", bytes(32), bytes((nonce,))) for nonce in range(10)}
    assert len(psks) == 10


@pytest.mark.parametrize("name", ["sha256", "sha384"])
def test_empty_hash(name: str) -> None:
    assert ks.empty_hash(name) == hashlib.new(name).digest()


SIZES: dict[str, Callable[[Suite], int]] = {
    "key": lambda suite: suite.key_length,
    "iv": lambda suite: 12,
}


@given(ts.suites, st.data())
def test_every_row_runs_and_gives_its_length(suite: Suite, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from([*SCHEDULE.values(), *FAMILIES.values()]))
    inputs = tuple(bytes(suite.hash_length) for _ in row.inputs)
    size = SIZES.get(row.name, lambda suite: suite.hash_length)(suite)
    given_length = size if row.name == "key" else None
    assert len(ks.run(row, suite.hash_name, inputs, b"", length=given_length)) == size
