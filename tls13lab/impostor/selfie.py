"""The Selfie attack: a member's own handshake, sent back to it. RFC 9257 section 4.

Drucker and Gueron described it in 2019. A shared PSK proves that the other end is a member of the
group, but not which one. A member that is both client and server under the same PSK can be made to
talk to itself. The attacker has no secret and changes nothing; it only delivers the bytes to the
wrong place. Afterwards the member believes that it is connected to its friend. The remedy is to
bind the PSK to roles: import it with a context that names client and server, or let each member use
it in only one role.

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
    """An importer context that names client and server.

    Each name is preceded by its length (one byte), so no two pairs of names give the same context.
    """
    return bytes([len(client)]) + client + bytes([len(server)]) + server


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a group that shares a PSK; it connects to its ``friend`` and accepts anybody.

    With ``roles``, the PSK is imported with the names of client and server as context. ``answers``
    says whether the member is also a server under this PSK.
    """

    name: bytes
    friend: bytes
    psk: ExternalPsk
    roles: bool = False
    answers: bool = True
    mode: PskKeyExchangeMode = PSK_DHE_KE

    def as_client(self) -> ClientConfig:
        """The configuration with which it connects to its friend."""
        return ClientConfig(psks=self._psks(self.name, self.friend), modes=frozenset({self.mode}))

    def as_server(self) -> ServerConfig:
        """The configuration with which it accepts connections."""
        psks = self._psks(self.friend, self.name) if self.answers else ()
        return ServerConfig(psks=psks, modes=frozenset({PSK_KE, PSK_DHE_KE}))

    def _psks(self, client: bytes, server: bytes) -> tuple[ExternalPsk, ...]:
        if not self.roles:
            return (self.psk,)
        return import_psk(self.psk, context_of(client, server))


def reflecting(member: Member, seed: str = "selfie") -> Pair:
    """The member as client and server, with bytes carried between the two as the attacker would."""
    return Pair(member.as_client(), member.as_server(), seed)


class ReflectedPeer(LocalFault):
    """The other end gave our own name: the connection leads back to ourselves."""


def introduced(member: Member, seed: str = "selfie") -> bytes:
    """Like :func:`reflected`, but after the handshake, the server sends its name to the client.

    Returns the name that the client received, if it is the friend's. Raises ReflectedPeer.
    """
    pair = reflecting(member, seed)
    pair.handshake()
    pair.server.send(member.name)
    pair.pump()
    name = pair.client_received
    if name != member.friend:
        raise ReflectedPeer("the other end has my own name: the connection was sent back to me")
    return name


def reflected(member: Member, seed: str = "selfie") -> Outcome:
    """The handshake's outcome for the member. Raises a TLSFault if the handshake fails."""
    return reflecting(member, seed).handshake()
