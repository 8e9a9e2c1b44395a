"""PSKs, ages, binders and tickets."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies
from tls13lab.crypto.entropy import seeded
from tls13lab.messages.client_hello import ClientHello, truncate
from tls13lab.messages.handshake import pack, unpack
from tls13lab.messages.pre_shared_key import OfferedPsks, PskIdentity
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.age import age_field, obfuscate, recover
from tls13lab.psk.binder import binder, check_binder, fill_binders, placeholder
from tls13lab.psk.keys import ExternalPsk, Psk, PskKind, ResumptionPsk
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.psk.tickets import TicketState
from tls13lab.vectors.trace import load
from tls13lab.wire.codepoints import CipherSuite
from tls13lab.wire.faults import BinderMismatch, DecodeError, LocalFault

STATE = TicketState(CipherSuite.TLS_AES_128_GCM_SHA256, bytes(32), 900_000, 1_000_000, 7200, 99)
NOW = STATE.issued_ms + 1000


@given(st.integers(0, 604_800_000), strategies.uint32s)
def test_an_age_is_recovered_whatever_was_added(age_ms: int, age_add: int) -> None:
    hidden = obfuscate(age_ms, age_add)
    assert 0 <= hidden < 2**32
    assert recover(hidden, age_add) == age_ms


@given(strategies.psks, st.integers(0, 10**6))
def test_only_tickets_have_an_age(psk: Psk, later: int) -> None:
    if isinstance(psk, ExternalPsk):
        assert age_field(psk, later) == 0
    else:
        sent = age_field(psk, psk.received_ms + later)
        assert recover(sent, psk.age_add) == later


@given(strategies.resumption_psks())
def test_a_ticket_is_usable_from_its_receipt_to_its_end(psk: ResumptionPsk) -> None:
    end = psk.received_ms + psk.lifetime_s * 1000
    assert not psk.usable(psk.received_ms - 1)
    assert psk.usable(end) == (psk.lifetime_s > 0)
    assert not psk.usable(end + 1)


def test_the_published_binder() -> None:
    values = load().resumed.values
    made = binder(
        PskKind.RESUMPTION, values["resumption_psk"], "sha256", values["truncated_client_hello"]
    )
    assert made == values["binder"]
    kinds = (PskKind.EXTERNAL, values["resumption_psk"], "sha256", values["truncated_client_hello"])
    assert binder(*kinds) != values["binder"]


@given(st.lists(strategies.psks, min_size=1, max_size=3), st.binary(max_size=40))
def test_filled_binders_verify_and_bind_every_byte(psks: list[Psk], before: bytes) -> None:
    offered = OfferedPsks(tuple(PskIdentity(p.identity, 0) for p in psks), placeholder(psks))
    hello = ClientHello(bytes(32), b"", (0x1301,), (offered,))
    raw = fill_binders(pack(hello), offered, psks, Transcript(before))
    assert len(raw) == len(pack(hello))
    filled = unpack(raw)
    assert isinstance(filled, ClientHello)
    found = filled.find(OfferedPsks)
    assert found is not None
    assert truncate(raw, found) == truncate(pack(hello), offered)
    for index, psk in enumerate(psks):
        check_binder(psk, raw, found, index, Transcript(before))
        with pytest.raises(BinderMismatch):
            check_binder(psk, raw, found, index, Transcript(before + b"x"))
        changed = raw[:6] + bytes((raw[6] ^ 1,)) + raw[7:]
        with pytest.raises(BinderMismatch):
            check_binder(psk, changed, found, index, Transcript(before))
        with pytest.raises(BinderMismatch):
            check_binder(replace(psk, key=psk.key + b"x"), raw, found, index, Transcript(before))


@given(strategies.ticket_states)
def test_a_ticket_state_round_trips(state: TicketState) -> None:
    raw = state.encode()
    assert TicketState.decode(raw) == state
    with pytest.raises(DecodeError):
        TicketState.decode(raw[:-1])
    with pytest.raises(DecodeError):
        TicketState.decode(raw + b"\x00")


def test_a_ticket_state_of_an_unknown_suite_is_refused() -> None:
    with pytest.raises(DecodeError, match="suite"):
        TicketState.decode(b"\x13\x99" + STATE.encode()[2:])


def test_a_sealed_ticket_opens_only_whole_and_only_under_its_key() -> None:
    book = StatelessTickets(TicketKey.new(seeded("one")))
    ticket = book.issue(STATE, seeded("nonce"))
    assert book.find(ticket, NOW) == STATE
    assert STATE.psk not in ticket
    for at in range(len(ticket)):
        changed = ticket[:at] + bytes((ticket[at] ^ 1,)) + ticket[at + 1 :]
        assert book.find(changed, NOW) is None
        assert book.find(ticket[:at], NOW) is None
    other = TicketKey(book.current.name, bytes(32))
    assert StatelessTickets(other).find(ticket, NOW) is None
    book.used(ticket)
    assert book.find(ticket, NOW) == STATE


def test_a_sealed_ticket_with_other_content_is_no_ticket() -> None:
    class Nonsense(TicketState):
        def encode(self) -> bytes:
            return b"nonsense"

    book = StatelessTickets(TicketKey.new(seeded("one")))
    fake = Nonsense(STATE.suite, STATE.psk, NOW, NOW, STATE.lifetime_s, STATE.age_add)
    assert book.find(book.issue(fake, seeded("n")), NOW) is None


@pytest.mark.parametrize("book", [StatelessTickets(TicketKey.new(seeded("k"))), StatefulTickets()])
def test_tickets_end_with_their_lifetime(book: StatelessTickets | StatefulTickets) -> None:
    ticket = book.issue(STATE, seeded("t"))
    last = STATE.issued_ms + STATE.lifetime_s * 1000
    assert book.find(ticket, last) == STATE
    assert book.find(ticket, last + 1) is None
    assert book.find(ticket, STATE.issued_ms - 1) is None
    assert book.find(b"some other name", NOW) is None


def test_a_stateful_book_forgets_the_used_and_the_oldest() -> None:
    book, entropy = StatefulTickets(capacity=3), seeded("t")
    tickets = [book.issue(STATE, entropy) for _ in range(5)]
    assert len(book) == 3
    assert [book.find(one, NOW) is not None for one in tickets] == [False, False, True, True, True]
    book.used(tickets[4])
    book.used(tickets[4])
    assert book.find(tickets[4], NOW) is None


def test_a_ticket_key_has_48_bytes_and_is_not_shown() -> None:
    key = TicketKey.new(seeded("k"))
    assert TicketKey.from_bytes(key.to_bytes()) == key
    assert key.key.hex() not in repr(key)
    with pytest.raises(LocalFault, match="48 bytes"):
        TicketKey.from_bytes(bytes(47))
