"""Searches on any workers: all is tried, nothing twice, whatever dies or is stopped."""

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tls13lab.psk.binder import binder
from tls13lab.psk.keys import PskKind
from tls13lab.search import runner
from tls13lab.search.checkpoint import Checkpoint, checksum
from tls13lab.search.engine import Tried, tried
from tls13lab.search.guesses import Guesses
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import BATCH, MaskPiece, MaskSource, Piece, WordSource
from tls13lab.search.rules import parse_rules
from tls13lab.search.runner import Search, Workers, local_workers, processors
from tls13lab.search.target import Target
from tls13lab.wire.faults import LocalFault


def target(psk: bytes, hello: bytes = b"hello", hash_name: str = "sha256") -> Target:
    made = binder(PskKind.EXTERNAL, psk, hash_name, hello)
    return Target(b"lab", PskKind.EXTERNAL, hash_name, hello, made)


def threads(count: int = 2) -> Workers:
    return Workers(count, lambda: ThreadPoolExecutor(count))


def finish(search: Search, workers: Workers | None = None) -> dict[int, bytes]:
    for _ in search.run(workers or threads()):
        pass
    assert search.finished
    return {hit.target: hit.word for hit in search.progress.found}


DIGITS = MaskSource(Mask.parse("?d?d?d?d"))


@pytest.mark.parametrize("word", [b"0000", b"1999", b"2000", b"9999"])
@pytest.mark.parametrize("count", [1, 3])
def test_the_word_is_found_wherever_it_stands(
    word: bytes, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "FEWEST", 500)
    assert finish(Search((target(word),), DIGITS), threads(count)) == {0: word}


def test_several_targets_of_several_hashes_in_one_pass() -> None:
    search = Search(
        (target(b"1234"), target(b"9999", hash_name="sha384"), target(b"1234", b"another hello")),
        DIGITS,
    )
    assert finish(search) == {0: b"1234", 1: b"9999", 2: b"1234"}


def test_what_is_not_among_the_words_is_not_found() -> None:
    search = Search((target(b"12345"),), DIGITS)
    assert finish(search) == {}
    assert search.progress.count == 10_000


def test_the_compiled_engine_takes_over() -> None:
    search = Search((target(b"543210"),), MaskSource(Mask.parse("?d?d?d?d?d?d")))
    assert finish(search, local_workers(1)) == {0: b"543210"}


# --- every guess once, whatever happens


@dataclass
class Noted:
    """Stands for the work: notes what was tried."""

    times: Counter[int] = field(default_factory=Counter)

    def __call__(self, _: tuple[Target, ...], piece: Piece, *, compile: bool) -> Tried:
        assert isinstance(piece, MaskPiece)
        self.times.update(range(piece.first, piece.first + piece.count))
        return Tried(piece.count, (), 0.001)


@given(st.lists(st.integers(1, 6), max_size=6))
@settings(deadline=None, max_examples=20)
def test_stopped_and_gone_on_with_everything_is_tried_once(stops: list[int]) -> None:
    noted = Noted()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "tried", noted)
        patch.setattr(runner, "FEWEST", 300)
        patch.setattr(runner, "MOST", 300)
        state = Checkpoint("")
        for steps in [*stops, 10**6]:
            search = Search((target(b"x"),), DIGITS)
            state = Checkpoint(search._state.search, state.position, state.count)
            search._state = state
            with closing(search.run(threads(1))) as going:
                for step, _ in enumerate(going, 1):
                    if step == steps:
                        break
            state = search._state
    assert search.finished
    assert search.progress.count == 10_000
    # What was in work when it was stopped was finished and counted: nothing is done twice.
    assert noted.times == Counter(range(10_000))


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return tmp_path / "search.checkpoint"


def test_a_checkpoint_goes_on_where_it_stopped_and_stays_until_it_is_forgotten(
    checkpoint: Path,
) -> None:
    targets = (target(b"0003"), target(b"9997"))
    with closing(Search(targets, DIGITS, checkpoint).run(threads(1))) as going:
        next(going)
    assert checkpoint.stat().st_mode & 0o077 == 0
    search = Search(targets, DIGITS, checkpoint)
    assert 0 < search.progress.count < 10_000
    assert [hit.word for hit in search.progress.found] == [b"0003"]
    assert finish(search) == {0: b"0003", 1: b"9997"}
    # A result that did not reach its reader is there once more, and nothing is tried again.
    again = Search(targets, DIGITS, checkpoint)
    assert finish(again, Workers(1, lambda: Mortal([1] * 9))) == {0: b"0003", 1: b"9997"}
    again.forget()
    assert not checkpoint.exists()


