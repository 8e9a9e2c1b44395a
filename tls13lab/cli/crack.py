"""``tls13lab crack``: find the PSKs of recorded ClientHellos by trying words on their binders."""

import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import click

from tls13lab.cli import report
from tls13lab.cli.crack_binders import about_tickets, binders
from tls13lab.cli.crack_result import as_text, described
from tls13lab.cli.inputs import only_one, text_in
from tls13lab.cli.options import FILE, FILE_OR_DASH
from tls13lab.psk.memory_hard import Argon2id, Scrypt, parse
from tls13lab.psk.strength import in_words
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import MaskSource, WordSource
from tls13lab.search.rules import parse_rules
from tls13lab.search.runner import Search, Workers, local_workers, processors
from tls13lab.search.speed import rate_at, seconds_each
from tls13lab.search.wordlist import COMMON, USUAL
from tls13lab.wire.faults import LocalFault
from tls13lab.wire.names import HASHES

STOPPED = 130
"""The exit code after Ctrl-C, as in a shell: 128 plus the number of SIGINT."""
SMALL = 2_000_000
"""With no more guesses at one binder than this, starting more processes is not worth the time."""
STARTING_S = 10.0
"""The same limit in seconds, where each guess takes a slow derivation."""


@click.command("crack")
@click.argument(
    "captures",
    metavar="CAPTURE...",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    nargs=-1,
    required=True,
)
@click.option(
    "--wordlist",
    type=FILE_OR_DASH,
    metavar="FILE|common|-",
    help="Try each line of this file; a line $HEX[...] stands for bytes. 'common' is the lab's own "
    "list of 100,000 words.",
)
@click.option(
    "--mask",
    metavar="MASK",
    help="Try all words of this shape, in hashcat's notation: ?l ?u ?d ?s ?a ?h ?b, ?1 to ?4.",
)
@click.option("--set", "sets", multiple=True, metavar="1=CHARS", help="What ?1 to ?4 stand for.")
@click.option(
    "--rules",
    type=FILE_OR_DASH,
    metavar="FILE|usual|-",
    help="Change each word by each of these rules, in hashcat's notation; 'usual' is the lab's own "
    "set.",
)
@click.option("--identity", metavar="STR", help="Search only for the PSK of this identity.")
@click.option(
    "--epsk-hash",
    type=click.Choice(HASHES),
    default="sha256",
    show_default=True,
    help="For an imported PSK (RFC 9258): the hash of the external PSK from which it was made. The "
    "search finds that external PSK.",
)
@click.option(
    "--connection", type=click.IntRange(1), help="Search only this connection of a single capture."
)
@click.option(
    "--derivation",
    metavar="PHC",
    help="Derive the PSK from each word by scrypt or Argon2id. The PHC string has the settings and "
    "the salt; psk derive prints it.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 1024),
    help="Number of processes; by default, one for each processor.",
)
@click.option(
    "--checkpoint",
    type=FILE,
    help="Store progress in this file; by default CAPTURE.checkpoint, after the first capture.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def run(
    *,
    captures: Sequence[str],
    wordlist: str | None,
    mask: str | None,
    sets: Sequence[str],
    rules: str | None,
    identity: str | None,
    connection: int | None,
    epsk_hash: str,
    derivation: str | None,
    workers: int | None,
    checkpoint: str | None,
    as_json: bool,
) -> None:
    """Search for the PSKs of recorded ClientHellos, by checking their binders.

    Use it to find out whether a PSK of your own can be guessed, and to see why RFC 9846 section
    2.2 calls a PSK of low entropy "not secure". It reads recordings and sends nothing. The
    client's first message is enough, no matter who received it. Ctrl-C stops the search; the same
    command continues it. The exit code is 1 if nothing is found.

    All connections of all captures are searched together. A guess costs 12 blocks of the hash,
    which all victims share because TLS adds no salt, and 2 more blocks for each binder. With
    imported PSKs (RFC 9258), victims share only 4 blocks, and each identity costs 16.

    \b
    Examples:
      tls13lab serve --psk 313233343536 --identity lab --record talk.pcapng
      tls13lab crack talk.pcapng --mask "?d?d?d?d?d?d"
      tls13lab crack talk.pcapng --wordlist common --rules usual
      tls13lab crack talk.pcapng --mask "?1?1?1?1lab" --set "1=?l?d" --workers 4
      printf "123456\\nsternchen\\n" > words.txt
      tls13lab crack talk.pcapng --wordlist words.txt --json
      tls13lab connect 127.0.0.1:4433 --psk 737465726e6368656e --identity printer \\
        --record other.pcapng
      tls13lab crack talk.pcapng other.pcapng --wordlist common
      tls13lab crack talk.pcapng --mask "?d?d" --derivation '$scrypt$ln=14,r=8,p=1$c2FsdA'
    """
    names = list(dict.fromkeys(captures))
    if connection is not None and len(names) > 1:
        raise click.UsageError("--connection chooses from a single capture")
    source = _source(names, wordlist, mask, sets, rules)
    how = _derivation(derivation)
    stop, begun = threading.Event(), threading.Event()
    done: list[Search] = []

    def prepared() -> tuple[Search, Sequence[str], int, list[str]]:
        wanted, left_out, notes = binders(names, identity, connection, epsk_hash)
        if left_out:
            report.mention(f"tls13lab: {about_tickets(left_out)}")
        found_in, every = zip(*wanted, strict=True)
        every = tuple(replace(target, derivation=how) for target in every)
        search = Search(every, source(), _noted(names[0], checkpoint))
        if isinstance(search.source, WordSource):
            notes += search.source.notes
        _try_to_note(search)
        return search, found_in, left_out, notes

    def work() -> report.Result:
        try:
            search, found_in, left_out, notes = prepared()
            begun.set()
        except KeyboardInterrupt:
            if not stop.is_set():
                raise  # the caller handles Ctrl-C in its own way
            why = "stopped before the search began, so nothing was tried"
            report.fail(why, None, as_json=as_json, code=STOPPED)
        each = None if how is None else seconds_each(how, 1)
        chosen = _workers(search, workers, each)
        report.mention(_expected(search, chosen, each))
        began, before = time.monotonic(), search.progress.count
        _search(search, chosen, stop, quiet=as_json)
        seconds = time.monotonic() - began
        done.append(search)
        result = described(search, found_in, seconds, search.progress.count - before)
        return result | {"left_out": left_out, "notes": notes}

    def delivered() -> None:
        for search in done:
            if search.finished:
                search.forget()

    def code(result: report.Result) -> int:
        return int(not result["ok"]) if result["finished"] else STOPPED

    with _ctrl_c_sets(stop, begun):
        report.run(work, as_text, as_json=as_json, code=code, delivered=delivered, rescued=as_text)


