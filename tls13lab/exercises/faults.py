"""Eighteen bugs: in each, one method of the small server is wrong.

Bugs like these are easy to write, and they pass any test that only checks whether a connection
succeeds.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.exercises.small_server import PSK_KE, KnownPsk, SmallServer
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.pre_shared_key import OfferedPsks
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.keys import PskKind
from tls13lab.records.protection import RecordProtection
from tls13lab.wire.codepoints import CipherSuite, PskKeyExchangeMode
from tls13lab.wire.faults import UnknownPskIdentity


class BindersHashed(SmallServer):
    """The binders are included in their own hash."""

    def covered(self, raw: bytes, offered: OfferedPsks) -> bytes:
        return raw


class ExternalLabel(SmallServer):
    """Tickets' binders are checked with the label for external PSKs."""

    def binder_kind(self, known: KnownPsk) -> PskKind:
        return PskKind.EXTERNAL


class ResumptionLabel(SmallServer):
    """External PSKs' binders are checked with the label for tickets."""

    def binder_kind(self, known: KnownPsk) -> PskKind:
        return PskKind.RESUMPTION


class BinderUnchecked(SmallServer):
    """The binder is not checked."""

    def check_binder(self, known: KnownPsk, covered: bytes, received: bytes) -> None:
        """Accept every binder."""


class AgeInSeconds(SmallServer):
    """The ticket's age is read as seconds, so it is a thousand times too high."""

    def age_ms(self, seen: int, known: KnownPsk) -> int:
        return super().age_ms(seen, known) * 1000


class AgeUnchecked(SmallServer):
    """Early data is accepted however old the ClientHello is."""

    def fresh(self, known: KnownPsk, seen: int) -> bool:
        return True


class PskKeAnyway(SmallServer):
    """psk_ke is used although the client offered only psk_dhe_ke."""

    def mode(self, hello: ClientHello) -> PskKeyExchangeMode:
        return PSK_KE


class ExchangeUnused(SmallServer):
    """In psk_dhe_ke, shares are exchanged, but zeros go into the key schedule."""

    def exchanged(self, shared_secret: bytes) -> bytes | None:
        return None


class _Stuck(RecordProtection):
    """Record protection in which every record has the number 0."""

    __slots__ = ()

    def _nonce(self) -> bytes:
        self.sequence = 0
        return super()._nonce()


class NonceReused(SmallServer):
    """Records are not counted: all records under a key have the same nonce."""

    def protection(self, secret: bytes) -> RecordProtection:
        return _Stuck(self.suite(), secret)


class FinishedTooShort(SmallServer):
    """The server's Finished covers the hellos, but not EncryptedExtensions."""

    def finished_over(self, transcript: Transcript, flight: bytes) -> Transcript:
        return transcript


class SameRandom(SmallServer):
    """The ServerHello's random is the same in every connection."""

    def random(self) -> bytes:
        return bytes(range(32))


class SameNonce(SmallServer):
    """All tickets of a connection have the same nonce, and so the same PSK."""

    def nonce(self, number: int) -> bytes:
        return b"\x00"


class ReplayTaken(SmallServer):
    """0-RTT data is accepted a second time."""

    def first_time(self, received_binder: bytes) -> bool:
        return True


class AlwaysFirst(SmallServer):
    """selected_identity is 0, whichever PSK was chosen."""

    def selected(self, index: int) -> int:
        return 0


class OnlyFirst(SmallServer):
    """Only the first identity is tried."""

    def choose(self, offered: OfferedPsks) -> tuple[int, KnownPsk]:
        known = self.known(offered.identities[0].identity)
        if known is None:
            raise UnknownPskIdentity("the first identity is not known")
        return 0, known


class TicketsForever(SmallServer):
    """Tickets are accepted after their lifetime."""

    def lives(self, ticket: KnownPsk) -> bool:
        return True


class WrongHash(SmallServer):
    """A suite with SHA-384 is chosen for a PSK with SHA-256."""

    def suite(self) -> Suite:
        return SUITES[CipherSuite.TLS_AES_256_GCM_SHA384]

    def protection(self, secret: bytes) -> RecordProtection:
        # The client stops at the ServerHello, so these keys are never used.
        return RecordProtection(SUITES[CipherSuite.TLS_AES_128_GCM_SHA256], secret)


class SessionIdLost(SmallServer):
    """The server sends an empty legacy_session_id_echo."""

    def echo(self, session_id: bytes) -> bytes:
        return b""


FAULTS: Mapping[str, type[SmallServer]] = MappingProxyType(
    {
        "binders hashed too": BindersHashed,
        "external label for tickets": ExternalLabel,
        "resumption label for external PSKs": ResumptionLabel,
        "binder not checked": BinderUnchecked,
        "ticket age in seconds": AgeInSeconds,
        "ticket age not checked": AgeUnchecked,
        "psk_ke although not offered": PskKeAnyway,
        "key exchange not mixed in": ExchangeUnused,
        "nonce reused": NonceReused,
        "Finished leaves messages out": FinishedTooShort,
        "same random every time": SameRandom,
        "same nonce in all tickets": SameNonce,
        "replayed 0-RTT accepted": ReplayTaken,
        "selected_identity always 0": AlwaysFirst,
        "only the first identity tried": OnlyFirst,
        "tickets live for ever": TicketsForever,
        "suite with the wrong hash": WrongHash,
        "session ID not echoed": SessionIdLost,
    }
)
"""The faulty servers, by the names that students use in their answers."""
