"""What each message of the handshake is for, in one sentence, with its section of RFC 9846.

>>> purpose("Finished").section
'4.5.3'
"""

from dataclasses import dataclass

from tls13lab.handshake.events import Step
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import message_name, unpack
from tls13lab.messages.key_share import KeyShareClientHello, KeyShareServerHello
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.messages.server_hello import ServerHello
from tls13lab.wire.codepoints import ContentType


@dataclass(frozen=True, slots=True)
class Purpose:
    """``words`` go on after the message's name; ``section`` is RFC 9846's."""

    words: str
    section: str


PURPOSES = {
    "ClientHello": Purpose(
        "offers what the client can do, names the PSKs that it has, if any, and sends its half of "
        "a Diffie-Hellman exchange, unless only psk_ke is offered",
        "4.2.2",
    ),
    "ServerHello": Purpose(
        "says what the server chose and sends its half of the exchange, if there is one; from here "
        "on both sides can compute keys",
        "4.2.3",
    ),
    "HelloRetryRequest": Purpose(
        "asks for another ClientHello, because the first had no key share that the server can use",
        "4.2.4",
    ),
    "EncryptedExtensions": Purpose(
        "answers the client's other offers, those that no key depends on", "4.4.1"
    ),
    "CertificateRequest": Purpose("asks the client for a certificate, too", "4.4.2"),
    "Certificate": Purpose("says who the server is", "4.5.1"),
    "CertificateVerify": Purpose(
        "proves, by a signature over the handshake so far, that the server has the certificate's "
        "private key",
        "4.5.2",
    ),
    "Finished": Purpose(
        "proves that its sender has the keys and saw the same messages: it is a MAC over the "
        "handshake so far",
        "4.5.3",
    ),
    "EndOfEarlyData": Purpose("marks the end of the client's 0-RTT data", "4.6"),
    "NewSessionTicket": Purpose(
        "gives the client a ticket, the name of a PSK for a later connection", "4.7.1"
    ),
    "KeyUpdate": Purpose("says that the sender's next records are under new keys", "4.7.3"),
}
_OTHERS = {
    ContentType.CHANGE_CIPHER_SPEC: Purpose(
        "means nothing in TLS 1.3; it makes the connection look like TLS 1.2 to old network "
        "equipment",
        "E.4",
    ),
    ContentType.APPLICATION_DATA: Purpose("carries what the two programs say", "5"),
    ContentType.ALERT: Purpose("ends the connection, or says why it failed", "6"),
}


def purpose(name: str) -> Purpose:
    """The purpose of the message with this name in the RFC. Raises KeyError."""
    return PURPOSES[name]


def purpose_of(name: str, message: object) -> Purpose:
    """The purpose of this message: for a hello, only of the extensions that it has."""
    found = purpose(name)
    if isinstance(message, ClientHello):
        parts = ["offers what the client can do"]
        parts += ["names the PSKs that it has"] if message.find(OfferedPsks) else []
        if message.find(KeyShareClientHello):
            parts.append("sends its half of a Diffie-Hellman exchange")
        return Purpose(_listed(parts), found.section)
    if isinstance(message, ServerHello):
        parts = ["says what the server chose"]
        if message.find(KeyShareServerHello):
            parts.append("sends its half of the Diffie-Hellman exchange")
        words = f"{_listed(parts)}; from here on both sides can compute keys"
        return Purpose(words, found.section)
    return found


def _listed(parts: list[str]) -> str:
    """The parts as one phrase.

    >>> _listed(["a"]), _listed(["a", "b"]), _listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b, and c')
    """
    if len(parts) < 3:
        return " and ".join(parts)
    return f"{', '.join(parts[:-1])}, and {parts[-1]}"


def purposes_of(step: Step) -> tuple[tuple[str, Purpose], ...]:
    """The name and purpose of each message that a record completes, or of the record itself."""
    if step.content_type is ContentType.HANDSHAKE:
        named = ((message_name(raw), unpack(raw)) for raw in step.messages)
        return tuple((name, purpose_of(name, message)) for name, message in named)
    other = _OTHERS.get(step.content_type)
    name = step.content_type.name.lower()
    return ((name, other),) if other else ()
