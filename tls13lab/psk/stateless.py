"""Stateless tickets: the server's state, encrypted and given to the client. RFC 9846 section 4.7.1.

The PSK is inside the ticket, encrypted under a ticket key that only the server has. Anyone who
steals the ticket key can decrypt every ticket under it, and every psk_ke connection that these
tickets resumed. They can also make tickets that the server accepts as its own. Therefore the key is
rotated: new tickets use the current key, and the previous key still decrypts.

    ticket = key_name (16 bytes) || nonce (12) || AES-256-GCM(TicketState) (length + 16)

>>> from tls13lab.crypto.entropy import seeded
>>> book = StatelessTickets(TicketKey.new(seeded("key")))
>>> state = TicketState(CipherSuite(0x1301), bytes(32), 0, 1000, 7200, 7)
>>> ticket = book.issue(state, seeded("nonce"))
>>> book.find(ticket, 2000) == state
True
>>> once = book.rotate(TicketKey.new(seeded("key 2")))
>>> once.find(ticket, 2000) == state, once.rotate(TicketKey.new(seeded("key 3"))).find(ticket, 2000)
(True, None)
"""

from dataclasses import dataclass, field

from tls13lab.crypto.aead import aes_gcm, wrong_tag
from tls13lab.crypto.entropy import Entropy
from tls13lab.psk.tickets import TicketState
from tls13lab.wire.codepoints import CipherSuite  # noqa: F401  (used by the example above)
from tls13lab.wire.faults import DecodeError, LocalFault

NAME_LENGTH, NONCE_LENGTH, KEY_LENGTH = 16, 12, 32


@dataclass(frozen=True, slots=True)
class TicketKey:
    """A ticket key: a public name of 16 bytes, which tickets contain, and a key of 32 bytes."""

    name: bytes
    key: bytes = field(repr=False)

    @classmethod
    def new(cls, entropy: Entropy) -> "TicketKey":
        """A new key, from 48 bytes of entropy."""
        return cls(entropy(NAME_LENGTH), entropy(KEY_LENGTH))

    @classmethod
    def from_bytes(cls, secret: bytes) -> "TicketKey":
        """From 48 bytes, the name and then the key; raises LocalFault for another length."""
        if len(secret) != NAME_LENGTH + KEY_LENGTH:
            raise LocalFault(f"a ticket key has 48 bytes (96 hex digits), not {len(secret)}")
        return cls(secret[:NAME_LENGTH], secret[NAME_LENGTH:])

    def to_bytes(self) -> bytes:
        """48 bytes: the name, then the key."""
        return self.name + self.key


@dataclass(frozen=True, slots=True)
class StatelessTickets:
    """Encrypts tickets under ``current``, and decrypts them under ``current`` or ``previous``."""

    current: TicketKey
    previous: TicketKey | None = None

    def rotate(self, new: TicketKey) -> "StatelessTickets":
        """A copy with a new current key; tickets under the former ``previous`` are now invalid."""
        return StatelessTickets(new, self.current)

    def issue(self, state: TicketState, entropy: Entropy) -> bytes:
        """A ticket that contains the encrypted state, 44 bytes longer than its encoding."""
        nonce = entropy(NONCE_LENGTH)
        name = self.current.name
        return name + nonce + aes_gcm(self.current.key).encrypt(nonce, state.encode(), name)

    def find(self, ticket: bytes, now_ms: int) -> TicketState | None:
        """The state, or None for a ticket under another key, one that was changed, or expired."""
        name = ticket[:NAME_LENGTH]
        for key in (self.current, self.previous):
            if key is not None and key.name == name:
                state = unseal(key, ticket)
                return state if state is not None and state.valid(now_ms) else None
        return None

    def used(self, ticket: bytes) -> None:
        """Does nothing: a stateless server cannot remember that a ticket was used."""


def unseal(key: TicketKey, ticket: bytes) -> TicketState | None:
    """The state in a ticket; None if the ticket was changed or belongs to another key.

    The server uses this, and so does an attacker who stole the key.
    """
    nonce, sealed = ticket[NAME_LENGTH:][:NONCE_LENGTH], ticket[NAME_LENGTH + NONCE_LENGTH :]
    if len(sealed) < 16:
        return None
    try:
        return TicketState.decode(aes_gcm(key.key).decrypt(nonce, sealed, key.name))
    except (wrong_tag(), DecodeError):
        # "Any unknown PSKs (e.g., ones ... encrypted with an unknown key) SHOULD simply be
        # ignored" (4.3.11). So there is no alert that would tell an attacker something.
        return None
