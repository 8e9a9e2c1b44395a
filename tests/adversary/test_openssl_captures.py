"""The eavesdropper on captures of real OpenSSL processes: no endpoint of ours took part."""

import pytest

from tls13lab.adversary.eavesdropper import eavesdrop
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.plan import Goal
from tls13lab.adversary.theft import Theft
from tls13lab.capture.reader import read_capture
from tls13lab.psk.stateless import TicketKey
from tls13lab.vectors import recorded

NAMES = recorded.names()


def last(name: str, theft: Theft, goal: Goal = "application_data") -> Finding:
    """The connection that the capture is named for."""
    return list(eavesdrop(read_capture(recorded.load(name).path), theft, goal))[-1]


def test_there_is_a_capture_of_each_mode() -> None:
    assert {
        *("full", "resumption-psk_ke", "resumption-psk_dhe_ke"),
        *("external-psk_ke", "external-psk_dhe_ke"),
        *("weak-psk_ke", "weak-psk_dhe_ke"),
        *("early_data-psk_ke", "early_data-psk_dhe_ke"),
        *("ticket_key-psk_ke", "ticket_key-psk_dhe_ke"),
    } == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_mode_is_the_one_in_the_name(name: str) -> None:
    assert last(name, Theft()).mode == name.partition("-")[2] or name


@pytest.mark.parametrize("name", [one for one in NAMES if one.endswith("-psk_ke")])
def test_the_psk_alone_opens_psk_ke(name: str) -> None:
    capture = recorded.load(name)
    finding = last(name, Theft(psks=(capture.psk,)))
    assert finding.verdict == "lost"
    assert finding.plaintext["client"].head == capture.client_sent
    assert finding.plaintext["server"].total > 0
    wrong = bytes(len(capture.psk))
    assert last(name, Theft(psks=(wrong,))).verdict == "kept"


@pytest.mark.parametrize("name", [one for one in NAMES if one.endswith("psk_dhe_ke")])
def test_psk_dhe_ke_needs_a_private_share_as_well(name: str) -> None:
    capture = recorded.load(name)
    finding = last(name, Theft(psks=(capture.psk,)))
    assert (finding.verdict, finding.missing) == ("kept", ("client_ecdhe", "server_ecdhe"))
    own = capture.private_shares[-2:]  # before those, the first connection's were drawn
    for client, server in ((own, ()), ((), own)):
        alone = Theft(client_ecdhe=client, server_ecdhe=server)
        assert last(name, alone).verdict == "kept"
        if own:
            both = Theft(psks=(capture.psk,), client_ecdhe=client, server_ecdhe=server)
            assert last(name, both).plaintext["client"].head == capture.client_sent


def test_a_share_of_the_initial_connection_opens_what_its_ticket_resumed_in_psk_ke() -> None:
    for name, verdict in (("resumption-psk_ke", "lost"), ("resumption-psk_dhe_ke", "kept")):
        capture = recorded.load(name)
        # The first two that were drawn are those of the first connection.
        theft = Theft(initial_ecdhe=capture.private_shares[:2])
        first, second = eavesdrop(read_capture(capture.path), theft)
        assert (first.verdict, second.verdict) == ("lost", verdict)
        assert second.psk_from is not None
        assert second.psk_from.psk == capture.psk


def test_the_ticket_key_opens_what_its_tickets_resumed_in_psk_ke() -> None:
    for name, verdict in (("ticket_key-psk_ke", "lost"), ("ticket_key-psk_dhe_ke", "kept")):
        capture = recorded.load(name)
        theft = Theft(ticket_keys=(TicketKey.from_bytes(capture.ticket_key),))
        assert last(name, theft).verdict == verdict
        assert last(name, theft, "psk").plaintext["client"].head == capture.psk


@pytest.mark.parametrize("mode", ["psk_ke", "psk_dhe_ke"])
def test_early_data_falls_to_the_psk_in_both_modes(mode: str) -> None:
    capture = recorded.load(f"early_data-{mode}")
    finding = last(capture.name, Theft(psks=(capture.psk,)), "early_data")
    assert finding.plaintext["client"].head == capture.early_data
    kept = last(capture.name, Theft(client_ecdhe=capture.private_shares[2:]), "early_data")
    assert (kept.verdict, kept.missing) == ("kept", ("psk", "ticket_key", "initial_ecdhe"))


@pytest.mark.parametrize("name", NAMES)
def test_the_key_log_opens_everything(name: str) -> None:
    capture = recorded.load(name)
    findings = list(eavesdrop(read_capture(capture.path), Theft(keylog=capture.keylog)))
    assert {finding.verdict for finding in findings} == {"lost"}
    assert findings[-1].plaintext["client"].head == capture.client_sent
