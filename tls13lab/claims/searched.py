"""An active claim, decided by an adversary without a script: see ``impostor/unscripted.py``.

It is given the leaks and the honest parties of the mode, and no more. What it comes upon is
compared with the model and with the scripts of :mod:`~tls13lab.claims.active`.

>>> sorted(found("external-psk_ke", ("psk",)).lost)[:2]
['application_data', 'client_authentication']
>>> options = {"group": "more", "importer": "off", "roles": "fixed"}
>>> lost("external-psk_dhe_ke", "peer_identity", (), options)
True
>>> found("external-psk_dhe_ke", (), options).lost["peer_identity"]
'alice calls bob, and heard carol answers'
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from tls13lab.claims import passive
from tls13lab.claims.cast import cast_of, known_of
from tls13lab.claims.stage import EARLY_WORDS, stage
from tls13lab.impostor.moves import Known
from tls13lab.impostor.parties import Runs
from tls13lab.impostor.redelivery import taken_again
from tls13lab.impostor.unscripted import Searched, search
from tls13lab.psk.anti_replay import ClientHelloWindow, NoAntiReplay
from tls13lab.symbolic.claims import SECRECY


@lru_cache(maxsize=8)
def _runs(mode: str) -> Runs:
    return Runs(stage(mode).now_ms)


@lru_cache(maxsize=1024)
def _searched(mode: str, known: Known, options: tuple[tuple[str, str], ...]) -> Searched:
    return search(cast_of(mode, dict(options)), known, _runs(mode))


def found(mode: str, leaks: tuple[str, ...], options: Mapping[str, str] | None = None) -> Searched:
    """All that the adversary comes upon with these leaks; ``options`` are those of peer_identity.

    Leaks that give the same are searched with once.
    """
    return _searched(mode, known_of(mode, leaks), tuple((options or {}).items()))


def lost(mode: str, asset: str, leaks: tuple[str, ...], options: Mapping[str, str]) -> bool:
    """Whether an asset is lost to it."""
    if asset == "early_data_freshness":
        return _again(mode, leaks, memory=options["anti_replay"] == "on")
    if asset in SECRECY and passive.got(mode, asset, leaks):
        return True
    return asset in found(mode, leaks, options if asset == "peer_identity" else {}).lost


def _again(mode: str, leaks: tuple[str, ...], *, memory: bool) -> bool:
    one = stage(mode)
    server = replace(one.server, anti_replay=ClientHelloWindow() if memory else NoAntiReplay())
    flights = found(mode, leaks).flights.items()
    return taken_again(server, flights, EARLY_WORDS, one.now_ms)
