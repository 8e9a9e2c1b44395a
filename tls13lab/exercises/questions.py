"""The fifteen questions of the quiz: what people often get wrong.

Each question has one right answer, a reply to each option, the section of the RFC, and the section
of a lesson with the experiment that decides it. Sections are those of RFC 9846, with those of RFC
8446 if different. The options of a question are about equally long, so that length tells nothing.

>>> QUESTIONS[5].answer
'the ticket names the PSK, and both sides derive it'
>>> QUESTIONS[5].link
'02_resumption.ipynb#cell-id=02-13'
"""

from tls13lab.exercises.question import Question, rotated

_WRITTEN = (
    Question(
        "a leaked PSK",
        "A connection was resumed with a ticket and recorded, its 0-RTT data included. Later the "
        "PSK leaks. What of the recording can be read?",
        (
            "nothing: TLS 1.3 keeps forward secrecy in any mode",
            "everything: no resumption has forward secrecy",
            "in psk_ke everything, in psk_dhe_ke the 0-RTT data",
        ),
        (
            "In psk_ke, the PSK is the only secret in the key schedule, so nothing is kept.",
            "In psk_dhe_ke, application data is kept: its keys also depend on an (EC)DHE secret.",
            "In psk_ke, and for 0-RTT data in both modes, the PSK is the only secret in the key "
            "schedule. Only a PSK that was deleted after its use can no longer leak (8.1).",
        ),
        2,
        "RFC 9846 2.2, 2.3, 8.1",
        "04_forward_secrecy",
        "1. A stolen PSK, a year later",
        "04-03",
    ),
    Question(
        "a stolen ticket key",
        "The key with which a server seals its tickets is stolen. Which recorded resumptions, with "
        "tickets under that key, can be read with it alone?",
        (
            "all of them, in either of the two modes",
            "those in psk_ke, and 0-RTT data in both",
            "none of them: a ticket contains no key",
        ),
        (
            "In psk_dhe_ke, the PSK is not enough for application data: a private key is missing.",
            "It gives the PSK; in psk_dhe_ke, application data also needs a private key.",
            "A ticket that a server seals contains the PSK, or what the PSK is derived from.",
        ),
        1,
        "RFC 9846 4.7.1 (8446: 4.6.1), F.1 (8446: E.1)",
        "04_forward_secrecy",
        "4. One key for all tickets",
        "04-19",
    ),
    Question(
        "both modes allowed",
        "An OpenSSL server has the option -allow_no_dhe_kex, which allows psk_ke as well. A client "
        "offers both modes. Which one is used?",
        (
            "psk_ke, which needs less work",
            "psk_dhe_ke, as without the option",
            "neither: it falls back to a full handshake",
        ),
        (
            "Allowing is not preferring; OpenSSL needs a second option to prefer psk_ke.",
            "Allowing is not preferring; OpenSSL needs a second option to prefer psk_ke.",
            "Two possible modes are no conflict: the server chooses one of them.",
        ),
        1,
        "RFC 9846 4.3.9 (8446: 4.2.9)",
        "03_psk_modes",
        "2. Both sides allow both modes",
        "03-13",
    ),
    Question(
        "the first resumption",
        "When can a client resume a connection for the first time?",
        (
            "as soon as the handshake is complete",
            "as soon as it has read a NewSessionTicket",
            "when the connection was closed with close_notify",
        ),
        (
            "The handshake makes no PSK: that comes from a ticket, which is a message of its own.",
            "The ticket is a separate message after the server's Finished; a client that does not "
            "read on never gets one.",
            "Tickets do not depend on how the connection ends.",
        ),
        1,
        "RFC 9846 4.7.1 (8446: 4.6.1)",
        "02_resumption",
        "1. When is a session resumable?",
        "02-05",
    ),
    Question(
        "two tickets",
        "What is a second ticket on the same connection good for?",
        (
            "one is for psk_ke, and the other for psk_dhe_ke",
            "it is a spare ticket, in case the first gets lost",
            "so that no two connections use the same ticket",
        ),
        (
            "A ticket need not belong to one mode; the client offers the modes separately.",
            "Records are not lost: TLS runs over a reliable transport.",
            "A ticket is sent in the clear when it is used, so its reuse links connections.",
        ),
        2,
        "RFC 9846 C.4",
        "02_resumption",
        "3. Two tickets are not a mistake",
        "02-19",
    ),
    Question(
        "ticket and PSK",
        "How are a ticket and its PSK related?",
        (
            "the ticket itself is the PSK, sent under encryption",
            "the ticket names the PSK, and both sides derive it",
            "the PSK is the hash of the ticket and of its nonce",
        ),
        (
            "The ticket crosses the wire again later, in the clear; so it cannot be a secret.",
            "The ticket crosses the wire twice. The PSK never does, except perhaps inside the "
            "ticket, sealed under a key that only the server has.",
            "The nonce goes in, but the ticket does not: the PSK comes from the resumption secret.",
        ),
        1,
        "RFC 9846 4.7.1 (8446: 4.6.1)",
        "02_resumption",
        "2. The ticket is not the PSK",
        "02-13",
    ),
    Question(
        "a wrong binder",
        "A server selects an identity that it knows, and the binder does not verify. What must the "
        "server do?",
        (
            "go on with a full handshake",
            "end the connection with an alert",
            "try the next identity in the list",
        ),
        (
            "That is for an unknown identity; here somebody has another key, or changed bytes.",
            "An unknown identity is ignored; a wrong binder of the selected one is fatal.",
            "It may pass over identities that it does not know, but this one it selected.",
        ),
        1,
        "RFC 9846 4.3.11 (8446: 4.2.11)",
        "03_psk_modes",
        "3. A wrong binder, and an unknown name",
        "03-19",
    ),
    Question(
        "a PSK on both sides",
        "Client and server are configured with the same external PSK. Is it used?",
        (
            "yes, because both of them have it",
            "only if the chosen suite has its hash",
            "only if there is no certificate",
        ),
        (
            "If the server picks a suite with another hash, the PSK is silently ignored.",
            "A PSK belongs to a hash; a server that picks a suite with another hash cannot use it.",
            "A server may have both; in psk_ke and psk_dhe_ke it then sends no certificate.",
        ),
        1,
        "RFC 9846 4.3.11 (8446: 4.2.11)",
        "03_psk_modes",
        "4. A PSK belongs to one hash",
        "03-26",
    ),
    Question(
        "a password as a PSK",
        "The PSK is a password, and the mode is psk_dhe_ke. Someone records one ClientHello. Can "
        "the password be guessed offline?",
        (
            "no: the Diffie-Hellman exchange hides it",
            "yes: the binder confirms the right guess",
            "no: it also takes the server's answer",
        ),
        (
            "The binder is made before there is any Diffie-Hellman secret.",
            "In both modes, the binder depends only on the PSK and on the ClientHello.",
            "Everything that a guess must be compared with is in the ClientHello already.",
        ),
        1,
        "RFC 9846 2.2",
        "07_external_psk_and_entropy",
        "2. Does Diffie-Hellman help?",
        "07-07",
    ),
    Question(
        "a copied PSK",
        "An external PSK of 32 random bytes is copied from a client's disk; only psk_dhe_ke is "
        "allowed. In new connections with this PSK, whom can the thief pretend to be?",
        (
            "only the client from which it was stolen",
            "that client, and the server as well",
            "neither, because psk_dhe_ke is used",
        ),
        (
            "The key is symmetric: the client proves it with the binder, the server with Finished.",
            "Whoever has the PSK can make the binder and every Finished. What the thief only "
            "records, before or after, is kept: its keys also need an (EC)DHE secret.",
            "Diffie-Hellman protects recordings; as either end, the thief has a share of its own.",
        ),
        1,
        "RFC 9846 2.2, F.1 (8446: E.1)",
        "07_external_psk_and_entropy",
        "3. What a found PSK opens",
        "07-15",
    ),
    Question(
        "the ticket's age",
        "What is obfuscated_ticket_age?",
        (
            "the ticket's age in seconds, encrypted",
            "its age in ms plus ticket_age_add, mod 2^32",
            "the time when the ticket was issued",
        ),
        (
            "It is in milliseconds, and a number is added; that is no encryption.",
            "The sum hides the age from observers; anyone who learns ticket_age_add can read it.",
            "It is how long ago the client got the ticket, so the two clocks need not agree.",
        ),
        1,
        "RFC 9846 4.3.11.1 (8446: 4.2.11.1)",
        "02_resumption",
        "4. The age of a ticket",
        "02-23",
    ),
    Question(
        "replayed requests",
        "0-RTT data may be replayed, at once or later. Which requests then leave the server's data "
        "as it should be?",
        (
            "idempotent ones, such as PUT or DELETE",
            "those that change nothing there",
            "all of them, because 0-RTT is encrypted",
        ),
        (
            "A replay may come later, and then it undoes what was changed since.",
            "A replay may come later, and then even an idempotent request undoes what was changed "
            "since. Even what changes nothing can be replayed to measure times or to probe caches.",
            "A replay sends the same ciphertext again; nobody needs to decrypt it for that.",
        ),
        1,
        "RFC 9846 8, F.5 (8446: 8, E.5)",
        "05_early_data",
        "4. The same bytes once more",
        "05-21",
    ),
    Question(
        "the certificate again",
        "A connection is resumed. Is the server's certificate checked again?",
        (
            "yes, as in every TLS 1.3 handshake",
            "no: the PSK stands in for it",
            "only if the mode is psk_dhe_ke",
        ),
        (
            "A handshake with a ticket has no Certificate message.",
            "With a ticket there is no certificate in the handshake. Servers that shared tickets "
            "between names have been vulnerable because of this.",
            "Both modes leave out Certificate and CertificateVerify.",
        ),
        1,
        "RFC 9846 2.2",
        "02_resumption",
        "7. Nobody is checked again",
        "02-39",
    ),
    Question(
        "what a PSK names",
        "Alice and Bob share one PSK, and each acts as client and as server with it. A handshake "
        "with it succeeds. What does Alice know?",
        (
            "that Bob is there: nobody else has it",
            "that somebody who has the PSK is there",
            "nothing at all, without a certificate",
        ),
        (
            "It may be Alice herself: her own handshake can be reflected to her.",
            "A PSK proves knowledge of a secret, not an identity; it may even be Alice herself, "
            "reflected: Selfie (Drucker and Gueron, 2019).",
            "She knows that the other end has the PSK: without it, the Finished would not verify.",
        ),
        1,
        "RFC 9257 4, RFC 9846 F.8",
        "08_identity_and_selfie",
        "2. Talking to oneself",
        "08-07",
    ),
    Question(
        "CLIENT_RANDOM",
        "A key-log file has only lines that begin with CLIENT_RANDOM. Which TLS 1.3 connections "
        "does it open?",
        (
            "those that have these random values",
            "none: TLS 1.3 uses other labels there",
            "all connections with that server",
        ),
        (
            "Such a line holds a TLS 1.2 master secret; TLS 1.3 logs its traffic secrets instead.",
            "CLIENT_RANDOM is for TLS 1.2 and older; TLS 1.3 logs a line for each traffic secret.",
            "No key log does that: its secrets belong to single connections.",
        ),
        1,
        "RFC 9850",
        "01_key_schedule",
        "8. What a key log names",
        "log-section",
    ),
)

QUESTIONS = tuple(rotated(question, number) for number, question in enumerate(_WRITTEN))
