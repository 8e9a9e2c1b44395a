"""Selfie: a member's own handshake, sent back to it. Drucker and Gueron, 2019; RFC 9257 section 4.

A PSK that two or more share proves that the other end is one of them; it does not say which. Who
is both client and server under the same PSK can be made to talk to itself: the reflector holds no
secret and changes nothing, it only sends the bytes to the wrong door. Afterwards the member
believes that its friend is at the other end. What ends it is a PSK that knows its roles: imported
with a context that names client and server, or one that a member uses in one role only.

>>> alice = Member(b"alice", b"bob", ExternalPsk(b"group", bytes(32)))
>>> reflected(alice).mode
'psk_dhe_ke'
"""

from dataclasses import dataclass

from tls13lab.handshake.actions import Outcome
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.pair import Pair
from tls13lab.psk.importer import import_psk
from tls13lab.psk.keys import ExternalPsk
from tls13lab.wire.codepoints import PskKeyExchangeMode
from tls13lab.wire.faults import LocalFault


def context_of(client: bytes, server: bytes) -> bytes:
    """The importer's context for two ends.

    Names of different lengths must not run together: one context for each pair of ends.
    """
    return bytes([len(client)]) + client + bytes([len(server)]) + server


@dataclass(frozen=True, slots=True)
class Member:
    """One of a group that shares a PSK: it calls its ``friend``, and answers whoever calls.

    ``roles``: with the importer, and the two ends' names in its context. ``answers``: whether it is
    a server at all under this PSK.
    """

    name: bytes
    friend: bytes
    psk: ExternalPsk
    roles: bool = False
    answers: bool = True
    mode: PskKeyExchangeMode = PSK_DHE_KE

    def as_client(self) -> ClientConfig:
        """Calling the friend."""
        return ClientConfig(psks=self._psks(self.name, self.friend), modes=frozenset({self.mode}))

    def as_server(self) -> ServerConfig:
        """Answering the friend."""
        psks = self._psks(self.friend, self.name) if self.answers else ()
        return ServerConfig(psks=psks, modes=frozenset({PSK_KE, PSK_DHE_KE}))

    def _psks(self, client: bytes, server: bytes) -> tuple[ExternalPsk, ...]:
        if not self.roles:
            return (self.psk,)
        return import_psk(self.psk, context_of(client, server))


def reflecting(member: Member, seed: str = "selfie") -> Pair:
    """The member as client of itself, bytes carried between the two as a reflector carries them."""
    return Pair(member.as_client(), member.as_server(), seed)


class ReflectedPeer(LocalFault):
    """The other end gave one's own name: one is talking to oneself."""


def introduced(member: Member, seed: str = "selfie") -> bytes:
    """Reflected, but afterwards each end says its name over the connection, and checks the other's.

    Returns the name that the client was told, if it is the friend's. Raises ReflectedPeer.
    """
    pair = reflecting(member, seed)
    pair.handshake()
    pair.server.send(member.name)
    pair.pump()
    told = pair.client_received
    if told != member.friend:
        raise ReflectedPeer("the other end says that it is I: this connection was sent back to me")
    return told


def reflected(member: Member, seed: str = "selfie") -> Outcome:
    """What the member believes afterwards. Raises the TLSFault that it notices by, if it does."""
    return reflecting(member, seed).handshake()
