"""A certificate, a PSK, or both, against each theft: on bytes. RFC 9973.

The claims of :mod:`tls13lab.symbolic.certificate_with_psk` are carried out. The eavesdropper reads
a recording, an impostor answers an honest client, and a search without a script tries who can be
made to speak to whom. If they do not agree, there is a Disagreement.

>>> theft = "quantum",
>>> for mode in COMPARED_MODES:
...     print(mode, safe(mode, theft))
full Safe(recording=False, server=False)
psk_dhe_ke Safe(recording=True, server=True)
cert_with_extern_psk Safe(recording=True, server=False)
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.plan import Goal
from tls13lab.adversary.theft import Theft
from tls13lab.capture.recording import CapturedRecord, Item
from tls13lab.crypto.certificates import Credential
from tls13lab.crypto.entropy import seeded
from tls13lab.evidence.matrix import Disagreement
from tls13lab.evidence.scripted import CLIENT_WORDS, SERVER_WORDS, record, talk
from tls13lab.handshake.config import PSK_DHE_KE, ServerConfig
from tls13lab.handshake.pair import LESSON_PSK, LESSON_TIME_MS, Pair, lesson_configs
from tls13lab.impostor.moves import Leaked, Public
from tls13lab.impostor.parties import Party, Runs
from tls13lab.impostor.stand_in import StolenPsk, false_server
from tls13lab.impostor.unscripted import Cast, Flight, Lost, search
from tls13lab.psk.keys import PskKind
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.search.guesses import Guesses
from tls13lab.search.portable import PortableEngine
from tls13lab.search.target import targets
from tls13lab.symbolic.certificate_with_psk import (
    BOTH,
    COMPARED_MODES,
    ComparedMode,
    Decided,
    decide,
    questions,
)
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.vocabulary import SHARE_OF, Asset, Leaks, Verdict
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import Side

SHOWN: tuple[Leaks, ...] = (
    (),
    ("psk",),
    ("weak_psk",),
    ("certificate_key",),
    ("quantum",),
    ("weak_psk", "quantum"),
    ("psk", "certificate_key"),
)
"""The thefts after which the three modes differ."""
WORDS = tuple(b"guess %d" % number for number in range(99))


@dataclass(frozen=True, slots=True)
class Safe:
    """What is still safe after a theft in one mode, for a lesson.

    ``recording``: a passive adversary cannot read what it recorded. ``server``: only the server
    can complete a handshake as the server.
    """

    recording: bool
    server: bool


def safe(mode: ComparedMode, leaks: Leaks) -> Safe:
    """What is safe, by the model and on bytes. Raises Disagreement if they differ."""
    recording = agreed(decide(mode, "application_data", "passive", leaks))
    server = agreed(decide(mode, "server_authentication", "active", leaks))
    return Safe(recording["verdict"] == "kept", server["verdict"] == "kept")


class CertificateStage:
    """One honest connection of a mode, its recording, and what a thief can do with it."""

    def __init__(self, mode: ComparedMode) -> None:
        self.mode = mode
        self.client, server = lesson_configs(mode)
        tickets = StatelessTickets(TicketKey.new(seeded("certificate and PSK: the ticket key")))
        self.server = replace(server, tickets=tickets)
        self.pair = talk(self.client, self.server, f"certificate and PSK: {mode}")
        self.runs = Runs(LESSON_TIME_MS)

    @cached_property
    def recording(self) -> tuple[Item, ...]:
        """Everything that was sent."""
        return record(self.pair)

    @cached_property
    def guessed(self) -> tuple[bytes, ...]:
        """The PSKs that a dictionary attack on the binder finds; the PSK is in the dictionary."""
        sought = list(targets(self.recording))
        words = [*WORDS[:60], LESSON_PSK.key, *WORDS[60:]]
        found = PortableEngine(sought).test(Guesses.of(words)) if sought else ()
        return tuple(word for _, _, word in found)

    def theft(self, leaks: Leaks) -> Theft:
        """What an eavesdropper has. A quantum computer has the private key of every share."""
        secrets = self.pair.conversation().secrets
        psks = [LESSON_PSK.key] * ("psk" in leaks and self.client.psks != ())
        psks += self.guessed if "weak_psk" in leaks else ()

        def share(side: Side) -> tuple[bytes, ...]:
            leak = SHARE_OF[side]
            return (secrets[leak],) if {leak, "quantum"} & set(leaks) else ()

        return Theft(
            psks=tuple(dict.fromkeys(psks)),
            client_ecdhe=share("client"),
            server_ecdhe=share("server"),
        )

    def listen(self, leaks: Leaks, goal: Goal) -> tuple[Finding, tuple[bytes, ...]]:
        """The eavesdropper's finding, and the PSKs of the tickets that it found."""
        adversary = Eavesdropper(self.theft(leaks), goal)
        (finding,) = adversary.listen(self.recording)
        return finding, tuple(adversary.ticket_psks)

    def stolen_psk(self, leaks: Leaks) -> StolenPsk | None:
        """The PSK, if it was stolen or guessed."""
        finding, _ = self.listen(leaks, "psk")
        if finding.verdict != "lost":
            return None
        key = finding.plaintext["client"].head
        return StolenPsk(finding.identity, key, PskKind.EXTERNAL, "sha256")

    def credential(self, leaks: Leaks) -> Credential | None:
        """The certificate with its private key, if that was stolen or can be computed."""
        return self.server.credential if {"certificate_key", "quantum"} & set(leaks) else None


