"""The server's messages after its hello, and what they agree on. RFC 9846 sections 4.4 and 4.5."""

from tls13lab.crypto import certificates, signatures
from tls13lab.handshake.actions import Outcome
from tls13lab.handshake.cert_with_extern_psk import CERTIFIED
from tls13lab.handshake.choice import ServerChoice
from tls13lab.handshake.config import ServerConfig
from tls13lab.handshake.early_data import offers_early_data, refusal
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.extension import Extension
from tls13lab.messages.handshake import pack
from tls13lab.messages.negotiation import (
    Alpn,
    EarlyData,
    ServerName,
    ServerNameAck,
    SignatureAlgorithms,
)
from tls13lab.messages.server_flight import (
    Certificate,
    CertificateEntry,
    CertificateVerify,
    EncryptedExtensions,
)
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.keys import began
from tls13lab.wire.codepoints import SignatureScheme
from tls13lab.wire.faults import HandshakeFailure, LocalFault, NoApplicationProtocol
from tls13lab.wire.names import EarlyDataOutcome


def agreed(
    config: ServerConfig, choice: ServerChoice, message: ClientHello, now_ms: int, *, retried: bool
) -> Outcome:
    """The outcome that this handshake will have, early data included.

    Call it only after the binder was verified: it may record the early data against replays.
    Raises NoApplicationProtocol if the two sides have no ALPN protocol in common.
    """
    name, psk = message.find(ServerName), choice.psk
    alpn = choose_alpn(config, message)
    early_data: EarlyDataOutcome = "none"
    why = ""
    if offers_early_data(message):
        why = refusal(config, choice, message, alpn, now_ms)
        early_data = "rejected" if why else "accepted"
    return Outcome(
        mode=choice.mode,
        suite=choice.suite,
        group=choice.group,
        psk_kind=psk.kind if psk else None,
        selected_identity=choice.index,
        psk_identity=psk.identity if psk else None,
        retried=retried,
        server_name=name.host_name if name else None,
        alpn=alpn,
        chain=config.credential.chain if choice.mode in CERTIFIED and config.credential else (),
        early_data=early_data,
        early_data_refusal=why,
        began_ms=began(psk, now_ms),
    )


def choose_alpn(config: ServerConfig, message: ClientHello) -> bytes | None:
    """The first of our ALPN protocols that the client offers; None if either side uses no ALPN.

    Raises NoApplicationProtocol if they have none in common.
    """
    offered = message.find(Alpn)
    if offered is None or not config.alpn:
        return None
    for protocol in config.alpn:
        if protocol in offered.protocols:
            return protocol
    raise NoApplicationProtocol("no application protocol is shared")


def encrypted_extensions(message: ClientHello, outcome: Outcome) -> EncryptedExtensions:
    """The responses to the client's extensions that are sent under the handshake keys."""
    extensions: list[Extension] = []
    if message.find(ServerName) is not None and outcome.mode in CERTIFIED:
        extensions.append(ServerNameAck())
    if outcome.alpn is not None:
        extensions.append(Alpn((outcome.alpn,)))
    if outcome.early_data == "accepted":
        extensions.append(EarlyData())
    return EncryptedExtensions(tuple(extensions))


def certificate_messages(
    config: ServerConfig, message: ClientHello, hash_name: str, before: Transcript
) -> list[bytes]:
    """The packed messages Certificate and CertificateVerify.

    ``before`` is the transcript up to EncryptedExtensions. Raises HandshakeFailure if the client
    accepts no signature scheme of our key.
    """
    credential, offered = config.credential, message.find(SignatureAlgorithms)
    if credential is None or offered is None:
        raise LocalFault("a full handshake was chosen without a certificate to carry it out")
    possible = certificates.schemes(credential.chain[0])
    common = (scheme for scheme in possible if scheme in offered.schemes)
    scheme: SignatureScheme | None = next(common, None)
    if scheme is None:
        ours = ", ".join(scheme.name.lower() for scheme in possible)
        raise HandshakeFailure(
            f"this server's certificate signs with {ours or 'no scheme of TLS 1.3'}, which "
            "the client's signature_algorithms do not name"
        )
    entries = tuple(CertificateEntry(der) for der in credential.chain)
    certificate = pack(Certificate(b"", entries))
    digest = before.add(certificate).hash(hash_name)
    signature = signatures.sign(credential.key, scheme, digest)
    return [certificate, pack(CertificateVerify(scheme, signature))]
