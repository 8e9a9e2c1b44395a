"""Framing, protection and reassembly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.records.framing import MAX_CIPHERTEXT, MAX_PLAINTEXT, RecordBuffer, frame
from tls13lab.records.protection import RecordProtection
from tls13lab.records.reassembly import Reassembler
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.faults import (
    BadRecordMac,
    DecodeError,
    LocalFault,
    RecordOverflow,
    UnexpectedMessage,
)

INNER = [ContentType.ALERT, ContentType.HANDSHAKE, ContentType.APPLICATION_DATA]
SUITE_LIST = list(SUITES.values())
suites = st.sampled_from(SUITE_LIST)


def pair(suite: Suite = SUITE_LIST[0]) -> tuple[RecordProtection, RecordProtection]:
    secret = bytes(range(suite.hash_length))
    return RecordProtection(suite, secret), RecordProtection(suite, secret)


@given(suites, st.sampled_from(INNER), st.binary(min_size=1, max_size=400), st.integers(0, 300))
def test_what_is_sealed_opens(
    suite: Suite, kind: ContentType, content: bytes, padding: int
) -> None:
    sealer, opener = pair(suite)
    for _ in range(3):
        record = sealer.seal(kind, content, padding)
        assert len(record) == 5 + len(content) + padding + 1 + suite.tag_length
        assert record[:3] == b"\x17\x03\x03"
        assert opener.open(record[:5], record[5:]) == (kind, content)


def test_application_data_may_be_empty_and_other_content_may_not() -> None:
    sealer, opener = pair()
    record = sealer.seal(ContentType.APPLICATION_DATA, b"", 5)
    assert opener.open(record[:5], record[5:]) == (ContentType.APPLICATION_DATA, b"")
    record = sealer.seal(ContentType.HANDSHAKE, b"")
    with pytest.raises(UnexpectedMessage, match="empty"):
        opener.open(record[:5], record[5:])


@pytest.mark.parametrize("inner", [b"\x00" * 9, b"x\x14", b"x\x63"])
def test_a_record_without_a_true_type_is_refused(inner: bytes) -> None:
    sealer, opener = pair()
    header = b"\x17\x03\x03" + (len(inner) + 16).to_bytes(2, "big")
    sealed = sealer._aead.encrypt(sealer._nonce(), inner, header)
    with pytest.raises(UnexpectedMessage):
        opener.open(header, sealed)


@given(st.integers(0, 5 + 20), st.integers(0, 7))
def test_every_bit_of_a_record_is_protected(at: int, bit: int) -> None:
    sealer, opener = pair()
    record = bytearray(sealer.seal(ContentType.APPLICATION_DATA, b"abcd"))
    record[at] ^= 1 << bit
    with pytest.raises(BadRecordMac):
        opener.open(bytes(record[:5]), bytes(record[5:]))


def test_records_open_only_in_their_order() -> None:
    sealer, opener = pair()
    first, second = (sealer.seal(ContentType.APPLICATION_DATA, b"x") for _ in range(2))
    assert first != second
    with pytest.raises(BadRecordMac):
        opener.open(second[:5], second[5:])


def test_limits_of_length() -> None:
    sealer, opener = pair()
    record = sealer.seal(ContentType.APPLICATION_DATA, bytes(MAX_PLAINTEXT))
    assert len(opener.open(record[:5], record[5:])[1]) == MAX_PLAINTEXT
    with pytest.raises(LocalFault):
        sealer.seal(ContentType.APPLICATION_DATA, bytes(MAX_PLAINTEXT), padding=1)
    with pytest.raises(BadRecordMac, match="too short"):
        opener.open(b"\x17\x03\x03\x00\x10", bytes(16))
    sealer, opener = pair()
    inner = bytes(MAX_PLAINTEXT + 1) + b"\x17"
    header = b"\x17\x03\x03" + (len(inner) + 16).to_bytes(2, "big")
    with pytest.raises(RecordOverflow):
        opener.open(header, sealer._aead.encrypt(sealer._nonce(), inner, header))


@given(
    st.lists(st.tuples(st.sampled_from(list(ContentType)), st.binary(max_size=50)), max_size=5),
    st.data(),
)
def test_records_come_whole_however_they_arrive(
    records: list[tuple[ContentType, bytes]], data: st.DataObject
) -> None:
    stream = b"".join(frame(kind, fragment) for kind, fragment in records)
    buffer, found = RecordBuffer(), []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        buffer.feed(stream[:cut])
        stream = stream[cut:]
        while (record := buffer.next()) is not None:
            found.append((record.content_type, record.fragment))
    assert found == records
    assert len(buffer) == 0


@pytest.mark.parametrize(
    ("kind", "length"),
    [(ContentType.HANDSHAKE, MAX_PLAINTEXT), (ContentType.APPLICATION_DATA, MAX_CIPHERTEXT)],
)
def test_a_record_may_have_its_greatest_length_and_no_more(kind: ContentType, length: int) -> None:
    buffer = RecordBuffer()
    buffer.feed(bytes((kind,)) + b"\x03\x03" + length.to_bytes(2, "big"))
    assert buffer.next() is None
    buffer = RecordBuffer()
    buffer.feed(bytes((kind,)) + b"\x03\x03" + (length + 1).to_bytes(2, "big"))
    with pytest.raises(RecordOverflow):
        buffer.next()


def test_the_first_byte_tells_what_is_no_tls() -> None:
    buffer = RecordBuffer()
    buffer.feed(b"G")
    with pytest.raises(UnexpectedMessage, match="is this TLS"):
        buffer.next()


@given(st.lists(st.binary(max_size=60), max_size=5), st.integers(1, 70))
def test_messages_come_whole_out_of_any_fragments(bodies: list[bytes], size: int) -> None:
    raw = [b"\x08" + len(body).to_bytes(3, "big") + body for body in bodies]
    stream, messages, found = b"".join(raw), Reassembler(), []
    for start in range(0, len(stream), size):
        messages.feed(stream[start : start + size])
        while (one := messages.next()) is not None:
            found.append(one)
    assert found == raw
    assert not messages.pending


def test_a_message_that_claims_too_much_is_refused_at_once() -> None:
    messages = Reassembler()
    messages.feed(b"\x0b\x02\x00\x00")
    with pytest.raises(DecodeError, match="longer"):
        messages.next()
