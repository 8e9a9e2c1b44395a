"""The server's choice of PSK, suite, mode and group from a ClientHello. RFC 9846 section 4.2.1.

This file only decides; it verifies no binder and derives no keys. The PSK is chosen before the
suite, because a PSK can only be used with a suite of its hash. A server that picks its favourite
suite first may silently ignore a PSK that it was configured with. A note in the RFC suggests that
order as the simplest, but the RFC also says that external PSKs "SHOULD influence cipher suite
selection".

If both sides allow both PSK modes, the server takes psk_dhe_ke, unless its configuration says
``prefer_psk_ke``: forward secrecy should not depend on the order of the client's list.
"""

from dataclasses import dataclass

from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.handshake import cert_with_extern_psk
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ServerConfig
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.key_share import KeyShareClientHello
from tls13lab.messages.negotiation import (
    CertWithExternPsk,
    PskKeyExchangeModes,
    SignatureAlgorithms,
    SupportedGroups,
    SupportedVersions,
)
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.psk.keys import Psk, PskKind, ResumptionPsk
from tls13lab.psk.tickets import TicketState
from tls13lab.wire.codepoints import LEGACY_VERSION, TLS13, PskKeyExchangeMode
from tls13lab.wire.faults import (
    BinderMismatch,
    HandshakeFailure,
    IllegalParameter,
    MissingExtension,
    UnknownPskIdentity,
    WrongVersion,
)
from tls13lab.wire.names import Mode


@dataclass(frozen=True, slots=True)
class ServerChoice:
    """What the server will do.

    ``share`` is the client's share in ``group``; None if the server must ask for one. Without
    ``psk``, it is a full handshake. With ``psk``, ``group`` is None in psk_ke, and ``certified``
    says that the server also sends its certificate (RFC 9973).
    """

    suite: Suite
    psk: Psk | None
    index: int | None
    group: int | None
    share: bytes | None
    certified: bool = False

    @property
    def needs_retry(self) -> bool:
        """Whether there is a common group, but the client sent no share in it."""
        return self.group is not None and self.share is None

    @property
    def mode(self) -> Mode:
        """``full``, ``psk_ke``, ``psk_dhe_ke`` or ``cert_with_extern_psk``."""
        if self.psk is None:
            return "full"
        if self.certified:
            return cert_with_extern_psk.MODE
        return "psk_ke" if self.group is None else "psk_dhe_ke"


def check_hello(hello: ClientHello) -> None:
    """Check the rules that every TLS 1.3 ClientHello must obey; raises a PeerFault."""
    versions = hello.find(SupportedVersions)
    if versions is None or TLS13 not in versions.versions:
        raise WrongVersion("the client does not offer TLS 1.3")
    if hello.legacy_version != LEGACY_VERSION:
        # RFC 8446 had no such rule. "A server which receives a legacy_version value not equal to
        # 0x0303 MUST abort the handshake with a "protocol_version" alert." (9846, 4.2.2)
        raise WrongVersion("legacy_version is not 0x0303")
    if hello.legacy_compression_methods != b"\x00":
        raise IllegalParameter("legacy_compression_methods is not one zero byte")
    groups, shares = hello.find(SupportedGroups), hello.find(KeyShareClientHello)
    if (groups is None) != (shares is None):
        # "If containing a "supported_groups" extension, it MUST also contain a "key_share"
        # extension, and vice versa." (9.2)
        raise MissingExtension("supported_groups and key_share must come together")
    if groups is not None and shares is not None:
        _check_shares(groups, shares)
    offered, modes = hello.find(OfferedPsks), hello.find(PskKeyExchangeModes)
    if offered is not None and modes is None:
        # "If clients offer "pre_shared_key" without a "psk_key_exchange_modes" extension, servers
        # MUST abort the handshake." (4.3.9)
        raise MissingExtension("pre_shared_key came without psk_key_exchange_modes")
    if offered is None and (groups is None or hello.find(SignatureAlgorithms) is None):
        raise MissingExtension(
            "without a PSK, signature_algorithms and supported_groups must be sent"
        )


def _check_shares(groups: SupportedGroups, shares: KeyShareClientHello) -> None:
    """Each share must be in a group of supported_groups, and no two in the same group (4.3.8)."""
    places = []
    for share in shares.client_shares:
        if share.group not in groups.groups:
            raise IllegalParameter("a key share is in a group that supported_groups does not list")
        places.append(groups.groups.index(share.group))
    if len(set(places)) != len(places):
        raise IllegalParameter("two key shares are in the same group")


