"""``tls13lab psk pake answer|call|race``: a strong PSK from a weak word, and attacks on it."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tls13lab import whole_file
from tls13lab.cli import report
from tls13lab.cli.connect import parse_address
from tls13lab.cli.inputs import only_one
from tls13lab.cli.options import FILE, FILE_OR_DASH
from tls13lab.cli.outputs import Outputs, not_with_json, try_out
from tls13lab.cli.psk import read_psk
from tls13lab.peers.pake import LOOPBACK, answering
from tls13lab.peers.pake import call as call_other
from tls13lab.psk.cpace import LONGEST_NAME
from tls13lab.psk.keys import ExternalPsk
from tls13lab.wire.faults import LocalFault, PeerFault

_WORD = click.argument("source", metavar="FILE|-", type=click.Path(dir_okay=False, allow_dash=True))


class Name(click.ParamType[str]):
    """A name of an end. Its bytes are UTF-8 at both ends, whatever the terminal's encoding is."""

    name = "NAME"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """The name as text."""
        try:
            return os.fsencode(value).decode("utf-8")
        except UnicodeError:
            self.fail("write the name in UTF-8, because both ends must have the same", param, ctx)


def _run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that ``answer`` and ``call`` share."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.option(
            "--timeout",
            type=click.FloatRange(0, 3600, min_open=True),
            default=10.0,
            show_default=True,
            help="Seconds to wait for the other end's message.",
        ),
        click.option("--out", type=FILE, required=True, help="Write the PSK to this file."),
        click.option(
            "--other", required=True, type=Name(), metavar="NAME", help="The other end's name."
        ),
        click.option("--me", required=True, type=Name(), metavar="NAME", help="This end's name."),
    ):
        command = option(command)
    return command


@click.group()
def pake() -> None:
    """Turn a weak word that both ends know into a strong PSK, with CPace.

    An eavesdropper learns nothing that it could check guesses against, and an attacker who takes
    part can try one word in each run. Both ends store the word itself, so it can be stolen from
    either of them.

    \b
    Examples:
      printf %s sternchen > word.txt
      tls13lab psk pake answer word.txt --me printer --other alice --port 4000 --out printer.hex
      tls13lab psk pake call 127.0.0.1:4000 word.txt --me alice --other printer --out alice.hex
      tls13lab psk pake race word.txt
    """


@pake.command("answer")
@_WORD
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Port to listen on, on this machine only; by default, any free one.",
)
@_run_options
def answer(
    *, source: str, me: str, other: str, port: int, out: str, timeout: float, as_json: bool
) -> None:
    """Wait for one caller who knows the word in FILE, and write the PSK agreed on.

    Prints "listening on HOST:PORT" on standard error. It takes part in one run, so a caller who
    does not know the word can try one guess.

    \b
    Examples:
      printf %s sternchen > word.txt
      tls13lab psk pake answer word.txt --me printer --other alice --out printer.hex
      tls13lab serve --psk @printer.hex --identity cpace-0123456789abcdef0123456789abcdef
    """

    def run(word: bytes) -> ExternalPsk:
        with answering(word, me, other, port=port, timeout=timeout) as service:
            # Not on standard output: with --json, that holds a single object.
            report.mention(f"listening on {LOOPBACK}:{service.port}")
            return service.wait()

    _agree(run, source, me, other, out, "serve", as_json=as_json)


@pake.command("call")
@click.argument("address", metavar="HOST:PORT")
@_WORD
@_run_options
def call(
    *, address: str, source: str, me: str, other: str, out: str, timeout: float, as_json: bool
) -> None:
    """Call the end that waits, with the word in FILE, and write the PSK agreed on.

    \b
    Examples:
      printf %s sternchen > word.txt
      tls13lab psk pake call 127.0.0.1:4000 word.txt --me alice --other printer --out alice.hex
      printf %s sternchen | tls13lab psk pake call 127.0.0.1:4000 - \\
        --me alice --other printer --out alice.hex --json
    """
    host, port = parse_address(address)

    def run(word: bytes) -> ExternalPsk:
        return call_other(host, port, word, me, other, timeout=timeout)

    _agree(run, source, me, other, out, "connect HOST:PORT", as_json=as_json)


