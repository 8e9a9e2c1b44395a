"""A word behind a slow derivation: the same search finds it, one derivation a guess."""

from dataclasses import replace
from pathlib import Path

import pytest

from tls13lab.psk import memory_hard
from tls13lab.psk.binder import binder
from tls13lab.psk.importer import imported_key
from tls13lab.psk.keys import PskKind
from tls13lab.psk.memory_hard import Argon2id, Scrypt
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import MaskSource, WordSource
from tls13lab.search.runner import Search, local_workers
from tls13lab.search.target import Target
from tls13lab.wire.faults import LocalFault

FUNCTIONS = [Scrypt(b"salt", 2), Argon2id(b"saltsalt", 32, 1, 4)]
functions = pytest.mark.parametrize("made", FUNCTIONS, ids=["scrypt", "argon2id"])
MASK = Mask.parse("?d?d")


def target(made: Scrypt | Argon2id, word: bytes, kind: PskKind = PskKind.EXTERNAL) -> Target:
    key = made.derive(word)
    if kind is PskKind.IMPORTED:
        key = imported_key(key, "sha256", b"lab", "sha256")
    told = binder(kind, key, "sha256", b"hello")
    return Target(b"lab", kind, "sha256", b"hello", told, derivation=made)


def found(search: Search) -> list[tuple[int, bytes]]:
    for _ in search.run(local_workers(1)):
        pass
    return [(hit.target, hit.word) for hit in search.progress.found]


@functions
@pytest.mark.parametrize("kind", [PskKind.EXTERNAL, PskKind.IMPORTED])
def test_the_word_is_found_and_not_the_psk(made: Scrypt | Argon2id, kind: PskKind) -> None:
    one = target(made, b"47", kind)
    assert one.made_with(b"47")
    assert found(Search((one,), MaskSource(MASK))) == [(0, b"47")]
    # The counter-test: whoever does not know of the derivation tries all words for nothing.
    plain = Search((replace(one, derivation=None),), MaskSource(MASK))
    assert found(plain) == []
    assert plain.progress.count == MASK.keyspace


def test_with_another_salt_nothing_is_found() -> None:
    one = replace(target(Scrypt(b"salt", 2), b"47"), derivation=Scrypt(b"pepper", 2))
    assert found(Search((one,), MaskSource(MASK))) == []


def test_a_derivation_is_done_once_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the number of targets and of labels that a binder may have."""
    made, done = Scrypt(b"salt", 2), []
    several = [target(made, word) for word in (b"98", b"99")]
    tried = [replace(one, also=(PskKind.RESUMPTION,)) for one in several]
    search = Search(tuple(tried), MaskSource(MASK))
    honest = Scrypt.derive

    def counted(self: Scrypt, word: bytes) -> bytes:
        done.append(word)
        return honest(self, word)

    monkeypatch.setattr(memory_hard.Scrypt, "derive", counted)
    assert sorted(found(search)) == [(0, b"98"), (1, b"99")]
    again = 4  # a PSK that was found is tried once more, where none has been found yet
    assert MASK.keyspace <= len(done) <= MASK.keyspace + again


def test_words_keep_their_places_and_empty_lines_are_none(tmp_path: Path) -> None:
    words = tmp_path / "words"
    words.write_bytes(b"one\n\nthree\n$HEX[00ff]\nfive\n")
    made = Scrypt(b"salt", 2)
    search = Search((target(made, bytes([0, 255])),), WordSource(words))
    assert found(search) == [(0, bytes([0, 255]))]
    assert search.progress.found[0].place == 3


def test_a_checkpoint_is_of_one_derivation(tmp_path: Path) -> None:
    one, note = target(Scrypt(b"salt", 2), b"47"), tmp_path / "checkpoint"
    Search((one,), MaskSource(MASK), note).save()
    Search((one,), MaskSource(MASK), note)
    for other in (None, Scrypt(b"tlas", 2), Argon2id(b"saltsalt", 32)):
        with pytest.raises(LocalFault, match="another search"):
            Search((replace(one, derivation=other),), MaskSource(MASK), note)
