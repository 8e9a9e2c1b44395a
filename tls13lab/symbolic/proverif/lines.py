"""Lines that are common to the ProVerif processes of all models. See ``models.py``.

The secrets are computed line by line from the schedule table.

>>> print(secrets(["early_secret"], "psk_ke"), end="")
  let early_secret = kdf_early_secret(zeros, psk) in
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from tls13lab.crypto.schedule import IMPORTER, SCHEDULE, Context
from tls13lab.symbolic.vocabulary import Adversary, Asset, Leak, SceneMode, Verdict
from tls13lab.wire.names import Mode

TRANSCRIPT = "(hello, sh)"
"""The transcript in all Finished messages and secrets.

It leaves out the signature, the binder and Finished. They are computed from the rest, and with them
the terms become so large that ProVerif takes hours.
"""

EARLY = ("early_secret", "early_derived_secret")
HANDSHAKE = (
    "handshake_secret",
    "client_handshake_traffic_secret",
    "server_handshake_traffic_secret",
    "handshake_derived_secret",
    "main_secret",
)
APPLICATION = ("client_application_traffic_secret_0", "server_application_traffic_secret_0")


@dataclass(frozen=True, slots=True)
class OfferLines:
    """What a ClientHello with an external PSK carries, and whether the PSK was imported."""

    binder: bool = True
    early_data: bool = True
    importer: bool = False


USUAL = OfferLines()

GivenAway = Leak | Literal["external_psk"]
"""What a model reveals. The matrix has no leak of the external PSK under which a ticket was issued,
but a weak one can be guessed."""


class Question(Protocol):
    """What a model asks: a cell of the matrix, or a :class:`Posed` question beside it."""

    @property
    def mode(self) -> SceneMode: ...
    @property
    def asset(self) -> Asset | Literal["agreement"]: ...
    @property
    def adversary(self) -> Adversary: ...
    @property
    def leaks(self) -> tuple[GivenAway, ...]: ...
    @property
    def verdict(self) -> Verdict: ...
    @property
    def options(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Posed:
    """A question that is no cell: about agreement, or with a PSK that was guessed."""

    mode: SceneMode
    asset: Asset | Literal["agreement"]
    adversary: Adversary
    leaks: tuple[GivenAway, ...]
    verdict: Verdict
    options: Mapping[str, str] = field(default_factory=dict)


def secrets(rows: Iterable[str], mode: Mode | Literal[""]) -> str:
    """``let`` lines for rows of the table; ``hello``, ``sh`` and other inputs must be defined."""
    bound = {
        Context.CLIENT_HELLO: "hello",
        Context.SERVER_HELLO: TRANSCRIPT,
        Context.SERVER_FINISHED: TRANSCRIPT,
        Context.CLIENT_FINISHED: TRANSCRIPT,
    }
    leaves = {"zeros": "zeros", "psk": "psk", "ecdhe": "zeros" if mode == "psk_ke" else "ecdhe"}
    lines = []
    for name in rows:
        row = SCHEDULE[name] if name in SCHEDULE else IMPORTER[name]
        arguments = [leaves.get(one, one) for one in row.inputs]
        arguments += [bound[row.context]] if row.context in bound else []
        lines.append(f"  let {name} = kdf_{name}({', '.join(arguments)}) in\n")
    return "".join(lines)


def mac(row: str, base: str, transcript: str = TRANSCRIPT) -> str:
    """A binder or Finished under a key that comes from ``base``."""
    return f"kdf_{row}(kdf_finished_key({base}), {transcript})"


def binder_key(offer: OfferLines = USUAL, *, external: bool) -> str:
    """The row of the table for the binder key of an external PSK, or of a ticket."""
    if not external:
        return "res_binder_key"
    return "imp_binder_key" if offer.importer else "ext_binder_key"


def imported(context: str) -> str:
    """The imported PSK of the external PSK for an imported identity (RFC 9258).

    >>> imported("psk_identity")
    'kdf_ipskx(kdf_epskx(zeros, external_psk), psk_identity)'
    """
    return f"kdf_ipskx(kdf_epskx(zeros, external_psk), {context})"


def external(offer: OfferLines = USUAL) -> str:
    """The PSK that both ends have; the importer's context is the identity itself."""
    return imported("psk_identity") if offer.importer else "external_psk"
