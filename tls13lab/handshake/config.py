"""Configurations: what an endpoint is willing to do; and its environment. RFC 9846 section 4.2.1.

A configuration never changes, and can be used for many connections. Only a server's ``tickets``,
``anti_replay`` and ``lockout`` have a memory.

>>> ClientConfig(modes=frozenset({PSK_KE})).offers_dhe
False
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from tls13lab.crypto import groups, signatures
from tls13lab.crypto.certificates import Credential, Trust
from tls13lab.crypto.entropy import Entropy
from tls13lab.crypto.suites import DEFAULT_SUITES
from tls13lab.handshake import cert_with_extern_psk
from tls13lab.messages.post_handshake import MAX_LIFETIME_S
from tls13lab.psk.anti_replay import AntiReplay, ClientHelloWindow
from tls13lab.psk.keys import ExternalPsk, Psk
from tls13lab.psk.lockout import Lockout
from tls13lab.psk.tickets import TicketBook
from tls13lab.wire.codepoints import CipherSuite, NamedGroup, PskKeyExchangeMode
from tls13lab.wire.faults import LocalFault

PSK_KE = PskKeyExchangeMode.PSK_KE
PSK_DHE_KE = PskKeyExchangeMode.PSK_DHE_KE


class Environment(NamedTuple):
    """What a step gets from outside, as an argument, so that a handshake can be repeated.

    ``now_ms`` is Unix time in milliseconds; ``entropy(n)`` returns ``n`` random bytes.

    >>> from tls13lab.crypto.entropy import seeded
    >>> Environment(1_700_000_000_000, seeded("a lesson")).now_ms
    1700000000000
    """

    now_ms: int
    entropy: Entropy


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """The configuration of a client.

    - ``psks`` are offered in this order, and ``modes`` apply to all of them.
    - ``trust`` says which server certificates to trust. Without it, the client accepts no
      certificate, only a PSK.
    - ``server_name`` goes into the extension of that name. ``certificate_name`` is the name that
      the certificate must have, if it differs: an IP address, for example, which the extension
      cannot hold.
    - ``share_groups`` are the groups of the shares in the first ClientHello; by default, the first
      of ``groups``.
    - ``padding`` rounds the content of every protected record up to a multiple of that many bytes.
    - ``early_data`` is sent with the ClientHello under the first PSK, if that PSK allows it. TLS
      guarantees no forward secrecy for it, and it may be replayed.
    - ``resume_within_s``: a ticket is offered only within that many seconds of the handshake that
      began its chain of resumptions. After that, the certificate or the external PSK is needed
      again.
    - ``cert_with_extern_psk`` asks for a certificate *and* an external PSK (RFC 9973). If the
      server takes no PSK, the client continues with the certificate; it never continues without.

    Raises LocalFault for a combination that RFC 9973 does not allow.
    """

    psks: tuple[Psk, ...] = ()
    modes: frozenset[PskKeyExchangeMode] = frozenset({PSK_DHE_KE})
    trust: Trust | None = None
    server_name: str | None = None
    certificate_name: str | None = None
    alpn: tuple[bytes, ...] = ()
    suites: tuple[CipherSuite, ...] = DEFAULT_SUITES
    groups: tuple[NamedGroup, ...] = (NamedGroup.X25519, NamedGroup.SECP256R1)
    share_groups: tuple[NamedGroup, ...] | None = None
    schemes: tuple[int, ...] = signatures.SUPPORTED
    middlebox_compatibility: bool = True
    padding: int = 1
    early_data: bytes = field(default=b"", repr=False)
    resume_within_s: int = MAX_LIFETIME_S
    cert_with_extern_psk: bool = False

    def __post_init__(self) -> None:
        if self.cert_with_extern_psk:
            cert_with_extern_psk.check_client_config(
                self.psks,
                self.modes,
                believes_certificates=self.trust is not None,
                early_data=bool(self.early_data),
            )

    @property
    def offers_dhe(self) -> bool:
        """Whether the offer allows an (EC)DHE exchange: in psk_dhe_ke or in a full handshake."""
        return PSK_DHE_KE in self.modes or self.trust is not None


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """The configuration of a server.

    - ``credential`` is its certificate and key. Without it, there is no full handshake to fall back
      on.
    - ``modes`` are the modes in which it accepts PSKs. If the client offers both, it takes
      psk_dhe_ke, unless ``prefer_psk_ke`` is set.
    - ``suites`` and ``groups`` are in its order of preference, which decides.
    - ``tickets`` makes and finds tickets; ``ticket_count`` are sent after each handshake.
    - ``max_early_data_size`` is how many bytes of early data it accepts; ``anti_replay`` remembers
      which ClientHellos were used for it.
    - ``resume_within_s``: a ticket is accepted only within that many seconds of the handshake that
      began its chain of resumptions. No ticket gets a longer lifetime than that.
    - ``hide_identities``: a server without a credential answers an unknown identity in the same
      way as a wrong binder, with decrypt_error, so that nobody can find out which identities it
      knows (appendix F.6).
    - ``cert_with_extern_psk``: it uses external PSKs only together with its certificate, if the
      client asks for both (RFC 9973).
    - ``lockout`` counts wrong binders. After too many for an external PSK, the server acts as if it
      did not know that PSK.

    Raises LocalFault for a lifetime of more than seven days, and for settings that contradict each
    other.
    """

    credential: Credential | None = None
    psks: tuple[ExternalPsk, ...] = ()
    modes: frozenset[PskKeyExchangeMode] = frozenset({PSK_DHE_KE})
    prefer_psk_ke: bool = False
    tickets: TicketBook | None = None
    ticket_count: int = 2
    ticket_lifetime_s: int = 7200
    alpn: tuple[bytes, ...] = ()
    suites: tuple[CipherSuite, ...] = DEFAULT_SUITES
    groups: tuple[NamedGroup, ...] = groups.SUPPORTED
    padding: int = 1
    max_early_data_size: int = 0
    hide_identities: bool = False
    cert_with_extern_psk: bool = False
    resume_within_s: int = MAX_LIFETIME_S
    anti_replay: AntiReplay = field(default_factory=ClientHelloWindow, compare=False)
    lockout: Lockout | None = field(default=None, compare=False)
    _by_identity: dict[bytes, ExternalPsk] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not 0 <= self.ticket_lifetime_s <= MAX_LIFETIME_S:
            raise LocalFault(f"ticket_lifetime_s is from 0 to {MAX_LIFETIME_S}: seven days")
        if self.hide_identities and self.credential is not None:
            # "a valid PSK identity will result in a failed handshake, whereas an invalid identity
            # will just be skipped and result in a successful certificate handshake" (F.6)
            raise LocalFault("a server with a certificate cannot hide which identities it knows")
        if self.cert_with_extern_psk and (
            self.credential is None or not self.psks or PSK_DHE_KE not in self.modes
        ):
            raise LocalFault(
                "for a certificate together with a PSK the server needs both, and the mode "
                "psk_dhe_ke"
            )
        by_identity = {psk.identity: psk for psk in self.psks}
        object.__setattr__(self, "_by_identity", by_identity)

    def external_psk(self, identity: bytes) -> ExternalPsk | None:
        """The external PSK with this identity, or None."""
        return self._by_identity.get(identity)
