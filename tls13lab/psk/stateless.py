"""Stateless tickets: the server's memory, sealed and given to the client. RFC 9846 section 4.7.1.

The PSK travels inside the ticket, under a key that only the server has. So the ticket key opens
every ticket sealed under it, and with it every psk_ke connection those tickets resumed: that is
why it is rotated. The previous key still opens, the current one seals. Whoever else has the key
seals tickets too, and the server cannot tell them from its own.

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
    """A ticket key: a public name of 16 bytes, by which it is found again, and 32 secret bytes."""

    name: bytes
    key: bytes = field(repr=False)

    @classmethod
    def new(cls, entropy: Entropy) -> "TicketKey":
        """A fresh one."""
        return cls(entropy(NAME_LENGTH), entropy(KEY_LENGTH))

    @classmethod
    def from_bytes(cls, secret: bytes) -> "TicketKey":
        """From 48 bytes: the name, then the key."""
        if len(secret) != NAME_LENGTH + KEY_LENGTH:
            raise LocalFault(f"a ticket key has 48 bytes (96 hex digits), not {len(secret)}")
        return cls(secret[:NAME_LENGTH], secret[NAME_LENGTH:])

    def to_bytes(self) -> bytes:
        """48 bytes: the name, then the key."""
        return self.name + self.key


@dataclass(frozen=True, slots=True)
class StatelessTickets:
    """Seals under ``current``, opens under ``current`` and ``previous``."""

    current: TicketKey
    previous: TicketKey | None = None

    def rotate(self, new: TicketKey) -> "StatelessTickets":
        """The book after ``new`` became current; what was previous can be opened no more."""
        return StatelessTickets(new, self.current)

    def issue(self, state: TicketState, entropy: Entropy) -> bytes:
        """The state, sealed; 44 bytes longer than its encoding."""
        nonce = entropy(NONCE_LENGTH)
        name = self.current.name
        return name + nonce + aes_gcm(self.current.key).encrypt(nonce, state.encode(), name)

    def find(self, ticket: bytes, now_ms: int) -> TicketState | None:
        """The state, or None for a ticket of another key, changed on the way, or too old."""
        name = ticket[:NAME_LENGTH]
        for key in (self.current, self.previous):
            if key is not None and key.name == name:
                state = unseal(key, ticket)
                return state if state is not None and state.valid(now_ms) else None
        return None

    def used(self, ticket: bytes) -> None:
        """Nothing to do: a stateless server cannot remember that a ticket was used."""


def unseal(key: TicketKey, ticket: bytes) -> TicketState | None:
    """What a ticket holds, for whoever has its key; None if it is not of this key or was changed.

    The server asks, and so does a thief.
    """
    nonce, sealed = ticket[NAME_LENGTH:][:NONCE_LENGTH], ticket[NAME_LENGTH + NONCE_LENGTH :]
    if len(sealed) < 16:
        return None
    try:
        return TicketState.decode(aes_gcm(key.key).decrypt(nonce, sealed, key.name))
    except (wrong_tag(), DecodeError):
        # "Any unknown PSKs (e.g., ones ... encrypted with an unknown key) SHOULD simply be
        # ignored" (4.3.11): no alert, so no answer to someone who probes.
        return None