def _agree(
    run: Callable[[bytes], ExternalPsk],
    source: str,
    me: str,
    other: str,
    out: str,
    then: str,
    *,
    as_json: bool,
) -> None:
    outputs = Outputs()

    def work() -> report.Result:
        for name in (me, other):
            if not 0 < len(name.encode()) <= LONGEST_NAME:
                raise LocalFault(f"a name has 1 to {LONGEST_NAME} bytes")
        try_out(out)
        try:
            psk = run(read_psk(source, hexadecimal=False))
        except PeerFault as fault:
            # No TLS alert was sent, because TLS has not begun.
            raise LocalFault(str(fault)) from None
        with outputs.writing():
            whole_file.write(Path(out), psk.key.hex().encode() + b"\n", private=True)
        identity = psk.identity.decode()
        command = f"tls13lab {then} --psk @{out} --identity {identity}"
        return {
            "identity": identity,
            "key_file": None if outputs.errors else out,
            "bytes": len(psk.key),
            "then": None if outputs.errors else command,
        }

    report.run(work, _agreed_text, as_json=as_json, outputs=outputs)


def _agreed_text(result: report.Result) -> str:
    if result["key_file"] is None:
        return (
            f"a PSK of {result['bytes']} bytes was agreed on, but not kept; its identity is "
            f"{result['identity']}: run both ends again"
        )
    return "\n".join(
        (
            f"a PSK of {result['bytes']} bytes is in {result['key_file']}, in hexadecimal; its "
            f"identity is {result['identity']}",
            "TLS will show whether the other end has the same PSK:",
            f"  {result['then']}",
        )
    )


@pake.command("race")
@_WORD
@click.option(
    "--wordlist",
    type=FILE_OR_DASH,
    metavar="FILE|common|-",
    default="common",
    show_default=True,
    help="File of words to try, one on each line; 'common' is the lab's own list.",
)
@click.option(
    "--runs",
    type=click.IntRange(0, 100_000),
    default=10,
    show_default=True,
    help="Runs that an honest end takes part in before it refuses.",
)
@click.option(
    "--thief",
    is_flag=True,
    help="Also try the list with a stolen scalar. This is slow: a few thousand words per second.",
)
@click.option(
    "--svg",
    type=FILE_OR_DASH,
    help="Draw the race in this file; with -, on standard output, instead of the text.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def race(
    *, source: str, wordlist: str, runs: int, thief: bool, svg: str | None, as_json: bool
) -> None:
    """Try one word list on a word that is the PSK, and on the same word behind CPace.

    Three attackers try: one listens, one takes the server's place and waits for a client, and one
    asks the server.

    \b
    Examples:
      printf %s sternchen > word.txt
      tls13lab psk pake race word.txt
      printf %s dragon | tls13lab psk pake race - --runs 20 --thief --svg race.svg
    """

    not_with_json("--svg", svg, as_json)
    outputs = Outputs()

    def work() -> report.Result:
        from tls13lab.evidence.race import race as run_race
        from tls13lab.pictures.race import race_picture
        from tls13lab.search.wordfile import WordFile
        from tls13lab.search.wordlist import COMMON

        only_one(("the word", source), ("--wordlist", wordlist))
        try_out(svg)
        guesses = WordFile(COMMON if wordlist == "common" else Path(wordlist))
        words = list(guesses.words())
        lanes = run_race(read_psk(source, hexadecimal=False), words, runs, thief=thief)
        if svg is not None:
            outputs.write(svg, race_picture(lanes).svg.encode())
        return {
            "words": len(words),
            "notes": guesses.notes,
            "lanes": [
                {
                    "protection": lane.protection,
                    "attacker": lane.attacker,
                    "tried": lane.tried,
                    "runs": lane.runs,
                    "found": lane.found is not None,
                    "says": str(lane),
                }
                for lane in lanes
            ],
        }

    report.run(work, _race_text, as_json=as_json, outputs=outputs)


def _race_text(result: report.Result) -> str:
    return "\n".join([*(lane["says"] for lane in result["lanes"]), *result["notes"]])
