"""Deriving a PSK from a word with a memory-hard function: scrypt, Argon2id. RFC 7914, RFC 9106.

Each guess at the word then costs a derivation: the two endpoints derive once, an attacker once for
each word. The *salt* is not secret. It gives each pair of endpoints a different PSK, so no table of
precomputed PSKs helps against two pairs.

A derivation adds no entropy. "low entropy PSKs, i.e., those derived from less than 128 bits of
entropy, are subject to attack and SHOULD be avoided" (RFC 9257 section 6), and that remains true
however slow the derivation is. An attacker can still check guesses offline against a binder; it
only takes longer.

scrypt comes from hashlib, Argon2id from pyca/cryptography. Written as text, a derivation is a PHC
string without the key, as in password files.

>>> made = Scrypt(salt=b"printer and alice", log2_n=4)
>>> str(made)
'$scrypt$ln=4,r=8,p=1$cHJpbnRlciBhbmQgYWxpY2U'
>>> made.derive(b"sternchen").hex()[:16], parse(str(made)) == made
('8ff6372c64da1368', True)
"""

import binascii
import hashlib
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from tls13lab.wire.faults import LocalFault

LENGTH = 32
"""The length of a derived PSK in bytes; it says nothing about the entropy of the word."""
SALT_LENGTH = 16
"""The length of a new salt in bytes, as RFC 9106 section 3.1 recommends for passwords."""
LONGEST_SALT = 64
MOST_MEMORY = 2**32
"""The most memory, in bytes. A larger value is probably a mistake, and could freeze the machine."""
MOST_PASSES, MOST_LANES = 2**16, 2**8
_KIB = 1024
_ONE_AT_A_TIME = Lock()
"""OpenSSL's lanes share one pool of threads: two derivations at once fail, or hang."""


class Derivation(Protocol):
    """A function from words to PSKs, with its salt and cost parameters."""

    @property
    def memory(self) -> int:
        """The memory that a derivation needs, in bytes."""

    def derive(self, word: bytes) -> bytes:
        """The PSK of a word, 32 bytes; raises LocalFault for an empty word."""


