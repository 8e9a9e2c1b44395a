"""What the lab asks beside what TLS13Tamarin and RefTLS ask: the same, nearly, or not at all.

Each row names cells of the lab, whose verdicts are decided when the page is made, and names of the
other two with their files. The sentences are the lab's own.
"""

from dataclasses import dataclass, field
from typing import Final

from tls13lab.symbolic.vocabulary import Adversary, Asset, Leaks, SceneMode

A_PSK: Final = "external-psk_ke"
B_PSK: Final = "external-psk_dhe_ke"
LEMMAS = "src/rev21/lemmas/all_lemmas.m4i"
QUERIES = "pv/tls13-rfc8446-only.pv"
LIBRARY = "pv/tls-lib-rfc8446.pvl"
SAME, CLOSE, NOT_ASKED = "the same", "nearly", "not asked"


@dataclass(frozen=True, slots=True)
class Ours:
    """A cell of the matrix."""

    mode: SceneMode
    asset: Asset
    adversary: Adversary
    leaks: Leaks = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Theirs:
    """Whether they ask it; the names, each with its file; and what is different, and why."""

    asks: str
    why: str
    names: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One question. ``beside`` says where the lab asks it, if not in the matrix."""

    question: str
    tamarin: Theirs
    reftls: Theirs
    ours: tuple[Ours, ...] = ()
    beside: str = field(default="")


_FIXED = (("group", "two"), ("importer", "off"), ("roles", "fixed"))
_BOTH = (("group", "two"), ("importer", "off"), ("roles", "both"))
_MORE = (("group", "more"), ("importer", "off"), ("roles", "fixed"))
_IMPORTED = (("group", "more"), ("importer", "on"), ("roles", "both"))

ROWS = (
    Row(
        "Is application data secret, if something was stolen before?",
        Theirs(
            CLOSE,
            "It asks for the keys of any number of concurrent sessions, in any mode, and its "
            "premises exclude the thefts that would open them. The lab says which those are.",
            (("secret_session_keys", LEMMAS),),
        ),
        Theirs(
            CLOSE,
            "Every handshake of the model has a certificate, a share and a PSK, which may be one "
            "that the adversary knows. Data falls if the key and the PSK are both bad, or if an "
            "algorithm is weak. "
            "There is no mode with a PSK alone.",
            (("m_c", QUERIES), ("ClientAEKeyLeaked", QUERIES)),
        ),
        (
            Ours(A_PSK, "application_data", "active", ("psk",)),
            Ours(B_PSK, "application_data", "active", ("psk",)),
            Ours(B_PSK, "application_data", "active", ("client_ecdhe",)),
            Ours("full", "application_data", "active", ("certificate_key",)),
        ),
    ),
    Row(
        "Does it stay secret, if the PSK or the certificate's key is stolen after the end?",
        Theirs(
            SAME,
            "Its premise excludes PSKs and keys stolen before the session's end, and the mode "
            "psk_ke, and no later theft: full forward secrecy of the PSK with a share.",
            (("secret_session_keys_pfs", LEMMAS),),
        ),
        Theirs(
            CLOSE,
            "The server's private key is published in a later phase. A PSK is bad from the "
            "beginning or never, so nothing is said of one that is stolen later.",
            (("PostSessionCompromisedKey", LIBRARY), ("m_c", QUERIES)),
        ),
        (
            Ours(B_PSK, "application_data", "active_then_leak", ("psk",)),
            Ours(A_PSK, "application_data", "active_then_leak", ("psk",)),
            Ours("full", "application_data", "active_then_leak", ("certificate_key",)),
        ),
    ),
    Row(
        "Is 0-RTT data secret?",
        Theirs(
            NOT_ASKED,
            "0-RTT data is sent and received by rules of the model; no lemma speaks of it.",
            (("send_early_data", "src/rev21/model/zero_rtt.m4i"),),
        ),
        Theirs(
            SAME,
            "It falls with the PSK, and with nothing else but a weak cipher.",
            (("m_c0", QUERIES),),
        ),
        (
            Ours(B_PSK, "early_data", "active"),
            Ours(B_PSK, "early_data", "active_then_leak", ("psk",)),
        ),
    ),
    Row(
        "Can 0-RTT data be delivered twice?",
        Theirs(NOT_ASKED, "No lemma on 0-RTT data."),
        Theirs(
            CLOSE,
            "It asks that data received was sent by a client, and not how often it is received: "
            "a comment there leaves replays to the recipient.",
            (("ServerReceives0", QUERIES), ("ClientSends0", QUERIES)),
        ),
        (
            Ours(A_PSK, "early_data_freshness", "active", (), (("anti_replay", "off"),)),
            Ours(A_PSK, "early_data_freshness", "active", (), (("anti_replay", "on"),)),
            Ours(A_PSK, "early_data_freshness", "active", ("psk",), (("anti_replay", "on"),)),
        ),
    ),
    Row(
        "Is the PSK itself secret?",
        Theirs(
            CLOSE,
            "For a PSK agreed on out of band: whoever knows it has revealed it at one of its two "
            "ends. A lemma that others are proved with.",
            (("ku_fresh_psk", LEMMAS),),
        ),
        Theirs(NOT_ASKED, "No query names a PSK alone; that of 0-RTT data would fail with it."),
        (
            Ours(B_PSK, "psk", "active"),
            Ours(B_PSK, "psk", "active_then_leak", ("quantum",)),
            Ours(B_PSK, "psk", "passive", ("weak_psk",)),
        ),
    ),
    Row(
        "Is the PSK behind the next ticket secret?",
        Theirs(
            CLOSE,
            "There the PSK of a ticket is the resumption secret itself, so it asks for that.",
            (("post_master_secret", LEMMAS), ("new_session_ticket", "src/rev21/model/post_hs.m4i")),
        ),
        Theirs(
            CLOSE,
            "It asks that no two connections come to one such PSK, not that nobody else has it.",
            (("MatchingResumptionPSK", QUERIES),),
        ),
        (
            Ours(B_PSK, "next_psk", "active_then_leak", ("psk",)),
            Ours(A_PSK, "next_psk", "active_then_leak", ("psk",)),
        ),
    ),
    Row(
        "What does a stolen ticket key open, and whom does it let in?",
        Theirs(
            NOT_ASKED,
            "A ticket is a fresh name that means something to the server: there is no key that "
            "seals it, so nobody opens one and nobody forges one.",
            (("new_session_ticket", "src/rev21/model/post_hs.m4i"),),
        ),
        Theirs(
            NOT_ASKED,
            "No tickets. The PSK of a resumption is computed and put away; no handshake takes it "
            "up again.",
            (("clientResumptionTicket", LIBRARY), ("Client13", LIBRARY)),
        ),
        (
            Ours("resumption-psk_ke", "application_data", "passive", ("ticket_key",)),
            Ours("resumption-psk_dhe_ke", "application_data", "passive", ("ticket_key",)),
            Ours(A_PSK, "client_authentication", "active", ("ticket_key",)),
        ),
    ),
    Row(
        "Is the server who the client believes it is?",
        Theirs(
            CLOSE,
            "Agreement on the nonces, with an actor that has a name. A PSK stolen from either "
            "end is left out by the premise.",
            (("entity_authentication", LEMMAS),),
        ),
        Theirs(
            CLOSE,
            "Agreement on keys, parameters, PSK and certificate, one session for one; of a "
            "handshake that has a certificate.",
            (("ClientFinished", QUERIES), ("PreServerFinished", QUERIES)),
        ),
        (
            Ours("full", "server_authentication", "active"),
            Ours("full", "server_authentication", "active", ("certificate_key",)),
            Ours("full", "server_authentication", "active", ("quantum",)),
            Ours(B_PSK, "server_authentication", "active"),
            Ours(B_PSK, "server_authentication", "active", ("psk",)),
        ),
    ),
    Row(
        "Is the client who the server believes it is?",
        Theirs(
            CLOSE,
            "The same with the ends changed; also by a certificate, during the handshake or "
            "after it, which the lab's claims leave out.",
            (("mutual_entity_authentication", LEMMAS),),
        ),
        Theirs(
            CLOSE,
            "Of data that the server receives: a client sent it, unless the PSK is bad. Clients "
            "have no certificates.",
            (("ServerReceives", QUERIES), ("ClientSends", QUERIES)),
        ),
        (
            Ours(A_PSK, "client_authentication", "active"),
            Ours(A_PSK, "client_authentication", "active", ("psk",)),
        ),
    ),
    Row(
        "Which member of a group is at the other end of a PSK (Selfie, rerouting)?",
        Theirs(
            NOT_ASKED,
            "An axiom lets each actor be client or server and never both, so that no member can "
            "be led to itself; and a PSK belongs to one client and one server, so there is no "
            "third one.",
            (
                ("one_role_per_actor", "src/rev21/model/header.m4i"),
                ("out_of_band_psk", "src/rev21/model/post_hs.m4i"),
            ),
        ),
        Theirs(
            NOT_ASKED,
            "A PSK belongs to two names in a table, and neither name is in an event or a query.",
            (("preSharedKeys", LIBRARY),),
        ),
        (
            Ours(B_PSK, "peer_identity", "active", (), _FIXED),
            Ours(B_PSK, "peer_identity", "active", (), _BOTH),
            Ours(B_PSK, "peer_identity", "active", (), _MORE),
            Ours(B_PSK, "peer_identity", "active", (), _IMPORTED),
        ),
    ),
    Row(
        "What does a weak PSK cost?",
        Theirs(NOT_ASKED, "Nothing can be guessed. Tamarin has no weak secrets."),
        Theirs(
            NOT_ASKED,
            "ProVerif can, but the model declares no weak secret. Its weak algorithms are broken "
            "outright, not guessed.",
        ),
        (
            Ours(A_PSK, "application_data", "passive", ("weak_psk",)),
            Ours(B_PSK, "application_data", "passive", ("weak_psk",)),
            Ours(B_PSK, "early_data", "passive", ("weak_psk",)),
            Ours(B_PSK, "application_data", "active", ("weak_psk",)),
        ),
    ),
    Row(
        "Can a thief pose as others to its victim?",
        Theirs(
            CLOSE,
            "For certificates, yes: only the peer's key is excluded, and one's own may be stolen. "
            "A PSK stolen from either end is excluded, and so is what the lab calls lost.",
            (("entity_authentication", LEMMAS), ("Reveal_PSK", "src/rev21/model/adversary.m4i")),
        ),
        Theirs(NOT_ASKED, "A bad PSK excuses all that is received under it."),
        (Ours(A_PSK, "server_authentication", "active", ("psk",)),),
        "`tls13lab.symbolic.impersonation` reads the cells so.",
    ),
    Row(
        "Do both ends mean the same keys, mode, PSK and identity, one session for one?",
        Theirs(
            CLOSE,
            "On nonces, one for one; on the transcript; on keys if the nonces agree.",
            (
                ("injective_mutual_entity_authentication", LEMMAS),
                ("transcript_agreement", LEMMAS),
                ("session_key_agreement", LEMMAS),
            ),
        ),
        Theirs(
            CLOSE,
            "One query for keys, parameters and PSK together, of the client's end; that no two "
            "sessions share a key or an exporter is asked as well.",
            (("ClientFinished", QUERIES), ("MatchingAEKey", QUERIES)),
        ),
        beside="`tls13lab.symbolic.agreement`; ProVerif is asked about it, too: see above.",
    ),
    Row(
        "What does one revealed secret of one session open?",
        Theirs(
            NOT_ASKED,
            "Long-term keys, shares and PSKs can be revealed; keys of a session and exporters "
            "cannot. That no two sessions have one key is a lemma.",
            (
                ("Reveal_DHExp", "src/rev21/model/adversary.m4i"),
                ("unique_session_keys", LEMMAS),
            ),
        ),
        Theirs(
            NOT_ASKED,
            "The keys of the handshake's records are published in every session, and open nothing "
            "else there. Beside these nothing of a session is revealed.",
            (("Client13", LIBRARY),),
        ),
        beside="`tls13lab.symbolic.reveals`.",
    ),
    Row(
        "What is a ticket's nonce for?",
        Theirs(
            NOT_ASKED,
            "There is none: all tickets of a connection have one PSK.",
            (("new_session_ticket", "src/rev21/model/post_hs.m4i"),),
        ),
        Theirs(
            NOT_ASKED,
            "It is in the key schedule, and the server draws a new one each time.",
            (("ResumptionPSKDerived", QUERIES),),
        ),
        beside="`tls13lab.symbolic.ticket_nonce`.",
    ),
)

ONLY_THEIRS = (
    (
        "HelloRetryRequest, KeyUpdate, certificates of clients also after the handshake",
        "TLS13Tamarin",
    ),
    ("TLS 1.2 beside 1.3 under one key, downgrades, weak groups, hashes and ciphers", "RefTLS"),
    ("participants whose keys the adversary has from the beginning", "both"),
    ("all sessions at once, proved without a bound", "both; the lab's own models by ProVerif"),
)
"""What is asked there and not in the lab."""
