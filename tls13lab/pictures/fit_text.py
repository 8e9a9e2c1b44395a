"""Where a leak fits a connection: as values for a program, and as a sentence for people.

:mod:`tls13lab.adversary.loot` finds it out; this file only puts it into words, for the command line
and for the theft panel.

>>> from tls13lab.adversary.loot import Fit
>>> in_words("keylog", place(Fit("keylog", bytes(32))))
'the stolen key log names this connection'
"""

from typing import Any

from tls13lab.adversary.loot import Fit
from tls13lab.crypto import groups
from tls13lab.search.target import readable
from tls13lab.wire.codepoints import NamedGroup, name_of

LONGEST_IDENTITY = 40
"""How many characters of an identity are shown."""
_NOUNS = {
    "psk": "the stolen PSK",
    "ticket_key": "the stolen ticket key",
    "keylog": "the stolen key log",
}
_PRIVATE_KEY = "the stolen private key"


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


def in_words(name: str, place: dict[str, Any], called: str = "") -> str:
    """The sentence for a place; ``place`` is what :func:`place` returns.

    ``called`` is the name of the leak if it is not that of its kind.

    >>> in_words("client_ecdhe", {"client_hello": 1, "group": "x25519", "used": True})
    "the stolen private key belongs to the client's share"
    >>> in_words("server_ecdhe", {"server_hello": True, "group": "x25519", "used": True}, "a dump")
    "the stolen private key (a dump) belongs to the server's share"
    """
    leak = _NOUNS.get(name, _PRIVATE_KEY) + (f" ({called})" if called else "")
    if "identity" in place:
        return f"{leak} {_identity(name, place)}"
    if "group" in place:
        hello = place.get("client_hello")
        share = "the client's share" if hello else "the server's share"
        if not place["used"]:
            share += f" for {place['group']} in ClientHello {hello}, which was not used"
        return f"{leak} belongs to {share}"
    return f"{leak} names this connection"


def _identity(name: str, place: dict[str, Any]) -> str:
    """How a leak fits an identity, in words that go on after the leak's."""
    which = readable(bytes.fromhex(place["identity"]))
    which = which if len(which) <= LONGEST_IDENTITY else f"{which[:LONGEST_IDENTITY]}..."
    is_, it = "is the one offered as", "it"
    if name == "ticket_key":
        is_, it = "opens the ticket", "the PSK in it"
    where = f'{is_} "{which}"'
    if place["client_hello"] > 1 or place["place"]:
        where += f" (number {place['place'] + 1} in ClientHello {place['client_hello']})"
    made = "makes" if place["binder"] == "verified" else "does not make"
    words = [f"{it} {made} the recorded binder"]
    if place["answered"]:
        words.append(f"the server {'chose' if place['chosen'] else 'did not choose'} it")
    words += ["early data was sent under it"] if place["early_data"] else []
    return f"{where}: {', '.join(words[:-1])}{', and ' if words[1:] else ''}{words[-1]}"


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