@remembered(4)
def stage(mode: ComparedMode) -> CertificateStage:
    """The stage of a mode, built once."""
    return CertificateStage(mode)


# By scripts --------------------------------------------------------------------------------------


def got(decided: Decided) -> bool:
    """Whether the adversary gets the asset: its bytes, or a handshake that completes."""
    setup, leaks, asset = stage(decided.mode), decided.leaks, decided.asset
    if asset == "server_authentication":
        return bool(as_server(decided.mode, leaks))
    if _overheard(setup, asset, leaks):
        return True
    return decided.adversary == "active" and asset in _received(decided.mode, leaks)


def _overheard(setup: CertificateStage, asset: Asset, leaks: Leaks) -> bool:
    finding, psks = setup.listen(leaks, "psk" if asset == "psk" else "application_data")
    if asset == "next_psk":
        return bool({ticket.key for ticket in setup.pair.tickets} & set(psks))
    read = {sender: text.head for sender, text in finding.plaintext.items()}
    truth: dict[Side, bytes] = {"client": CLIENT_WORDS, "server": SERVER_WORDS}
    return finding.verdict == "lost" and read == (
        {"client": LESSON_PSK.key} if asset == "psk" else truth
    )


def as_server(mode: ComparedMode, leaks: Leaks) -> tuple[Pair, ...]:
    """Connections of an honest client that takes the adversary for its server.

    The adversary tries with the PSK, with the certificate, and with both.
    """
    setup = stage(mode)
    psk, credential = setup.stolen_psk(leaks), setup.credential(leaks)
    tried: list[ServerConfig] = []
    if psk is not None:
        tried.append(false_server(psk))
    if credential is not None:
        tried.append(false_server(None, credential))
    if psk is not None and credential is not None:
        tried.append(replace(false_server(psk, credential), cert_with_extern_psk=True))
    found = []
    for server in tried:
        with suppress(TLSFault):
            found.append(talk(setup.client, server, "an impostor", LESSON_TIME_MS))
    return tuple(found)


def _received(mode: ComparedMode, leaks: Leaks) -> set[Asset]:
    """The assets that the client sends to the adversary because it takes it for the server."""
    received: set[Asset] = set()
    for pair in as_server(mode, leaks):
        received |= {"application_data"} if pair.server_received == CLIENT_WORDS else set()
        received |= {"next_psk"} if pair.tickets else set()
    return received


# By a search -------------------------------------------------------------------------------------


