"""What does not end is ended, and what only waits for a busy machine is not."""

import signal
import subprocess
import sys
import threading
import time

import pytest

from tls13lab.exercises import patience as module
from tls13lab.exercises.patience import BY_THE_CLOCK, RanTooLong, patience

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="there is no limit without POSIX signals"
)
# The browser's Python has no thread_time; Windows has no setitimer.
ELSEWHERE = """
import signal, time
del {}
from tls13lab.exercises.patience import patience
with patience(0.01):
    time.sleep(1)
print("not ended")
"""


def work(seconds: float) -> None:
    """Use the processor for so long."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


@pytest.fixture
def no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the processor's time ends a block, however slow this machine is."""
    monkeypatch.setattr(module, "BY_THE_CLOCK", 1e6)


@pytest.mark.usefixtures("no_clock")
def test_time_that_passes_without_work_does_not_count() -> None:
    """As where other programs have the processor meanwhile."""
    with patience(0.2):
        time.sleep(0.5)


@pytest.mark.usefixtures("no_clock")
def test_work_is_ended() -> None:
    began = time.thread_time()
    with pytest.raises(RanTooLong, match=r"within 0\.1 seconds"), patience(0.1):
        work(60)
    assert time.thread_time() - began >= 0.1


def test_waiting_is_ended_too_but_later() -> None:
    began = time.monotonic()
    with pytest.raises(RanTooLong, match=r"within 0\.6 seconds"), patience(0.6 / BY_THE_CLOCK):
        time.sleep(600)
    assert time.monotonic() - began >= 0.6


@pytest.mark.usefixtures("no_clock")
def test_work_of_another_thread_does_not_count() -> None:
    other = threading.Thread(target=work, args=(1,))
    other.start()
    with patience(0.5):
        other.join()


@pytest.mark.usefixtures("no_clock")
def test_a_block_inside_another_ends_with_it() -> None:
    began = time.thread_time()
    with pytest.raises(RanTooLong, match=r"within 0\.1 seconds"), patience(0.1), patience(60):
        work(60)
    assert time.thread_time() - began < 10


def stopped_twice() -> None:
    with pytest.raises(RanTooLong, match=r"within 0\.1 seconds"), patience(0.1):
        work(60)
    work(60)


@pytest.mark.usefixtures("no_clock")
def test_a_block_goes_on_after_one_inside_and_still_ends() -> None:
    with pytest.raises(RanTooLong, match=r"within 0\.3 seconds"), patience(0.3):
        stopped_twice()


def test_afterwards_no_alarm_is_left() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with patience(60), patience(30):
        assert signal.getitimer(signal.ITIMER_REAL) != (0, 0)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is before


@pytest.mark.parametrize("lacks", ["time.thread_time", "signal.setitimer"])
def test_where_nothing_can_be_ended_it_runs_all_the_same(lacks: str) -> None:
    code = ELSEWHERE.format(lacks)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("not ended\n", "")
