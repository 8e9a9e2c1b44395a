"""Each length field is named after what it measures, also where that is empty.

The decoder itself is the witness: it is watched while it reads, and says of which vector each
length was. The view must give the same bytes the same name.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import strategies
from tls13lab.messages.handshake import Message, pack, unpack
from tls13lab.pictures.byte_view import named_fields
from tls13lab.vectors.trace import load
from tls13lab.wire.reader import Reader

SERVER_HELLO = bytes.fromhex(
    "020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e26928"
    "00130100002e00330024001d0020c9828876112095fe66762bdbf7c672e156d6cc253b833df1"
    "dd69b1b04e751f0f002b00020304"
)


def lengths_read(raw: bytes) -> dict[tuple[int, int], str]:
    """By place, the name of the vector whose length the decoder read there."""
    found: dict[tuple[int, int], str] = {}
    plain = Reader._vector_length

    def watched(self: Reader, prefix: int, name: str, low: int, high: int) -> int:
        start = self.offset
        length = plain(self, prefix, name, low, high)
        found[start, self.offset] = f"length of {self._full(name)}"
        return length

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Reader, "_vector_length", watched)
        unpack(raw)
    return found


def lengths_shown(raw: bytes) -> dict[tuple[int, int], str]:
    return {
        (span.start, span.end): span.path
        for span in named_fields(raw)
        if span.path.startswith("length of ")
    }


@settings(max_examples=60)
@given(st.data())
@pytest.mark.parametrize("kind", strategies.messages_by_kind, ids=lambda kind: kind.__name__)
def test_every_length_of_every_message(kind: type[Message], data: st.DataObject) -> None:
    raw = pack(data.draw(strategies.messages_by_kind[kind]))
    assert lengths_shown(raw) == lengths_read(raw)
    spans = named_fields(raw)
    assert [span.start for span in spans] == [0, *(span.end for span in spans[:-1])]
    assert spans[-1].end == len(raw)


@pytest.mark.parametrize("trace", [load().full, load().resumed], ids=["full", "resumed"])
def test_every_length_of_the_published_messages(trace: object) -> None:
    for raw in trace.messages.values():  # type: ignore[attr-defined]
        assert lengths_shown(raw) == lengths_read(raw)


def test_byte_38_of_a_server_hello_is_the_length_of_an_empty_session_id() -> None:
    assert lengths_shown(SERVER_HELLO)[38, 39] == "length of server_hello.legacy_session_id_echo"