@remembered(256)
def searched(mode: ComparedMode, leaks: Leaks) -> frozenset[Lost]:
    """The assets that an adversary with moves, but without a script, gets."""
    setup = stage(mode)
    psk = setup.stolen_psk(leaks)
    finding, tickets = setup.listen(leaks, "application_data")
    known = Leaked(
        psks=(psk,) if psk is not None else (),
        credential=setup.credential(leaks),
        words=frozenset(text.head for text in finding.plaintext.values()),
        secrets=frozenset(tickets),
    )
    alice = Party("alice", "calls bob", setup.client, ("bob",), CLIENT_WORDS)
    bob = Party("bob", "answers", setup.server, ("alice",), SERVER_WORDS)
    identities = tuple(psk.identity for psk in setup.client.psks)
    modes = frozenset({PSK_DHE_KE})
    public = Public(LESSON_TIME_MS, modes, setup.client.server_name, identities)
    # Neither the certificate nor, by RFC 9973, the PSK authenticates the client.
    cast = Cast((alice, bob), _flights(setup), public, clients_are_known=False)
    return frozenset(search(cast, known, setup.runs).lost)


def _flights(setup: CertificateStage) -> tuple[Flight, ...]:
    """The recording, flight by flight."""
    flights: list[tuple[Side, bytes]] = []
    for item in setup.recording:
        if isinstance(item, CapturedRecord):
            if not flights or flights[-1][0] != item.sender:
                flights.append((item.sender, b""))
            flights[-1] = item.sender, flights[-1][1] + item.wire
    return tuple(Flight(wire, sender == "client") for sender, wire in flights)


def _found(decided: Decided) -> bool:
    """Whether the search, or the eavesdropper before it, gets the asset."""
    mode, asset, leaks = decided.mode, decided.asset, decided.leaks
    if asset != "server_authentication" and _overheard(stage(mode), asset, leaks):
        return True
    return asset in searched(mode, leaks)


# Together ----------------------------------------------------------------------------------------


def agreed(decided: Decided, *, searching: bool = False) -> dict[str, Any]:
    """One claim, with the verdict of each method. Raises Disagreement if they differ."""
    said: dict[str, Verdict] = {"model": decided.verdict}
    if decided.verdict != "outside":
        said["bytes"] = "lost" if got(decided) else "kept"
        if searching and decided.adversary == "active":
            said["search"] = "lost" if _found(decided) else "kept"
    if len(set(said.values())) > 1:
        raise Disagreement(
            f"{decided.asset} in {decided.mode} against {decided.adversary} with "
            f"{decided.leaks}: {said}"
        )
    return {
        "mode": decided.mode,
        "asset": decided.asset,
        "adversary": decided.adversary,
        "leaks": list(decided.leaks),
        "verdict": decided.verdict,
        "decided": said,
        "steps": decided.steps,
        "citation": "draft-ietf-tls-8773bis 7" if decided.mode == BOTH else "RFC 9846 F.1",
    }


def claims(*, searching: bool = False) -> Iterator[dict[str, Any]]:
    """All claims, decided by all methods. Raises Disagreement."""
    return (agreed(decide(*question), searching=searching) for question in questions())


def table(*thefts: Leaks) -> str:
    """A table in text: what is safe in which mode after each of these thefts (or of ``SHOWN``).

    >>> print(table(("psk",), ("certificate_key",)))
    stolen           full                psk_dhe_ke          cert_with_extern_psk
    psk              recording, server   recording           recording, server
    certificate_key  recording           recording, server   recording
    """
    words: list[tuple[str, ...]] = [("stolen", *COMPARED_MODES)]
    for leaks in thefts or SHOWN:
        cells = (_in_words(safe(mode, leaks)) for mode in COMPARED_MODES)
        words.append((" and ".join(leaks) or "nothing", *cells))
    first = max(len(row[0]) for row in words)
    lines = (f"{name:{first}}  " + "".join(f"{cell:20}" for cell in rest) for name, *rest in words)
    return "\n".join(line.rstrip() for line in lines)


def _in_words(found: Safe) -> str:
    kept = ["recording"] * found.recording + ["server"] * found.server
    return ", ".join(kept) or "nothing"
