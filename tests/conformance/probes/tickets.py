"""Tickets: altered, cut, of another key, too old; their ages, and 0-RTT. RFC 9846 section 4.7.1.

They are sealed here, under the server's ticket key, so that each can be as old as is wanted without
waiting: the clock of both sides stands still. The answer also says what came of the ticket, for a
handshake goes on with it and without it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.conformance.probes.hello import PSK_TYPE, Hello, offered
from tests.conformance.probes.question import FULL, MOST_EARLY, SUITE, Question
from tests.conformance.probes.talk import GOES_ON, NOW_MS, Ask, Talk
from tests.handshake.scenes import NAME, TICKET_KEY
from tls13lab.crypto.entropy import seeded
from tls13lab.crypto.suites import SUITES
from tls13lab.handshake.config import PSK_KE, ClientConfig
from tls13lab.psk.age import obfuscate
from tls13lab.psk.anti_replay import WINDOW_MS
from tls13lab.psk.keys import ExternalPsk, ResumptionPsk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.psk.tickets import TicketState
from tls13lab.wire.codepoints import CipherSuite
from tls13lab.wire.writer import opaque8, opaque16, uint32

AGE_MS, AGE_ADD, LIFETIME_S = 1_000, 0xFFFF_FF00, 7_200
WEEK_S = 604_800
OTHER_KEY = TicketKey.new(seeded("a ticket key that the server never had"))
SAME_NAME = replace(OTHER_KEY, name=TICKET_KEY.name)
SHA384 = CipherSuite.TLS_AES_256_GCM_SHA384
TAKEN, FULL_AGAIN = f"{GOES_ON}: psk_dhe_ke, ticket 0", f"{GOES_ON}: full"
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Resumption(Question):
    """``earn`` gets tickets from the server at a port first; otherwise ``client`` has them."""

    earn: Callable[[int], ClientConfig] | None = None

    def put(self, port: int) -> str:
        """The answer, and if it goes on, in which mode, under which ticket, with what 0-RTT."""
        with Talk(port, self.earn(port) if self.earn else self.client) as talk:
            self.ask(talk)
            answer = talk.answer()
            if answer != GOES_ON:
                return answer
            outcome = talk.client.outcome
        ticket = (
            "" if outcome.selected_identity is None else f", ticket {outcome.selected_identity}"
        )
        early = "" if outcome.early_data == "none" else f", early data {outcome.early_data}"
        return f"{GOES_ON}: {outcome.mode}{ticket}{early}"


def ticket(
    *,
    age_ms: int = AGE_MS,
    lifetime_s: int = LIFETIME_S,
    key: TicketKey = TICKET_KEY,
    suite: CipherSuite = SUITE,
    early: int = MOST_EARLY,
    change: Callable[[bytes], bytes] = lambda sealed: sealed,
) -> ResumptionPsk:
    """A ticket of that age and lifetime, as the server that has ``key`` seals it, then changed.

    What the client believes is always the same: a second old, two hours to live, 0-RTT allowed.
    """
    psk = bytes(range(SUITES[suite].hash_length))
    state = TicketState(
        suite=suite,
        psk=psk,
        began_ms=NOW_MS - age_ms,
        issued_ms=NOW_MS - age_ms,
        lifetime_s=lifetime_s,
        age_add=AGE_ADD,
        max_early_data_size=early,
    )
    sealed = StatelessTickets(key).issue(state, seeded(f"ticket {age_ms} {lifetime_s}"))
    return ResumptionPsk(
        identity=change(sealed),
        key=psk,
        hash_name=SUITES[suite].hash_name,
        suite=suite,
        received_ms=NOW_MS - AGE_MS,
        lifetime_s=LIFETIME_S,
        age_add=AGE_ADD,
        server_name=NAME,
        max_early_data_size=MOST_EARLY,
    )


def having(*tickets: ResumptionPsk, early_data: bytes = b"") -> ClientConfig:
    return replace(FULL, psks=tickets, early_data=early_data)


def flipped(place: int) -> Callable[[bytes], bytes]:
    return lambda raw: raw[:place] + bytes((raw[place] ^ 1,)) + raw[place + 1 :]


RIGHT = ticket()
UNKNOWN = ticket(key=OTHER_KEY)
LENGTH = len(RIGHT.identity)
"""In bytes: a name of 16, a nonce of 12, what is sealed, and a tag of 16."""


def says_age(off_ms: int) -> Ask:
    """The honest offer, its ticket's age so many milliseconds off; the binder is made for it."""

    def ask(talk: Talk) -> None:
        age = obfuscate(AGE_MS + off_ms, AGE_ADD)
        identity = opaque16(RIGHT.identity) + uint32(age)
        hello = talk.hello.put(PSK_TYPE, offered(identity, opaque8(bytes(32)))).bound(RIGHT)
        talk.say(hello)

    return ask


