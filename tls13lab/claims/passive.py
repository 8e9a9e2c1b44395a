"""A passive claim on bytes: what the eavesdropper gets of an asset with these leaks."""

from functools import lru_cache

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.theft import Theft
from tls13lab.claims.scripted import CLIENT_WORDS, SERVER_WORDS
from tls13lab.claims.stage import EARLY_WORDS, Stage, stage
from tls13lab.impostor.stand_in import StolenPsk
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import unpack
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.psk.keys import PskKind

GOALS = {
    "application_data": "application_data",
    "early_data": "early_data",
    "psk": "psk",
    "next_psk": "application_data",
}


Heard = tuple[tuple[Finding, ...], tuple[bytes, ...]]


def _heard(mode: str, leaks: tuple[str, ...], goal: str) -> Heard:
    """A finding for each connection of the recording, and the PSKs of all tickets come upon."""
    return _listened(mode, stage(mode).theft(leaks), goal)


@lru_cache(maxsize=2048)
def _listened(mode: str, theft: Theft, goal: str) -> Heard:
    adversary = Eavesdropper(theft, goal)
    findings = tuple(adversary.listen(stage(mode).recording))
    return findings, tuple(adversary.ticket_psks)


def listen(mode: str, leaks: tuple[str, ...], goal: str) -> tuple[Finding, tuple[bytes, ...]]:
    """The finding about the connection in question, and the PSKs of all tickets come upon."""
    findings, psks = _heard(mode, leaks, goal)
    return findings[-1], psks


def stolen_psk(mode: str, leaks: tuple[str, ...]) -> StolenPsk | None:
    """The PSK, if the leaks and the recording give it away, with its name off the wire."""
    return _stolen(mode, leaks, -1)


def stolen_issuing_psk(mode: str, leaks: tuple[str, ...]) -> StolenPsk | None:
    """The same of the connection that issued the ticket, if that one had a PSK."""
    one = stage(mode)
    return _stolen(mode, leaks, 0) if one.external and one.external is not one.psk else None


def _stolen(mode: str, leaks: tuple[str, ...], connection: int) -> StolenPsk | None:
    finding = _heard(mode, leaks, "psk")[0][connection]
    if finding.verdict != "lost":
        return None
    one = stage(mode)
    pair = one.pairs[connection]
    hello = unpack(pair.conversation().steps[0].messages[0])
    assert isinstance(hello, ClientHello)
    offered = hello.find(OfferedPsks)
    assert offered is not None
    external = one.external is not None and finding.identity == one.external.identity
    return StolenPsk(
        identity=finding.identity,
        key=finding.plaintext["client"].head,
        kind=PskKind.EXTERNAL if external else PskKind.RESUMPTION,
        hash_name="sha256",
        suite=pair.client.outcome.suite.code_point,
        seen_ms=one.now_ms,
        seen_age=offered.identities[0].obfuscated_ticket_age,
        max_early_data_size=100 if pair is one.this else 0,
    )


def later(mode: str, leaks: tuple[str, ...]) -> bool:
    """Whether the first ticket's PSK is the eavesdropper's once the client resumes with it."""
    return _later(mode, stage(mode).theft(leaks))


@lru_cache(maxsize=512)
def _later(mode: str, theft: Theft) -> bool:
    one = stage(mode)
    *_, finding = Eavesdropper(theft, "psk").listen(one.going_on)
    if finding.verdict != "lost":
        return False
    return finding.plaintext["client"].head == one.this.tickets[0].key


def got(mode: str, asset: str, leaks: tuple[str, ...]) -> bool:
    """Whether the eavesdropper has the asset itself: the very bytes, not a claim."""
    finding, psks = listen(mode, leaks, GOALS[asset])
    one = stage(mode)
    if asset == "next_psk":
        return bool({ticket.key for ticket in one.this.tickets} & set(psks))
    if finding.verdict != "lost":
        return False
    return {sender: text.head for sender, text in finding.plaintext.items()} == _truth(one, asset)


def _truth(one: Stage, asset: str) -> dict[str, bytes]:
    """What the endpoints know the asset to be."""
    if asset == "application_data":
        return {"client": CLIENT_WORDS, "server": SERVER_WORDS}
    if asset == "early_data":
        return {"client": EARLY_WORDS}
    return {"client": one.psk.key if one.psk else b""}
