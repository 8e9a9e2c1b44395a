"""The client's offer: a ClientHello with PSKs and shares. RFC 9846 section 4.2.2.

The same code makes the first ClientHello and, after a HelloRetryRequest, the second.
"""

from dataclasses import dataclass, field, replace

from tls13lab.crypto import groups, signatures
from tls13lab.crypto.entropy import Entropy
from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.handshake.config import ClientConfig
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.extension import Extension
from tls13lab.messages.handshake import pack
from tls13lab.messages.key_share import KeyShareClientHello, KeyShareEntry
from tls13lab.messages.negotiation import (
    Alpn,
    CertWithExternPsk,
    Cookie,
    EarlyData,
    PskKeyExchangeModes,
    ServerName,
    SignatureAlgorithms,
    SupportedGroups,
    SupportedVersions,
)
from tls13lab.messages.pre_shared_key import OfferedPsks, PskIdentity
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.age import age_field
from tls13lab.psk.binder import fill_binders, placeholder
from tls13lab.psk.keys import Psk, ResumptionPsk
from tls13lab.wire.codepoints import TLS13
from tls13lab.wire.faults import DoesNotFit, HandshakeFailure, IllegalParameter, LocalFault


@dataclass(frozen=True, slots=True)
class Offer:
    """A ClientHello, and the secrets that belong to it.

    If early data follows this ClientHello, ``early_suite`` is its suite. ``early_data_sent`` says
    that early data follows this ClientHello, or followed the first.
    """

    hello: ClientHello
    raw: bytes = field(repr=False)
    psks: tuple[Psk, ...]
    shares: tuple[tuple[int, groups.PrivateShare], ...] = field(repr=False)
    early_suite: Suite | None = None
    early_data_sent: bool = False

    def share(self, group: int) -> groups.PrivateShare | None:
        """The client's private share in ``group``, or None if it sent no share in it."""
        return next((share for offered, share in self.shares if offered == group), None)


def usable_psks(config: ClientConfig, now_ms: int) -> tuple[Psk, ...]:
    """The PSKs that may be offered now: with the hash of a suite, not expired, for this server."""
    hashes = {SUITES[suite].hash_name for suite in config.suites}
    return tuple(
        psk
        for psk in config.psks
        if psk.hash_name in hashes
        and (
            not isinstance(psk, ResumptionPsk)
            or (
                psk.usable(now_ms)
                and psk.within(config.resume_within_s, now_ms)
                and psk.server_name == config.server_name
            )
        )
    )


def early_suite(config: ClientConfig, psks: tuple[Psk, ...]) -> Suite | None:
    """The suite of the first PSK if early data can be sent under it, else None. 4.3.10.

    Suite and application protocol are "those associated with the PSK", so both must be offered.
    """
    if not config.early_data or not psks:
        return None
    psk = psks[0]
    if len(config.early_data) > psk.max_early_data_size or psk.suite not in config.suites:
        return None
    if psk.alpn is not None and psk.alpn not in config.alpn:
        return None
    return SUITES[psk.suite]


def first_offer(config: ClientConfig, now_ms: int, entropy: Entropy) -> Offer:
    """ClientHello1, with new shares in the configured groups.

    Raises LocalFault if there is neither a usable PSK nor a trusted certificate.
    """
    psks = usable_psks(config, now_ms) if config.modes else ()
    if config.cert_with_extern_psk and not psks:
        raise LocalFault("to ask for a certificate and a PSK, give a PSK with the hash of a suite")
    if not psks and config.trust is None:
        raise LocalFault("give the client a usable PSK or a trusted certificate")
    wanted = config.groups[:1] if config.share_groups is None else config.share_groups
    shared = tuple(group for group in config.groups if group in wanted and config.offers_dhe)
    hello = ClientHello(
        random=entropy(32),
        # "A client which ... offers compatibility mode" sends a random session ID (appendix E.4).
        legacy_session_id=entropy(32) if config.middlebox_compatibility else b"",
        cipher_suites=config.suites,
        extensions=(),
    )
    shares = tuple((group, groups.initiate(group, entropy)) for group in shared)
    early = early_suite(config, psks)
    offer = _finish(config, hello, psks, shares, None, now_ms, early_data=early is not None)
    return replace(offer, early_suite=early, early_data_sent=early is not None)


