"""The configuration that a BoGo test asks for, from its flags."""

from pathlib import Path

from tests.conformance.bogo.flags import Values, listed
from tls13lab.crypto.certificates import TrustAnyone, TrustPin, load_credential
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.psk.anti_replay import ClientHelloWindow
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.wire.codepoints import NamedGroup, SignatureScheme

HELLO = b"hello"
"""What the shim says where it is to speak first."""

EARLY_DATA = 14336
"""Bytes of early data that the runner expects a server to allow."""

GROUPS = (NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1)
"""BoringSSL's, and in its order."""

SCHEMES = (
    SignatureScheme.ECDSA_SECP256R1_SHA256,
    SignatureScheme.RSA_PSS_RSAE_SHA256,
    SignatureScheme.ECDSA_SECP384R1_SHA384,
    SignatureScheme.RSA_PSS_RSAE_SHA384,
    SignatureScheme.RSA_PSS_RSAE_SHA512,
)
"""BoringSSL's, and in its order: neither P-521 nor Ed25519 unless a test asks for it."""

NOBODY = TrustPin(bytes(32))
"""No certificate has this hash."""


class Roles:
    """Makes configurations; remembers, as a server, the tickets between the connections."""

    def __init__(self) -> None:
        self._tickets = StatefulTickets()
        self._anti_replay = ClientHelloWindow()

    def server(self, values: Values) -> ServerConfig:
        """With a certificate always, and tickets unless the test wants none."""
        chain, key = Path(str(values["cert-file"])), Path(str(values["key-file"]))
        alpn: tuple[bytes, ...] = ()
        if values.get("reject-alpn"):
            alpn = (b"a protocol that no client offers",)
        elif not values.get("decline-alpn") and "select-alpn" in values:
            alpn = (as_bytes(values["select-alpn"]),)
        return ServerConfig(
            credential=load_credential(chain.read_bytes(), key.read_bytes()),
            tickets=None if values.get("no-ticket") else self._tickets,
            alpn=alpn,
            groups=_groups(values),
            max_early_data_size=EARLY_DATA if values.get("enable-early-data") else 0,
            anti_replay=self._anti_replay,
        )

    def client(
        self, values: Values, ticket: ResumptionPsk | None, *, resuming: bool
    ) -> ClientConfig:
        """One that believes every certificate, as BoringSSL's does in these tests, or none."""
        early = resuming and values.get("enable-early-data") and values.get("shim-writes-first")
        # Without verify-peer BoringSSL's client goes on whatever its check says.
        refuses = values.get("verify-peer") and values.get("verify-fail")
        return ClientConfig(
            psks=() if ticket is None else (ticket,),
            trust=NOBODY if refuses else TrustAnyone(),
            server_name=str(values["host-name"]) if "host-name" in values else None,
            alpn=protocols(as_bytes(values.get("advertise-alpn", ""))),
            groups=_groups(values),
            early_data=HELLO if early else b"",
            schemes=listed(values, "verify-prefs") or SCHEMES,
        )


def _groups(values: Values) -> tuple[NamedGroup, ...]:
    return tuple(map(NamedGroup, listed(values, "curves"))) or GROUPS


def as_bytes(text: object) -> bytes:
    """A flag's text as the bytes that it stands for."""
    # The runner's flags carry bytes; Python decoded them by the file system's rules.
    return str(text).encode("utf-8", "surrogateescape")


def protocols(wire: bytes) -> tuple[bytes, ...]:
    """ALPN names, each behind a length of one byte."""
    names = []
    while wire:
        names.append(wire[1 : 1 + wire[0]])
        wire = wire[1 + wire[0] :]
    return tuple(names)
