"""The configuration that a BoGo test asks for, from its flags."""

from dataclasses import replace
from pathlib import Path

from tests.conformance.bogo.flags import Values, listed
from tls13lab.crypto.certificates import TrustAnyone, load_credential
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.psk.anti_replay import ClientHelloWindow
from tls13lab.psk.keys import ResumptionPsk
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.wire.codepoints import NamedGroup

HELLO = b"hello"
"""What the shim says where it is to speak first."""

EARLY_DATA = 14336
"""Bytes of early data that the runner expects a server to allow."""

GROUPS = (NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1)
"""BoringSSL's, and in its order."""


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
            alpn = (_bytes(values["select-alpn"]),)
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
        """One that believes every certificate, as BoringSSL's does in these tests."""
        early = resuming and values.get("enable-early-data") and values.get("shim-writes-first")
        config = ClientConfig(
            psks=() if ticket is None else (ticket,),
            trust=TrustAnyone(),
            server_name=str(values["host-name"]) if "host-name" in values else None,
            alpn=_protocols(_bytes(values.get("advertise-alpn", ""))),
            groups=_groups(values),
            early_data=HELLO if early else b"",
        )
        schemes = listed(values, "verify-prefs")
        return replace(config, schemes=schemes) if schemes else config


def _groups(values: Values) -> tuple[NamedGroup, ...]:
    return tuple(map(NamedGroup, listed(values, "curves"))) or GROUPS


def _bytes(text: object) -> bytes:
    # The runner's flags carry bytes; Python decoded them by the file system's rules.
    return str(text).encode("utf-8", "surrogateescape")


def _protocols(wire: bytes) -> tuple[bytes, ...]:
    """ALPN names, each behind a length of one byte."""
    names = []
    while wire:
        names.append(wire[1 : 1 + wire[0]])
        wire = wire[1 + wire[0] :]
    return tuple(names)
