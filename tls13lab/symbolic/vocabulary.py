"""The words that claims are made of, as types: modes, assets, adversaries, leaks, verdicts.

They are literals, as in :mod:`tls13lab.wire.names`: a claim in JSON, in a test or in a lesson is
made of plain words, and mypy refuses one that is misspelt.

The mode of a claim says more than the mode of a connection: also how the PSK came about, and, for a
ticket that was issued under an external PSK, the mode of that connection. :func:`parts` takes it
apart.

>>> parts("resumption-psk_ke-from-external-psk_dhe_ke")
Parts(kind='resumption', mode='psk_ke', issued_in='psk_dhe_ke')
"""

from typing import Literal, NamedTuple, cast, get_args

from tls13lab.wire.names import Mode

SceneMode = Literal[
    "full",
    "resumption-psk_ke",
    "resumption-psk_dhe_ke",
    "external-psk_ke",
    "external-psk_dhe_ke",
    "resumption-psk_ke-from-external-psk_ke",
    "resumption-psk_dhe_ke-from-external-psk_ke",
    "resumption-psk_ke-from-external-psk_dhe_ke",
    "resumption-psk_dhe_ke-from-external-psk_dhe_ke",
]
"""The connection in question. After ``from`` stands the connection that issued its ticket; without
it, that was a full handshake."""

Asset = Literal[
    "application_data",
    "early_data",
    "psk",
    "next_psk",
    "server_authentication",
    "client_authentication",
    "early_data_freshness",
    "peer_identity",
]
Leak = Literal[
    "psk",
    "ticket_key",
    "client_ecdhe",
    "server_ecdhe",
    "initial_ecdhe",
    "certificate_key",
    "quantum",
    "weak_psk",
]
Adversary = Literal["passive", "active_then_leak", "active"]
"""From the weakest to the strongest. The first only listens; the others also send. The last one has
the leaks before it begins; the others get them when all connections have ended."""
Verdict = Literal["lost", "kept", "outside"]
Kind = Literal["full", "resumption", "external", "imported"]
"""How the PSK came about. Imported PSKs have no cells of their own in the matrix."""

MODES: tuple[SceneMode, ...] = get_args(SceneMode)
ASSETS: tuple[Asset, ...] = get_args(Asset)
LEAKS: tuple[Leak, ...] = get_args(Leak)
ADVERSARIES: tuple[Adversary, ...] = get_args(Adversary)


class Parts(NamedTuple):
    """``kind`` says how the PSK came about; ``mode`` is that of the connection itself.

    ``issued_in`` is the mode of the connection that issued the ticket, empty if there is no ticket.
    """

    kind: Kind
    mode: Mode
    issued_in: Mode | Literal[""]


def parts(mode: str) -> Parts:
    """Take the mode of a claim apart.

    >>> parts("full"), parts("resumption-psk_ke").issued_in
    (Parts(kind='full', mode='full', issued_in=''), 'full')
    """
    asked, _, issuing = mode.partition("-from-external-")
    kind, _, psk_mode = asked.partition("-")
    before = issuing or ("full" if kind == "resumption" else "")
    return Parts(cast(Kind, kind), cast(Mode, psk_mode or kind), cast(Mode, before))


def with_external_psk(mode: Mode | Literal[""]) -> SceneMode:
    """The mode of a claim with an external PSK that is used like this; KeyError for others.

    >>> with_external_psk("psk_ke")
    'external-psk_ke'
    """
    found: dict[str, SceneMode] = {
        "psk_ke": "external-psk_ke",
        "psk_dhe_ke": "external-psk_dhe_ke",
    }
    return found[mode]
