"""What an eavesdropper reads comes from the wire's bytes, whatever these are."""

from hypothesis import given
from hypothesis import strategies as st

from tests.pictures.test_pictures import DHE, KE
from tls13lab.pictures.cleartext import clear_messages, readable_fields, seen_by_eavesdropper
from tls13lab.pictures.conversation_text import new_secrets
from tls13lab.records.framing import frame
from tls13lab.wire.codepoints import ContentType

HELLO, SERVER_HELLO = (DHE.steps[number].messages[0] for number in (0, 1))


def clear(fragment: bytes) -> bytes:
    return frame(ContentType.HANDSHAKE, fragment)


def test_identity_binder_and_key_shares_are_in_the_clear() -> None:
    fields = dict(readable_fields(DHE.steps[0].wire))
    assert fields["pre_shared_key"].startswith('identity "lab", binder ')
    assert fields["key_share"] == "x25519"
    assert "x25519" in fields["supported_groups"].split(", ")
    assert fields["psk_key_exchange_modes"] == "psk_dhe_ke"
    answer = dict(readable_fields(DHE.steps[1].wire))
    assert answer["pre_shared_key"] == "identity number 0 chosen"
    assert answer["key_share"] == "x25519"
    # The twins: psk_ke has no share, and a protected record nothing at all.
    assert "key_share" not in dict(readable_fields(KE.steps[0].wire))
    assert all(readable_fields(step.wire) == () for step in DHE.steps if step.epoch)


def test_no_more_than_the_start_of_a_binder_is_shown() -> None:
    binder = HELLO[-32:].hex()
    shown = str(readable_fields(DHE.steps[0].wire))
    assert binder[:8] in shown
    assert binder[:10] not in shown


def test_a_record_may_hold_several_messages_or_a_part_of_one() -> None:
    both = clear(SERVER_HELLO + bytes.fromhex("0500000005000000"))
    assert [name for name, _ in clear_messages(both)] == [
        "ServerHello",
        "EndOfEarlyData",
        "EndOfEarlyData",
    ]
    assert dict(readable_fields(both))["key_share"] == "x25519"
    for cut in (1, 3, 4, len(HELLO) - 1):
        assert seen_by_eavesdropper(clear(HELLO[:cut])) == (
            f"part of a message in the clear, {cut} bytes"
        )
    assert seen_by_eavesdropper(clear(HELLO)) == f"ClientHello in the clear, {len(HELLO)} bytes"


def test_what_cannot_be_read_is_said_to_be_unreadable() -> None:
    broken = HELLO[:38] + b"\xff" + HELLO[39:]
    assert seen_by_eavesdropper(clear(broken)).startswith("unreadable client_hello in the clear")
    assert seen_by_eavesdropper(clear(b"\xff\0\0\0")).startswith("unreadable 0x00ff")


@given(st.sampled_from([20, 21, 22, 23, 99]), st.binary(max_size=200))
def test_any_bytes_can_be_looked_at(outer: int, fragment: bytes) -> None:
    wire = bytes((outer, 3, 3)) + len(fragment).to_bytes(2, "big") + fragment
    assert "in the clear" in seen_by_eavesdropper(wire) or outer == 23
    readable_fields(wire)


@given(st.integers(0, len(HELLO) - 1), st.integers(1, 255))
def test_a_damaged_hello_can_be_looked_at(at: int, change: int) -> None:
    damaged = HELLO[:at] + bytes((HELLO[at] ^ change,)) + HELLO[at + 1 :]
    assert "in the clear" in seen_by_eavesdropper(clear(damaged))
    readable_fields(clear(damaged))


def test_new_secrets_are_named_once_and_none_is_a_value() -> None:
    said = [new_secrets(step) for step in DHE.steps]
    assert said[0] == "psk, early_secret"
    assert said[1] == "ecdhe, handshake_secret and 2 more"
    assert said[5] == "resumption_secret"
    assert said[2] == ""
