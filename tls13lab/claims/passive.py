"""A passive claim on bytes: what the eavesdropper gets of an asset with these leaks."""

from functools import lru_cache

from tls13lab.adversary.eavesdropper import Eavesdropper
from tls13lab.adversary.finding import Finding
from tls13lab.claims.scripted import CLIENT_WORDS, SERVER_WORDS
from tls13lab.claims.stage import EARLY_WORDS, Stage, stage

GOALS = {
    "application_data": "application_data",
    "early_data": "early_data",
    "psk": "psk",
    "next_psk": "application_data",
}


@lru_cache(maxsize=4096)
def listen(mode: str, leaks: tuple[str, ...], goal: str) -> tuple[Finding, tuple[bytes, ...]]:
    """The finding about the connection in question, and the PSKs of all tickets come upon."""
    one = stage(mode)
    adversary = Eavesdropper(one.theft(leaks), goal)
    *_, finding = adversary.listen(one.recording)
    return finding, tuple(adversary.ticket_psks)


def later(mode: str, leaks: tuple[str, ...]) -> bool:
    """Whether the first ticket's PSK is the eavesdropper's once the client resumes with it."""
    one = stage(mode)
    *_, finding = Eavesdropper(one.theft(leaks), "psk").listen(one.going_on)
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