def _noted(capture: str, checkpoint: str | None) -> Path | None:
    """The checkpoint file; None if none is named and the first capture is not a file."""
    if checkpoint is not None:
        return Path(checkpoint)
    return Path(f"{capture}.checkpoint") if Path(capture).is_file() else None


def _try_to_note(search: Search) -> None:
    """Find out at the start whether the checkpoint can be written; search without it if not."""
    search.save()
    if search.trouble:
        report.mention(
            f"tls13lab: {search.trouble}: searching without a checkpoint, so a search that is "
            "stopped starts again from the beginning; name a file that can be written with "
            "--checkpoint"
        )
        search.checkpoint, search.trouble = None, ""
    elif not search.progress.count:
        search.forget()  # no progress to keep yet


@contextmanager
def _ctrl_c_sets(stop: threading.Event, begun: threading.Event) -> Iterator[None]:
    """Let the first Ctrl-C set ``stop``, and leave the second to Python.

    Python's own KeyboardInterrupt can come between any two instructions, also where nothing
    catches it. Only until ``begun`` is set is it raised at once, because reading may last for ever.
    """
    before = signal.getsignal(signal.SIGINT)
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or before is not signal.default_int_handler:
        yield  # the caller handles Ctrl-C in its own way; it may ignore it, for example
        return

    def asked(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)
        if not begun.is_set():
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, asked)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _source(
    captures: Sequence[str],
    wordlist: str | None,
    mask: str | None,
    sets: Sequence[str],
    rules: str | None,
) -> Any:
    """A function that makes the source of guesses. Usage errors are raised at once."""
    if (wordlist is None) == (mask is None):
        raise click.UsageError("give either --wordlist or --mask")
    if mask is not None:
        if rules is not None:
            raise click.UsageError("--rules change the words of a --wordlist")
        own = dict(pair.partition("=")[::2] for pair in sets)
        return lambda: MaskSource(Mask.parse(mask, own))
    if sets:
        raise click.UsageError("--set belongs to a --mask")
    capture = "-" if "-" in captures else None
    only_one(("CAPTURE", capture), ("--wordlist", wordlist), ("--rules", rules))
    words = COMMON if wordlist == "common" else Path(wordlist or "")
    changes = str(USUAL) if rules == "usual" else rules
    return lambda: WordSource(words, parse_rules(text_in(changes)) if changes else ())


def _derivation(text: str | None) -> Scrypt | Argon2id | None:
    try:
        return None if text is None else parse(text)
    except LocalFault as fault:
        raise click.BadParameter(str(fault), param_hint="--derivation") from None


def _workers(search: Search, count: int | None, each: float | None) -> Workers:
    if count is None:
        left = search.total - search.progress.count
        many = search.work > SMALL if each is None else left * each > STARTING_S
        count = processors() if many else 1
    return local_workers(count)


def _expected(search: Search, workers: Workers, each: float | None) -> str:
    """How many guesses there are to try, and how long all of them take on this machine."""
    left = search.total - search.progress.count
    expected = f"{left:,} guesses to try for {len(search.targets)} binder(s)"
    if search.work < SMALL and each is None:
        return expected
    open_targets = [search.targets[number] for number in sorted(search.open_targets())]
    rate = rate_at(open_targets or search.targets) if each is None else 1 / each
    in_figures = f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"
    time_needed = in_words(left / rate / workers.count)
    return f"{expected}: at {in_figures} per second and core, {time_needed}"


def _search(search: Search, workers: Workers, stop: threading.Event, *, quiet: bool) -> None:
    """Run to the end, or until it is stopped."""
    from tqdm import tqdm

    bar = tqdm(
        total=search.total,
        initial=search.progress.count,
        unit=" guesses",
        unit_scale=True,
        disable=True if quiet or sys.stderr is None else None,
        file=report.Mentions(),
    )
    with bar, closing(search.run(workers, stop.is_set)) as steps:
        reported = False
        for progress in steps:
            bar.update(progress.count - bar.n)
            if search.trouble and not reported:
                reported = True
                report.mention(
                    f"tls13lab: {search.trouble}: the search continues without a checkpoint"
                )
