"""The incident of lesson 09: seven connections, and the secrets that were stolen afterwards.

The connections are real, and come in a different order for each student. What can be found out from
their bytes is computed by this package's own eavesdropper and search; nothing is written down here.
"""

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from tls13lab.adversary.eavesdropper import eavesdrop
from tls13lab.adversary.finding import Finding
from tls13lab.adversary.theft import Theft, together
from tls13lab.capture.recording import Item
from tls13lab.evidence.scripted import record, talk
from tls13lab.exercises.guessing import WORDS
from tls13lab.exercises.student import Draw
from tls13lab.handshake.config import PSK_DHE_KE, PSK_KE, ClientConfig, ServerConfig
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.psk.keys import ExternalPsk, Psk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.search.target import targets
from tls13lab.wire.codepoints import PskKeyExchangeMode
from tls13lab.wire.names import Mode

LATER = ("resumed psk_ke", "resumed psk_dhe_ke", "weak psk_ke", "weak psk_dhe_ke", "strong", "full")


@dataclass(frozen=True)
class Incident:
    """The capture (``items``), the stolen secrets (``bag``), and the word list.

    ``kinds`` says what each connection is; only the checks use it.
    """

    items: tuple[Item, ...] = field(repr=False)
    bag: dict[str, Theft] = field(repr=False)
    words: tuple[bytes, ...] = field(repr=False)
    kinds: tuple[str, ...]

    @cached_property
    def passwords(self) -> dict[str, bytes]:
        """The guessed PSKs: identity to word."""
        found = {}
        for target in targets(self.items):
            for word in self.words:
                if target.kind.value == "external" and target.made_with(word):
                    found[target.identity.decode()] = word
        return found

    def findings(self, *, passwords: bool = True, bag: bool = True) -> dict[int, Finding]:
        """The eavesdropper's findings with the guessed PSKs and the bag, or with one of them."""
        guessed = [Theft(psks=tuple(self.passwords.values()))] if passwords else []
        theft = together([*guessed, *(self.bag.values() if bag else ())])
        return {finding.connection: finding for finding in eavesdrop(self.items, theft)}

    def opened(self, *, passwords: bool = True, bag: bool = True) -> frozenset[int]:
        """The connections whose application data is lost."""
        found = self.findings(passwords=passwords, bag=bag)
        return frozenset(number for number, finding in found.items() if finding.verdict == "lost")

    def of_mode(self, mode: Mode) -> frozenset[int]:
        """The connections in this mode."""
        findings = self.findings().items()
        return frozenset(number for number, finding in findings if finding.mode == mode)

    def number(self, kind: str) -> int:
        """The number of the connection of this kind, from 1."""
        return self.kinds.index(kind) + 1


@lru_cache(maxsize=16)
def incident(seed: str) -> Incident:
    """Seven connections with one server, and what was stolen from it afterwards."""
    draw = Draw(seed, "incident")
    key = TicketKey.new(draw.entropy)
    weak = ExternalPsk(b"printer", draw.one_of(WORDS).encode())
    strong = ExternalPsk(b"backup", draw.bytes(32))
    both = frozenset({PSK_KE, PSK_DHE_KE})
    asking, certified = lesson_configs("full")
    server = ServerConfig(
        credential=certified.credential,
        psks=(weak, strong),
        modes=both,
        tickets=StatelessTickets(key),
    )
    client = ClientConfig(trust=asking.trust, server_name=asking.server_name, modes=both)

    def spoken(name: str) -> bytes:
        return f"{name}: the word is {draw.bytes(3).hex()}".encode()

    first = talk(client, server, f"{seed} first", client_says=spoken("first"))
    kinds = ("first", *draw.shuffled(LATER))
    offers: dict[str, tuple[Psk, PskKeyExchangeMode]] = {
        "resumed psk_ke": (first.tickets[0], PSK_KE),
        "resumed psk_dhe_ke": (first.tickets[1], PSK_DHE_KE),
        "weak psk_ke": (weak, PSK_KE),
        "weak psk_dhe_ke": (weak, PSK_DHE_KE),
        "strong": (strong, PSK_DHE_KE),
    }
    pairs: dict[str, Pair] = {"first": first}
    for kind in kinds[1:]:
        config = client
        if kind in offers:
            psk, mode = offers[kind]
            config = ClientConfig(
                psks=(psk,), modes=frozenset({mode}), server_name=asking.server_name
            )
        pairs[kind] = talk(config, server, f"{seed} {kind}", client_says=spoken("report"))
    share = pairs["weak psk_dhe_ke"].conversation().secrets["client_ecdhe"]
    bag = {
        "ticket key, from the server's memory": Theft(ticket_keys=(key,)),
        "X25519 private key, from a crash dump": Theft(client_ecdhe=(share,)),
    }
    words = tuple(word.encode() for word in draw.shuffled(WORDS))
    return Incident(record(*(pairs[kind] for kind in kinds)), bag, words, kinds)
