"""The few names that many rooms use for the same things, as types. RFC 9846 sections 2.2 and 4.

They are literals and no enumeration: in JSON, on the command line and in lessons they are plain
words. mypy refuses one that is misspelt; where a word comes from a user, :func:`one_of` does.

>>> MODES
('full', 'psk_ke', 'psk_dhe_ke', 'cert_with_extern_psk')
"""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeVar, get_args

from tls13lab.wire.faults import NotAllowed

PskMode = Literal["psk_ke", "psk_dhe_ke"]
"""How a PSK is used: alone, or together with (EC)DHE. RFC 9846 section 4.3.9."""
Mode = Literal["full", PskMode, "cert_with_extern_psk"]
"""How a connection gets its keys: with a certificate, a PSK, or both (RFC 9973)."""
Side = Literal["client", "server"]
"""Who sent something."""
EarlyDataOutcome = Literal["none", "accepted", "rejected"]
"""What became of 0-RTT data."""
HashName = Literal["sha256", "sha384"]
"""The hash of a suite, and of a PSK, by its name in hashlib. RFC 9846 appendix B.4."""

PSK_MODES: tuple[PskMode, ...] = get_args(PskMode)
MODES: tuple[Mode, ...] = get_args(Mode)
SIDES: tuple[Side, ...] = get_args(Side)
HASHES: tuple[HashName, ...] = get_args(HashName)

Word = TypeVar("Word", bound=str)
"""A word of a fixed set."""


def one_of(word: str, allowed: Sequence[Word], what: str) -> Word:
    """The word, as the type of the ``allowed`` ones; ``what`` is the kind of thing it names.

    Raises NotAllowed for any other word. A word that is misspelt would otherwise be taken for one
    that makes no difference: for a leak of nothing, or for a mode that is not psk_ke.

    >>> one_of("psk-ke", PSK_MODES, "mode")
    Traceback (most recent call last):
    tls13lab.wire.faults.NotAllowed: there is no mode 'psk-ke': use psk_ke or psk_dhe_ke
    """
    for each in allowed:
        if each == word:
            return each
    *others, last = allowed
    choices = f"{', '.join(others)} or {last}" if others else last
    raise NotAllowed(f"there is no {what} {word!r}: use {choices}")


def each_of(words: Iterable[str], allowed: Sequence[Word], what: str) -> tuple[Word, ...]:
    """The words, each checked by :func:`one_of`.

    A string instead of a tuple is refused, too: its letters are no such words.

    >>> each_of(("client", "server"), SIDES, "side")
    ('client', 'server')
    """
    listed = (words,) if isinstance(words, str) else tuple(words)
    found = tuple(one_of(word, allowed, what) for word in listed)
    if isinstance(words, str):
        raise NotAllowed(f"write a tuple with one {what}: ({words!r},)")
    return found