def off_by(off_ms: int) -> ResumptionPsk:
    """A right ticket whose client is so far off: it got it earlier, or the server issued it so."""
    if off_ms < 0:
        return ticket(age_ms=AGE_MS - off_ms)
    return replace(RIGHT, received_ms=RIGHT.received_ms - off_ms)


def with_suites(suites: bytes) -> Ask:
    def ask(talk: Talk) -> None:
        talk.say(replace(talk.hello, suites=suites).bound(talk.config.psks[-1]))

    return ask


def with_label_of(kind: type[ExternalPsk]) -> Ask:
    """A binder made as for a PSK of another kind, which has another label (7.1)."""

    def ask(talk: Talk) -> None:
        talk.say(talk.hello.bound(kind(RIGHT.identity, RIGHT.key)))

    return ask


def wrong_first_binder(hello: Hello) -> Hello:
    data = bytearray(hello.data(PSK_TYPE))
    data[-2 * 33 + 1] ^= 1
    return hello.put(PSK_TYPE, bytes(data))


def second_binder_right(talk: Talk) -> None:
    talk.say(wrong_first_binder(talk.hello).bound(RIGHT))


def earned(*, updates: int = 0, which: int = 0) -> Callable[[int], ClientConfig]:
    """A ticket that the server gave, on a connection that then had so many KeyUpdates."""

    def earn(port: int) -> ClientConfig:
        with Talk(port, FULL) as talk:
            talk.shake()
            for _ in range(updates):
                talk.client.update_keys(request=True)
            talk.flush()
            assert talk.answer() == GOES_ON
            return having(talk.tickets[which])

    return earn


EARLY_ACCEPTED = f"{TAKEN}, early data accepted"
EARLY_REJECTED = f"{TAKEN}, early data rejected"
WORDS = b"early words"


def honest(name: str, answer: str, *tickets: ResumptionPsk, early_data: bytes = b"") -> Resumption:
    config = having(*tickets, early_data=early_data)
    return Resumption(name, "4.3.11", Talk.greet, answer, config)


