"""What a cell's connections must show to anybody who sees them: checked on a tap's recordings.

It uses the table's own parser, which shares no code with the package.
"""

from typing import Literal

from tests.interop.cases import GROUPS, NAME, PADDING, Case, Visit
from tests.interop.tap import Recording
from tests.interop.wire import observe, protected_sizes

TYPE_AND_TAG = 17
"""What a protected record's fragment has beside content and padding, in bytes."""
FULL = 2**14


class CellFailed(AssertionError):
    """A cell is not what it should be; the text says in which way."""


def same(what: str, found: object, wanted: object) -> None:
    """:class:`CellFailed` if the two differ."""
    if found != wanted:
        shown = f"{found!r:.80} instead of {wanted!r:.80}"
        raise CellFailed(f"{what}: {shown}")


def check_wire(
    case: Case, recordings: list[Recording], *, lab_is: Literal["client", "server"]
) -> None:
    """Every connection of a case: the first visit, and all others like the last."""
    first, last = case.visits[0], case.visits[-1]
    least = len(case.visits)
    same("connections", max(len(recordings), least) if case.each_ticket else least, len(recordings))
    for number, recording in enumerate(recordings):
        visit = first if number == 0 else last
        _check_connection(case, visit, recording)
    if case.padding:
        lab, peer = ("from_client", "from_server")[:: 1 if lab_is == "client" else -1]
        _check_padding(case, getattr(recordings[-1], lab if case.padding == "tls13lab" else peer))


def _check_connection(case: Case, visit: Visit, recording: Recording) -> None:
    seen = observe(bytes(recording.from_client), bytes(recording.from_server))
    first_of_two = case.psk == "ticket" and not visit.resume
    mode = "full" if first_of_two else case.last_mode
    same("mode on the wire", seen.mode, mode)
    same("suite on the wire", seen.suite, case.suite)
    same("HelloRetryRequest", seen.retried, case.retry)
    same("early data announced", seen.early_data, bool(visit.early))
    same("group on the wire", seen.group, None if mode == "psk_ke" else GROUPS[case.group])
    if case.psk == "external" and not visit.resume:
        assert case.external is not None
        same("identity on the wire", seen.identity, case.external.identity)
    else:
        same("an external identity", seen.identity == NAME, False)


def _check_padding(case: Case, stream: bytearray) -> None:
    """tls13lab pads every protected record, a peer at least the application data."""
    sizes = protected_sizes(bytes(stream))
    if case.padding == "tls13lab":
        # A record that is full has no room for padding.
        rests = {(size - TYPE_AND_TAG) % PADDING for size in sizes if size < FULL}
        same("padded records", (bool(sizes), rests), (True, {0}))
    else:  # it may count the content's type in
        padded = [size for size in sizes if (size - TYPE_AND_TAG) % PADDING in (0, PADDING - 1)]
        same("padded records", bool(padded), True)
