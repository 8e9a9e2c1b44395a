"""The eavesdropper on recordings of our own endpoints: what each theft opens, and its twin."""

from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import patch

import pytest

from tls13lab.adversary.eavesdropper import Eavesdropper, eavesdrop
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.theft import Theft
from tls13lab.capture.keylog import lines
from tls13lab.capture.recording import Incomplete, recording_of
from tls13lab.crypto.entropy import seeded
from tls13lab.crypto.suites import SUITES
from tls13lab.evidence import scripted
from tls13lab.evidence.scripted import CLIENT_WORDS, SERVER_WORDS, record
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.pair import LESSON_PSK, Pair, lesson_configs
from tls13lab.psk.keys import ExternalPsk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.wire.codepoints import CipherSuite, NamedGroup
from tls13lab.wire.names import Mode, Side

PSK = LESSON_PSK.key


def talk(client: ClientConfig, server: ServerConfig, seed: str = "eavesdropper") -> Pair:
    return scripted.talk(client, server, seed)


def words(finding: Finding) -> dict[str, bytes]:
    return {sender: text.head for sender, text in finding.plaintext.items()}


def only(findings: Iterator[Finding]) -> Finding:
    (finding,) = findings
    return finding


BOTH = {"client": CLIENT_WORDS, "server": SERVER_WORDS}


def test_psk_ke_falls_to_the_psk_alone() -> None:
    pair = talk(*lesson_configs("psk_ke"))
    finding = only(eavesdrop(record(pair), Theft(psks=(PSK,))))
    assert (finding.verdict, finding.mode, words(finding)) == ("lost", "psk_ke", BOTH)
    assert finding.steps[0].step.rule == "early_secret"
    assert finding.steps[0].value == pair.client.secrets["early_secret"]


def test_psk_dhe_ke_does_not_until_a_private_key_is_stolen_as_well() -> None:
    pair = talk(*lesson_configs("psk_dhe_ke"))
    finding = only(eavesdrop(record(pair), Theft(psks=(PSK,))))
    assert (finding.verdict, finding.steps, finding.plaintext) == ("kept", (), {})
    assert finding.missing == ("client_ecdhe", "server_ecdhe")
    mine, theirs = pair.client.secrets["client_ecdhe"], pair.server.secrets["server_ecdhe"]
    for twin in (
        Theft(psks=(PSK,), client_ecdhe=(mine,)),
        Theft(psks=(PSK,), server_ecdhe=(theirs,)),
    ):
        assert words(only(eavesdrop(record(pair), twin))) == BOTH
    for less in (Theft(client_ecdhe=(mine,)), Theft(server_ecdhe=(theirs,))):
        finding = only(eavesdrop(record(pair), less))
        assert (finding.verdict, finding.missing) == ("kept", ("psk",))


@pytest.mark.parametrize("suite", SUITES, ids=lambda suite: suite.name)
@pytest.mark.parametrize(
    "group",
    [
        NamedGroup.X25519,
        NamedGroup.SECP256R1,
        NamedGroup.X25519MLKEM768,
        NamedGroup.SECP384R1,
        NamedGroup.SECP521R1,
        NamedGroup.X448,
    ],
)
def test_every_suite_and_group(suite: CipherSuite, group: NamedGroup) -> None:
    hash_name = "sha384" if suite is CipherSuite.TLS_AES_256_GCM_SHA384 else "sha256"
    psk = ExternalPsk(b"p", b"k" * 40, hash_name)
    client, server = lesson_configs("psk_dhe_ke")
    client = replace(client, psks=(psk,), suites=(suite,), groups=(group,))
    pair = talk(client, replace(server, psks=(psk,), suites=(suite,), groups=(group,)))
    theft = Theft(psks=(psk.key,), client_ecdhe=(pair.client.secrets["client_ecdhe"],))
    assert words(only(eavesdrop(record(pair), theft))) == BOTH


def test_after_a_hello_retry_request() -> None:
    client, server = lesson_configs("psk_dhe_ke")
    server = replace(server, groups=(NamedGroup.SECP256R1,))
    pair = talk(client, server)
    assert pair.client.outcome.retried
    theft = Theft(psks=(PSK,), server_ecdhe=(pair.server.secrets["server_ecdhe"],))
    assert words(only(eavesdrop(record(pair), theft))) == BOTH


