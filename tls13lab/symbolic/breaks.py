"""Secrets that can be computed instead of stolen, by name; each has a price.

A *break* is one computation. It yields one or more terms, and is paid for once, no matter how often
a derivation uses them.

- The private key of a share, by a discrete logarithm; the share verifies it.
- The record key under one traffic secret, by trying keys; a record verifies it. The IV comes with
  it: under the right key, a GCM tag reveals the block with which it was masked, and that block is
  the nonce followed by a 1. So only the key is guessed, and a few records are enough.
- The private key of a certificate, from its public key; the ticket key; and an external PSK, for
  which the engine of :mod:`~tls13lab.symbolic.guessing` must find something that verifies it.

Record keys are useful for recordings only. An adversary who wants to speak needs a Finished, which
is made with the traffic secret. So the record keys of attacked connections are left out.

>>> list(breaks("external-psk_dhe_ke"))[:2]
['client_ecdhe of this', 'server_ecdhe of this']
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tls13lab.symbolic import scenes
from tls13lab.symbolic.connection import CERTIFICATE_KEY
from tls13lab.symbolic.prices import Prices
from tls13lab.symbolic.remembered import remembered
from tls13lab.symbolic.rules import SEALED
from tls13lab.symbolic.terms import Term
from tls13lab.symbolic.vocabulary import Computed, SceneMode, Secret

SHARE, RECORD_KEY, SIGNATURE, TICKET = "share", "record_key", "signature", "ticket_key"


Break = tuple[str, tuple[Term, ...]]
"""The kind of a break, which names its price, and the terms that it yields."""


@remembered(16)
def breaks(mode: SceneMode) -> Mapping[Computed, Break]:
    """All breaks of a mode by name, except external PSKs."""
    found = dict((*_shares(mode), *_record_keys(mode)))
    if scenes.connections(mode)[0].mode == "full":
        found[Computed("the certificate's key")] = SIGNATURE, (CERTIFICATE_KEY,)
    found[Computed("the ticket key")] = TICKET, (scenes.TICKET_KEY,)
    return found


def _shares(mode: SceneMode) -> Iterator[tuple[Computed, Break]]:
    """Of what was recorded, and of the runs in which the adversary plays a part."""
    *before, this = scenes.connections(mode)
    runs = [*before, this, scenes.attacked(this)]
    runs += [replace(one, label=f"attacked {one.label}") for one in before]
    for one in runs:
        for side in ("client_ecdhe", "server_ecdhe") if one.mode != "psk_ke" else ():
            yield Computed(f"{side} of {one.label}"), (SHARE, (one.name(side),))


def _record_keys(mode: SceneMode) -> Iterator[tuple[Computed, Break]]:
    for one in scenes.connections(mode):
        for record in one.wire:
            if record.symbol == SEALED:
                key, iv, _ = record.arguments
                name = Computed(f"key under {key.arguments[0].symbol} of {one.label}")
                yield name, (RECORD_KEY, (key, iv))


def price(mode: SceneMode, name: Computed, prices: Prices) -> float:
    """log2 of the guesses for one break."""
    kind, _ = breaks(mode)[name]
    return float(getattr(prices, kind))


def terms(mode: SceneMode, names: Iterable[Secret]) -> list[Term]:
    """What these breaks yield; names of leaks among them are passed over."""
    known = breaks(mode)
    return [term for name in names for term in known.get(Computed(name), ("", ()))[1]]
