"""What an endpoint is willing to do. RFC 9846 section 4.2.1.

A configuration is a value: it never changes, and one may serve many connections. (A server's
``tickets`` book, its ``anti_replay`` and its ``lockout`` have a memory; nothing else here has.)

>>> ClientConfig(modes=frozenset({PSK_KE})).offers_dhe
False
"""

from dataclasses import dataclass, field

from tls13lab.crypto import groups, signatures
from tls13lab.crypto.certificates import Credential, Trust
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


@dataclass(frozen=True, slots=True)
class ClientConfig:
    """A client.

    ``psks`` are offered in this order, with ``modes`` for all of them. ``trust`` says which server
    certificates to believe; without it the client takes no certificate, and so nothing but a PSK.
    ``certificate_name`` is whom the certificate must be for, if not for ``server_name``: an
    address, say, which server_name cannot carry. ``share_groups`` are those it sends a share in at
    once; by default the first of ``groups``. ``padding`` rounds the content of every protected
    record up to a multiple of that many bytes. A ticket is offered for ``resume_within_s`` seconds
    from the handshake that began its chain of resumptions: then the certificate, or the external
    PSK, is to be shown again. ``early_data`` is sent at once, under the first PSK,
    if that PSK allows it; it has no forward secrecy, and may be replayed. With
    ``cert_with_extern_psk`` it asks for a certificate *and* one of its external PSKs (RFC 9973); it
    then goes on without the PSK if the server takes none, and never without the certificate.
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
        """Whether a key exchange can come of the offer: in psk_dhe_ke or in a full handshake."""
        return PSK_DHE_KE in self.modes or self.trust is not None


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """A server.

    ``modes`` are those in which it takes PSKs; of two that the client offers too it takes
    psk_dhe_ke, unless ``prefer_psk_ke``. Without a ``credential`` it has no full handshake to fall
    back to. ``suites`` and ``groups`` are in its order of preference, which counts. It takes up to
    ``max_early_data_size`` bytes of early data, once each as far as ``anti_replay`` remembers. With
    ``hide_identities`` a server without a credential answers an unknown identity as it does a wrong
    binder, with decrypt_error, so that names cannot be tried out by what it says (appendix F.6).
    With ``cert_with_extern_psk`` it takes external PSKs together with its certificate, if the
    client asks for both (RFC 9973), and in no other way. It takes a ticket for ``resume_within_s``
    seconds from the handshake that began its chain of resumptions, and issues none that would be
    good for longer. A ``lockout`` counts wrong binders, and to an external PSK that had too many of
    them the server acts as if it did not have it.
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
        """The external PSK of that name, or None."""
        return self._by_identity.get(identity)
