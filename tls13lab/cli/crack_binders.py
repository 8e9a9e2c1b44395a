"""Which binders of the captures ``tls13lab crack`` searches: those that a guess may fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tls13lab.capture.notes import Notes
from tls13lab.capture.reader import read_capture
from tls13lab.psk.keys import PskKind
from tls13lab.search.target import Target, readable, targets
from tls13lab.wire.faults import LocalFault

MOST_TARGETS = 1000


def binders(
    captures: Sequence[str], identity: str | None, connection: int | None, epsk_hash: str
) -> tuple[list[tuple[str, Target]], int, list[str]]:
    """The binders to search, each with its capture, how many were left out, and notes.

    Where there are binders of other PSKs, those of tickets (they have an age) are left out. The
    notes say what of the captures could not be read.
    Raises LocalFault if no binder is left, or more than 1000.
    """
    notes = {name: Notes() for name in captures}
    every = list(
        dict.fromkeys(
            (name, replace(target, epsk_hash=epsk_hash))
            for name in captures
            for target in targets(read_capture(Path(name), notes[name]))
        )
    )
    chosen = [
        (name, target)
        for name, target in every
        if (identity is None or readable(target.identity) == identity)
        and (connection is None or target.connection == connection)
    ]
    if not chosen:
        where = "this capture" if len(captures) == 1 else "these captures"
        raise LocalFault(
            "; ".join((f"no ClientHello in {where} has a PSK binder", *_notes(notes)))
            if not every
            else "; ".join(
                (f"no binder in {where} has that --identity and --connection", *_notes(notes))
            )
        )
    # A resumption PSK is a secret as long as the hash: nobody guesses it.
    likely = [pair for pair in chosen if pair[1].kind is not PskKind.RESUMPTION] or chosen
    if len(likely) > MOST_TARGETS:
        raise LocalFault(
            f"there are {len(likely)} binders, and at most {MOST_TARGETS} can be searched "
            "together: choose with --identity or --connection"
        )
    return likely, len(chosen) - len(likely), list(_notes(notes))


def _notes(notes: Mapping[str, Notes]) -> Iterator[str]:
    for name, one in notes.items():
        yield from (f"{name}: {line}" if len(notes) > 1 else line for line in one.lines())


def about_tickets(count: int) -> str:
    """What is said of binders that were left out because their PSK is a ticket's."""
    what = "1 binder is" if count == 1 else f"{count} binders are"
    return (
        f"{what} left out: an obfuscated ticket age shows that the PSK is a ticket's. To search "
        "for it, name it with --identity (0x and hexadecimal digits, if it is not text)"
    )
