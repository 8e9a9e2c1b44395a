"""Protocol errors: what went wrong, whose fault it was, which alert says so. RFC 9846 section 6.

Every protocol error is a :class:`TLSFault`. Its class says whose fault it was: a
:class:`PeerFault` is the peer's, a :class:`LocalFault` our own. ``alert`` is the alert that we
send, or that the peer sent, before the connection ends. A fault's text never contains a secret.

>>> try:
...     raise IllegalParameter("selected_identity 7 of 2")
... except TLSFault as fault:
...     print(fault.alert.name, "-", fault)
ILLEGAL_PARAMETER - selected_identity 7 of 2
"""

from typing import ClassVar

from tls13lab.wire.codepoints import AlertDescription, name_of


class TLSFault(Exception):
    """Any error that ends a connection; ``alert`` is the alert that goes with it."""

    alert: AlertDescription


class PeerFault(TLSFault):
    """The peer broke the protocol: we send ``alert`` and close the connection."""

    description: ClassVar[AlertDescription]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.alert = self.description


class AlertReceived(TLSFault):
    """The peer ended the connection with an alert."""

    def __init__(self, alert: int) -> None:
        # An unknown alert ends the connection, too (section 6.2).
        known = alert in AlertDescription._value2member_map_
        self.alert = AlertDescription(alert) if known else AlertDescription.INTERNAL_ERROR
        super().__init__(f"the peer sent the alert {name_of(AlertDescription, alert)}")


class LocalFault(TLSFault):
    """Our own caller asked for something impossible; the peer did nothing wrong."""

    alert = AlertDescription.INTERNAL_ERROR


class NotAllowed(LocalFault, ValueError):
    """A word that is not in its fixed set; the message names it, and those to choose from."""


class DoesNotFit(LocalFault):
    """A value is too large for its field."""


class DecodeError(PeerFault):
    """A message could not be parsed: a length out of range, or bytes missing or left over."""

    description = AlertDescription.DECODE_ERROR


class UnexpectedMessage(PeerFault):
    """A message that the state table does not allow in this state."""

    description = AlertDescription.UNEXPECTED_MESSAGE


class IllegalParameter(PeerFault):
    """A field that parses, but contradicts another field or what was offered."""

    description = AlertDescription.ILLEGAL_PARAMETER


class MissingExtension(PeerFault):
    """A mandatory extension is missing."""

    description = AlertDescription.MISSING_EXTENSION


class UnsupportedExtension(PeerFault):
    """A response to an extension that was never offered."""

    description = AlertDescription.UNSUPPORTED_EXTENSION


class WrongVersion(PeerFault):
    """The peer does not speak TLS 1.3."""

    description = AlertDescription.PROTOCOL_VERSION


class HandshakeFailure(PeerFault):
    """The two sides have no suite, group, signature scheme or key in common."""

    description = AlertDescription.HANDSHAKE_FAILURE


class UnknownPskIdentity(PeerFault):
    """The server knows none of the offered PSKs and has no certificate to fall back on."""

    description = AlertDescription.UNKNOWN_PSK_IDENTITY


class NoApplicationProtocol(PeerFault):
    """The server supports none of the ALPN protocols that the client offered (RFC 7301)."""

    description = AlertDescription.NO_APPLICATION_PROTOCOL


class BinderMismatch(PeerFault):
    """The PSK binder does not verify: a different PSK, or a ClientHello changed in transit."""

    description = AlertDescription.DECRYPT_ERROR


class FinishedMismatch(PeerFault):
    """The Finished MAC does not verify: different keys, or a message changed in transit."""

    description = AlertDescription.DECRYPT_ERROR


class SignatureMismatch(PeerFault):
    """The signature in CertificateVerify does not verify under the certificate's key."""

    description = AlertDescription.DECRYPT_ERROR


class BadRecordMac(PeerFault):
    """The AEAD tag of a record does not verify."""

    description = AlertDescription.BAD_RECORD_MAC


class RecordOverflow(PeerFault):
    """A record is longer than section 5.1 or 5.2 allows."""

    description = AlertDescription.RECORD_OVERFLOW


class BadCertificate(PeerFault):
    """A certificate cannot be parsed, or is not valid for this server name."""

    description = AlertDescription.BAD_CERTIFICATE


class CertificateExpired(PeerFault):
    """A certificate is used outside its validity period."""

    description = AlertDescription.CERTIFICATE_EXPIRED


class UnsupportedCertificate(PeerFault):
    """A certificate has a type of key that the lab cannot use."""

    description = AlertDescription.UNSUPPORTED_CERTIFICATE


class UnknownCA(PeerFault):
    """A certificate does not lead to a trusted root."""

    description = AlertDescription.UNKNOWN_CA
