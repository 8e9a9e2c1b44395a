"""Early data that is taken, or passed over, up to its limit and not a byte further."""

import pytest

from tls13lab.crypto.suites import TAG_LENGTH
from tls13lab.records.early_data_limits import EarlyDataLimits
from tls13lab.wire.faults import UnexpectedMessage


def record(content: int) -> bytes:
    """The fragment of a protected record with so many bytes of content."""
    return bytes(content + 1 + TAG_LENGTH)


def test_at_first_nothing_is_taken_and_nothing_passed_over() -> None:
    limits = EarlyDataLimits()
    assert not limits.taking
    assert not limits.skips(record(1))
    with pytest.raises(UnexpectedMessage):
        limits.taken(1)


def test_to_the_last_byte_and_no_further() -> None:
    limits = EarlyDataLimits()
    limits.take(10)
    for length in (4, 0, 6, 0):
        limits.taken(length)
    assert limits.taking
    with pytest.raises(UnexpectedMessage, match="than the ticket allows"):
        limits.taken(1)
    limits.take(None)
    assert not limits.taking


def test_what_is_passed_over_counts_at_least_a_byte_for_each_record() -> None:
    limits = EarlyDataLimits()
    limits.skip(10)
    assert limits.skips(record(7))
    assert all(limits.skips(short) for short in (record(0), b"", record(1)))
    with pytest.raises(UnexpectedMessage, match="than the server skips"):
        limits.skips(record(0))


def test_when_a_record_has_opened_no_more_are_passed_over() -> None:
    limits = EarlyDataLimits()
    limits.skip(10)
    limits.skip(None)
    assert not limits.skips(record(1))
