"""The file of a student's work: nothing in it is lost, and a lesson goes on without it."""

import json
import multiprocessing
import os
from pathlib import Path

import pytest

from tls13lab import whole_file
from tls13lab.widgets.keeping import FILE, NOT_KEPT, RESET, UNREADABLE, VARIABLE, Keeper
from tls13lab.widgets.kept import Work, parsed
from tls13lab.widgets.one_at_a_time import turn

EACH = 15


@pytest.fixture(autouse=True)
def switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE


def solve(keeper: Keeper, number: str) -> None:
    keeper.change(lambda work: work.with_verdict(number, "RIGHT"))


def names(path: Path) -> list[str]:
    return sorted(one.name for one in path.parent.iterdir())


def test_another_kernel_finds_it_and_only_its_owner_may_read_it(path: Path) -> None:
    solve(Keeper(path), "2.1")
    assert Keeper(path).read().tasks["2.1"].solved
    assert names(path) == [FILE]
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o600


def test_what_changes_nothing_is_not_written(path: Path) -> None:
    keeper = Keeper(path)
    keeper.change(lambda work: work.with_verdict("2.1", "BLANK"))
    assert names(path) == []
    solve(keeper, "2.1")
    before = path.stat().st_mtime_ns, path.stat().st_ino
    solve(keeper, "2.1")
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == before


def solve_many(path: Path, lesson: int) -> None:
    keeper = Keeper(path, always=True)
    for number in range(EACH):
        solve(keeper, f"{lesson}.{number}")


def test_kernels_that_write_at_the_same_time_lose_nothing(path: Path) -> None:
    method = multiprocessing.get_context("spawn")
    kernels = [method.Process(target=solve_many, args=(path, lesson)) for lesson in range(4)]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join(timeout=120)
    assert [kernel.exitcode for kernel in kernels] == [0] * 4
    assert len(Keeper(path).read().tasks) == 4 * EACH
    assert names(path) == [FILE]


def test_two_keepers_that_have_both_read_do_not_undo_one_another(path: Path) -> None:
    one, other = Keeper(path), Keeper(path)
    assert one.read() == other.read() == Work()
    solve(one, "2.1")
    solve(other, "2.2")
    assert set(one.read().tasks) == {"2.1", "2.2"}


def test_a_lock_left_by_a_kernel_that_was_killed_does_not_last(path: Path) -> None:
    lock = path.with_name("lock")
    lock.touch()
    with turn(lock, dead_seconds=0.05):
        assert lock.exists()
    assert not lock.exists()


@pytest.mark.parametrize(
    "content", [b"{ not JSON", b'{"tasks": {"9.9": "?"}, "predictions": {}}', b'{"later": {}}']
)
def test_what_is_not_understood_is_set_aside_before_it_is_overwritten(
    path: Path, content: bytes
) -> None:
    path.write_bytes(content)
    solve(Keeper(path), "2.1")
    assert path.with_name(UNREADABLE).read_bytes() == content
    path.write_bytes(content + b" ")
    solve(Keeper(path), "2.2")
    again = UNREADABLE.replace(".json", "-2.json")
    assert path.with_name(again).read_bytes() == content + b" "
    assert parsed(path.read_bytes())[1]
    solve(Keeper(path), "2.3")
    assert names(path) == sorted([FILE, UNREADABLE, again])


def test_a_file_that_cannot_be_read_is_left_alone(path: Path) -> None:
    path.mkdir()  # a folder of that name: it can be neither read nor copied nor replaced
    keeper = Keeper(path)
    solve(keeper, "2.1")
    assert keeper.read().tasks["2.1"].solved
    assert names(path) == [FILE]


def test_without_a_folder_to_write_to_it_lives_in_memory_and_says_so_once(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "gone" / FILE)
    assert keeper.note() == ""
    solve(keeper, "2.1")
    solve(keeper, "2.2")
    assert set(keeper.read().tasks) == {"2.1", "2.2"}
    assert [keeper.note(), keeper.note()] == [NOT_KEPT, ""]
    (tmp_path / "gone").mkdir()
    solve(keeper, "2.3")
    assert set(Keeper(keeper.path).read().tasks) == {"2.1", "2.2", "2.3"}
    assert not keeper.only_in_memory


def test_a_full_disk_loses_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Keeper(path)
    solve(keeper, "2.1")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(whole_file, "write", full)
        solve(keeper, "2.2")
    assert set(json.loads(path.read_bytes())["tasks"]) == {"2.1"}
    assert set(keeper.read().tasks) == {"2.1", "2.2"}


def test_more_than_can_be_read_again_is_not_written(path: Path) -> None:
    keeper = Keeper(path)
    keeper.change(lambda work: work.with_choice("k" * 300, "yes"))
    assert keeper.only_in_memory
    assert names(path) == []


def test_switched_off_it_neither_reads_nor_writes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    solve(Keeper(path), "2.1")
    before = path.read_bytes()
    monkeypatch.setenv(VARIABLE, "off")
    keeper = Keeper(path)
    assert keeper.read() == Work()
    solve(keeper, "2.2")
    assert set(keeper.read().tasks) == {"2.2"}
    assert keeper.reset() is None
    assert keeper.read() == Work()
    assert keeper.note() == ""
    assert path.read_bytes() == before
    assert names(path) == [FILE]
    assert set(Keeper(path, always=True).read().tasks) == {"2.1"}


def test_a_reset_leaves_the_old_file_under_another_name(path: Path) -> None:
    keeper = Keeper(path)
    assert keeper.reset() is None
    solve(keeper, "2.1")
    solve(keeper, "3.1")
    before = path.read_bytes()
    assert keeper.reset("02") == path.with_name(RESET)
    assert path.with_name(RESET).read_bytes() == before
    assert set(Keeper(path).read().tasks) == {"3.1"}
    assert keeper.reset() == path.with_name(RESET.replace(".json", "-2.json"))
    assert Keeper(path).read() == keeper.read() == Work()
