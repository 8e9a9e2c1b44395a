"""The client's checks of the ServerHello against its offer. RFC 9846 sections 4.2.3 and 4.3.11.

A server may only select what the client offered; anything else ends the connection. This file
computes the (EC)DHE secret, but derives no keys.
"""

from dataclasses import dataclass, field

from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.handshake import cert_with_extern_psk
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig
from tls13lab.handshake.offer import Offer
from tls13lab.messages.extension import RawExtension
from tls13lab.messages.key_share import KeyShareHelloRetryRequest, KeyShareServerHello
from tls13lab.messages.negotiation import Cookie, SelectedVersion
from tls13lab.messages.pre_shared_key import SelectedPsk
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.psk.keys import Psk
from tls13lab.wire.codepoints import TLS13, CipherSuite
from tls13lab.wire.faults import (
    HandshakeFailure,
    IllegalParameter,
    MissingExtension,
    UnsupportedExtension,
    WrongVersion,
)
from tls13lab.wire.names import Mode

DOWNGRADE_SENTINELS = (b"DOWNGRD\x01", b"DOWNGRD\x00")
"""The last 8 bytes of the random of a TLS 1.3 server that negotiates an older version."""


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """What the server selected.

    ``index`` is that of the PSK in the offer; ``ecdhe`` is the shared secret, None in psk_ke.
    ``certified`` says that the server uses a certificate together with the PSK (RFC 9973).
    """

    suite: Suite
    psk: Psk | None
    index: int | None
    group: int | None
    ecdhe: bytes | None = field(repr=False)
    certified: bool = False

    @property
    def mode(self) -> Mode:
        """``full``, ``psk_ke``, ``psk_dhe_ke`` or ``cert_with_extern_psk``."""
        if self.psk is None:
            return "full"
        if self.certified:
            return cert_with_extern_psk.MODE
        return "psk_ke" if self.ecdhe is None else "psk_dhe_ke"


def _check_common(offer: Offer, hello: ServerHello | HelloRetryRequest) -> Suite:
    version = hello.find(SelectedVersion)
    if version is None:
        random = hello.random if isinstance(hello, ServerHello) else b""
        if random.endswith(DOWNGRADE_SENTINELS):
            raise IllegalParameter(
                "the server speaks TLS 1.3 but was made to answer with an older version"
            )
        raise WrongVersion("the server does not speak TLS 1.3")
    if version.selected_version != TLS13:
        raise IllegalParameter("the server selected a version that was not offered")
    if hello.legacy_session_id_echo != offer.hello.legacy_session_id:
        raise IllegalParameter("legacy_session_id_echo is not the session ID that was sent")
    if hello.cipher_suite not in offer.hello.cipher_suites:
        raise IllegalParameter("the server selected a cipher suite that was not offered")
    for extension in hello.extensions:
        if isinstance(extension, RawExtension):
            raise UnsupportedExtension(f"extension {extension.extension_type} was not asked for")
    return SUITES[CipherSuite(hello.cipher_suite)]


def check_retry(
    config: ClientConfig, offer: Offer, hello: HelloRetryRequest
) -> tuple[Suite, int | None]:
    """The suite, and the group in which the server asks for a share, or None.

    Raises a PeerFault if the request does not fit the offer, or would change nothing.
    """
    suite = _check_common(offer, hello)
    share = hello.find(KeyShareHelloRetryRequest)
    if share is None:
        if hello.find(Cookie) is None:
            # "abort ... if the HelloRetryRequest would not result in any change" (4.2.4)
            raise IllegalParameter("the HelloRetryRequest asks for no change")
        return suite, None
    if not config.offers_dhe:
        raise UnsupportedExtension("key_share was not offered")
    if share.selected_group not in config.groups:
        raise IllegalParameter("the server asks for a group that was not offered")
    if offer.share(share.selected_group) is not None:
        raise IllegalParameter("the server asks for a group in which a share was sent")
    return suite, share.selected_group


def check_server_hello(
    config: ClientConfig, offer: Offer, retry: HelloRetryRequest | None, hello: ServerHello
) -> ServerAnswer:
    """What the server selected; raises a PeerFault if the client did not offer it."""
    suite = _check_common(offer, hello)
    if retry is not None and hello.cipher_suite != retry.cipher_suite:
        raise IllegalParameter("the ServerHello's suite is not the HelloRetryRequest's")
    index, psk = _selected_psk(offer, suite, hello)
    share = hello.find(KeyShareServerHello)
    certified = cert_with_extern_psk.check_answer(
        hello,
        offered=config.cert_with_extern_psk,
        selected=psk is not None,
        shared=share is not None,
    )
    if share is None:
        if psk is None:
            raise MissingExtension("the ServerHello has neither pre_shared_key nor key_share")
        if PSK_KE not in config.modes:
            raise IllegalParameter("the server chose psk_ke, which was not offered")
        return ServerAnswer(suite, psk, index, None, None)
    if not config.offers_dhe:
        raise UnsupportedExtension("key_share was not offered")
    if psk is None and config.trust is None:
        raise HandshakeFailure("the server took no PSK, and this client trusts no certificate")
    if psk is not None and PSK_DHE_KE not in config.modes:
        raise IllegalParameter("the server chose psk_dhe_ke, which was not offered")
    entry = share.server_share
    mine = offer.share(entry.group)
    if mine is None:
        raise IllegalParameter("the server's key share is in a group in which none was sent")
    ecdhe = mine.finish(entry.key_exchange)
    return ServerAnswer(suite, psk, index, entry.group, ecdhe, certified)


def _selected_psk(offer: Offer, suite: Suite, hello: ServerHello) -> tuple[int | None, Psk | None]:
    selected = hello.find(SelectedPsk)
    if selected is None:
        return None, None
    if not offer.psks:
        raise UnsupportedExtension("pre_shared_key was not offered")
    index = selected.selected_identity
    if index >= len(offer.psks):
        raise IllegalParameter(f"selected_identity is {index}, and {len(offer.psks)} were offered")
    psk = offer.psks[index]
    if psk.hash_name != suite.hash_name:
        raise IllegalParameter("the selected suite's hash is not the selected PSK's")
    return index, psk
