"""Which modes a server takes, and which of two. RFC 9846 sections 2.2 and 4.3.9."""

from collections.abc import Iterator
from dataclasses import replace

from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE
from tls13lab.probe.finding import Finding
from tls13lab.probe.prober import BOTH, Prober
from tls13lab.psk.keys import ExternalPsk, Psk

OFFERS = {"psk_ke": frozenset({PSK_KE}), "psk_dhe_ke": frozenset({PSK_DHE_KE}), "both": BOTH}


def modes(prober: Prober, psks: list[Psk], what: str) -> Iterator[Finding]:
    """Three offers of a PSK of this kind, one ticket each if it is tickets."""
    answers = {
        name: prober.ask(prober.config((psk,), offered))
        for (name, offered), psk in zip(OFFERS.items(), psks, strict=False)
    }
    took = {name: str(answer) for name, answer in answers.items()}
    evidence = ", ".join(f"offered {name}: {answer}" for name, answer in took.items())
    external = any(isinstance(psk, ExternalPsk) for psk in psks)
    if any(answer.ours for answer in answers.values()):
        # The lab's own client ends a connection in a mode that it did not offer.
        yield Finding("mode-not-offered", f"with the {what} it broke a rule", evidence)
        return
    if not set(took.values()) & {"psk_ke", "psk_dhe_ke"}:
        name = "psk-ignored" if external else "resumption-refused"
        yield Finding(name, f"no offer of the {what} was taken", evidence)
        return
    yield Finding(
        "psk-accepted" if external else "resumption-works", f"it takes the {what}", evidence
    )
    if took.get("psk_ke") == "psk_ke":
        yield Finding("psk-ke-accepted", f"with the {what}, if only psk_ke is offered", evidence)
    else:
        yield Finding("psk-ke-refused", f"with the {what}", evidence)
    if took.get("psk_dhe_ke") == "psk_dhe_ke":
        yield Finding("psk-dhe-ke-accepted", f"with the {what}", evidence)
    if took.get("both") == "psk_ke":
        yield Finding("psk-ke-preferred", f"with the {what}, of both modes", evidence)
    elif took.get("both") == "psk_dhe_ke" and took.get("psk_ke") == "psk_ke":
        yield Finding("psk-dhe-ke-preferred", f"with the {what}, of both modes", evidence)


def retry(prober: Prober, psk: Psk, what: str) -> Iterator[Finding]:
    """No share at first, so that the server must ask for one; does it still take the PSK?"""
    config = prober.config((psk,), frozenset({PSK_DHE_KE}))
    answer = prober.ask(replace(config, share_groups=()))
    if answer.report is None or not answer.report.outcome.retried:
        return
    name = "retry-works" if answer.mode == "psk_dhe_ke" else "retry-drops-psk"
    yield Finding(name, f"with the {what}, after a HelloRetryRequest", str(answer))
