"""Every message survives its own encoding; a decoder only ever decodes or refuses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import strategies
from tls13lab.messages.handshake import Message, message_name, pack, unpack
from tls13lab.messages.negotiation import ServerName
from tls13lab.messages.pre_shared_key import OfferedPsks, PskIdentity
from tls13lab.messages.server_hello import HelloRetryRequest
from tls13lab.messages.transcript import Transcript
from tls13lab.vectors.trace import load
from tls13lab.wire.faults import (
    DecodeError,
    IllegalParameter,
    LocalFault,
    TLSFault,
    UnexpectedMessage,
)
from tls13lab.wire.reader import Reader
from tls13lab.wire.spans import Span

PUBLISHED = {
    f"{trace.section} {name}": raw
    for trace in (load().full, load().resumed)
    for name, raw in trace.messages.items()
}


@settings(max_examples=60)
@given(st.data())
@pytest.mark.parametrize("kind", strategies.messages_by_kind, ids=lambda kind: kind.__name__)
def test_each_message_round_trips(kind: type[Message], data: st.DataObject) -> None:
    message = data.draw(strategies.messages_by_kind[kind])
    raw = pack(message)
    assert unpack(raw) == message
    assert pack(unpack(raw)) == raw
    assert message_name(raw) == kind.__name__


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_messages_round_trip(name: str) -> None:
    assert pack(unpack(PUBLISHED[name])) == PUBLISHED[name]


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_prefix_of_a_published_message_is_refused(name: str) -> None:
    raw = PUBLISHED[name]
    for end in range(len(raw)):
        with pytest.raises(DecodeError):
            unpack(raw[:end])


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_changed_byte_is_decoded_or_refused(name: str) -> None:
    raw = PUBLISHED[name]
    refused = 0
    for at in range(len(raw)):
        for value in (0, 255, raw[at] ^ 1):
            changed = raw[:at] + bytes((value,)) + raw[at + 1 :]
            try:
                again = pack(unpack(changed))
            except TLSFault:
                refused += 1
            else:
                assert again == changed or value == raw[at]
    assert refused


@given(st.binary(max_size=200))
def test_garbage_is_decoded_or_refused(junk: bytes) -> None:
    try:
        unpack(junk)
    except TLSFault as fault:
        assert str(fault)  # noqa: PT017  (either way is right)


@settings(max_examples=60)
@given(strategies.messages)
def test_spans_lie_inside_the_message_and_in_order(message: Message) -> None:
    raw = pack(message)
    spans: list[Span] = []
    unpack(raw, spans)
    assert spans[0] == Span("msg_type", 0, 1)
    assert all(0 <= span.start <= span.end <= len(raw) for span in spans)


def test_a_message_type_that_is_reserved_or_unknown_is_no_message() -> None:
    for code in (0, 6, 99, 254):
        with pytest.raises(UnexpectedMessage):
            unpack(bytes((code, 0, 0, 0)))


@given(strategies.server_hellos)
def test_a_server_hello_is_no_retry(hello: Message) -> None:
    with pytest.raises(IllegalParameter):
        HelloRetryRequest.decode(Reader(hello.encode()))


@given(strategies.hello_retry_requests)
def test_a_retry_is_known_by_its_random(retry: Message) -> None:
    assert HelloRetryRequest.decode(Reader(retry.encode())) == retry


def test_an_identity_may_have_65535_bytes() -> None:
    offered = OfferedPsks((PskIdentity(bytes(65_000), 1),), (bytes(32),))
    assert OfferedPsks.decode(Reader(offered.encode())) == offered


def test_a_transcript_never_changes_and_a_retry_replaces_what_came_before() -> None:
    first = Transcript().add(b"one")
    second = first.add(b"two", b"three")
    assert (first.messages, second.messages) == (b"one", b"onetwothree")
    retried = first.after_hello_retry("sha384")
    assert retried.messages == b"\xfe\x00\x00\x30" + first.hash("sha384")


def test_a_host_name_is_ascii() -> None:
    with pytest.raises(LocalFault, match=r"write it as xn--bcher-kva\.example"):
        ServerName("bücher.example").encode()
    with pytest.raises(LocalFault, match="has no ASCII form"):
        ServerName("\udcff.example").encode()
    assert ServerName("xn--bcher-kva.example").encode().endswith(b"xn--bcher-kva.example")
