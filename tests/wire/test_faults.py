"""Faults: each says whose it is and has its alert."""

import pytest

from tls13lab.wire import faults
from tls13lab.wire.codepoints import AlertDescription as Alert

EXPECTED = {
    faults.DecodeError: Alert.DECODE_ERROR,
    faults.UnexpectedMessage: Alert.UNEXPECTED_MESSAGE,
    faults.IllegalParameter: Alert.ILLEGAL_PARAMETER,
    faults.MissingExtension: Alert.MISSING_EXTENSION,
    faults.UnsupportedExtension: Alert.UNSUPPORTED_EXTENSION,
    faults.WrongVersion: Alert.PROTOCOL_VERSION,
    faults.HandshakeFailure: Alert.HANDSHAKE_FAILURE,
    faults.UnknownPskIdentity: Alert.UNKNOWN_PSK_IDENTITY,
    faults.NoApplicationProtocol: Alert.NO_APPLICATION_PROTOCOL,
    faults.BinderMismatch: Alert.DECRYPT_ERROR,
    faults.FinishedMismatch: Alert.DECRYPT_ERROR,
    faults.SignatureMismatch: Alert.DECRYPT_ERROR,
    faults.BadRecordMac: Alert.BAD_RECORD_MAC,
    faults.RecordOverflow: Alert.RECORD_OVERFLOW,
    faults.BadCertificate: Alert.BAD_CERTIFICATE,
    faults.CertificateExpired: Alert.CERTIFICATE_EXPIRED,
    faults.UnsupportedCertificate: Alert.UNSUPPORTED_CERTIFICATE,
    faults.UnknownCA: Alert.UNKNOWN_CA,
}


@pytest.mark.parametrize("kind", EXPECTED, ids=lambda kind: kind.__name__)
def test_a_peers_fault_carries_its_alert_and_text(kind: type[faults.PeerFault]) -> None:
    fault = kind("what was wrong")
    assert (fault.alert, str(fault)) == (EXPECTED[kind], "what was wrong")
    assert isinstance(fault, faults.TLSFault)


def test_every_peer_fault_of_the_room_is_expected_here() -> None:
    found = {
        one
        for one in vars(faults).values()
        if isinstance(one, type)
        and issubclass(one, faults.PeerFault)
        and one is not faults.PeerFault
    }
    assert found <= set(EXPECTED)


def test_a_local_fault_is_not_the_peers() -> None:
    fault = faults.LocalFault("no such thing")
    assert fault.alert is Alert.INTERNAL_ERROR
    assert not isinstance(fault, faults.PeerFault)


def test_an_alert_that_was_received_keeps_its_number_if_it_is_known() -> None:
    fault = faults.AlertReceived(51)
    assert fault.alert is Alert.DECRYPT_ERROR
    assert str(fault) == "the peer sent the alert decrypt_error"


def test_an_unknown_alert_still_ends_the_connection() -> None:
    fault = faults.AlertReceived(99)
    assert fault.alert is Alert.INTERNAL_ERROR
    assert "0x0063" in str(fault)
