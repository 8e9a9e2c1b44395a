"""``tls13lab crack``: recordings and words to try in, the PSKs out."""

import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import click

from tls13lab.capture.notes import Notes
from tls13lab.capture.reader import read_capture
from tls13lab.cli import report
from tls13lab.cli.options import FILE
from tls13lab.psk.keys import PskKind
from tls13lab.psk.memory_hard import Argon2id, Scrypt, parse
from tls13lab.psk.strength import in_words
from tls13lab.search.mask import Mask
from tls13lab.search.pieces import MaskSource, WordSource
from tls13lab.search.rules import parse_rules
from tls13lab.search.runner import Search, Workers, local_workers, processors
from tls13lab.search.speed import rate_at, seconds_each
from tls13lab.search.target import Target, readable, targets
from tls13lab.search.wordlist import COMMON, USUAL
from tls13lab.wire.faults import LocalFault

MOST_TARGETS = 1000
STOPPED = 130
"""The exit code after Ctrl-C, as shells have it."""
SMALL = 2_000_000
"""With fewer guesses at one binder, starting other processes takes longer than trying them."""
STARTING_S = 10.0
"""The same, in seconds, where each guess takes a slow derivation."""


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
    type=FILE,
    metavar="FILE|common|-",
    help="Try the lines of this file, $HEX[...] as the bytes it stands for; 'common' is the lab's "
    "own list of 100,000.",
)
@click.option(
    "--mask",
    metavar="MASK",
    help="Try all words of this shape, in hashcat's notation: ?l ?u ?d ?s ?a ?h ?b, ?1 to ?4.",
)
@click.option("--set", "sets", multiple=True, metavar="1=CHARS", help="What ?1 to ?4 stand for.")
@click.option(
    "--rules",
    type=FILE,
    metavar="FILE|usual",
    help="Change each word by each of these rules, hashcat's notation; 'usual' are the lab's own.",
)
@click.option("--identity", metavar="STR", help="Only binders of this identity.")
@click.option(
    "--epsk-hash",
    type=click.Choice(["sha256", "sha384"]),
    default="sha256",
    show_default=True,
    help="The hash of the external PSK behind an imported one (RFC 9258); found is the external.",
)
@click.option("--connection", type=click.IntRange(1), help="Only this one, of a single capture.")
@click.option(
    "--derivation",
    metavar="PHC",
    help="Each guess is a word, and the PSK made of it by scrypt or Argon2id: as psk derive says.",
)
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes; one for each processor.")
@click.option(
    "--checkpoint",
    type=FILE,
    help="Where to note progress; CAPTURE.checkpoint if not, of the first.",
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

    To find out whether a PSK of one's own can be guessed, and to see why RFC 9846 section 2.2
    demands one that cannot. It reads recordings and speaks to nobody. A client need not have
    reached its server: what it says first, to whoever it calls, is enough. Ctrl-C stops it; the
    same command then goes on. The exit code is 1 if nothing is found.

    All connections of all captures are searched at once: a guess costs 12 blocks of the hash, and
    2 more for each binder, because no salt tells one victim from another. Imported PSKs (RFC 9258)
    share 4 only, and take 16 for each identity.

    \b
    Examples:
      tls13lab serve --psk 313233343536 --identity lab --record talk.pcapng
      tls13lab crack talk.pcapng --mask "?d?d?d?d?d?d"
      tls13lab crack talk.pcapng --wordlist common --rules usual
      tls13lab crack talk.pcapng --mask "?1?1?1?1lab" --set "1=?l?d" --workers 4
      printf "123456\\nsternchen\\n" > words.txt
      tls13lab crack talk.pcapng --wordlist words.txt --json
      tls13lab connect --psk 737465726e6368656e --identity printer --record other.pcapng
      tls13lab crack talk.pcapng other.pcapng --wordlist common
      tls13lab crack talk.pcapng --mask "?d?d" --derivation '$scrypt$ln=14,r=8,p=1$c2FsdA'
    """
    names = list(dict.fromkeys(captures))
    if connection is not None and len(names) > 1:
        raise click.UsageError("--connection chooses from a single capture")
    source = _source(names, wordlist, mask, sets, rules)
    how = _derivation(derivation)
    stop = threading.Event()
    done: list[Search] = []

    def work() -> report.Result:
        wanted, left_out = _targets(names, identity, connection, epsk_hash)
        if left_out:
            click.echo(f"tls13lab: {_left_out(left_out)}", err=True)
        found_in, every = zip(*wanted, strict=True)
        every = tuple(replace(one, derivation=how) for one in every)
        search = Search(every, source(), _noted(names[0], checkpoint))
        _try_to_note(search)
        each = None if how is None else seconds_each(how, 1)
        chosen = _workers(search, workers, each)
        click.echo(_expected(search, chosen, each), err=True)
        began, before = time.monotonic(), search.progress.count
        _search(search, chosen, stop, quiet=as_json)
        seconds = time.monotonic() - began
        done.append(search)
        result = _result(search, found_in, seconds, search.progress.count - before)
        return result | {"left_out": left_out}

    def delivered() -> None:
        for search in done:
            if search.finished:
                search.forget()

    def code(result: report.Result) -> int:
        return int(not result["ok"]) if result["finished"] else STOPPED

    with _ctrl_c_sets(stop):
        report.run(work, _text, as_json=as_json, code=code, delivered=delivered, rescued=_text)


def _noted(capture: str, checkpoint: str | None) -> Path | None:
    """Where progress is noted; a first capture that is no file has no place of its own."""
    if checkpoint is not None:
        return Path(checkpoint)
    return Path(f"{capture}.checkpoint") if Path(capture).is_file() else None


def _try_to_note(search: Search) -> None:
    """See at once whether progress can be noted down, and not after hours; go on if it cannot."""
    search.save()
    if search.trouble:
        click.echo(
            f"tls13lab: {search.trouble}: searching without a checkpoint, so if it is stopped it "
            "begins anew; name a place that can be written to with --checkpoint",
            err=True,
        )
        search.checkpoint, search.trouble = None, ""
    elif not search.progress.count:
        search.forget()  # there is nothing to keep yet


@contextmanager
def _ctrl_c_sets(stop: threading.Event) -> Iterator[None]:
    """The first Ctrl-C is a wish that the search obeys; the second is Python's own.

    An exception could come between any two instructions, so also where no handler waits for it.
    """
    before = signal.getsignal(signal.SIGINT)
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or before is not signal.default_int_handler:
        yield  # whoever runs this has other ideas about Ctrl-C, such as to ignore it
        return

    def asked(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

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
    """What makes the source; usage errors are told at once."""
    if (wordlist is None) == (mask is None):
        raise click.UsageError("give either --wordlist or --mask")
    if mask is not None:
        if rules is not None:
            raise click.UsageError("--rules change the words of a --wordlist")
        own = dict(one.partition("=")[::2] for one in sets)
        return lambda: MaskSource(Mask.parse(mask, own))
    if sets:
        raise click.UsageError("--set belongs to a --mask")
    if wordlist == "-" and "-" in captures:
        raise click.UsageError("only one of the two can be standard input")
    words = COMMON if wordlist == "common" else Path(wordlist or "")
    changes = USUAL if rules == "usual" else Path(rules or "")
    return lambda: WordSource(words, parse_rules(changes.read_bytes()) if rules else ())


def _derivation(text: str | None) -> Scrypt | Argon2id | None:
    try:
        return None if text is None else parse(text)
    except LocalFault as fault:
        raise click.BadParameter(str(fault), param_hint="--derivation") from None


def _targets(
    captures: Sequence[str], identity: str | None, connection: int | None, epsk_hash: str
) -> tuple[list[tuple[str, Target]], int]:
    """The binders to be searched for, each with its capture, and how many were left out.

    Those that claim an age, as tickets do, are left out where there are others.
    """
    notes = {name: Notes() for name in captures}
    every = list(
        dict.fromkeys(
            (name, replace(one, epsk_hash=epsk_hash))
            for name in captures
            for one in targets(read_capture(Path(name), notes[name]))
        )
    )
    chosen = [
        (name, one)
        for name, one in every
        if (identity is None or readable(one.identity) == identity)
        and (connection is None or one.connection == connection)
    ]
    if not chosen:
        where = "this capture" if len(captures) == 1 else "these captures"
        raise LocalFault(
            "; ".join((f"no ClientHello in {where} has a PSK binder", *_notes(notes)))
            if not every
            else f"no binder in {where} has that --identity and --connection"
        )
    # A resumption PSK is a secret of a whole hash's length: nobody guesses it.
    likely = [(name, one) for name, one in chosen if one.kind is not PskKind.RESUMPTION] or chosen
    if len(likely) > MOST_TARGETS:
        raise LocalFault(
            f"here are {len(likely)} binders, more than {MOST_TARGETS} at a time: choose with "
            "--identity or --connection"
        )
    return likely, len(chosen) - len(likely)


def _notes(notes: Mapping[str, Notes]) -> Iterator[str]:
    for name, one in notes.items():
        yield from (f"{name}: {line}" if len(notes) > 1 else line for line in one.lines())


def _left_out(count: int) -> str:
    what = "1 binder is" if count == 1 else f"{count} binders are"
    return (
        f"{what} left out, because an age goes with it, as with a ticket's: --identity (with "
        "0x and hexadecimal digits, if it is no text) chooses it"
    )


def _workers(search: Search, count: int | None, each: float | None) -> Workers:
    if count is None:
        left = search.total - search.progress.count
        many = search.work > SMALL if each is None else left * each > STARTING_S
        count = processors() if many else 1
    return local_workers(count)


def _expected(search: Search, workers: Workers, each: float | None) -> str:
    """How much there is to try, and how long all of it takes at this machine's speed."""
    left = search.total - search.progress.count
    told = f"{left:,} guesses to try for {len(search.targets)} binder(s)"
    if isinstance(search.source, WordSource) and search.source.written:
        told = f"the list is {search.source.written}, its words are tried as UTF-8; {told}"
    if search.work < SMALL and each is None:
        return told
    open_targets = [search.targets[number] for number in sorted(search.open_targets())]
    rate = rate_at(open_targets or search.targets) if each is None else 1 / each
    in_figures = f"{rate:,.0f}" if rate >= 10 else f"{rate:.2g}"
    return f"{told}: at {in_figures} a second and core, {in_words(left / rate / workers.count)}"


def _search(search: Search, workers: Workers, stop: threading.Event, *, quiet: bool) -> None:
    """Run to the end, or until it is stopped."""
    from tqdm import tqdm

    bar = tqdm(
        total=search.total,
        initial=search.progress.count,
        unit=" guesses",
        unit_scale=True,
        disable=True if quiet else None,
        file=sys.stderr,
    )
    with bar, closing(search.run(workers, stop.is_set)) as steps:
        told = ""
        for progress in steps:
            bar.update(progress.count - bar.n)
            if search.trouble and not told:
                told = search.trouble
                click.echo(f"tls13lab: {told}: the search goes on, and is noted nowhere", err=True)


def _result(search: Search, captures: Sequence[str], seconds: float, count: int) -> report.Result:
    """``captures`` says of each target where it was recorded; ``count`` guesses were tried now."""
    progress = search.progress
    found = {hit.target: hit for hit in progress.found}
    return {
        "ok": bool(found),
        "finished": search.finished,
        "keyspace": search.total,
        "tried": progress.count,
        "seconds": round(seconds, 3),
        "rate": round(count / seconds) if seconds else 0,
        "checkpoint": _goes_on_from(search),
        "targets": [
            {
                "capture": capture,
                "connection": target.connection,
                "client_hello": target.hello,
                "identity": readable(target.identity),
                **_kind(target, found[index].word if index in found else None),
                "hash": target.hash_name,
                "epsk_hash": target.epsk_hash if target.imported else None,
                "derivation": str(target.derivation) if target.derivation else None,
                "psk": found[index].word.hex() if index in found else None,
                "text": readable(found[index].word) if index in found else None,
            }
            for index, (capture, target) in enumerate(zip(captures, search.targets, strict=True))
        ],
    }


ASSUMED = {
    PskKind.EXTERNAL: "its age is 0",
    PskKind.RESUMPTION: "its age is not 0",
    PskKind.IMPORTED: "its identity is an importer's",
}


def _kind(target: Target, psk: bytes | None) -> dict[str, str | None]:
    """The kind that the binder's label proves, if the PSK is known; else what it looks like."""
    proven = target.kind_with(psk) if psk is not None else None
    if proven is not None:
        return {"kind": proven.value, "assumed": None}
    return {"kind": target.kind.value, "assumed": ASSUMED[target.kind]}


def _goes_on_from(search: Search) -> str | None:
    """The checkpoint, if there is one to go on from."""
    noted = search.checkpoint is not None and not search.trouble
    return str(search.checkpoint) if noted and not search.finished else None


def _text(result: report.Result) -> str:
    lines = []
    several = len({one["capture"] for one in result["targets"]}) > 1
    for one in result["targets"]:
        second = ", ClientHello 2" if one["client_hello"] == 2 else ""
        who = f"connection {one['connection']}{second}, identity {one['identity']}"
        who = f"{one['capture']}, {who}" if several else who
        assumed = f" (assumed: {one['assumed']})" if one["assumed"] else ""
        kind = f"{one['kind']} PSK"
        if one["epsk_hash"] and one["kind"] == "external":
            kind = 'imported PSK, though with "ext binder"'
        what = f"{kind}{assumed}, {one['hash']}"
        what += f" (the external one's: {one['epsk_hash']})" if one["epsk_hash"] else ""
        what += ", from a word" if one["derivation"] else ""
        verdict = f"{one['text']}  (hex {one['psk']})" if one["psk"] else "not found"
        lines.append(f"{who}, {what}: {verdict}")
    if result["finished"]:
        lines.append(
            f"tried {result['tried']:,} of {result['keyspace']:,} in {result['seconds']:.1f} s "
            f"({result['rate']:,} a second)"
        )
    else:
        goes_on = f"the same command goes on from {result['checkpoint']}"
        lines.append(
            f"stopped after {result['tried']:,} of {result['keyspace']:,}; "
            f"{goes_on if result['checkpoint'] else 'it was noted down nowhere'}"
        )
    return "\n".join(lines)
