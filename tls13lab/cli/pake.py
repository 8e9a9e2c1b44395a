"""``tls13lab psk pake answer|call|race``: a strong PSK out of a word, and what attackers get."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from tls13lab import whole_file
from tls13lab.cli import report
from tls13lab.cli.connect import parse_address
from tls13lab.cli.options import FILE
from tls13lab.cli.psk import read_psk
from tls13lab.peers.pake import LOOPBACK, answering
from tls13lab.peers.pake import call as call_other
from tls13lab.psk.cpace import LONGEST_NAME
from tls13lab.psk.keys import ExternalPsk
from tls13lab.wire.faults import LocalFault, PeerFault

_WORD = click.argument("source", metavar="FILE|-", type=click.Path(dir_okay=False, allow_dash=True))


def _run_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What both ends of a run take."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON object."),
        click.option(
            "--timeout",
            type=click.FloatRange(0, 3600, min_open=True),
            default=10.0,
            show_default=True,
            help="Seconds to wait for the other end's message.",
        ),
        click.option("--out", type=FILE, required=True, help="Write the PSK into this file."),
        click.option("--other", required=True, metavar="NAME", help="The other end's name."),
        click.option("--me", required=True, metavar="NAME", help="This end's name."),
    ):
        command = option(command)
    return command


@click.group()
def pake() -> None:
    """Turn a weak word that both ends know into a strong PSK, with CPace.

    Who listens learns nothing to try words on; who takes part tries one word a run. Both ends keep
    the word itself, so whoever steals it from one of them has it.

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
    help="Listen there, on this machine only; without it on a free port.",
)
@_run_options
def answer(
    *, source: str, me: str, other: str, port: int, out: str, timeout: float, as_json: bool
) -> None:
    """Wait for one caller who knows the word in FILE, and write the PSK that comes of it.

    Says "listening on HOST:PORT" on standard error. It grants one run, which is one guess.

    \b
    Examples:
      printf %s sternchen > word.txt
      tls13lab psk pake answer word.txt --me printer --other alice --out printer.hex
      tls13lab serve --psk @printer.hex --identity cpace-0123456789abcdef0123456789abcdef
    """

    def run(word: bytes) -> ExternalPsk:
        with answering(word, me, other, port=port, timeout=timeout) as service:
            # Not on standard output, which with --json holds one object alone.
            click.echo(f"listening on {LOOPBACK}:{service.port}", err=True)
            return service.wait()

    _agree(run, source, me, other, out, "serve", as_json=as_json)


@pake.command("call")
@click.argument("address", metavar="HOST:PORT")
@_WORD
@_run_options
def call(
    *, address: str, source: str, me: str, other: str, out: str, timeout: float, as_json: bool
) -> None:
    """Call the end that waits, with the word in FILE, and write the PSK that comes of it.

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
    def work() -> report.Result:
        for name in (me, other):
            if not 0 < len(name.encode()) <= LONGEST_NAME:
                raise LocalFault(f"a name has 1 to {LONGEST_NAME} bytes")
        try:
            psk = run(read_psk(source, hexadecimal=False))
        except PeerFault as fault:
            # No TLS alert crossed the wire: this was before TLS.
            raise LocalFault(str(fault)) from None
        whole_file.write(Path(out), psk.key.hex().encode() + b"\n", private=True)
        identity = psk.identity.decode()
        return {
            "identity": identity,
            "key_file": out,
            "bytes": len(psk.key),
            "then": f"tls13lab {then} --psk @{out} --identity {identity}",
        }

    report.run(work, _agreed_text, as_json=as_json)


def _agreed_text(result: report.Result) -> str:
    return "\n".join(
        (
            f"a PSK of {result['bytes']} bytes is in {result['key_file']}, in hexadecimal; its "
            f"identity is {result['identity']}",
            "Whether the other end has the same one, TLS will say:",
            f"  {result['then']}",
        )
    )


@pake.command("race")
@_WORD
@click.option(
    "--wordlist",
    type=FILE,
    default="common",
    show_default=True,
    help="Words to try, one a line; common is the lab's own list.",
)
@click.option(
    "--runs",
    type=click.IntRange(0, 100_000),
    default=10,
    show_default=True,
    help="Runs that an honest end grants before it asks for no more.",
)
@click.option(
    "--thief",
    is_flag=True,
    help="Also try the list with a stolen scalar: the slowest, a few thousand words a second.",
)
@click.option("--svg", type=FILE, help="Draw the race into this file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def race(
    *, source: str, wordlist: str, runs: int, thief: bool, svg: str | None, as_json: bool
) -> None:
    """Try one word list on a word that is the PSK, and on the same word behind CPace.

    Both are recorded, and attacked by who listens, who lets a client come, and who asks the server.

    \b
    Examples:
      printf %s sternchen > word.txt
      tls13lab psk pake race word.txt
      printf %s dragon | tls13lab psk pake race - --runs 20 --thief --svg race.svg
    """

    def work() -> report.Result:
        from tls13lab.claims.race import race as run_race
        from tls13lab.pictures.race import race_picture
        from tls13lab.search.wordlist import COMMON

        path = COMMON if wordlist == "common" else Path(wordlist)
        words = path.read_bytes().splitlines()
        lanes = run_race(read_psk(source, hexadecimal=False), words, runs, thief=thief)
        if svg is not None:
            whole_file.write(Path(svg), race_picture(lanes).svg.encode())
        return {
            "words": len(words),
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

    report.run(work, _race_text, as_json=as_json)


def _race_text(result: report.Result) -> str:
    return "\n".join(lane["says"] for lane in result["lanes"])
