"""OpenSSL's client with a ticket and an external PSK at once: the server picks, the truth is known.

The ticket comes first in its ClientHello, so early data is sent under it, whatever is then picked.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.captures.tape import Tape
from tests.conftest import require_tool
from tests.interop.tap import Tap
from tls13lab.adversary.eavesdropper import eavesdrop
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.plan import Goal
from tls13lab.adversary.theft import Theft
from tls13lab.capture.reader import read_capture
from tls13lab.crypto.certificates import self_signed
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ServerConfig
from tls13lab.peers.background import serving
from tls13lab.peers.link import real_environment
from tls13lab.peers.openssl import OpenSSLPsk, s_client
from tls13lab.psk.anti_replay import NoAntiReplay
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.stateless import StatelessTickets, TicketKey, unseal
from tls13lab.wire.codepoints import CipherSuite, NamedGroup

KEY = bytes(range(32))
EARLY, WORDS = b"the client's early words\n", b"the client's words\n"
TICKET_KEY = TicketKey.new(seeded("OpenSSL's clients"))
AES_128 = CipherSuite.TLS_AES_128_GCM_SHA256
X25519, P256 = NamedGroup.X25519, NamedGroup.SECP256R1
TICKETS = StatelessTickets(TICKET_KEY)


@pytest.fixture(scope="module")
def first() -> ServerConfig:
    """Issues the tickets, good for early data."""
    env = real_environment()
    return ServerConfig(
        credential=self_signed("localhost", env.now_ms, env.entropy),
        tickets=TICKETS,
        modes=frozenset({PSK_KE, PSK_DHE_KE}),
        max_early_data_size=1000,
        anti_replay=NoAntiReplay(),
        suites=(AES_128,),
    )


EXTERNAL = (ExternalPsk(b"lab", KEY),)
SERVERS = {
    # What the second server knows; the place it picks, if any; the mode; whether it asks again.
    "the ticket": ({"psks": EXTERNAL}, 0, "psk_dhe_ke", False),
    "the ticket after a retry": ({"psks": EXTERNAL, "groups": (P256,)}, 0, "psk_dhe_ke", True),
    "the other": ({"psks": EXTERNAL, "tickets": None}, 1, "psk_dhe_ke", False),
    "the other in psk_ke": (
        {"psks": EXTERNAL, "tickets": None, "prefer_psk_ke": True},
        1,
        "psk_ke",
        False,
    ),
    "none": ({"tickets": None}, None, "full", False),
    "none after a retry": ({"tickets": None, "groups": (P256,)}, None, "full", True),
}


@pytest.fixture(params=SERVERS, scope="module")
def recorded(
    request: pytest.FixtureRequest, first: ServerConfig, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """What happens, and the capture of two connections."""
    require_tool("openssl")
    folder = tmp_path_factory.mktemp("openssl")
    capture = folder / "talk.pcap"
    changes = SERVERS[request.param][0]
    options = {"send": WORDS, "modes": ("psk_dhe_ke", "psk_ke"), "groups": ("x25519", "P-256")}
    session = folder / "session"
    with serving(first) as server, Tape(capture) as tape, Tap(server.port, tape) as tap:
        s_client(tap.port, save_session=session, suites=(AES_128.name,), **options)  # type: ignore[arg-type]
        server.config = replace(first, **changes)  # type: ignore[arg-type]
        psk = OpenSSLPsk("lab", KEY)
        with_early = options | {"suites": (AES_128.name,), "early_data": EARLY}
        # An echo of both, if the server takes the early data; else it is not sent again.
        s_client(tap.port, session=session, psk=psk, **with_early)  # type: ignore[arg-type]
    return request.param, capture


def second(capture: Path, theft: Theft, goal: Goal = "application_data") -> Finding:
    return list(eavesdrop(read_capture(capture), theft, goal))[1]


def test_what_is_opened_and_what_is_kept(recorded: tuple[str, Path]) -> None:
    what, capture = recorded
    _, place, mode, retried = SERVERS[what]
    finding = second(capture, Theft())
    assert finding.mode == mode
    hellos = {one.hello for one in finding.offers}
    assert hellos == ({1, 2} if retried else {1})
    ticket = finding.offers[0]
    assert [one.identity for one in finding.offers[1:2]] == [b"lab"]
    state = unseal(TICKET_KEY, ticket.identity)
    assert state is not None
    for name, theft in {
        "ticket": Theft(psks=(state.psk,)),
        "ticket key": Theft(ticket_keys=(TICKET_KEY,)),
        "external": Theft(psks=(KEY,)),
    }.items():
        at = int(name == "external")
        fits = second(capture, theft).fits
        # After a retry OpenSSL 3.0 leaves the external PSK out, if early data was sent.
        offered = b"lab" if at else ticket.identity
        places = {(one.hello, one.place) for one in finding.offers if one.identity == offered}
        assert (1, at) in places
        assert {(fit.offered.hello, fit.offered.place) for fit in fits if fit.offered} == places
        assert all(fit.verified for fit in fits)
        assert any(fit.chosen for fit in fits) == (place == at)
        # Application data: only what was picked opens it, and only in psk_ke.
        opened = mode == "psk_ke" and place == at
        assert second(capture, theft).verdict == ("lost" if opened else "kept")
        # Early data: the first PSK opens it, whatever was picked.
        early = second(capture, theft, "early_data")
        assert early.verdict == ("kept" if at else "lost")
        if not at:
            assert early.plaintext["client"].head == EARLY
        psk = second(capture, theft, "psk")
        assert psk.plaintext["client"].head == (KEY if at else state.psk)
    assert second(capture, Theft(), "early_data").missing[:2] == ("psk", "ticket_key")
