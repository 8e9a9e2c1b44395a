"""What is seen of a hello at a glance is what the decoder reads."""

from hypothesis import given
from hypothesis import strategies as st

from tests import strategies
from tls13lab.capture.glance import RANDOM, glance
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import pack
from tls13lab.messages.server_hello import HELLO_RETRY_RANDOM, ServerHello
from tls13lab.wire.codepoints import LEGACY_VERSION

hellos = strategies.client_hellos() | strategies.server_hellos | strategies.hello_retry_requests


@given(hellos)
def test_the_same_fields_as_the_decoder_s(hello) -> None:  # type: ignore[no-untyped-def]
    raw = pack(hello)
    seen = glance(raw)
    assert seen is not None
    assert seen.suite == (0 if isinstance(hello, ClientHello) else hello.cipher_suite)
    version = hello.legacy_version if isinstance(hello, ClientHello) else LEGACY_VERSION
    assert seen.version == version
    told = {one.extension_type: one.encode() for one in hello.extensions}
    assert seen.extensions == told
    plain = isinstance(hello, ClientHello | ServerHello)
    assert raw[RANDOM] == (hello.random if plain else HELLO_RETRY_RANDOM)


@given(hellos, st.integers(0, 300))
def test_a_hello_that_was_cut_is_none_or_has_no_extensions(hello, length: int) -> None:  # type: ignore[no-untyped-def]
    raw = pack(hello)
    seen = glance(raw[:length]) if length < len(raw) else None
    assert seen is None or not seen.extensions


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    for raw in (data, b"\x01" + data, b"\x02" + data):
        glance(raw)
