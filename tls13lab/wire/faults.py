"""What can go wrong, whose fault it is, and the alert that says so. RFC 9846 section 6.

Every error of the protocol is a :class:`TLSFault`. Its class says whose fault it is, and its
``alert`` is what the endpoint sends (or was sent) before the connection ends. A fault never carries
a secret in its text.

>>> try:
...     raise IllegalParameter("selected_identity 7 of 2")
... except TLSFault as fault:
...     print(fault.alert.name, "-", fault)
ILLEGAL_PARAMETER - selected_identity 7 of 2
"""

from typing import ClassVar

from tls13lab.wire.codepoints import AlertDescription, name_of


class TLSFault(Exception):
    """Any reason to end a connection; ``alert`` is the alert that goes with it."""

    alert: AlertDescription


class PeerFault(TLSFault):
    """The other side broke the protocol: we send ``alert`` and close."""

    description: ClassVar[AlertDescription]

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.alert = self.description


class AlertReceived(TLSFault):
    """The other side ended the connection with an alert."""

    def __init__(self, alert: int) -> None:
        # An alert number that we do not know still ends the connection (section 6.2).
        known = alert in AlertDescription._value2member_map_
        self.alert = AlertDescription(alert) if known else AlertDescription.INTERNAL_ERROR
        super().__init__(f"the peer sent the alert {name_of(AlertDescription, alert)}")


class LocalFault(TLSFault):
    """We were asked for something that cannot be: nothing the peer did."""

    alert = AlertDescription.INTERNAL_ERROR


class DoesNotFit(LocalFault):
    """A value is larger than the field that is to hold it."""


class DecodeError(PeerFault):
    """A message could not be parsed: a length out of range, or bytes missing or left over."""

    description = AlertDescription.DECODE_ERROR


class UnexpectedMessage(PeerFault):
    """A message that the state table does not allow here."""

    description = AlertDescription.UNEXPECTED_MESSAGE


class IllegalParameter(PeerFault):
    """A field that parses but contradicts another, or what was offered."""

    description = AlertDescription.ILLEGAL_PARAMETER


class MissingExtension(PeerFault):
    """An extension that the RFC demands here is not there."""

    description = AlertDescription.MISSING_EXTENSION


class UnsupportedExtension(PeerFault):
    """The answer to an extension that was never asked for."""

    description = AlertDescription.UNSUPPORTED_EXTENSION


class WrongVersion(PeerFault):
    """The peer does not speak TLS 1.3."""

    description = AlertDescription.PROTOCOL_VERSION


class HandshakeFailure(PeerFault):
    """No suite, group, signature scheme or key that both sides accept."""

    description = AlertDescription.HANDSHAKE_FAILURE


class UnknownPskIdentity(PeerFault):
    """No offered identity is known here, and there is no certificate to fall back to."""

    description = AlertDescription.UNKNOWN_PSK_IDENTITY


class NoApplicationProtocol(PeerFault):
    """The client offered ALPN protocols and the server speaks none of them (RFC 7301)."""

    description = AlertDescription.NO_APPLICATION_PROTOCOL


class BinderMismatch(PeerFault):
    """The PSK binder does not verify: another key, or a ClientHello changed on the way."""

    description = AlertDescription.DECRYPT_ERROR


class FinishedMismatch(PeerFault):
    """The Finished MAC does not verify: other keys, or a transcript changed on the way."""

    description = AlertDescription.DECRYPT_ERROR


class SignatureMismatch(PeerFault):
    """The CertificateVerify signature does not verify under the certificate's key."""

    description = AlertDescription.DECRYPT_ERROR


class BadRecordMac(PeerFault):
    """A record's AEAD tag does not verify."""

    description = AlertDescription.BAD_RECORD_MAC


class RecordOverflow(PeerFault):
    """A record longer than section 5.1 or 5.2 allows."""

    description = AlertDescription.RECORD_OVERFLOW


class BadCertificate(PeerFault):
    """A certificate that cannot be read, or is not for this name."""

    description = AlertDescription.BAD_CERTIFICATE


class CertificateExpired(PeerFault):
    """A certificate outside its validity period."""

    description = AlertDescription.CERTIFICATE_EXPIRED


class UnsupportedCertificate(PeerFault):
    """A certificate with a kind of key that this lab does not verify."""

    description = AlertDescription.UNSUPPORTED_CERTIFICATE


class UnknownCA(PeerFault):
    """A certificate that does not lead to a trusted root."""

    description = AlertDescription.UNKNOWN_CA
