"""Where a leak fits a connection: as values for a program, and as a sentence for people.

:mod:`tls13lab.adversary.loot` finds it out; this file only puts it into words, for the command line
and for the theft panel.

>>> from tls13lab.adversary.loot import Fit
>>> in_words("keylog", place(Fit("keylog", bytes(32))))
'the leak keylog names this connection'
"""

from typing import Any

from tls13lab.adversary.loot import Fit
from tls13lab.crypto import groups
from tls13lab.search.target import readable
from tls13lab.wire.codepoints import NamedGroup, name_of

LONGEST_IDENTITY = 40
"""How many characters of an identity are shown."""


def place(fit: Fit) -> dict[str, Any]:
    """Where a leak fits: an identity in a ClientHello, a share, or the whole connection."""
    if fit.offered is not None:
        return {
            "client_hello": fit.offered.hello,
            "place": fit.offered.place,
            "identity": fit.offered.identity.hex(),
            "kind": fit.kind.value if fit.kind else None,
            "binder": "verified" if fit.verified else "not verified",
            "answered": fit.answered,
            "chosen": fit.chosen,
            "early_data": fit.early_data,
        }
    if fit.group is not None:
        sender = {"client_hello": fit.hello} if fit.hello else {"server_hello": True}
        return sender | {"group": name_of(NamedGroup, fit.group), "used": fit.chosen}
    return {"client_random": True}


def in_words(name: str, place: dict[str, Any]) -> str:
    """The sentence for a place; ``place`` is what :func:`place` returns."""
    if "identity" in place:
        which = readable(bytes.fromhex(place["identity"]))
        which = which if len(which) <= LONGEST_IDENTITY else f"{which[:LONGEST_IDENTITY]}..."
        words = [f"its binder is {place['binder']}"]
        if place["answered"]:
            words.append(f"the server {'chose it' if place['chosen'] else 'did not choose it'}")
        words += ["early data was sent under it"] if place["early_data"] else []
        where = f"identity {place['place']} of ClientHello {place['client_hello']}, {which}"
        return f"the leak {name} fits {where}: {', '.join(words)}"
    if "group" in place:
        hello = place.get("client_hello")
        where = f"ClientHello {hello}" if hello else "the ServerHello"
        used = "" if place["used"] else ", which was not used"
        return f"the leak {name} makes the {place['group']} share of {where}{used}"
    return f"the leak {name} names this connection"


def nowhere(name: str) -> str:
    """The sentence for a leak that fits no connection in a capture."""
    return f"the leak {name} fits no connection in this capture{_tried(name)}"


def _tried(name: str) -> str:
    """What a leak was tried on, if the capture may have more than this lab can try."""
    if name == "ticket_key":
        return " (tried on tickets as this lab seals them)"
    if name.endswith("_ecdhe"):
        known = ", ".join(name_of(NamedGroup, group) for group in groups.SUPPORTED)
        return f" (tried on shares in {known})"
    return ""