@pytest.mark.parametrize("mode", ["full", "psk_dhe_ke", "psk_ke"])
def test_a_key_log_opens_its_own_connection_only(mode: Mode) -> None:
    first, second = talk(*lesson_configs(mode), "one"), talk(*lesson_configs(mode), "two")
    log = {
        first.client.client_random: {
            name: value
            for name, value in first.client.secrets.items()
            if any(lines(bytes(32), {name: value}))
        }
    }
    findings = list(eavesdrop(record(first, second), Theft(keylog=log)))
    assert [finding.verdict for finding in findings] == ["lost", "kept"]
    assert words(findings[0]) == BOTH


def test_a_wrong_psk_fits_nothing() -> None:
    pair = talk(*lesson_configs("psk_ke"))
    finding = only(eavesdrop(record(pair), Theft(psks=(bytes(32),))))
    assert (finding.verdict, finding.leaks, finding.missing) == ("kept", (), ("psk",))


def test_updated_keys_are_followed() -> None:
    pair = Pair(*lesson_configs("psk_ke"), "updates")
    pair.handshake()
    for number in range(3):
        pair.client.send(b"%d" % number)
        pair.client.update_keys(request=True)
        pair.pump()
        pair.server.send(b"%d" % number)
        pair.pump()
    finding = only(eavesdrop(record(pair), Theft(psks=(PSK,))))
    assert words(finding) == {"client": b"012", "server": b"012"}


# Connections that hang together -----------------------------------------------------------------


class Chain:
    """full, then as many resumptions, each with the first ticket of the one before."""

    def __init__(self, *modes: str, ticket_key: TicketKey | None = None) -> None:
        self.ticket_key = ticket_key or TicketKey.new(seeded("ticket key"))
        client, server = lesson_configs("full")
        server = replace(
            server,
            tickets=StatelessTickets(self.ticket_key),
            modes=frozenset({PSK_KE, PSK_DHE_KE}),
        )
        both = frozenset({PSK_KE, PSK_DHE_KE})
        self.pairs = [talk(replace(client, modes=both), server, "chain full")]
        for number, mode in enumerate(modes):
            only_mode = frozenset({PSK_KE if mode == "psk_ke" else PSK_DHE_KE})
            one = replace(client, psks=self.pairs[-1].tickets[:1], modes=only_mode)
            other = replace(server, prefer_psk_ke=mode == "psk_ke")
            self.pairs.append(talk(one, other, f"chain {number}"))
            assert self.pairs[-1].client.outcome.mode == mode

    def verdicts(self, theft: Theft) -> list[str]:
        findings = list(eavesdrop(record(*self.pairs), theft))
        assert all(words(one) == BOTH for one in findings if one.verdict == "lost")
        return [finding.verdict for finding in findings]


def test_a_ticket_key_opens_what_was_resumed_in_psk_ke() -> None:
    chain = Chain("psk_ke", "psk_dhe_ke", "psk_ke")
    theft = Theft(ticket_keys=(chain.ticket_key,))
    assert chain.verdicts(theft) == ["kept", "lost", "kept", "lost"]
    nameless = Theft(ticket_keys=(replace(chain.ticket_key, name=b""),))
    assert chain.verdicts(nameless) == ["kept", "lost", "kept", "lost"]
    other = Theft(ticket_keys=(TicketKey.new(seeded("another")),))
    assert chain.verdicts(other) == ["kept"] * 4


def test_a_share_of_the_first_connection_opens_a_chain_of_psk_ke() -> None:
    chain = Chain("psk_ke", "psk_ke", "psk_dhe_ke", "psk_ke")
    share = chain.pairs[0].client.secrets["client_ecdhe"]
    theft = Theft(initial_ecdhe=(share,))
    # The fourth's PSK came out of the third, which the key exchange of its own protects.
    assert chain.verdicts(theft) == ["lost", "lost", "lost", "kept", "kept"]
    findings = list(eavesdrop(record(*chain.pairs), theft))
    assert [one.psk_from.connection for one in findings if one.psk_from] == [1, 2, 3]


def test_a_ticket_s_psk_says_nothing_of_its_sibling() -> None:
    client, server = lesson_configs("full")
    both = frozenset({PSK_KE})
    server = replace(server, tickets=StatelessTickets(TicketKey.new(seeded("k"))), modes=both)
    first = talk(replace(client, modes=both), server, "siblings")
    one, other = first.tickets[:2]
    pairs = [talk(replace(client, psks=(psk,), modes=both), server) for psk in (one, other)]
    findings = list(eavesdrop(record(first, *pairs), Theft(psks=(one.key,))))
    assert [finding.verdict for finding in findings] == ["kept", "lost", "kept"]
    whole = Theft(client_ecdhe=(first.client.secrets["client_ecdhe"],))
    assert {one.verdict for one in eavesdrop(record(first, *pairs), whole)} == {"lost"}