def choose(config: ServerConfig, hello: ClientHello, now_ms: int) -> ServerChoice:
    """Decide how to answer; raises a PeerFault if the two sides have no way in common.

    ``now_ms`` is Unix time in milliseconds.
    """
    check_hello(hello)
    suites = [SUITES[suite] for suite in config.suites if suite in hello.cipher_suites]
    if not suites:
        raise HandshakeFailure("no cipher suite is shared")
    group, share = _key_exchange(config, hello)
    known = _known_psks(config, hello, now_ms)
    asked = hello.find(CertWithExternPsk) is not None
    if config.cert_with_extern_psk and asked:
        cert_with_extern_psk.check_offer(hello, {psk.kind for _, psk in known})
        return _both(config, hello, suites, group, share, known)
    for index, psk in known:
        if config.cert_with_extern_psk and psk.kind is not PskKind.RESUMPTION:
            continue
        suite = _suite_for(psk, suites)
        if suite is None:
            continue
        mode = _psk_mode(config, hello, group)
        if mode is None:
            break
        if mode is PSK_KE:
            return ServerChoice(suite, psk, index, None, None)
        return ServerChoice(suite, psk, index, group, share)
    return _full(config, hello, suites, group, share)


def _both(
    config: ServerConfig,
    hello: ClientHello,
    suites: list[Suite],
    group: int | None,
    share: bytes | None,
    known: list[tuple[int, Psk]],
) -> ServerChoice:
    """The first usable PSK and the certificate; just the certificate if no PSK is usable.

    RFC 9973.
    """
    for index, psk in known:
        suite = _suite_for(psk, suites)
        if suite is not None and group is not None:
            return ServerChoice(suite, psk, index, group, share, certified=True)
    return _full(config, hello, suites, group, share)


def _full(
    config: ServerConfig,
    hello: ClientHello,
    suites: list[Suite],
    group: int | None,
    share: bytes | None,
) -> ServerChoice:
    if config.credential is None:
        if hello.find(OfferedPsks) is not None:
            why = "no offered PSK can be used, and there is no certificate"
            # "servers MAY instead choose to send a "decrypt_error" alert to merely indicate an
            # invalid PSK identity." (6.2)
            raise BinderMismatch(why) if config.hide_identities else UnknownPskIdentity(why)
        raise HandshakeFailure("the client offers no PSK, and there is no certificate")
    if hello.find(SignatureAlgorithms) is None:
        raise MissingExtension("a full handshake needs signature_algorithms")
    if group is None:
        raise HandshakeFailure("no group is shared")
    return ServerChoice(suites[0], None, None, group, share)


def _suite_for(psk: Psk, suites: list[Suite]) -> Suite | None:
    """A suite with the PSK's hash; for a ticket, preferably the suite of its connection."""
    fitting = [suite for suite in suites if suite.hash_name == psk.hash_name]
    if psk.suite is not None:
        same = [suite for suite in fitting if suite.code_point == psk.suite]
        fitting = same or fitting
    return fitting[0] if fitting else None


def _known_psks(config: ServerConfig, hello: ClientHello, now_ms: int) -> list[tuple[int, Psk]]:
    """The offered PSKs that the server knows, each with its index.

    "Any unknown PSKs ... SHOULD simply be ignored" (4.3.11). So is a ticket whose chain of
    resumptions began too long ago (4.7.1), and an external PSK that is locked.
    """
    offered = hello.find(OfferedPsks)
    known: list[tuple[int, Psk]] = []
    for index, entry in enumerate(offered.identities if offered else ()):
        external = config.external_psk(entry.identity)
        if external is not None:
            if config.lockout is None or config.lockout.admits(external, now_ms):
                known.append((index, external))
            continue
        state = config.tickets.find(entry.identity, now_ms) if config.tickets else None
        psk = _of_ticket(entry.identity, state) if state else None
        if psk is not None and psk.within(config.resume_within_s, now_ms):
            known.append((index, psk))
    return known


def _of_ticket(ticket: bytes, state: TicketState) -> ResumptionPsk:
    return ResumptionPsk(
        identity=ticket,
        key=state.psk,
        hash_name=SUITES[state.suite].hash_name,
        suite=state.suite,
        received_ms=state.issued_ms,
        lifetime_s=state.lifetime_s,
        age_add=state.age_add,
        alpn=state.alpn or None,
        max_early_data_size=state.max_early_data_size,
        began_ms=state.began_ms,
    )


def _psk_mode(
    config: ServerConfig, hello: ClientHello, group: int | None
) -> PskKeyExchangeMode | None:
    """The mode that both sides allow and that is possible here, or None."""
    extension = hello.find(PskKeyExchangeModes)
    offered = extension.modes if extension else ()
    possible = [
        mode
        for mode in (PSK_DHE_KE, PSK_KE)
        if mode in offered and mode in config.modes and (mode is PSK_KE or group is not None)
    ]
    if not possible:
        return None
    return possible[-1] if config.prefer_psk_ke else possible[0]


def _key_exchange(config: ServerConfig, hello: ClientHello) -> tuple[int | None, bytes | None]:
    """The group and the client's share in it; groups with a share come first."""
    groups, shares = hello.find(SupportedGroups), hello.find(KeyShareClientHello)
    if groups is None or shares is None:
        return None, None
    sent = {share.group: share.key_exchange for share in shares.client_shares}
    common = [group for group in config.groups if group in groups.groups]
    with_share = [group for group in common if group in sent]
    if with_share:
        return with_share[0], sent[with_share[0]]
    return (common[0], None) if common else (None, None)
