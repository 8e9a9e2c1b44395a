"""What is searched for, found in recordings: of OpenSSL, of our own, with a HelloRetryRequest."""

from dataclasses import replace

import pytest

from tls13lab.capture.reader import read_capture
from tls13lab.capture.recording import CapturedRecord, recording_of
from tls13lab.evidence.scripted import record, talk
from tls13lab.handshake.pair import LESSON_PSK, lesson_configs
from tls13lab.psk.keys import ExternalPsk, PskKind
from tls13lab.search.target import targets
from tls13lab.vectors import recorded
from tls13lab.wire.codepoints import NamedGroup


@pytest.mark.parametrize("mode", ["psk_ke", "psk_dhe_ke"])
def test_the_binder_between_two_openssl_processes(mode: str) -> None:
    told = recorded.load(f"external-{mode}")
    (target,) = targets(read_capture(told.path))
    assert target.kind is PskKind.EXTERNAL
    assert target.made_with(told.psk)
    assert not target.made_with(told.psk[:-1] + b"\0")


@pytest.mark.parametrize("mode", ["psk_ke", "psk_dhe_ke"])
def test_a_ticket_says_its_age_and_so_its_kind(mode: str) -> None:
    told = recorded.load(f"resumption-{mode}")
    (target,) = targets(read_capture(told.path))
    assert target.kind is PskKind.RESUMPTION
    assert target.connection == 2
    assert target.made_with(told.psk)


@pytest.mark.parametrize("hash_name", ["sha256", "sha384"])
def test_both_client_hellos_around_a_hello_retry_request(hash_name: str) -> None:
    psk = ExternalPsk(b"retried", b"hunter2", hash_name)
    client, server = lesson_configs("psk_dhe_ke", psk)
    pair = talk(client, replace(server, groups=(NamedGroup.SECP256R1,)), "retried")
    found = list(targets(record(pair)))
    assert [target.made_with(b"hunter2") for target in found] == [True, True]
    assert [target.made_with(b"hunter3") for target in found] == [False, False]
    # The second is bound to the first ClientHello and the HelloRetryRequest as well.
    assert not replace(found[1], truncated=found[0].truncated).made_with(b"hunter2")


def test_several_identities_in_one_client_hello() -> None:
    psks = tuple(ExternalPsk(b"name %d" % n, b"key %d" % n) for n in range(3))
    client, server = lesson_configs("psk_ke")
    pair = talk(replace(client, psks=psks), replace(server, psks=psks[1:]), "three")
    found = list(targets(record(pair)))
    assert [target.identity for target in found] == [psk.identity for psk in psks]
    for target, psk in zip(found, psks, strict=True):
        assert target.made_with(psk.key)


def test_a_full_handshake_has_none() -> None:
    assert list(targets(record(talk(*lesson_configs("full"), "no binder")))) == []


def test_damaged_bytes_are_passed_over_and_other_connections_are_not() -> None:
    items = record(talk(*lesson_configs("psk_ke"), "damaged"))
    hello = next(item for item in items if isinstance(item, CapturedRecord))
    broken = hello.wire[:60] + b"\xff" * 20 + hello.wire[80:]
    assert list(targets(recording_of([("client", broken)]))) == []
    both = (*recording_of([("client", broken)], 1), *recording_of([("client", hello.wire)], 2))
    (target,) = targets(both)
    assert target.connection == 2
    assert target.made_with(LESSON_PSK.key)
