"""A certificate, a PSK, or both, against each theft: on bytes, scripted and searched. RFC 9973.

The claims of :mod:`tls13lab.symbolic.certificate_with_psk`, done: the eavesdropper reads a
recording, an impostor answers an honest client, and an adversary without a script tries who can be
made to speak to whom. All must say the same, or there is a Disagreement.

>>> theft = "quantum",
>>> for mode in MODES:
...     print(mode, safe(mode, theft))
full Safe(recording=False, server=False)
psk_dhe_ke Safe(recording=True, server=True)
cert_with_extern_psk Safe(recording=True, server=False)
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.theft import Theft
from tls13lab.capture.recording import CapturedRecord, Item
from tls13lab.claims.matrix import Disagreement
from tls13lab.claims.scripted import CLIENT_WORDS, SERVER_WORDS, record, talk
from tls13lab.crypto.certificates import Credential
from tls13lab.crypto.entropy import seeded
from tls13lab.handshake.config import PSK_DHE_KE, ServerConfig
from tls13lab.handshake.pair import LESSON_PSK, LESSON_TIME_MS, Pair, lesson_configs
from tls13lab.impostor.moves import Known, Public
from tls13lab.impostor.parties import Party, Runs
from tls13lab.impostor.stand_in import StolenPsk, false_server
from tls13lab.impostor.unscripted import Cast, Flight, search
from tls13lab.psk.keys import PskKind
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.search.guesses import Guesses
from tls13lab.search.portable import Portable
from tls13lab.search.target import targets
from tls13lab.symbolic.certificate_with_psk import BOTH, MODES, Decided, decide, questions
from tls13lab.wire.faults import TLSFault
from tls13lab.wire.names import Mode

SHOWN: tuple[tuple[str, ...], ...] = (
    (),
    ("psk",),
    ("weak_psk",),
    ("certificate_key",),
    ("quantum",),
    ("weak_psk", "quantum"),
    ("psk", "certificate_key"),
)
"""The thefts that tell the three modes apart."""
WORDS = tuple(b"guess %d" % number for number in range(99))


@dataclass(frozen=True, slots=True)
class Safe:
    """What is still safe after a theft, in one mode: for a lesson.

    ``recording``: what a passive adversary recorded stays closed. ``server``: nobody but the server
    can complete a handshake as the server.
    """

    recording: bool
    server: bool


def safe(mode: Mode, leaks: tuple[str, ...]) -> Safe:
    """By the rules and on bytes. Raises Disagreement if they do not say the same."""
    recording = agreed(decide(mode, "application_data", "passive", leaks))
    server = agreed(decide(mode, "server_authentication", "active", leaks))
    return Safe(recording["verdict"] == "kept", server["verdict"] == "kept")


class Stage:
    """One honest connection of a mode, recorded; and what a thief makes of it."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        self.client, server = lesson_configs(mode)
        tickets = StatelessTickets(TicketKey.new(seeded("certificate and PSK: the ticket key")))
        self.server = replace(server, tickets=tickets)
        self.pair = talk(self.client, self.server, f"certificate and PSK: {mode}")
        self.runs = Runs(LESSON_TIME_MS)

    @cached_property
    def recording(self) -> tuple[Item, ...]:
        """What crossed the wire."""
        return record(self.pair)

    @cached_property
    def guessed(self) -> tuple[bytes, ...]:
        """The PSKs that a dictionary attack on the binder finds; the PSK is one of its words."""
        sought = list(targets(self.recording))
        words = [*WORDS[:60], LESSON_PSK.key, *WORDS[60:]]
        found = Portable(sought).test(Guesses.of(words)) if sought else ()
        return tuple(word for _, _, word in found)

    def theft(self, leaks: tuple[str, ...]) -> Theft:
        """What an eavesdropper has. Against a quantum computer each share is its private key."""
        secrets = self.pair.conversation().secrets
        psks = [LESSON_PSK.key] * ("psk" in leaks and self.client.psks != ())
        psks += self.guessed if "weak_psk" in leaks else ()

        def share(side: str) -> tuple[bytes, ...]:
            return (secrets[side],) if {side, "quantum"} & set(leaks) else ()

        return Theft(
            psks=tuple(dict.fromkeys(psks)),
            client_ecdhe=share("client_ecdhe"),
            server_ecdhe=share("server_ecdhe"),
        )

    def listen(self, leaks: tuple[str, ...], goal: str) -> tuple[Finding, tuple[bytes, ...]]:
        """The finding, and the PSKs of the tickets that were come upon."""
        adversary = Eavesdropper(self.theft(leaks), goal)
        (finding,) = adversary.listen(self.recording)
        return finding, tuple(adversary.ticket_psks)

    def stolen_psk(self, leaks: tuple[str, ...]) -> StolenPsk | None:
        """The PSK, if it was stolen or found out."""
        finding, _ = self.listen(leaks, "psk")
        if finding.verdict != "lost":
            return None
        key = finding.plaintext["client"].head
        return StolenPsk(finding.identity, key, PskKind.EXTERNAL, "sha256")

    def credential(self, leaks: tuple[str, ...]) -> Credential | None:
        """The certificate with its key: stolen, or worked out from its public key."""
        return self.server.credential if {"certificate_key", "quantum"} & set(leaks) else None


