"""What an eavesdropper reads of one connection without any key. RFC 9846 sections 4.2, 5.1.

The hellos are in the clear, and so are the suite, the shares, the identities of the PSKs and their
binders. The ServerHello also shows the mode: pre_shared_key together with key_share is psk_dhe_ke,
pre_shared_key alone is psk_ke. With tls_cert_with_extern_psk, a certificate follows (RFC 9973).
"""

from dataclasses import dataclass
from typing import Literal

from tls13lab.capture.hellos import Hellos
from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.messages.key_share import KeyShareClientHello, KeyShareServerHello
from tls13lab.messages.negotiation import CertWithExternPsk, EarlyData
from tls13lab.messages.pre_shared_key import SelectedPsk
from tls13lab.psk.offered import OfferedPsk
from tls13lab.wire.codepoints import CipherSuite
from tls13lab.wire.names import Mode, Side


@dataclass
class Sight(Hellos):
    """The hellos of one connection, and what they show when read together."""

    @property
    def suite(self) -> Suite | None:
        """The suite that the server chose; None before the ServerHello."""
        return SUITES[CipherSuite(self.answer.cipher_suite)] if self.answer else None

    @property
    def mode(self) -> Mode | Literal[""]:
        """``full``, ``psk_ke``, ``psk_dhe_ke``, ``cert_with_extern_psk``; empty if not known."""
        if self.answer is None:
            return ""
        if self.answer.find(SelectedPsk) is None:
            return "full"
        if self.answer.find(CertWithExternPsk) is not None:
            return "cert_with_extern_psk"
        return "psk_ke" if self.answer.find(KeyShareServerHello) is None else "psk_dhe_ke"

    @property
    def group(self) -> int | None:
        """The group of the key exchange; None if there is none, or before the ServerHello."""
        share = self.answer.find(KeyShareServerHello) if self.answer else None
        return share.server_share.group if share else None

    @property
    def every_offer(self) -> tuple[OfferedPsk, ...]:
        """The PSKs in the first ClientHello, then those in the second if there is one."""
        return self.offers(1) + self.offers(2)

    @property
    def chosen(self) -> OfferedPsk | None:
        """The PSK that the server chose, in the ClientHello that it answered; None if none.

        "selected_identity: The server's chosen identity expressed as a (0-based) index into the
        identities in the client's "OfferedPsks.identities" list." (4.3.11)
        """
        selected = self.answer.find(SelectedPsk) if self.answer and self.complete else None
        if selected is None:
            return None
        offers = self.offers(len(self.raw_hellos))
        return next((psk for psk in offers if psk.place == selected.selected_identity), None)

    @property
    def early_psk(self) -> OfferedPsk | None:
        """The PSK for the early data; None if the client announces no early data.

        It is the first PSK of the first ClientHello, whatever the server then chooses (4.3.10).
        """
        if not self.hellos or self.hellos[0].find(EarlyData) is None:
            return None
        return next(iter(self.offers(1)), None)

    @property
    def identity(self) -> bytes:
        """The identity of the chosen PSK; empty if none was chosen."""
        return self.chosen.identity if self.chosen else b""

    def shares(self, sender: Side, hello: int = 0) -> dict[int, bytes]:
        """The public shares of one side, by group.

        The client's are those of ClientHello number ``hello``, or with 0 those of the last one.
        """
        if sender == "server":
            share = self.answer.find(KeyShareServerHello) if self.answer else None
            return {share.server_share.group: share.server_share.key_exchange} if share else {}
        sent = self.hellos[hello - 1].find(KeyShareClientHello) if self.hellos else None
        return {share.group: share.key_exchange for share in sent.client_shares} if sent else {}

    @property
    def client_random(self) -> bytes:
        """The random of the first ClientHello, 32 bytes: a key log's name for the connection."""
        return self.first_hello[6:38]
