"""Binders and names: is a wrong binder refused, and does the refusal tell who is known?

RFC 9846 sections 4.3.11 and F.6 (PSK Identity Exposure). What is compared is what the server says,
not how long it takes.
"""

from collections.abc import Iterator
from dataclasses import replace

from tls13lab.handshake.connection import Connection
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import pack, unpack
from tls13lab.messages.negotiation import PskKeyExchangeModes
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.messages.transcript import Transcript
from tls13lab.peers.link import real_environment
from tls13lab.probe.finding import Finding
from tls13lab.probe.prober import Prober
from tls13lab.psk.binder import fill_binders
from tls13lab.psk.keys import ExternalPsk, Psk
from tls13lab.records.framing import frame
from tls13lab.wire.codepoints import ContentType

TAKEN = "ServerHello with PSK"


def hello(prober: Prober, psk: Psk) -> bytes:
    """A packed ClientHello that offers this."""
    sent = Connection.client(prober.config((psk,)), real_environment()).outgoing()
    return sent[5 : 5 + int.from_bytes(sent[3:5], "big")]


def ask(prober: Prober, raw: bytes) -> str:
    """What a server says to a packed ClientHello."""
    return prober.raw(frame(ContentType.HANDSHAKE, raw, 0x0301))


def binders(prober: Prober, psk: Psk, what: str) -> Iterator[Finding]:
    """A known name with a wrong key; and a name that nobody can know."""
    wrong = bytes(byte ^ 0xFF for byte in psk.key)
    known = ask(prober, hello(prober, replace(psk, key=wrong)))
    stranger = real_environment().entropy(len(psk.identity))
    unknown = ask(prober, hello(prober, replace(psk, identity=stranger, key=wrong)))
    evidence = f"known name and wrong key: {known}; unknown name: {unknown}"
    if known == TAKEN:
        yield Finding("binder-unchecked", f"the {what} was taken with a wrong binder", evidence)
        return
    if known != "ServerHello":
        yield Finding("binder-checked", f"of the {what}", evidence)
    if isinstance(psk, ExternalPsk):
        # A ticket's name is random; only external names can be worth trying out.
        name = "no-identity-oracle" if known == unknown else "identity-oracle"
        yield Finding(name, f"of the {what}", evidence)


def wrong_hellos(prober: Prober, psk: Psk) -> Iterator[Finding]:
    """pre_shared_key not last; no psk_key_exchange_modes: with good binders, if there can be."""
    message = unpack(hello(prober, psk))
    assert isinstance(message, ClientHello)
    *others, offered = message.extensions
    assert isinstance(offered, OfferedPsks)
    moved = ask(prober, pack(replace(message, extensions=(offered, *others))))
    without = tuple(one for one in message.extensions if not isinstance(one, PskKeyExchangeModes))
    raw = fill_binders(pack(replace(message, extensions=without)), offered, (psk,), Transcript())
    missing = ask(prober, raw)
    evidence = f"not last: {moved}; without modes: {missing}"
    if moved.startswith("ServerHello"):
        yield Finding("psk-not-last-accepted", "pre_shared_key stood first", evidence)
    if missing.startswith("ServerHello"):
        yield Finding("modes-missing-accepted", "psk_key_exchange_modes was missing", evidence)
    if not (moved.startswith("ServerHello") or missing.startswith("ServerHello")):
        yield Finding("wrong-hellos-refused", "both", evidence)
