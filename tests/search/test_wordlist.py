"""Word lists of any bytes come whole, in order, from any place on."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tls13lab.search import wordlist
from tls13lab.search.wordlist import batches


def words(content: bytes, offset: int = 0, first: int = 0) -> dict[int, bytes]:
    """By number, without those that are passed over."""
    return {
        batch.first + n: batch[n]
        for batch, _ in batches(BytesIO(content), offset, first)
        for n in range(len(batch))
        if batch[n]
    }


def lines(content: bytes) -> dict[int, bytes]:
    listed = [line.removesuffix(b"\r") for line in content.split(b"\n")]
    return {n: line for n, line in enumerate(listed) if 0 < len(line) <= wordlist.LONGEST}


CONTENT = st.lists(st.sampled_from([b"\n", b"\r\n", b"\r", b"ab", b"\xff\0", b"z" * 9])).map(
    b"".join
)


@given(CONTENT, st.integers(1, 40))
def test_blocks_of_any_size(content: bytes, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wordlist, "BLOCK", block)
        patch.setattr(wordlist, "LONGEST", 12)
        assert words(content) == lines(content)
        # From where a batch ended, the rest is the rest.
        for batch, offset in list(batches(BytesIO(content))):
            after = batch.first + len(batch)
            rest = {n: word for n, word in lines(content).items() if n >= after}
            assert words(content, offset, after) == rest


def test_no_end_of_line_for_a_long_time_takes_no_memory() -> None:
    content = b"first\n" + b"x" * (5 * wordlist.BLOCK) + b"\nlast"
    assert words(content) == {0: b"first", 2: b"last"}
    assert max(batch.data.nbytes for batch, _ in batches(BytesIO(content))) < 2 * wordlist.BLOCK