# What is missing ----------------------------------------------------------------------------------


def test_a_recording_without_hellos_is_said_to_be_incomplete() -> None:
    pair = talk(*lesson_configs("psk_ke"))
    steps = pair.conversation().steps[2:]
    wire = ((step.sender, step.wire) for step in steps)
    finding = only(eavesdrop(recording_of(wire), Theft(psks=(PSK,))))
    assert (finding.verdict, bool(finding.incomplete)) == ("unknown", True)


def test_a_recording_that_breaks_off_is_said_to_be_incomplete() -> None:
    steps = talk(*lesson_configs("psk_ke")).conversation().steps
    for length in range(len(steps)):
        wire = [(step.sender, step.wire) for step in steps[:length]]
        finding = only(eavesdrop(recording_of(wire), Theft(psks=(PSK,))))
        assert finding.verdict in ("unknown", "lost")
        assert finding.incomplete or finding.verdict == "lost"


def test_a_record_that_is_missing_is_noticed() -> None:
    pair = Pair(*lesson_configs("psk_ke"), "gap")
    pair.handshake()
    for word in (b"one", b"two", b"three"):
        pair.client.send(word)
        pair.pump()
    steps = list(pair.conversation().steps)
    del steps[-2]
    wire = [(step.sender, step.wire) for step in steps]
    finding = only(eavesdrop(recording_of(wire), Theft(psks=(PSK,))))
    assert words(finding) == {"client": b"one"}
    assert "missing" in finding.incomplete


def test_a_gap_that_the_capture_tells_of_is_passed_on() -> None:
    items = list(record(talk(*lesson_configs("psk_ke"))))
    items.insert(-1, Incomplete(1, "server", "the capture breaks off"))
    finding = only(eavesdrop(items, Theft(psks=(PSK,))))
    assert (finding.verdict, finding.incomplete) == (
        "lost",
        "from the server: the capture breaks off",
    )


@pytest.mark.parametrize("silent", ["client", "server"])
def test_a_gap_on_one_side_does_not_stop_the_other(silent: Side) -> None:
    """Both Finished are there; then one side's records are missing, and the other's go on."""
    pair = Pair(*lesson_configs("psk_ke"), "one side")
    pair.handshake()
    pair.client.send(b"from the client")
    pair.pump()
    pair.server.send(b"from the server")
    pair.pump()
    items = list(record(pair))
    sent = [n for n, item in enumerate(items) if getattr(item, "sender", "") == silent]
    cut = Incomplete(1, silent, "the capture breaks off")
    items[sent[-1]] = cut
    finding = only(eavesdrop(items, Theft(psks=(PSK,))))
    other = "server" if silent == "client" else "client"
    assert (finding.verdict, words(finding)) == ("lost", {other: f"from the {other}".encode()})
    assert finding.incomplete == f"from the {silent}: the capture breaks off"
    # The same where it was known from the first that this side's words would be missing.
    items.insert(sent[-2] + 1, items.pop(sent[-1]))
    finding = only(eavesdrop(items, Theft(psks=(PSK,))))
    assert words(finding) == {other: f"from the {other}".encode()}


def test_an_age_makes_no_ticket_of_an_external_psk() -> None:
    """A client SHOULD send 0 for it (4.3.11); which kind it is, the binder tells."""
    psk = ExternalPsk(b"aged", b"k" * 32)
    client, server = lesson_configs("psk_dhe_ke", psk)
    with patch("tls13lab.handshake.offer.age_field", lambda psk, now_ms: 77):
        pair = talk(client, server)
    assert only(eavesdrop(record(pair), Theft())).missing == ()
    finding = only(eavesdrop(record(pair), Theft(psks=(psk.key,))))
    assert (finding.leaks, finding.missing) == (("psk",), ("client_ecdhe", "server_ecdhe"))
    share = Theft(client_ecdhe=(pair.client.secrets["client_ecdhe"],))
    assert only(eavesdrop(record(pair), share)).missing == ("psk", "ticket_key")


def test_interleaved_connections_are_kept_apart() -> None:
    one, two = talk(*lesson_configs("psk_ke"), "1"), talk(*lesson_configs("psk_ke"), "2")
    first, second = list(record(one)), list(record(one, two))[len(list(record(one))) :]
    mixed = [item for both in zip(first, second, strict=True) for item in both]
    findings = list(Eavesdropper(Theft(psks=(PSK,))).listen(mixed))
    assert [words(finding) for finding in findings] == [BOTH, BOTH]