@dataclass(frozen=True, slots=True)
class Scrypt:
    """scrypt: N is 2^``log2_n``, ``r`` the block size, ``p`` the parallelization.

    Raises LocalFault for parameters that RFC 7914 section 6 does not allow, and for more than 4 GiB
    of memory.
    """

    salt: bytes
    log2_n: int = 17
    r: int = 8
    p: int = 1

    def __post_init__(self) -> None:
        _check_salt(self.salt)
        _within("ln", self.log2_n, 1, 32)
        _within("r", self.r, 1, 2**16)
        _within("p", self.p, 1, min(MOST_PASSES, (2**32 - 1) * 32 // (128 * self.r)))
        _check_memory(self.memory)

    @property
    def memory(self) -> int:
        """N blocks of 128 r bytes, and the p blocks that are waiting to be mixed."""
        return 128 * self.r * ((1 << self.log2_n) + self.p)

    def derive(self, word: bytes) -> bytes:
        """The PSK of a word, 32 bytes; raises LocalFault if this Python has no scrypt."""
        _check_word(word)
        # OpenSSL needs a few kilobytes more than RFC 7914 says.
        most = self.memory + 128 * self.r * 4 + 2**16
        n = 1 << self.log2_n
        try:
            return hashlib.scrypt(
                word, salt=self.salt, n=n, r=self.r, p=self.p, maxmem=most, dklen=LENGTH
            )
        except AttributeError:  # in a browser hashlib has no OpenSSL behind it
            raise LocalFault("this Python has no scrypt: its hashlib is without OpenSSL") from None

    def __str__(self) -> str:
        return f"$scrypt$ln={self.log2_n},r={self.r},p={self.p}${_encoded(self.salt)}"


@dataclass(frozen=True, slots=True)
class Argon2id:
    """Argon2id: ``passes`` over ``memory_kib`` KiB in ``lanes``; the salt has at least 8 bytes.

    The defaults are the second option that RFC 9106 section 4 recommends, for machines where 2 GiB
    are too much. Raises LocalFault for parameters that section 3.1 does not allow, and for more
    than 4 GiB of memory.
    """

    salt: bytes
    memory_kib: int = 2**16
    passes: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        _check_salt(self.salt, least=8)
        _within("t", self.passes, 1, MOST_PASSES)
        _within("p", self.lanes, 1, MOST_LANES)
        _within("m", self.memory_kib, 8 * self.lanes, MOST_MEMORY // _KIB)

    @property
    def memory(self) -> int:
        return self.memory_kib * _KIB

    def derive(self, word: bytes) -> bytes:
        """The PSK of a word, 32 bytes; raises LocalFault if this Python has no Argon2id."""
        _check_word(word)
        try:
            from cryptography.exceptions import UnsupportedAlgorithm
            from cryptography.hazmat.primitives.kdf.argon2 import Argon2id as Function
        except ImportError:
            raise LocalFault(_WITHOUT) from None
        function = Function(
            salt=self.salt,
            length=LENGTH,
            iterations=self.passes,
            lanes=self.lanes,
            memory_cost=self.memory_kib,
        )
        try:
            with _ONE_AT_A_TIME:
                return function.derive(word)
        except UnsupportedAlgorithm:  # an OpenSSL before 3.2
            raise LocalFault(_WITHOUT) from None

    def __str__(self) -> str:
        settings = f"m={self.memory_kib},t={self.passes},p={self.lanes}"
        return f"$argon2id$v=19${settings}${_encoded(self.salt)}"


_WITHOUT = (
    "this Python has no Argon2id, which needs pyca/cryptography with OpenSSL 3.2 or newer; use "
    "scrypt instead"
)


def parse(text: str) -> Scrypt | Argon2id:
    """A derivation from a PHC string; a key at the end of the string is ignored.

    Raises LocalFault if the string does not parse, or its parameters are not allowed.
    """
    parts = text.strip().split("$")
    match parts:
        case ["", "scrypt", settings, salt, *_] if len(parts) < 6:
            n, r, p = _settings(settings, ("ln", "r", "p"))
            return Scrypt(_decoded(salt), n, r, p)
        case ["", "argon2id", "v=19", settings, salt, *_] if len(parts) < 7:
            m, t, p = _settings(settings, ("m", "t", "p"))
            return Argon2id(_decoded(salt), m, t, p)
    raise LocalFault(
        "write a derivation as $scrypt$ln=17,r=8,p=1$SALT or as "
        "$argon2id$v=19$m=65536,t=3,p=4$SALT, with the salt in base64; quote it for the shell"
    )


def _settings(text: str, names: tuple[str, ...]) -> tuple[int, int, int]:
    pairs = [setting.partition("=")[::2] for setting in text.split(",")]
    values: Mapping[str, str] = dict(pairs)
    if len(pairs) != len(names) or set(values) != set(names):
        raise LocalFault(f"give each of {', '.join(names)} once, as in {names[0]}=4")
    if not all(n.isascii() and n.isdigit() and len(n) < 12 for n in values.values()):
        raise LocalFault(f"each of {', '.join(names)} must be a whole number")
    first, second, third = (int(values[name]) for name in names)
    return first, second, third


def _encoded(salt: bytes) -> str:
    return b64encode(salt).decode("ascii").rstrip("=")


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise LocalFault("the salt of a derivation must be base64, without = at the end") from None


def _check_salt(salt: bytes, least: int = 1) -> None:
    if not least <= len(salt) <= LONGEST_SALT:
        raise LocalFault(f"a salt must have {least} to {LONGEST_SALT} bytes")


def _check_word(word: bytes) -> None:
    if not word:
        raise LocalFault("a word must have at least one byte")


def _within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise LocalFault(f"{name} of a slow derivation must be {low} to {high}")


def _check_memory(memory: int) -> None:
    if memory > MOST_MEMORY:
        raise LocalFault("a slow derivation may take at most 4 GiB")
