"""PSKs by scrypt and Argon2id: published values, a second implementation, and what is refused."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tls13lab.psk.memory_hard import LENGTH, MOST_MEMORY, Argon2id, Derivation, Scrypt, parse
from tls13lab.wire.faults import LocalFault

SALTS = st.binary(min_size=8, max_size=64)


@given(SALTS, st.binary(min_size=1, max_size=80), st.integers(1, 6), st.integers(1, 9))
@settings(max_examples=20)
def test_scrypt_is_pycas(salt: bytes, word: bytes, log2_n: int, r: int) -> None:
    """hashlib's and pyca/cryptography's, called each in its own way."""
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt as Function

    theirs = Function(salt=salt, length=LENGTH, n=2**log2_n, r=r, p=2).derive(word)
    assert Scrypt(salt, log2_n, r, p=2).derive(word) == theirs


def test_scrypt_of_rfc_7914() -> None:
    """Section 12, whose outputs begin with ours: one long block of PBKDF2 after the other."""
    assert Scrypt(b"NaCl", 10, 8, 16).derive(b"password").hex() == (
        "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
    )
    assert Scrypt(b"SodiumChloride", 14, 8, 1).derive(b"pleaseletmein").hex() == (
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
    )


def test_argon2id_of_the_reference_implementation() -> None:
    """From the ``test.c`` of its authors: 256 KiB, 2 passes, 1 lane."""
    assert Argon2id(b"somesalt", 256, 2, 1).derive(b"password").hex() == (
        "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"
    )


def test_another_salt_or_setting_is_another_psk() -> None:
    made: list[Derivation] = [
        Scrypt(b"salt", 2),
        Scrypt(b"tlas", 2),
        Scrypt(b"salt", 3),
        Scrypt(b"salt", 2, 9),
    ]
    made_too: list[Derivation] = [Argon2id(b"saltsalt", 32, 1), Argon2id(b"saltsalt", 32, 2)]
    derived = [one.derive(b"word") for one in (*made, *made_too)]
    assert len(set(derived)) == len(derived)
    assert all(len(one) == LENGTH for one in derived)


def test_derivations_in_several_threads_at_once() -> None:
    """As in a search, where a hit is looked at while the next guesses are tried."""
    both: tuple[Derivation, ...] = (Argon2id(b"saltsalt", 32, 1, 4), Scrypt(b"salt", 2))
    for made in both:
        words = [b"%d" % number for number in range(40)]
        with ThreadPoolExecutor(4) as pool:
            derived = list(pool.map(made.derive, words))
        assert derived == [made.derive(word) for word in words]


def test_memory_is_what_the_functions_say_they_take() -> None:
    assert Scrypt(bytes(16)).memory == 2**27 + 2**10
    assert Argon2id(bytes(16)).memory == 2**26


@given(st.one_of(st.builds(Scrypt, SALTS, st.integers(1, 14)), st.builds(Argon2id, SALTS)))
def test_its_text_says_all_of_it(made: Scrypt | Argon2id) -> None:
    assert parse(str(made)) == made
    # A password file has the key at the end, and for a PSK nobody should.
    assert parse(f"{made}$c29tZWhhc2g") == made


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "write a derivation"),
        ("scrypt", "write a derivation"),
        ("$scrypt$ln=4,r=8,p=1", "write a derivation"),
        ("$bcrypt$ln=4,r=8,p=1$c2FsdA", "write a derivation"),
        ("$argon2id$v=16$m=64,t=1,p=1$c2FsdHNhbHQ", "write a derivation"),
        ("$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$a$b", "write a derivation"),
        ("$scrypt$ln=4,r=8$c2FsdA", " once, as in"),
        ("$scrypt$ln=4,r=8,r=8,p=1$c2FsdA", " once, as in"),
        ("$scrypt$ln=four,r=8,p=1$c2FsdA", "a whole number"),
        ("$scrypt$ln=-4,r=8,p=1$c2FsdA", "a whole number"),
        ("$scrypt$ln=4,r=8,p=1$c2FsdA=%", "base64"),
        ("$scrypt$ln=4,r=8,p=1$", "a salt must have 1"),
        ("$scrypt$ln=0,r=8,p=1$c2FsdA", "ln of a slow derivation"),
        ("$scrypt$ln=32,r=8,p=1$c2FsdA", "at most 4 GiB"),
        ("$scrypt$ln=2,r=65536,p=65536$c2FsdA", "p of a slow derivation"),
        ("$argon2id$v=19$m=64,t=1,p=1$c2FsdA", "a salt must have 8"),
        ("$argon2id$v=19$m=7,t=1,p=1$c2FsdHNhbHQ", "m of a slow derivation"),
        ("$argon2id$v=19$m=99999999,t=1,p=1$c2FsdHNhbHQ", "m of a slow derivation"),
    ],
)
def test_what_is_no_derivation(text: str, said: str) -> None:
    with pytest.raises(LocalFault, match=said):
        parse(text)


def test_what_is_no_word_and_what_no_machine_can_do() -> None:
    both: tuple[Derivation, ...] = (Scrypt(b"salt", 2), Argon2id(b"saltsalt", 32))
    for made in both:
        with pytest.raises(LocalFault, match="one byte"):
            made.derive(b"")
    assert Scrypt(b"salt", 21).memory < MOST_MEMORY