QUESTIONS: tuple[Question, ...] = (
    honest("an honest ticket", TAKEN, RIGHT),
    Resumption(
        "an honest ticket in psk_ke",
        "4.3.9",
        Talk.greet,
        f"{GOES_ON}: psk_ke, ticket 0",
        replace(having(RIGHT), modes=frozenset({PSK_KE})),
    ),
    Resumption(
        "an honest ticket, and no share yet",
        "4.2.4",
        Talk.greet,
        TAKEN,
        replace(having(RIGHT), share_groups=()),
    ),
    # "Any unknown PSKs (e.g., ones not in the PSK database or encrypted with an unknown key) SHOULD
    # simply be ignored." (4.3.11)
    *(
        honest(f"a ticket with a bit of its {name} turned", FULL_AGAIN, ticket(change=flipped(at)))
        for name, at in (("name", 0), ("nonce", 16), ("content", 28), ("end", LENGTH - 1))
    ),
    *(
        honest(
            f"a ticket cut to {size} bytes",
            FULL_AGAIN,
            ticket(change=lambda sealed, size=size: sealed[:size]),  # type: ignore[misc]
        )
        for size in (1, 15, 16, 27, 28, 43, 44, LENGTH - 1)
    ),
    honest("a ticket with a byte behind it", FULL_AGAIN, ticket(change=lambda raw: raw + b"\x00")),
    honest("a ticket of another key", FULL_AGAIN, UNKNOWN),
    honest("a ticket of another key with the right name", FULL_AGAIN, ticket(key=SAME_NAME)),
    # "Clients MUST NOT use tickets for longer than 7 days after issuance" (4.7.1)
    honest("a ticket in its last second", TAKEN, ticket(age_ms=LIFETIME_S * 1000)),
    honest("a ticket past its lifetime", FULL_AGAIN, ticket(age_ms=LIFETIME_S * 1000 + 1)),
    honest("a ticket seven days old", TAKEN, ticket(age_ms=WEEK_S * 1000, lifetime_s=WEEK_S)),
    honest(
        "a ticket past seven days, whatever its lifetime says",
        FULL_AGAIN,
        ticket(age_ms=WEEK_S * 1000 + 1, lifetime_s=2 * WEEK_S),
    ),
    honest("a ticket with no lifetime", FULL_AGAIN, ticket(lifetime_s=0)),
    # several
    honest("two tickets, the second right", f"{GOES_ON}: psk_dhe_ke, ticket 1", UNKNOWN, RIGHT),
    honest("two tickets, both right", TAKEN, RIGHT, ticket(age_ms=2_000)),
    honest("a ticket twice", TAKEN, RIGHT, RIGHT),
    Resumption(
        "two tickets, the binder of the first wrong",
        "4.3.11",
        second_binder_right,
        "decrypt_error",
        having(RIGHT, RIGHT),
    ),
    Resumption(
        "a ticket whose binder is an external PSK's",
        "4.3.11.2",
        with_label_of(ExternalPsk),
        "decrypt_error",
        having(RIGHT),
    ),
    # the hash
    Resumption(
        "a ticket for SHA-384, and suites of both hashes",
        "4.3.11",
        Talk.greet,
        TAKEN,
        replace(having(ticket(suite=SHA384)), suites=(SUITE, SHA384)),
    ),
    Resumption(
        "a ticket for SHA-384, and no suite with it",
        "4.3.11",
        with_suites(b"\x13\x01"),
        FULL_AGAIN,
        replace(having(ticket(suite=SHA384)), suites=(SUITE, SHA384)),
    ),
    # "the server SHOULD proceed with the handshake but reject 0-RTT" (4.3.10)
    *(
        Resumption(f"an age that is {off} ms off", "4.3.10", says_age(off), TAKEN, having(RIGHT))
        for off in (WINDOW_MS + 1, -WINDOW_MS - 1, DAY_MS, 2**31)
    ),
    *(
        honest(
            f"early data, and an age that is {off} ms off",
            EARLY_ACCEPTED if abs(off) <= WINDOW_MS else EARLY_REJECTED,
            off_by(off),
            early_data=WORDS,
        )
        for off in (0, 1, WINDOW_MS, WINDOW_MS + 1, 3_600_000, -WINDOW_MS, -WINDOW_MS - 1)
    ),
    honest(
        "early data under an altered ticket",
        f"{FULL_AGAIN}, early data rejected",
        ticket(change=flipped(40)),
        early_data=WORDS,
    ),
    honest(
        "early data under a ticket past its lifetime",
        f"{FULL_AGAIN}, early data rejected",
        ticket(age_ms=LIFETIME_S * 1000 + 1),
        early_data=WORDS,
    ),
    honest(
        "early data under the first of two, the second right",
        f"{GOES_ON}: psk_dhe_ke, ticket 1, early data rejected",
        UNKNOWN,
        RIGHT,
        early_data=WORDS,
    ),
    honest(
        "early data under a ticket that allows none",
        EARLY_REJECTED,
        ticket(early=0),
        early_data=WORDS,
    ),
    honest(
        "early data, all that a ticket allows",
        EARLY_ACCEPTED,
        ticket(early=20),
        early_data=bytes(20),
    ),
    honest(
        "early data, a byte more than a ticket allows",
        "unexpected_message",
        ticket(early=20),
        early_data=bytes(21),
    ),
    # tickets that the server gave
    *(
        Resumption(name, "4.7.1", Talk.greet, TAKEN, earn=earn)
        for name, earn in (
            ("a ticket as it was given", earned()),
            ("the second ticket of a connection", earned(which=1)),
            ("a ticket, and its connection had a KeyUpdate", earned(updates=1)),
            ("a ticket, and its connection had three KeyUpdates", earned(updates=3)),
        )
    ),
)
