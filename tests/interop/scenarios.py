"""What is tried: the scenarios, and what each asks of a server and of a client's connections.

Nothing here knows how a peer is driven; only :func:`visits` knows that OpenSSL must be coaxed.
"""

from dataclasses import dataclass, replace
from typing import Literal

Mode = Literal["psk_ke", "psk_dhe_ke"]

SUITES = ("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")
IDENTITY = "interop lab"
KEY = bytes.fromhex("c0ffee00" * 8)


@dataclass(frozen=True)
class Scenario:
    """One column of the table."""

    name: str
    psk: Literal["none", "ticket", "external"] = "none"
    mode: Mode = "psk_dhe_ke"
    retry: bool = False

    @property
    def wire_mode(self) -> str:
        """The mode that the ServerHello must show."""
        return "full" if self.psk == "none" else self.mode


SCENARIOS = (
    Scenario("full"),
    Scenario("resumption psk_dhe_ke", "ticket"),
    Scenario("resumption psk_ke", "ticket", "psk_ke"),
    Scenario("external psk_dhe_ke", "external"),
    Scenario("external psk_ke", "external", "psk_ke"),
    Scenario("HelloRetryRequest", retry=True),
    Scenario("HelloRetryRequest, resumption", "ticket", retry=True),
    Scenario("HelloRetryRequest, external", "external", retry=True),
)


@dataclass(frozen=True)
class ExternalPsk:
    """A PSK that both sides were given beforehand."""

    identity: str
    key: bytes
    hash_name: Literal["sha256", "sha384"]


@dataclass(frozen=True)
class Service:
    """What a server is asked to be. With an external PSK it has no certificate to fall back on."""

    suite: str
    groups: tuple[str, ...]
    modes: tuple[Mode, ...]
    psk: ExternalPsk | None


@dataclass(frozen=True)
class Visit:
    """What a client is asked to do on one connection. The first group gets the key share."""

    suite: str
    groups: tuple[str, ...]
    modes: tuple[Mode, ...]
    psk: ExternalPsk | None
    resume: bool = False
    save: bool = False


def _psk(scenario: Scenario, suite: str) -> ExternalPsk | None:
    hash_name: Literal["sha256", "sha384"] = "sha384" if suite.endswith("SHA384") else "sha256"
    return ExternalPsk(IDENTITY, KEY, hash_name) if scenario.psk == "external" else None


def service(scenario: Scenario, suite: str) -> Service:
    """The server's side of a cell; it does not depend on the client."""
    groups = ("secp256r1",) if scenario.retry else ("x25519",)
    return Service(suite, groups, (scenario.mode,), _psk(scenario, suite))


def visits(scenario: Scenario, suite: str, client: str, server: str) -> list[Visit]:
    """The client's connections of a cell; the last one is the one that counts."""
    groups = ("x25519", "secp256r1") if scenario.retry else ("x25519",)
    last = Visit(suite, groups, (scenario.mode,), _psk(scenario, suite))
    first = []
    if scenario.psk == "ticket":
        first, last = [replace(last, save=True)], replace(last, resume=True)
    if scenario.mode == "psk_ke" and client == server == "openssl":
        # OpenSSL's client never offers psk_ke alone, and its server prefers psk_dhe_ke: it takes
        # psk_ke from such a client only if the two share no group.
        last = replace(last, groups=("secp256r1",))
    return [*first, last]
