"""The fifteen questions of the quiz: what learners, documents and even benchmarks get wrong.

Each question has one right answer, the reason, the section of the RFC, and the lesson with the
experiment that decides it. Sections are those of RFC 9846, with those of RFC 8446 if different.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Question:
    """A question; ``right`` is the index of the right option, from 0."""

    key: str
    asks: str
    options: tuple[str, ...]
    right: int
    why: str
    section: str
    lesson: str
    """The notebook, and the section with the experiment."""

    @property
    def answer(self) -> str:
        """The text of the right option."""
        return self.options[self.right]


def _rotated(question: Question, by: int) -> Question:
    """The question with its options rotated, so that no position is more often the right one."""
    count = len(question.options)
    options = tuple(question.options[(place + by) % count] for place in range(count))
    return replace(question, options=options, right=(question.right - by) % count)


_WRITTEN = (
    Question(
        "resumption keeps forward secrecy",
        "A TLS 1.3 connection was resumed with a ticket and recorded. Later the PSK leaks. What of "
        "the recording can be read?",
        (
            "nothing: TLS 1.3 always keeps forward secrecy",
            "all of it: resumption never keeps forward secrecy",
            "it depends on the mode: psk_ke is lost, psk_dhe_ke is kept except for 0-RTT data",
        ),
        2,
        "In psk_ke, and for 0-RTT data in both modes, the PSK is the only secret in the key "
        "schedule. Only a PSK that was deleted after its use can no longer leak (8.1).",
        "RFC 9846 2.2, 2.3, 8.1",
        "04_forward_secrecy, section 1",
    ),
    Question(
        "ticket key",
        "The key that a server seals its tickets with is stolen. Which recorded connections does "
        "it open?",
        (
            "all resumed ones",
            "the psk_ke ones, and 0-RTT data; in psk_dhe_ke it only allows impersonation",
            "none: tickets are not keys",
        ),
        1,
        "The ticket key gives the PSK. In psk_dhe_ke a private key of the connection is missing.",
        "RFC 9846 4.7.1 (8446: 4.6.1), F.1",
        "04_forward_secrecy, section 4",
    ),
    Question(
        "allow no dhe",
        "A server is told to allow psk_ke as well (OpenSSL: -allow_no_dhe_kex). A client offers "
        "both modes. Which one is used?",
        ("psk_ke", "psk_dhe_ke", "neither: a full handshake"),
        1,
        "Allowing is not preferring; OpenSSL needs a second option to prefer psk_ke.",
        "RFC 9846 4.3.9 (8446: 4.2.9)",
        "03_psk_modes, section 2",
    ),
    Question(
        "resumable when",
        "When can a client resume a connection for the first time?",
        (
            "as soon as the handshake has ended",
            "when it has read a NewSessionTicket, which the server sends after its Finished",
            "when the connection was closed properly",
        ),
        1,
        "The ticket is a separate message, usually after the client's Finished; a client that "
        "does not read on never gets one.",
        "RFC 9846 4.7.1 (8446: 4.6.1)",
        "02_resumption, section 1",
    ),
    Question(
        "two tickets",
        "A server sends two tickets on one connection. Why?",
        (
            "it is a mistake",
            "the second is a spare, in case the first is lost",
            "so that each can be used once: two connections with one ticket can be linked",
        ),
        2,
        "A ticket crosses the wire in the clear when it is used, so its reuse links connections.",
        "RFC 9846 C.4 (8446: C.4)",
        "02_resumption, section 3",
    ),
    Question(
        "ticket is psk",
        "How are a ticket and a PSK related?",
        (
            "the ticket is the PSK",
            "the ticket names the PSK, which both sides derive from the resumption secret and a "
            "nonce",
            "the PSK is the ticket's hash",
        ),
        1,
        "The ticket crosses the wire twice. The PSK never does, except perhaps inside the ticket, "
        "sealed under a key that only the server has.",
        "RFC 9846 4.7.1 (8446: 4.6.1)",
        "02_resumption, section 2",
    ),
    Question(
        "wrong binder",
        "A client offers an identity that the server knows, with a binder that does not verify. "
        "What does the server do?",
        (
            "it goes on with a full handshake",
            "it ends the connection with an alert",
            "it ignores this identity and tries the next one",
        ),
        1,
        "An unknown identity is ignored; a wrong binder for the selected one ends the handshake.",
        "RFC 9846 4.3.11 (8446: 4.2.11)",
        "03_psk_modes, section 3",
    ),
    Question(
        "configured is used",
        "Client and server are configured with the same external PSK. Is it used?",
        (
            "always",
            "only if a suite with the PSK's hash is chosen; otherwise it may be silently ignored",
            "only if there is no certificate",
        ),
        1,
        "A PSK belongs to a hash; a server that picks a suite with another hash cannot use it.",
        "RFC 9846 4.3.11 (8446: 4.2.11)",
        "03_psk_modes, section 4",
    ),
    Question(
        "dhe and passwords",
        "The PSK is a password, and the mode is psk_dhe_ke. Someone records one ClientHello. Can "
        "the password be guessed offline?",
        (
            "no: Diffie-Hellman hides it",
            "yes: the binder in the ClientHello tells a right guess from a wrong one",
            "only after the server has answered",
        ),
        1,
        "The binder is made before there is any shared secret, in both modes.",
        "RFC 9846 2.2 (8446: 2.2)",
        "07_external_psk_and_entropy, section 2",
    ),
    Question(
        "cracked opens",
        "The password was guessed. What of the recorded psk_dhe_ke connections does that open?",
        (
            "everything",
            "their 0-RTT data, if any; and from now on, both ends can be impersonated",
            "nothing, now or later",
        ),
        1,
        "Keys of recorded application data also depend on an (EC)DHE secret. A new handshake needs "
        "only the PSK.",
        "RFC 9846 2.2, F.1 (8446: E.1)",
        "07_external_psk_and_entropy, section 3",
    ),
    Question(
        "ticket age",
        "What is obfuscated_ticket_age?",
        (
            "the age in seconds, encrypted",
            "the age in milliseconds plus ticket_age_add, modulo 2^32",
            "the time at which the ticket was issued",
        ),
        1,
        "The addition hides it from observers; anyone who learns ticket_age_add can read the age.",
        "RFC 9846 4.3.11.1 (8446: 4.2.11.1)",
        "02_resumption, section 4",
    ),
    Question(
        "idempotent",
        "0-RTT data may be replayed, at once or later. Which requests then leave the server's data "
        "as it should be?",
        (
            "idempotent ones",
            "those that change nothing, even when they come again much later",
            "all of them: 0-RTT data is encrypted",
        ),
        1,
        "A replay may come later, and then an idempotent request undoes what was changed since. "
        "Even a request that changes nothing can be replayed to measure times or to probe caches.",
        "RFC 9846 8, F.5 (8446: 8, E.5)",
        "05_early_data, section 4",
    ),
    Question(
        "identity again",
        "A connection is resumed. Is the server's certificate checked again?",
        (
            "yes, as in each handshake",
            "no: only the first handshake checked it",
            "only in psk_dhe_ke",
        ),
        1,
        "With a PSK there is no certificate in the handshake. Servers that shared tickets between "
        "names have been vulnerable because of this.",
        "RFC 9846 2.2 (8446: 2.2)",
        "02_resumption, section 7",
    ),
    Question(
        "psk names",
        "Alice and Bob share one PSK, and each is client or server under it. A handshake with it "
        "succeeds. What does Alice know?",
        (
            "that Bob is at the other end",
            "that somebody with the PSK is at the other end; it may be Alice herself, reflected",
            "nothing",
        ),
        1,
        "A PSK proves knowledge of a secret, not an identity: Selfie (Drucker and Gueron, 2019).",
        "RFC 9257 4, RFC 9846 F.8",
        "08_identity_and_selfie, section 2",
    ),
    Question(
        "client random",
        "A key-log file has a line CLIENT_RANDOM. Which TLS 1.3 connections does it open?",
        (
            "the one with that random",
            "none: TLS 1.3 logs a line for each traffic secret, with other labels",
            "all with that server",
        ),
        1,
        "CLIENT_RANDOM is for TLS 1.2 and older; TLS 1.3 has no single secret for everything.",
        "RFC 9850",
        "01_key_schedule, section 8",
    ),
)

QUESTIONS = tuple(_rotated(question, number) for number, question in enumerate(_WRITTEN))