@lru_cache(maxsize=4)
def stage(mode: Mode) -> Stage:
    """The stage of a mode, built once."""
    return Stage(mode)


# By scripts --------------------------------------------------------------------------------------


def got(decided: Decided) -> bool:
    """Whether the adversary has the asset itself: the very bytes, or a handshake that completed."""
    one, leaks, asset = stage(decided.mode), decided.leaks, decided.asset
    if asset == "server_authentication":
        return bool(as_server(decided.mode, leaks))
    if _overheard(one, asset, leaks):
        return True
    return decided.adversary == "active" and asset in _told(decided.mode, leaks)


def _overheard(one: Stage, asset: str, leaks: tuple[str, ...]) -> bool:
    finding, psks = one.listen(leaks, "psk" if asset == "psk" else "application_data")
    if asset == "next_psk":
        return bool({ticket.key for ticket in one.pair.tickets} & set(psks))
    read = {sender: text.head for sender, text in finding.plaintext.items()}
    truth = {"client": CLIENT_WORDS, "server": SERVER_WORDS}
    return finding.verdict == "lost" and read == (
        {"client": LESSON_PSK.key} if asset == "psk" else truth
    )


def as_server(mode: Mode, leaks: tuple[str, ...]) -> tuple[Pair, ...]:
    """The connections of an honest client that took the adversary for its server.

    It tries with the PSK, with the certificate, and with both.
    """
    one = stage(mode)
    psk, credential = one.stolen_psk(leaks), one.credential(leaks)
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
            found.append(talk(one.client, server, "an impostor", LESSON_TIME_MS))
    return tuple(found)


def _told(mode: Mode, leaks: tuple[str, ...]) -> set[str]:
    """What the client told the adversary, taking it for the server."""
    told = set()
    for pair in as_server(mode, leaks):
        told |= {"application_data"} if pair.server_received == CLIENT_WORDS else set()
        told |= {"next_psk"} if pair.tickets else set()
    return told


# By a search -------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def searched(mode: Mode, leaks: tuple[str, ...]) -> frozenset[str]:
    """What is lost to an adversary with moves and without a script."""
    one = stage(mode)
    psk = one.stolen_psk(leaks)
    finding, tickets = one.listen(leaks, "application_data")
    known = Known(
        psks=(psk,) if psk is not None else (),
        credential=one.credential(leaks),
        words=frozenset(text.head for text in finding.plaintext.values()),
        secrets=frozenset(tickets),
    )
    alice = Party("alice", "calls bob", one.client, ("bob",), CLIENT_WORDS)
    bob = Party("bob", "answers", one.server, ("alice",), SERVER_WORDS)
    identities = tuple(psk.identity for psk in one.client.psks)
    modes = frozenset({PSK_DHE_KE})
    public = Public(LESSON_TIME_MS, modes, one.client.server_name, identities)
    # Who the client is, neither the certificate says nor, by RFC 9973, the PSK.
    cast = Cast((alice, bob), _flights(one), public, clients_are_known=False)
    return frozenset(search(cast, known, one.runs).lost)


def _flights(one: Stage) -> tuple[Flight, ...]:
    """The recording, flight by flight."""
    flights: list[tuple[str, bytes]] = []
    for item in one.recording:
        if isinstance(item, CapturedRecord):
            if not flights or flights[-1][0] != item.sender:
                flights.append((item.sender, b""))
            flights[-1] = item.sender, flights[-1][1] + item.wire
    return tuple(Flight(wire, sender == "client") for sender, wire in flights)


def _found(decided: Decided) -> bool:
    """Whether the search, or before it the eavesdropper, has the asset."""
    mode, asset, leaks = decided.mode, decided.asset, decided.leaks
    if asset != "server_authentication" and _overheard(stage(mode), asset, leaks):
        return True
    return asset in searched(mode, leaks)


# Together ----------------------------------------------------------------------------------------


def agreed(decided: Decided, *, searching: bool = False) -> dict[str, Any]:
    """One claim with what each method said of it. Raises Disagreement."""
    said = {"model": decided.verdict}
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
    """All of them."""
    return (agreed(decide(*question), searching=searching) for question in questions())


def table(*thefts: tuple[str, ...]) -> str:
    """After each of these thefts, or those of ``SHOWN``: what is safe in which mode, in text.

    >>> print(table(("psk",), ("certificate_key",)))
    stolen           full                psk_dhe_ke          cert_with_extern_psk
    psk              recording, server   recording           recording, server
    certificate_key  recording           recording, server   recording
    """
    words: list[tuple[str, ...]] = [("stolen", *MODES)]
    for leaks in thefts or SHOWN:
        cells = (_in_words(safe(mode, leaks)) for mode in MODES)
        words.append((" and ".join(leaks) or "nothing", *cells))
    first = max(len(row[0]) for row in words)
    lines = (f"{name:{first}}  " + "".join(f"{one:20}" for one in rest) for name, *rest in words)
    return "\n".join(line.rstrip() for line in lines)


def _in_words(found: Safe) -> str:
    kept = ["recording"] * found.recording + ["server"] * found.server
    return ", ".join(kept) or "nothing"
