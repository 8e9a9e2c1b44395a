"""A certificate together with an external PSK: the rules of the extension. RFC 9973.

The PSK goes into the key schedule as in psk_dhe_ke, and the server sends its certificate as in a
full handshake. The certificate authenticates the server. The PSK protects recorded traffic from an
attacker who can later compute the (EC)DHE secret. According to section 7, authentication must never
rest on the PSK alone.

This file contains only the rules that the extension adds to RFC 9846. It was written from the last
public draft (draft-ietf-tls-8773bis, June 2025) and the abstract of RFC 9973 (July 2026), which
obsoletes RFC 8773; the text of the RFC itself was not at hand. So it quotes nothing from the RFC,
and its section numbers are those of the draft.

Not here: raw public keys (RFC 7250) and client certificates. Asked for a certificate, the lab's
client answers with an empty Certificate, as in a full handshake.
"""

from collections.abc import Iterable
from typing import Final

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

MODE: Final = "cert_with_extern_psk"
"""The name of this mode in an outcome; the others are ``full``, ``psk_ke`` and ``psk_dhe_ke``."""
CERTIFIED = ("full", MODE)
"""The modes in which the server sends a certificate."""

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
    """Raise LocalFault if a client with this configuration would send a forbidden offer."""
    if any(psk.kind is PskKind.RESUMPTION for psk in psks):
        # Only external PSKs may be offered (5.1).
        raise LocalFault("a certificate can be combined with external PSKs only, not with tickets")
    if PskKeyExchangeMode.PSK_DHE_KE not in modes:
        # A client has to offer psk_dhe_ke (5.1).
        raise LocalFault("a certificate can be combined with a PSK in psk_dhe_ke only")
    if not believes_certificates:
        raise LocalFault("to ask for a certificate and a PSK, say which certificates to trust")
    if early_data:
        # The extension is for initial handshakes: it must not come together with early_data (4).
        raise LocalFault("a certificate together with a PSK rules early data out")


def check_offer(hello: ClientHello, kinds: Iterable[PskKind]) -> None:
    """The server's check of a ClientHello that has the extension.

    ``kinds`` are the kinds of the offered PSKs that the server knows. If one of the other
    extensions is missing, the draft names no alert; RFC 9846 section 6.2 has missing_extension.
    Raises MissingExtension or IllegalParameter.
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
    """The client's check of a ServerHello: whether the server uses both certificate and PSK.

    ``offered`` says that the ClientHello had the extension, ``selected`` that the server selected a
    PSK, and ``shared`` that it sent a key_share. Raises a PeerFault if these do not fit together.
    """
    if hello.find(CertWithExternPsk) is None:
        if offered and selected:
            # Anyone who knows the PSK could answer like this, without a certificate.
            raise HandshakeFailure("the server took the PSK, and will not show its certificate")
        return False
    if not offered:
        raise UnsupportedExtension("tls_cert_with_extern_psk was not asked for")
    for there, name in ((shared, "key_share"), (selected, "pre_shared_key")):
        if not there:
            raise MissingExtension(f"the server's tls_cert_with_extern_psk came without {name}")
    return True