def second_offer(
    config: ClientConfig,
    first: Offer,
    group: int | None,
    cookie: Cookie | None,
    hash_name: str,
    before: Transcript,
    now_ms: int,
    entropy: Entropy,
) -> Offer:
    """ClientHello2: with a share in the group that the server asked for, its cookie, new binders.

    ``before`` is the transcript before it: message_hash(ClientHello1) and the HelloRetryRequest.
    Raises HandshakeFailure if no PSK has the suite's hash, and a PSK is needed.
    """
    # "the client SHOULD NOT offer any pre-shared keys associated with a hash other than that of the
    # selected cipher suite" (4.2.4)
    psks = tuple(psk for psk in first.psks if psk.hash_name == hash_name)
    if not psks and config.trust is None:
        # "If not containing a "pre_shared_key" extension, it MUST contain both a
        # "signature_algorithms" extension and a "supported_groups" extension." (9.2)
        raise HandshakeFailure(
            f"the server's HelloRetryRequest wants a suite with {hash_name}: no PSK of this client "
            "has that hash, and it trusts no certificate"
        )
    if config.cert_with_extern_psk and not psks:
        # The second ClientHello must have the extension again, and so a PSK: section 5 of
        # draft-ietf-tls-8773bis.
        raise HandshakeFailure(
            f"the server's HelloRetryRequest wants a suite with {hash_name}: no PSK of this client "
            "has that hash, and it asks for a certificate and a PSK"
        )
    shares = first.shares if group is None else ((group, groups.initiate(group, entropy)),)
    offer = _finish(config, first.hello, psks, shares, cookie, now_ms, before)
    # No early_data: "A client MUST NOT include [it] in its followup ClientHello" (4.3.10).
    return replace(offer, early_data_sent=first.early_data_sent)


def _finish(
    config: ClientConfig,
    hello: ClientHello,
    psks: tuple[Psk, ...],
    shares: tuple[tuple[int, groups.PrivateShare], ...],
    cookie: Cookie | None,
    now_ms: int,
    before: Transcript | None = None,
    *,
    early_data: bool = False,
) -> Offer:
    extensions = _extensions(config, shares, cookie)
    if early_data:
        extensions = (*extensions, EarlyData())
    if not psks:
        hello = replace(hello, extensions=extensions)
        return Offer(hello, _packed(hello, cookie), psks, shares)
    identities = tuple(PskIdentity(psk.identity, age_field(psk, now_ms)) for psk in psks)
    offered = OfferedPsks(identities, placeholder(psks))
    hello = replace(hello, extensions=(*extensions, offered))
    raw = fill_binders(_packed(hello, cookie), offered, psks, before or Transcript())
    return Offer(hello, raw, psks, shares)


def _packed(hello: ClientHello, cookie: Cookie | None) -> bytes:
    """The bytes of the ClientHello; all extensions together have at most 65,535 bytes."""
    try:
        return pack(hello)
    except DoesNotFit:
        if cookie is not None:
            raise IllegalParameter("the server's cookie leaves no room in a ClientHello") from None
        offered = hello.find(OfferedPsks)
        if offered is None:
            raise
        size = sum(len(entry.identity) for entry in offered.identities)
        raise LocalFault(
            f"PSK identities of {size} bytes do not fit: all extensions of a ClientHello together "
            "have at most 65,535 bytes, so offer fewer identities, or shorter ones"
        ) from None


def _extensions(
    config: ClientConfig,
    shares: tuple[tuple[int, groups.PrivateShare], ...],
    cookie: Cookie | None,
) -> tuple[Extension, ...]:
    """All extensions but pre_shared_key, which must come last."""
    extensions: list[Extension] = []
    if config.server_name is not None:
        extensions.append(ServerName(config.server_name))
    if config.offers_dhe:
        extensions.append(SupportedGroups(config.groups))
    if config.trust is not None:
        # Without signature_algorithms_cert, this list applies to certificates, too (4.3.3).
        offered = (*config.schemes, *signatures.CERTIFICATE_ONLY)
        extensions.append(SignatureAlgorithms(offered))
    if config.alpn:
        extensions.append(Alpn(config.alpn))
    extensions.append(SupportedVersions((TLS13,)))
    if cookie is not None:
        extensions.append(cookie)
    if config.modes:
        # Also sent without a PSK: it tells the server that the client can use tickets (4.3.9).
        extensions.append(PskKeyExchangeModes(tuple(sorted(config.modes, reverse=True))))
    if config.cert_with_extern_psk:
        extensions.append(CertWithExternPsk())
    if config.offers_dhe:
        entries = tuple(KeyShareEntry(group, share.share) for group, share in shares)
        extensions.append(KeyShareClientHello(entries))
    return tuple(extensions)
