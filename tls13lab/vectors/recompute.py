"""Recomputing a handshake of RFC 8448 with the schedule table.

The inputs are the private shares (in section 4, the shared secret), the bytes of the messages and
the ticket nonce. Each secret is computed from its row in the table, whose inputs are computed from
their rows, down to the leaves. Nothing here reads a derived secret, a key or a hash from the file:
:mod:`tls13lab.vectors.rfc8448` compares those.

>>> from tls13lab.vectors.trace import load
>>> Recomputed(load().full).secret("early_secret").hex()[:8]
'33ad0a1c'
"""

from dataclasses import dataclass

from tls13lab.crypto import certificates, keyschedule, signatures
from tls13lab.crypto.groups import X25519Share
from tls13lab.crypto.schedule import SCHEDULE, Context
from tls13lab.crypto.suites import SUITES
from tls13lab.messages.client_hello import ClientHello, truncate
from tls13lab.messages.handshake import unpack
from tls13lab.messages.key_share import KeyShareClientHello, KeyShareServerHello
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.messages.server_flight import Certificate, CertificateVerify
from tls13lab.messages.server_hello import ServerHello
from tls13lab.messages.transcript import Transcript
from tls13lab.records.protection import RecordProtection
from tls13lab.vectors.trace import PublishedTrace
from tls13lab.wire.codepoints import CipherSuite
from tls13lab.wire.faults import LocalFault
from tls13lab.wire.names import Side

SUITE = SUITES[CipherSuite.TLS_AES_128_GCM_SHA256]
HASH = SUITE.hash_name

_LAST_MESSAGE = {
    Context.CLIENT_HELLO: "client_hello",
    Context.SERVER_HELLO: "server_hello",
    Context.SERVER_FINISHED: "server_finished",
    Context.CLIENT_FINISHED: "client_finished",
}


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A trace; for a resumption, ``issuer`` is the earlier handshake that issued the ticket."""

    trace: PublishedTrace
    issuer: "Recomputed | None" = None

    def secret(self, name: str) -> bytes:
        """The secret with this name in the table, or a leaf; raises KeyError for other names."""
        match name:
            case "zeros":
                return bytes(SUITE.hash_length)
            case "psk":
                return self.secret("zeros") if self.issuer is None else self.issuer.ticket_psk()
            case "ecdhe":
                return self.shared_secret()
        row = SCHEDULE[name]
        inputs = tuple(self.secret(parent) for parent in row.inputs)
        last = _LAST_MESSAGE.get(row.context)
        return keyschedule.run(row, HASH, inputs, self.transcript_hash(last) if last else b"")

    def shared_secret(self) -> bytes:
        """The (EC)DHE secret, 32 bytes: from both private shares if RFC 8448 has both.

        Section 4 has only the client's, so there the published secret itself is returned.
        """
        if "server_x25519_private" not in self.trace.values:
            return self.trace["ecdhe_shared_secret"]
        return self.private_share("client").finish(self.private_share("server").share)

    def private_share(self, side: Side) -> X25519Share:
        """The share of ``side`` (``client`` or ``server``), from its private key."""
        return X25519Share.from_private(self.trace[f"{side}_x25519_private"])

    def sent_share(self, side: Side) -> bytes:
        """The public share, 32 bytes, in the hello of ``side`` (``client`` or ``server``)."""
        message = unpack(self.trace.messages[f"{side}_hello"])
        if isinstance(message, ClientHello):
            offered = message.find(KeyShareClientHello)
            if offered and offered.client_shares:
                return offered.client_shares[0].key_exchange
        elif isinstance(message, ServerHello):
            answer = message.find(KeyShareServerHello)
            if answer:
                return answer.server_share.key_exchange
        raise LocalFault(f"the {side}_hello holds no share")

    def transcript_hash(self, last: str, *, including: bool = True) -> bytes:
        """Transcript-Hash up to the message ``last``, with or without that message."""
        messages = self.trace.messages
        end = list(messages).index(last) + including
        return Transcript().add(*list(messages.values())[:end]).hash(HASH)

    def verify_data(self, side: Side) -> bytes:
        """The verify_data that the Finished of ``side`` must contain."""
        base_key = self.secret(f"{side}_handshake_traffic_secret")
        before = self.transcript_hash(f"{side}_finished", including=False)
        return keyschedule.verify_data(HASH, base_key, before)

    def ticket_psk(self) -> bytes:
        """The PSK of the ticket that the server sends in this handshake."""
        nonce = self.trace["ticket/ticket_nonce"]
        return keyschedule.resumption_psk(HASH, self.secret("resumption_secret"), nonce)

    def offered_psks(self) -> OfferedPsks:
        """The identities and binders in the ClientHello."""
        hello = unpack(self.trace.messages["client_hello"])
        offered = hello.find(OfferedPsks) if isinstance(hello, ClientHello) else None
        if offered is None:
            raise LocalFault("the client_hello offers no PSK")
        return offered

    def truncated_hello(self) -> bytes:
        """Truncate(ClientHello): the message without its list of binders."""
        return truncate(self.trace.messages["client_hello"], self.offered_psks())

    def certificate(self) -> bytes:
        """The server's certificate, as DER."""
        message = unpack(self.trace.messages["server_certificate"])
        if not isinstance(message, Certificate) or not message.certificate_list:
            raise LocalFault("there is no certificate in server_certificate")
        return message.certificate_list[0].cert_data

    def verified_signature(self) -> bytes:
        """The signature in CertificateVerify; raises SignatureMismatch if it does not verify."""
        message = unpack(self.trace.messages["server_certificate_verify"])
        if not isinstance(message, CertificateVerify):
            raise LocalFault("server_certificate_verify is another message")
        key = certificates.public_key(self.certificate())
        signed = self.transcript_hash("server_certificate")
        signatures.verify(key, message.algorithm, message.signature, signed)
        return message.signature

    def protection(self, traffic_secret: str, sequence: int) -> RecordProtection:
        """Record protection under the named traffic secret, from record ``sequence`` on."""
        protection = RecordProtection(SUITE, self.secret(traffic_secret))
        protection.sequence = sequence
        return protection
