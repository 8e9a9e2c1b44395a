"""A ServerHello from an adversary without the PSK, who can go no further. RFC 9846 section 4.2.3.

It selects the client's first PSK and, if the client sent a share, adds a share of its own. The
client cannot see that anything is wrong yet: only the server's Finished proves that it has the PSK.
The adversary gains this: it knows everything that goes into the handshake secret except the PSK,
and the PSK may leak later.

>>> from tls13lab.crypto.entropy import seeded
>>> from tls13lab.handshake.pair import Pair, lesson_configs
>>> hello = Pair(*lesson_configs("psk_dhe_ke"), "an example").client.outgoing()
>>> flight, private_key = answer(hello, seeded("blunt"))
>>> flight[5], len(private_key)
(2, 32)
"""

from tls13lab.crypto import groups
from tls13lab.crypto.entropy import Entropy
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.extension import Extension
from tls13lab.messages.handshake import pack, unpack
from tls13lab.messages.key_share import KeyShareClientHello, KeyShareEntry, KeyShareServerHello
from tls13lab.messages.negotiation import SelectedVersion
from tls13lab.messages.pre_shared_key import SelectedPsk
from tls13lab.messages.server_hello import ServerHello
from tls13lab.records.framing import HEADER_LENGTH, frame
from tls13lab.wire.codepoints import CipherSuite, ContentType
from tls13lab.wire.faults import HandshakeFailure

SUITE = CipherSuite.TLS_AES_128_GCM_SHA256


def answer(flight: bytes, entropy: Entropy) -> tuple[bytes, bytes]:
    """The answer to a client's first flight, and the private key of its share (empty if none).

    Raises HandshakeFailure if the flight does not begin with a ClientHello.
    """
    size = int.from_bytes(flight[3:HEADER_LENGTH], "big")
    hello = unpack(flight[HEADER_LENGTH : HEADER_LENGTH + size])
    if not isinstance(hello, ClientHello):
        raise HandshakeFailure("the flight does not begin with a ClientHello")
    offered = hello.find(KeyShareClientHello)
    extensions: list[Extension] = [SelectedVersion(), SelectedPsk(0)]
    private_key = b""
    if offered is not None and offered.client_shares:
        theirs = offered.client_shares[0]
        response = groups.respond(theirs.group, theirs.key_exchange, entropy)
        extensions.append(KeyShareServerHello(KeyShareEntry(theirs.group, response.share)))
        private_key = response.private_key
    server_hello = ServerHello(entropy(32), hello.legacy_session_id, SUITE, tuple(extensions))
    return frame(ContentType.HANDSHAKE, pack(server_hello)), private_key
