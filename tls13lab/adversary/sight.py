"""What an eavesdropper reads of one connection without any key. RFC 9846 sections 4.2, 5.1.

The hellos are in the clear, so the suite, the shares, the PSKs' identities and their binders are;
and from the ServerHello the mode: pre_shared_key with key_share is psk_dhe_ke, without it psk_ke;
with tls_cert_with_extern_psk a certificate comes as well (RFC 9973).
"""

from dataclasses import dataclass

from tls13lab.capture.hellos import Hellos
from tls13lab.crypto.suites import SUITES, Suite
from tls13lab.messages.key_share import KeyShareClientHello, KeyShareServerHello
from tls13lab.messages.negotiation import CertWithExternPsk, EarlyData
from tls13lab.messages.pre_shared_key import SelectedPsk
from tls13lab.psk.offered import OfferedPsk
from tls13lab.wire.codepoints import CipherSuite


@dataclass
class Sight(Hellos):
    """The hellos, and what they say together."""

    @property
    def suite(self) -> Suite | None:
        """What the server chose, or before that nothing."""
        return SUITES[CipherSuite(self.answer.cipher_suite)] if self.answer else None

    @property
    def mode(self) -> str:
        """As an outcome names it (``full``, ``psk_ke``, ...), or empty before the ServerHello."""
        if self.answer is None:
            return ""
        if self.answer.find(SelectedPsk) is None:
            return "full"
        if self.answer.find(CertWithExternPsk) is not None:
            return "cert_with_extern_psk"
        return "psk_ke" if self.answer.find(KeyShareServerHello) is None else "psk_dhe_ke"

    @property
    def group(self) -> int | None:
        """That of the key exchange, if there is one."""
        share = self.answer.find(KeyShareServerHello) if self.answer else None
        return share.server_share.group if share else None

    @property
    def every_offer(self) -> tuple[OfferedPsk, ...]:
        """The PSKs of the first ClientHello, and of the second if there is one."""
        return self.offers(1) + self.offers(2)

    @property
    def chosen(self) -> OfferedPsk | None:
        """The PSK that the server took, in the ClientHello that it answered; None if it took none.

        "selected_identity: The server's chosen identity expressed as a (0-based) index into the
        identities in the client's "OfferedPsks.identities" list." (4.3.11)
        """
        selected = self.answer.find(SelectedPsk) if self.answer and self.complete else None
        if selected is None:
            return None
        offers = self.offers(len(self.raw_hellos))
        return next((one for one in offers if one.place == selected.selected_identity), None)

    @property
    def early_psk(self) -> OfferedPsk | None:
        """The PSK that early data is sent under; None if the client announces none.

        It is the first one of the first ClientHello, whatever the server then chooses (4.3.10).
        """
        if not self.hellos or self.hellos[0].find(EarlyData) is None:
            return None
        return next(iter(self.offers(1)), None)

    @property
    def identity(self) -> bytes:
        """The chosen PSK's name, as it crossed the wire; empty if none was chosen."""
        return self.chosen.identity if self.chosen else b""

    def shares(self, sender: str, hello: int = 0) -> dict[int, bytes]:
        """The public shares of one side, by group; the client's in a ClientHello, or the last."""
        if sender == "server":
            share = self.answer.find(KeyShareServerHello) if self.answer else None
            return {share.server_share.group: share.server_share.key_exchange} if share else {}
        sent = self.hellos[hello - 1].find(KeyShareClientHello) if self.hellos else None
        return {one.group: one.key_exchange for one in sent.client_shares} if sent else {}

    @property
    def client_random(self) -> bytes:
        """32 bytes, by which a key log names the connection; that of the first ClientHello."""
        return self.first_hello[6:38]
