"""The words that claims are made of, as types: modes, assets, adversaries, leaks, verdicts.

They are literals, as in :mod:`tls13lab.wire.names`: a claim in JSON, in a test or in a lesson is
made of plain words. mypy refuses one that is misspelt, and so does every function that a lesson
calls with one, because mypy does not read lessons.

The mode of a claim says more than the mode of a connection: also how the PSK came about, and, for a
ticket that was issued under an external PSK, the mode of that connection. :func:`parts` takes it
apart.

>>> parts("resumption-psk_ke-from-external-psk_dhe_ke")
Parts(kind='resumption', mode='psk_ke', issued_in='psk_dhe_ke')
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, NewType, TypeGuard, get_args

from tls13lab.wire.names import PSK_MODES, Mode, PskMode, Side, one_of

ResumptionMode = Literal["resumption-psk_ke", "resumption-psk_dhe_ke"]
"""The PSK is a ticket's, of a full handshake."""
ExternalMode = Literal["external-psk_ke", "external-psk_dhe_ke"]
"""The PSK was made out of band."""
ImportedMode = Literal["imported-psk_ke", "imported-psk_dhe_ke"]
"""Imported PSKs have no cells of their own in the matrix; guessers are asked about them."""
FromExternalMode = Literal[
    "resumption-psk_ke-from-external-psk_ke",
    "resumption-psk_dhe_ke-from-external-psk_ke",
    "resumption-psk_ke-from-external-psk_dhe_ke",
    "resumption-psk_dhe_ke-from-external-psk_dhe_ke",
]
"""The PSK is a ticket's, of a connection with an external PSK."""
SceneMode = Literal["full", ResumptionMode, ExternalMode, FromExternalMode]
"""The connection in question. After ``from`` stands the connection that issued its ticket; without
it, that was a full handshake."""
GuessedMode = Literal[
    ExternalMode, ImportedMode, "cert_with_extern_psk", FromExternalMode, "cpace-psk_dhe_ke"
]
"""The uses of a weak secret: as the PSK itself; imported (RFC 9258); together with a certificate
(RFC 9973); in the connection that issued this connection's ticket; or as the word of CPace."""
ClaimMode = SceneMode | GuessedMode
"""Any mode of a claim."""

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
"""What the adversary wants: to read something secret, or to deceive a peer."""
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
"""What the adversary has been given. ``quantum`` is a quantum computer, which solves discrete
logarithms; ``weak_psk`` means that the PSK is in a word list."""
Leaks = tuple[Leak, ...]
Computed = NewType("Computed", str)
"""A secret that was computed instead of stolen. There is no fixed set: its name is made in
:mod:`~tls13lab.symbolic.breaks`, from the connection's."""
Secret = Leak | Computed
"""What an adversary may have besides a recording."""
Adversary = Literal["passive", "active_then_leak", "active"]
"""From the weakest to the strongest. The first only listens; the others also send. The last one has
the leaks before it begins; the others get them when all connections have ended."""
SHARE_OF: Mapping[Side, Leak] = {"client": "client_ecdhe", "server": "server_ecdhe"}
"""The leak that gives the private key of a side's share."""
Verdict = Literal["lost", "kept", "outside"]
"""Whether the adversary gets the asset; ``outside`` is a question that the model cannot answer."""
Epoch = Literal["past", "early_data", "present", "next_ticket"]
"""What a weak word may open; see :mod:`~tls13lab.symbolic.mended`."""
Kind = Literal["full", "resumption", "external", "imported", "cpace"]
"""How the PSK came about."""

EXTERNAL_MODES: tuple[ExternalMode, ...] = get_args(ExternalMode)
RESUMPTION_MODES: tuple[ResumptionMode, ...] = get_args(ResumptionMode)
FROM_EXTERNAL_MODES: tuple[FromExternalMode, ...] = get_args(FromExternalMode)
SCENE_MODES: tuple[SceneMode, ...] = get_args(SceneMode)
GUESSED_MODES: tuple[GuessedMode, ...] = get_args(GuessedMode)
ASSETS: tuple[Asset, ...] = get_args(Asset)
LEAKS: tuple[Leak, ...] = get_args(Leak)
ADVERSARIES: tuple[Adversary, ...] = get_args(Adversary)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class Parts(NamedTuple):
    """``kind`` says how the PSK came about; ``mode`` is that of the connection itself.

    ``issued_in`` is the mode of the connection that issued the ticket, empty if there is no ticket.
    """

    kind: Kind
    mode: Mode
    issued_in: Mode | Literal[""]


def _of_psk(kind: Kind, issued_in: Mode | Literal[""] = "") -> dict[str, Parts]:
    end = f"-from-external-{issued_in}" if issued_in in PSK_MODES else ""
    return {f"{kind}-{mode}{end}": Parts(kind, mode, issued_in) for mode in PSK_MODES}


_PARTS: dict[str, Parts] = {
    "full": Parts("full", "full", ""),
    **_of_psk("resumption", "full"),
    **_of_psk("external"),
    **_of_psk("imported"),
    **_of_psk("resumption", "psk_ke"),
    **_of_psk("resumption", "psk_dhe_ke"),
    "cert_with_extern_psk": Parts("external", "cert_with_extern_psk", ""),
    "cpace-psk_dhe_ke": Parts("cpace", "psk_dhe_ke", ""),
}


def parts(mode: ClaimMode) -> Parts:
    """Take the mode of a claim apart. Raises NotAllowed for a mode that is not in the claims.

    >>> parts("full"), parts("resumption-psk_ke").issued_in
    (Parts(kind='full', mode='full', issued_in=''), 'full')
    """
    return _PARTS[mode] if mode in _PARTS else _PARTS[one_of(mode, tuple(_PARTS), "mode")]


def with_external_psk(mode: PskMode) -> ExternalMode:
    """The mode of a claim with an external PSK that is used like this.

    >>> with_external_psk("psk_ke")
    'external-psk_ke'
    """
    known = one_of(mode, PSK_MODES, "mode of a PSK")
    return "external-psk_ke" if known == "psk_ke" else "external-psk_dhe_ke"


def with_imported_psk(mode: PskMode) -> ImportedMode:
    """The same for an external PSK that was imported (RFC 9258)."""
    known = one_of(mode, PSK_MODES, "mode of a PSK")
    return "imported-psk_ke" if known == "psk_ke" else "imported-psk_dhe_ke"


def is_of_psk(mode: Mode | Literal[""]) -> TypeGuard[PskMode]:
    """Whether this is a mode of a PSK without a certificate."""
    return mode in PSK_MODES
