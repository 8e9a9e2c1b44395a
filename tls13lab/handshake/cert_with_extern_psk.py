"""A certificate and an external PSK in one handshake: what the extension asks for. RFC 9973.

The PSK goes into the key schedule as in psk_dhe_ke, and the server shows its certificate as in a
full handshake: the certificate says who the server is, and the PSK keeps what was recorded from
whoever can later compute the (EC)DHE secret. The PSK says nothing about who somebody is: by section
7 it must never be all that authentication rests on.

This file has only the rules that the extension adds to those of RFC 9846. Written from the working
group's last public source of the document (draft-ietf-tls-8773bis, June 2025) and the abstract of
RFC 9973 (July 2026), which obsoletes RFC 8773; the RFC's own text was not at hand. So nothing is
quoted from it, and section numbers are the draft's.

Not here: raw public keys (RFC 7250), and certificates of clients, which this lab's client has none
of: asked for one, it answers with an empty Certificate, as in a full handshake.
"""

from collections.abc import Iterable

from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.key_share import KeyShareClientHello
from tls13lab.messages.negotiation import (
    CertWithExternPsk,
    EarlyData,
    PskKeyExchangeModes,
    SignatureAlgorithms,
)
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.messages.server_hello import ServerHello
from tls13lab.psk.keys import Psk, PskKind
from tls13lab.wire.codepoints import PskKeyExchangeMode
from tls13lab.wire.faults import (
    HandshakeFailure,
    IllegalParameter,
    LocalFault,
    MissingExtension,
    UnsupportedExtension,
)

MODE = "cert_with_extern_psk"
"""The mode's name in an outcome, beside ``full``, ``psk_ke`` and ``psk_dhe_ke``."""
CERTIFIED = ("full", MODE)
"""The modes in which the server shows a certificate."""

_COMPANIONS = (
    (KeyShareClientHello, "key_share"),
    (PskKeyExchangeModes, "psk_key_exchange_modes"),
    (OfferedPsks, "pre_shared_key"),
    (SignatureAlgorithms, "signature_algorithms"),
)


def check_client_config(
    psks: Iterable[Psk],
    modes: frozenset[PskKeyExchangeMode],
    *,
    believes_certificates: bool,
    early_data: bool,
) -> None:
    """LocalFault if a client so configured could only send an offer that the RFC forbids."""
    if any(psk.kind is PskKind.RESUMPTION for psk in psks):
        # Only external PSKs may be listed (5.1).
        raise LocalFault("a certificate goes together with external PSKs only, not with tickets")
    if PskKeyExchangeMode.PSK_DHE_KE not in modes:
        # A client has to list psk_dhe_ke (5.1).
        raise LocalFault("a certificate goes together with a PSK in psk_dhe_ke only")
    if not believes_certificates:
        raise LocalFault("to ask for a certificate and a PSK, say which certificates to believe")
    if early_data:
        # The extension is for initial handshakes: it and early_data may not come together (4).
        raise LocalFault("a certificate together with a PSK rules early data out")


def check_offer(hello: ClientHello, kinds: Iterable[PskKind]) -> None:
    """The server's check of a ClientHello that has the extension.

    ``kinds`` are those of the offered PSKs that the server knows. For companions that are missing
    the document names no alert; missing_extension is what RFC 9846 6.2 has for that.
    """
    for kind, name in _COMPANIONS:
        if hello.find(kind) is None:
            raise MissingExtension(f"tls_cert_with_extern_psk came without {name}")
    if hello.find(EarlyData) is not None:
        # The server has to end the connection, with this alert (4).
        raise IllegalParameter("tls_cert_with_extern_psk came together with early_data")
    modes = hello.find(PskKeyExchangeModes)
    if modes is not None and PskKeyExchangeMode.PSK_DHE_KE not in modes.modes:
        raise IllegalParameter("tls_cert_with_extern_psk came without the mode psk_dhe_ke")
    if PskKind.RESUMPTION in kinds:
        # The server has to abort, with this alert (5.1).
        raise IllegalParameter("tls_cert_with_extern_psk came with a resumption PSK")


def check_answer(hello: ServerHello, *, offered: bool, selected: bool, shared: bool) -> bool:
    """The client's check; whether the server shows a certificate and uses the PSK.

    ``offered`` says that the ClientHello had the extension, ``selected`` that a PSK was taken, and
    ``shared`` that a key_share came.
    """
    if hello.find(CertWithExternPsk) is None:
        if offered and selected:
            # Everybody who knows the PSK, and no certificate, could answer so.
            raise HandshakeFailure("the server took the PSK, and will not show its certificate")
        return False
    if not offered:
        raise UnsupportedExtension("tls_cert_with_extern_psk was not asked for")
    for there, name in ((shared, "key_share"), (selected, "pre_shared_key")):
        if not there:
            raise MissingExtension(f"the server's tls_cert_with_extern_psk came without {name}")
    return True
