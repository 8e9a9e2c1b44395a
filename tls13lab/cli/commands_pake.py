"""``tls13lab psk pake`` and its three commands: their options and help."""

from collections.abc import Callable
from typing import Any

import click

from tls13lab.cli.options import FILE

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
    """Make a strong PSK out of a weak word that both ends know, with CPace.

    Who listens learns nothing to try words on; who takes part tries one word a run. Both ends keep
    the word itself, so whoever steals it from one of them has it.

    \b
    Examples:
      printf %s sternchen > word.txt
      tls13lab psk pake answer word.txt --me printer --other alice --port 4000 --out printer.hex
      tls13lab psk pake call 127.0.0.1:4000 word.txt --me alice --other printer --out alice.hex
      tls13lab psk pake race word.txt
    """


@pake.command()
@_WORD
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    help="Listen there, on this machine only; without it on a free port.",
)
@_run_options
def answer(**options: object) -> None:
    """Wait for one caller who knows the word in FILE, and write the PSK that comes of it.

    Says "listening on HOST:PORT" on standard error. It grants one run, which is one guess.

    \b
    Examples:
      printf %s sternchen > word.txt
      tls13lab psk pake answer word.txt --me printer --other alice --out printer.hex
      tls13lab serve --psk @printer.hex --identity cpace-0123456789abcdef0123456789abcdef
    """
    from tls13lab.cli import pake as command

    command.answer(**options)  # type: ignore[arg-type]


@pake.command()
@click.argument("address", metavar="HOST:PORT")
@_WORD
@_run_options
def call(**options: object) -> None:
    """Call the end that waits, with the word in FILE, and write the PSK that comes of it.

    \b
    Examples:
      printf %s sternchen > word.txt
      tls13lab psk pake call 127.0.0.1:4000 word.txt --me alice --other printer --out alice.hex
      printf %s sternchen | tls13lab psk pake call 127.0.0.1:4000 - \\
        --me alice --other printer --out alice.hex --json
    """
    from tls13lab.cli import pake as command

    command.call(**options)  # type: ignore[arg-type]


@pake.command()
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
def race(**options: object) -> None:
    """Try one word list on a word that is the PSK, and on the same word behind CPace.

    Both are recorded, and attacked by who listens, who lets a client come, and who asks the server.

    \b
    Examples:
      printf %s sternchen > word.txt
      tls13lab psk pake race word.txt
      printf %s dragon | tls13lab psk pake race - --runs 20 --thief --svg race.svg
    """
    from tls13lab.cli import pake as command

    command.race(**options)  # type: ignore[arg-type]
