"""Where everything stands in the picture of the key schedule. RFC 9846 section 7.1.

The picture looks the same in every mode and for every question, so a reader learns it once. Inputs
enter from the left, the HKDF-Extract secrets are the spine in the middle, and what each stage gives
stands on the right. The last column is the connection as it goes on the wire: the messages of the
transcript in order, and the records that the traffic secrets protect. A test holds every table here
to the schedule table, so a new row needs a place before it can be drawn.

>>> ROWS["main_secret"].middle < ROWS["resumption_secret"].x
True
"""

from dataclasses import dataclass
from typing import Literal, get_args

from tls13lab.crypto.schedule import SCHEDULE, Context, Operation
from tls13lab.symbolic.connection import CERTIFIED
from tls13lab.wire.names import Mode, PskMode

DrawnMode = Literal["full", PskMode]
"""The modes among which a reader chooses. The picture can also show the one with both, RFC 9973."""
DRAWN_MODES: tuple[DrawnMode, ...] = get_args(DrawnMode)

WIDTH, HEIGHT = 820, 784

# A value that is absent is Hash.length zero bytes (section 7.1). In a handshake with a certificate
# and a PSK (RFC 9973) both values are there: to the schedule it is psk_dhe_ke.
_ABSENT = {"full": "psk", "psk_ke": "ecdhe", "psk_dhe_ke": "", "cert_with_extern_psk": ""}


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle in pixels, from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> float:
        """The middle from left to right."""
        return self.x + self.width / 2

    @property
    def centre(self) -> float:
        """The middle from top to bottom."""
        return self.y + self.height / 2


STAGES = {
    "early_secret": Place(4, 8, 624, 258),
    "handshake_secret": Place(4, 272, 624, 174),
    "main_secret": Place(4, 452, 624, 258),
}
"""The frame of each stage, by the HKDF-Extract that begins it."""


def _input(y: float) -> Place:
    return Place(12, y, 118, 52)


def _spine(y: float) -> Place:
    return Place(204, y, 132, 52)


def _given(y: float) -> Place:
    return Place(474, y, 146, 52)


INPUTS = {
    ("zeros", "early_secret"): _input(36),
    ("psk", "early_secret"): _input(93),
    ("ecdhe", "handshake_secret"): _input(302),
    ("zeros", "main_secret"): _input(480),
}
"""Each use of a leaf, next to the row that it goes into."""

ROWS = {
    "early_secret": _spine(93),
    "early_derived_secret": _spine(207),
    "handshake_secret": _spine(302),
    "handshake_derived_secret": _spine(388),
    "main_secret": _spine(480),
    "ext_binder_key": _given(36),
    "res_binder_key": _given(93),
    "client_early_traffic_secret": _given(150),
    "early_exporter_secret": _given(207),
    "client_handshake_traffic_secret": _given(302),
    "server_handshake_traffic_secret": _given(388),
    "client_application_traffic_secret_0": _given(480),
    "server_application_traffic_secret_0": _given(537),
    "exporter_secret": _given(594),
    "resumption_secret": _given(651),
}

SOURCES = {"psk": (156, 202), "ecdhe": (360, 403)}
"""Below an input, the places (their upper edges) for what it was worked out from, if stolen."""
SOURCE_HEIGHT = 38

LANE = Place(646, 8, 170, 772)
"""The column of the transcript."""
_LEFT, _ACROSS = LANE.x + 8, LANE.width - 16


@dataclass(frozen=True, slots=True)
class RecordLane:
    """Records under one traffic secret: their place, and their section of RFC 9846."""

    place: Place
    secret: str
    section: str


RECORDS = {
    "early data": RecordLane(Place(_LEFT, 196, _ACROSS, 54), "client_early_traffic_secret", "2.3"),
    "server's handshake": RecordLane(
        Place(_LEFT, 332, _ACROSS, 164), "server_handshake_traffic_secret", "2"
    ),
    "client's handshake": RecordLane(
        Place(_LEFT, 556, _ACROSS, 90), "client_handshake_traffic_secret", "2"
    ),
    "client's data": RecordLane(
        Place(_LEFT, 668, _ACROSS, 52), "client_application_traffic_secret_0", "2"
    ),
    "server's data": RecordLane(
        Place(_LEFT, 724, _ACROSS, 52), "server_application_traffic_secret_0", "2"
    ),
}
"""What each traffic secret protects: handshake records hold messages, the others hold data."""

_IN, _WITHIN = _LEFT + 4, _ACROSS - 8
MESSAGES = {
    "ClientHello": Place(_LEFT, 134, _ACROSS, 38),
    "ServerHello": Place(_LEFT, 276, _ACROSS, 38),
    "EncryptedExtensions": Place(_IN, 382, _WITHIN, 28),
    "Certificate": Place(_IN, 414, _WITHIN, 42),
    "server Finished": Place(_IN, 460, _WITHIN, 28),
    "client Finished": Place(_IN, 610, _WITHIN, 28),
}
"""The messages of the transcript, in order."""
FLIGHTS = {
    "server's handshake": ("EncryptedExtensions", "Certificate", "server Finished"),
    "client's handshake": ("client Finished",),
}
"""The messages in protected records."""

POINTS = {
    Context.CLIENT_HELLO: ("ClientHello", 180),
    Context.SERVER_HELLO: ("ServerHello", 322),
    Context.SERVER_FINISHED: ("server Finished", 506),
    Context.CLIENT_FINISHED: ("client Finished", 656),
}
"""How far the transcript goes for a secret: the last message in it, and the line below that."""


def is_zeros(leaf: str, mode: Mode) -> bool:
    """Whether a leaf is zeros in this mode."""
    return leaf == "zeros" or leaf == _ABSENT[mode]


def is_certified(mode: Mode) -> bool:
    """Whether the server sends Certificate and CertificateVerify."""
    return mode in CERTIFIED


def stage_of(name: str) -> str:
    """The HKDF-Extract row that begins the stage of a row.

    >>> stage_of("res_binder_key"), stage_of("early_derived_secret"), stage_of("main_secret")
    ('early_secret', 'early_secret', 'main_secret')
    """
    row = SCHEDULE[name]
    return name if row.operation is Operation.EXTRACT else stage_of(row.inputs[0])


def transcript(context: Context) -> tuple[str, ...]:
    """The messages that a secret with this context is bound to, in order; none for others.

    >>> transcript(Context.SERVER_HELLO), transcript(Context.EMPTY)
    (('ClientHello', 'ServerHello'), ())
    """
    if context not in POINTS:
        return ()
    every = tuple(MESSAGES)
    return every[: every.index(POINTS[context][0]) + 1]