def test_where_nothing_can_be_noted_the_search_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a disk is full only later, or is so for some time."""
    (tmp_path / "file").write_text("")
    search = Search((target(b"9997"),), DIGITS, tmp_path / "file" / "in it")
    search.save()
    assert "in it" in search.trouble
    assert finish(search) == {0: b"9997"}
    search.forget()
    monkeypatch.setattr(runner, "SAVE_S", 0.0)
    full = [False, True, True, False]

    def write(path: Path, content: bytes, **options: Any) -> None:
        if full and full.pop(0):
            raise OSError(28, "No space left on device", str(path))
        path.write_bytes(content)

    monkeypatch.setattr("tls13lab.search.checkpoint.whole_file.write", write)
    search = Search((target(b"9997"),), DIGITS, tmp_path / "later")
    told = [search.trouble for _ in search.run(threads(1))]
    assert any("No space" in one for one in told)
    assert (search.trouble, search.progress.found[0].word) == ("", b"9997")


HIT = [[3, 0, b"0003".hex()]]


def signed(content: dict[str, object]) -> str:
    """A checkpoint whose checksum belongs to it: its contents must be refused."""
    return json.dumps(content | {"checksum": checksum(content)})


@pytest.mark.parametrize(
    "fields",
    [
        {"count": -5},
        {"count": 2001},
        {"position": [-1], "count": -1},
        {"position": [10_001], "count": 10_001},
        {"position": [2000, 0]},
        {"position": [], "count": 2000},
        {"found": [[3, 2, b"0003".hex()]]},
        {"found": [[3, -1, b"0003".hex()]]},
        {"found": [[10_000, 0, b"0003".hex()]]},
        {"found": [[4, 0, b"0004".hex()]]},
    ],
    ids=str,
)
def test_a_checkpoint_that_was_edited_is_refused(
    checkpoint: Path, fields: dict[str, object]
) -> None:
    """What no search can have noted: places beyond the list, counts that do not fit, wrong PSKs."""
    targets = (target(b"0003"), target(b"9997"))
    Search(targets, DIGITS, checkpoint).save()
    good = json.loads(checkpoint.read_text()) | {"position": [2000], "count": 2000, "found": HIT}
    checkpoint.write_text(signed(good))
    assert Search(targets, DIGITS, checkpoint).progress.count == 2000
    checkpoint.write_text(signed(good | fields))
    with pytest.raises(LocalFault, match="was changed: delete it"):
        Search(targets, DIGITS, checkpoint)


def test_a_checkpoint_in_the_midst_of_a_word_is_refused(tmp_path: Path, checkpoint: Path) -> None:
    words = tmp_path / "words"
    words.write_bytes(b"one\ntwo\nthree\n")
    Search((target(b"three"),), WordSource(words), checkpoint).save()
    good = json.loads(checkpoint.read_text())
    for position, count in (([5, 1], 1), ([4, 2], 2), ([99, 3], 3), ([14, 3], 2)):
        checkpoint.write_text(signed(good | {"position": position, "count": count}))
        with pytest.raises(LocalFault, match="was changed: delete it"):
            Search((target(b"three"),), WordSource(words), checkpoint)
    checkpoint.write_text(signed(good | {"position": [4, 1], "count": 1}))
    assert finish(Search((target(b"three"),), WordSource(words), checkpoint)) == {0: b"three"}


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"nonsense", b'{"format": 1}', b'{"format": 1, "search": 3}']
)
def test_a_file_that_is_no_checkpoint_is_left_alone(checkpoint: Path, content: bytes) -> None:
    checkpoint.write_bytes(content)
    with pytest.raises(LocalFault, match="checkpoint"):
        Search((target(b"1"),), DIGITS, checkpoint)
    assert checkpoint.read_bytes() == content


def test_a_checkpoint_of_another_search_is_refused(checkpoint: Path) -> None:
    Search((target(b"1"),), DIGITS, checkpoint).save()
    for other, source in ((target(b"2"), DIGITS), (target(b"1"), MaskSource(Mask.parse("?d?d")))):
        with pytest.raises(LocalFault, match="another search"):
            Search((other,), source, checkpoint)


class Mortal(ThreadPoolExecutor):
    """Workers that die again and again."""

    def __init__(self, deaths: list[int]) -> None:
        super().__init__(2)
        self._deaths = deaths

    def submit(self, *given: Any, **named: Any) -> Future[Any]:
        if self._deaths and (first := self._deaths.pop(0)):
            dead: Future[Any] = Future()
            dead.set_exception(BrokenProcessPool(f"worker {first} died"))
            return dead
        return super().submit(*given, **named)


def test_workers_that_die_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = Noted()
    monkeypatch.setattr(runner, "tried", noted)
    deaths = [0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1]
    search = Search((target(b"x"),), DIGITS)
    finish(search, Workers(2, lambda: Mortal(deaths)))
    assert search.progress.count == 10_000
    assert set(noted.times) == set(range(10_000))


def test_workers_that_always_die_are_given_up() -> None:
    search = Search((target(b"x"),), DIGITS)
    with pytest.raises(LocalFault, match="workers"):
        finish(search, Workers(2, lambda: Mortal([1] * 1000)))


def test_a_process_killed_in_the_middle_loses_nothing() -> None:
    mask = MaskSource(Mask.parse("?d?d?d?d?d?d"))
    pools: list[ProcessPoolExecutor] = []

    def start() -> Executor:
        made = local_workers(2).start()
        assert isinstance(made, ProcessPoolExecutor)
        pools.append(made)
        return made

    search = Search((target(b"999999"),), mask)
    killed = False
    for progress in search.run(Workers(2, start)):
        if not killed and progress.count:
            killed = True
            os.kill(next(iter(pools[0]._processes)), signal.SIGKILL)
    assert killed
    assert [hit.word for hit in search.progress.found] == [b"999999"]
    assert len(pools) > 1


# --- word lists and rules


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_bytes(b"".join(b"word%d\n" % n for n in range(5000)) + b"\nlast")
    return path


@pytest.mark.parametrize("word", [b"word0", b"word4999", b"last"])
def test_a_word_list_from_end_to_end(words: Path, word: bytes) -> None:
    search = Search((target(word),), WordSource(words))
    assert search.total == 5002
    assert finish(search) == {0: word}


def test_rules_change_every_word(words: Path) -> None:
    rules = parse_rules(b":\nc\nu $!\n")
    source = WordSource(words, rules)
    search = Search((target(b"WORD4321!"), target(b"Last")), source)
    assert search.total == 3 * 5002
    assert finish(search) == {0: b"WORD4321!", 1: b"Last"}


@pytest.mark.parametrize("count", [1, 3, pytest.param(4000, marks=pytest.mark.full)])
def test_few_words_with_many_rules_are_tried_together(words: Path, count: int) -> None:
    """A batch for each rule would be of a few words, and an engine likes thousands."""
    texts = [b"$%d $%d $%d" % (n // 100, n // 10 % 10, n % 10) for n in range(1000)]
    source = WordSource(words, parse_rules(b"\n".join(texts)))
    piece = next(iter(source.pieces((), lambda: 1000 * count)))
    batches = list(piece.guesses())
    sizes = [len(batch) for batch in batches]
    assert sum(sizes) == piece.count == 1000 * count
    assert all(size >= BATCH for size in sizes[:-1])
    assert max(sizes) < BATCH + count
    # Numbered through, a rule after the other.
    assert [batch.first for batch in batches] == [0, *accumulate(sizes)][:-1]
    told = [batch[n] for batch in batches for n in (0, len(batch) - 1)]
    places = [
        at + n for at, size in zip(accumulate(sizes), sizes, strict=True) for n in (-size, -1)
    ]
    assert told == [b"word%d%03d" % (at % count, at // count) for at in places]


@given(st.integers(1, 400), st.integers(0, 50))
@settings(deadline=None, max_examples=25)
def test_pieces_of_a_word_list_go_on_from_any_place(size: int, stop: int) -> None:
    path = Path(__file__)
    source = WordSource(path)

    def tell(pieces: Iterator[Piece]) -> Iterator[tuple[bytes, tuple[int, ...]]]:
        for piece in pieces:
            for batch in piece.guesses():
                assert isinstance(batch, Guesses)
                for n in range(len(batch)):
                    yield batch[n], piece.after

    told = list(tell(source.pieces((), lambda: size)))
    assert [word for word, _ in told] == path.read_bytes().splitlines()
    at = told[min(stop, len(told) - 1)][1]
    rest = [word for word, _ in tell(source.pieces(at, lambda: 7))]
    assert rest == path.read_bytes().splitlines()[at[1] :]
    assert sum(piece.count for piece in source.pieces((), lambda: size)) == source.total


def test_more_than_can_be_counted_is_refused() -> None:
    with pytest.raises(LocalFault, match="shorter"):
        MaskSource(Mask.parse("?a" * 12))


def test_what_a_worker_does_is_the_engine() -> None:
    (piece,) = DIGITS.pieces((), lambda: 10**5)
    told: Callable[..., Tried] = tried
    assert [hit.word for hit in told((target(b"0042"),), piece, compile=False).found] == [b"0042"]


@pytest.mark.parametrize(
    ("told", "expected"),
    [("2.0", 2), ("0.5", 1), ("64", 8), ("", 8), ("0", 8), ("nan", 8), ("many", 8)],
)
def test_a_student_of_a_hub_has_as_many_workers_as_the_hub_says(
    monkeypatch: pytest.MonkeyPatch, told: str, expected: int
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setenv("CPU_LIMIT", told)
    assert processors() == expected
