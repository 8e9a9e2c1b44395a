"""The adversary that speaks first and steals later: what it heard is read, if there is a way."""

from dataclasses import replace

import pytest

from tls13lab.crypto import groups
from tls13lab.crypto.entropy import seeded
from tls13lab.crypto.keyschedule import EarlyStage
from tls13lab.crypto.suites import SUITES
from tls13lab.evidence import active, afterwards, passive, searched
from tls13lab.evidence.afterwards import Attempt
from tls13lab.evidence.matrix import Disagreement, verdicts
from tls13lab.evidence.scripted import CLIENT_WORDS
from tls13lab.evidence.stage import stage
from tls13lab.handshake.config import Environment
from tls13lab.handshake.connection import Connection
from tls13lab.handshake.pair import Pair
from tls13lab.impostor.blunt_answer import SUITE, answer
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import unpack
from tls13lab.messages.key_share import KeyShareClientHello
from tls13lab.messages.transcript import Transcript
from tls13lab.records.protection import RecordProtection
from tls13lab.symbolic.claims import decide
from tls13lab.symbolic.vocabulary import SCENE_MODES, Leaks, SceneMode
from tls13lab.wire.codepoints import ContentType
from tls13lab.wire.faults import HandshakeFailure, TLSFault

PSK_MODES = [mode for mode in SCENE_MODES if mode != "full"]
DHE = [mode for mode in PSK_MODES if mode.startswith(("external-psk_dhe", "resumption-psk_dhe"))]


@pytest.mark.parametrize("mode", SCENE_MODES)
def test_without_a_leak_nothing_that_was_said_is_read(mode: SceneMode) -> None:
    assert afterwards.read(mode, (), afterwards.attempts(mode)) == set()
    assert len(afterwards.attempts(mode)) == (2 if mode == "full" else 3)


@pytest.mark.parametrize("mode", PSK_MODES)
def test_the_honest_client_hears_the_blunt_answer_out(mode: SceneMode) -> None:
    """It cannot tell: the ServerHello is a good one. What it says to it is nothing, in any mode."""
    (first, *_) = afterwards.attempts(mode)
    (_, hello), (_, reply), (_, said) = first.flights
    assert (hello[5], reply[5], said) == (1, 2, b"")
    assert bool(first.own) == ("psk_dhe_ke" in mode.partition("-from-")[0])


@pytest.mark.parametrize("mode", DHE)
def test_a_connection_that_it_did_complete_falls_to_the_psk_alone(mode: SceneMode) -> None:
    """The counter-test of all kept cells: had it once been believed, the PSK would do later.

    What was recorded stays closed to the same theft: the private key in that one is nobody's.
    """
    one = stage(mode)
    leaks: Leaks = ("psk",)
    (pair, *_) = active._as_server(mode, leaks)
    wire = tuple((step.sender, step.wire) for step in pair.conversation().steps)
    tickets = frozenset(ticket.key for ticket in pair.tickets)
    had = Attempt(wire, "client", pair.server.secrets["server_ecdhe"], b"", tickets=tickets)
    assert afterwards.read(mode, leaks, (had,)) >= {"application_data", "next_psk"}
    assert "application_data" not in afterwards.read(mode, (), (had,))
    assert not passive.got(mode, "application_data", leaks)
    without_its_key = replace(had, own=b"")
    assert "application_data" not in afterwards.read(mode, leaks, (without_its_key,))
    assert one.psk is not None


def test_a_hasty_client_on_bytes() -> None:
    """It sends right after the ServerHello. The adversary waits for the PSK, and reads it."""
    one = stage("external-psk_dhe_ke")
    assert one.psk is not None
    env = Environment(one.now_ms, seeded("a hasty client"))
    client = Connection.client(replace(one.client, early_data=b""), env)
    hello = client.outgoing()
    reply, private_key = answer(hello, seeded("blunt"))
    client.receive(reply, env)
    suite = SUITES[SUITE]
    hasty = RecordProtection(suite, client.secrets["client_handshake_traffic_secret"])
    record = hasty.seal(ContentType.APPLICATION_DATA, CLIENT_WORDS)

    def read(psk: bytes, own: bytes) -> bytes:
        """From the wire, the PSK that leaked, and a private key."""
        transcript = Transcript(hello[5:]).add(reply[5:])
        offered = unpack(hello[5:])
        assert isinstance(offered, ClientHello)
        theirs = offered.find(KeyShareClientHello)
        assert theirs is not None
        share = groups.from_private(theirs.client_shares[0].group, own)
        assert share is not None
        ecdhe = share.finish(theirs.client_shares[0].key_exchange)
        stage_ = EarlyStage.start("sha256", psk).handshake(ecdhe)
        secret = stage_.client_handshake_traffic_secret(transcript.hash("sha256"))
        try:
            return RecordProtection(suite, secret).open(record[:5], record[5:])[1]
        except TLSFault:
            return b""

    assert read(one.psk.key, private_key) == CLIENT_WORDS
    assert read(bytes(32), private_key) == b""  # before the leak
    assert read(one.psk.key, seeded("a listener")(32)) == b""  # who only listened


def test_an_answer_is_to_a_client_hello() -> None:
    one = stage("full")
    pair = Pair(one.client, one.server, "any", one.now_ms)
    hello = pair.client.outgoing()
    reply, _ = answer(hello, seeded("blunt"))
    with pytest.raises(HandshakeFailure, match="does not begin with a ClientHello"):
        answer(reply, seeded("blunt"))


@pytest.mark.parametrize("mode", ["external-psk_dhe_ke", "resumption-psk_ke-from-external-psk_ke"])
def test_the_search_hears_more_than_the_script_and_reads_the_same(mode: SceneMode) -> None:
    assert len(searched._sessions(mode)) > len(afterwards.attempts(mode))
    for asset in ("application_data", "early_data", "psk", "next_psk"):
        for leaks in ((), ("psk",), ("ticket_key",), ("weak_psk",)):
            told = afterwards.got(mode, asset, leaks, {})
            assert searched.lost_afterwards(mode, asset, leaks, {}) is told


def test_a_wrong_cell_is_found_out() -> None:
    cell = decide("external-psk_dhe_ke", "application_data", "active_then_leak", ("psk",))
    assert cell.verdict == "kept"
    with pytest.raises(Disagreement, match="the bytes say kept, the search says kept"):
        verdicts(replace(cell, verdict="lost", steps=9), searching=True)
    early = decide("external-psk_dhe_ke", "early_data", "active_then_leak", ("psk",))
    with pytest.raises(Disagreement, match="the bytes say lost, the search says lost"):
        verdicts(replace(early, verdict="kept", steps=0), searching=True)
