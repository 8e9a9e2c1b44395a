"""Passive claims on bytes: whether the eavesdropper gets an asset with certain leaks."""

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.plan import Goal
from tls13lab.adversary.theft import Theft
from tls13lab.evidence.scripted import CLIENT_WORDS, SERVER_WORDS
from tls13lab.evidence.stage import EARLY_WORDS, Stage, stage
from tls13lab.impostor.stand_in import StolenPsk
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import unpack
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.psk.keys import PskKind
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.vocabulary import Asset, Leaks, SceneMode
from tls13lab.wire.names import Side

GOALS: dict[Asset, Goal] = {
    "application_data": "application_data",
    "early_data": "early_data",
    "psk": "psk",
    "next_psk": "application_data",
}


Heard = tuple[tuple[Finding, ...], tuple[bytes, ...]]


def _heard(mode: SceneMode, leaks: Leaks, goal: Goal) -> Heard:
    """A finding for each connection of the recording, and the PSKs of all tickets found in it."""
    return _listened(mode, stage(mode).theft(leaks), goal)


@remembered(2048)
def _listened(mode: SceneMode, theft: Theft, goal: Goal) -> Heard:
    adversary = Eavesdropper(theft, goal)
    findings = tuple(adversary.listen(stage(mode).recording))
    return findings, tuple(adversary.ticket_psks)


def listen(mode: SceneMode, leaks: Leaks, goal: Goal) -> tuple[Finding, tuple[bytes, ...]]:
    """The finding for the connection in question, and the PSKs of all tickets found."""
    findings, psks = _heard(mode, leaks, goal)
    return findings[-1], psks


def stolen_psk(mode: SceneMode, leaks: Leaks) -> StolenPsk | None:
    """The PSK, if the leaks and the recording reveal it, with its identity from the recording."""
    return _stolen(mode, leaks, -1)


def stolen_issuing_psk(mode: SceneMode, leaks: Leaks) -> StolenPsk | None:
    """The PSK of the connection that issued the ticket, if it had one and it is revealed."""
    setup = stage(mode)
    return _stolen(mode, leaks, 0) if setup.external and setup.external is not setup.psk else None


def _stolen(mode: SceneMode, leaks: Leaks, connection: int) -> StolenPsk | None:
    finding = _heard(mode, leaks, "psk")[0][connection]
    if finding.verdict != "lost":
        return None
    setup = stage(mode)
    pair = setup.pairs[connection]
    hello = unpack(pair.conversation().steps[0].messages[0])
    assert isinstance(hello, ClientHello)
    offered = hello.find(OfferedPsks)
    assert offered is not None
    external = setup.external is not None and finding.identity == setup.external.identity
    return StolenPsk(
        identity=finding.identity,
        key=finding.plaintext["client"].head,
        kind=PskKind.EXTERNAL if external else PskKind.RESUMPTION,
        hash_name="sha256",
        suite=pair.client.outcome.suite.code_point,
        seen_ms=setup.now_ms,
        seen_age=offered.identities[0].obfuscated_ticket_age,
        max_early_data_size=100 if pair is setup.this else 0,
    )


def later(mode: SceneMode, leaks: Leaks) -> bool:
    """Whether the eavesdropper learns the first ticket's PSK once the client resumes with it."""
    return _later(mode, stage(mode).theft(leaks))


@remembered(512)
def _later(mode: SceneMode, theft: Theft) -> bool:
    setup = stage(mode)
    *_, finding = Eavesdropper(theft, "psk").listen(setup.going_on)
    if finding.verdict != "lost":
        return False
    return finding.plaintext["client"].head == setup.this.tickets[0].key


def got(mode: SceneMode, asset: Asset, leaks: Leaks) -> bool:
    """Whether the eavesdropper gets the asset; its bytes are compared with the endpoints'."""
    finding, psks = listen(mode, leaks, GOALS[asset])
    setup = stage(mode)
    if asset == "next_psk":
        return bool({ticket.key for ticket in setup.this.tickets} & set(psks))
    if finding.verdict != "lost":
        return False
    return {sender: text.head for sender, text in finding.plaintext.items()} == _truth(setup, asset)


def _truth(setup: Stage, asset: Asset) -> dict[Side, bytes]:
    """The asset as the endpoints know it, by sender."""
    if asset == "application_data":
        return {"client": CLIENT_WORDS, "server": SERVER_WORDS}
    if asset == "early_data":
        return {"client": EARLY_WORDS}
    return {"client": setup.psk.key if setup.psk else b""}
