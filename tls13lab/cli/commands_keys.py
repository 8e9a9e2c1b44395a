"""``tls13lab psk`` and its commands: their options and help."""

import click

from tls13lab.cli.commands_pake import pake
from tls13lab.cli.options import FILE


@click.group()
def psk() -> None:
    """Make an external PSK, judge one, or judge how one is used; or make one out of a word.

    \b
    Examples:
      tls13lab psk new --identity printer
      printf %s sternchen > key.txt
      tls13lab psk strength key.txt
      tls13lab psk odds --even 1000000 --lockout 10
      tls13lab psk lint --help
      tls13lab psk pake --help
    """


psk.add_command(pake)


@psk.command()
@click.option("--identity", default="lab", show_default=True, help="The name of the PSK.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def new(**options: object) -> None:
    """Draw a PSK of 256 random bits, and print it as OpenSSL, GnuTLS and Wireshark take it.

    \b
    Examples:
      tls13lab psk new
      tls13lab psk new --identity printer --json
    """
    from tls13lab.cli import psk as command

    command.new(**options)  # type: ignore[arg-type]


@psk.command()
@click.argument("source", metavar="FILE|-", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--identity", default="lab", show_default=True, help="The name of the PSK.")
@click.option(
    "--with",
    "function",
    type=click.Choice(["scrypt", "argon2id"]),
    default="scrypt",
    show_default=True,
    help="The function; its settings are usual ones, and the salt is drawn.",
)
@click.option(
    "--derivation",
    metavar="PHC",
    help="Function, settings and salt, as this command printed them at the other end.",
)
@click.option("--out", type=FILE, required=True, help="Write the PSK into this file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def derive(**options: object) -> None:
    """Derive a PSK from the word in FILE, slowly, so that each guess at the word is slow, too.

    Both ends derive once and keep the PSK. What this does not do: a weak word stays weak, and a
    recorded ClientHello tells right guesses from wrong ones as before. RFC 9257 wants 128 bits that
    the PSK is derived from, or else a PAKE.

    \b
    Examples:
      printf %s sternchen > word.txt
      tls13lab psk derive word.txt --identity printer --out printer.hex
      tls13lab psk derive word.txt --derivation '$scrypt$ln=14,r=8,p=1$c2FsdA' --out alice.hex
      tls13lab psk derive word.txt --with argon2id --out printer.hex --json
    """
    from tls13lab.cli import psk as command

    command.derive(**options)  # type: ignore[arg-type]


@psk.command()
@click.argument("source", metavar="FILE|-", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--hex", "hexadecimal", is_flag=True, help="The file holds hexadecimal digits.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def strength(**options: object) -> None:
    """Estimate how many guesses a PSK stands, and how long they take.

    The PSK is read from the file, or with - from standard input; it is not printed and not kept.
    The times are those of who tries on a recording; psk odds has those who must ask.

    \b
    Examples:
      printf %s sternchen > key.txt
      tls13lab psk strength key.txt
      openssl rand -hex 32 > key.hex
      tls13lab psk strength --hex key.hex
      printf %s sternchen | tls13lab psk strength - --json
    """
    from tls13lab.cli import psk as command

    command.judge(**options)  # type: ignore[arg-type]


@psk.command()
@click.option(
    "--even", "evenly", type=click.IntRange(1), metavar="N", help="One of N values, evenly chosen."
)
@click.option(
    "--zipf",
    "ranked",
    type=click.IntRange(1),
    metavar="N",
    help="One of N words, chosen as people choose: the rank decides (Zipf's law).",
)
@click.option(
    "--exponent",
    type=click.FloatRange(0),
    default=1.0,
    show_default=True,
    help="Of --zipf: the larger, the more people choose the same words.",
)
@click.option("--counts", type=FILE, help="As often as this file's lines say: a count, a word.")
@click.option("--psk", metavar="FILE|-", type=FILE, help="One PSK, by the estimate of its place.")
@click.option(
    "--mode",
    default="external-psk_dhe_ke",
    show_default=True,
    metavar="MODE",
    help="What the PSK protects: one of the modes in the output of tls13lab claims.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    help="Guesses a second of one core; without it, this machine's are measured.",
)
@click.option("--cores", type=click.IntRange(1), default=1, show_default=True)
@click.option("--hours", type=click.FloatRange(0, min_open=True), default=24.0, show_default=True)
@click.option(
    "--lockout",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    metavar="N",
    help="Wrong binders for one identity that the server takes; 0: it does not count.",
)
@click.option(
    "--lockout-window",
    "window",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="How long the server remembers each; without it, for good.",
)
@click.option(
    "--visits",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    help="How often a client comes to the impostor.",
)
@click.option("--targets", type=click.IntRange(1), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def odds(**options: object) -> None:
    """Tell how likely a PSK is found, by each of three who guess.

    \b
    offline    has a recording, and tries as fast as it can
    online     asks the server, one guess a connection, which the server can count
    harvester  takes the server's place once, and tries at home what a client says first

    How the PSK was chosen is said by --even, --zipf, --counts or --psk. Of several targets, each
    with a PSK that was chosen in this way, it also tells how likely one at the least is found.

    \b
    Examples:
      tls13lab psk odds --even 1000000 --lockout 10
      tls13lab psk odds --zipf 2000000 --rate 1e9 --hours 1 --lockout 5 --lockout-window 3600
      tls13lab psk odds --zipf 2000000 --mode cpace-psk_dhe_ke --visits 100 --targets 50
      printf "50 123456\\n20 password\\n1 sternchen\\n" > counts.txt
      tls13lab psk odds --counts counts.txt --lockout 2 --json
    """
    from tls13lab.cli import odds as command

    command.run(**options)  # type: ignore[arg-type]


@psk.command()
@click.argument("configuration", metavar="FILE.toml", type=click.Path(exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def lint(**options: object) -> None:
    """Check how PSKs are used against the advice of RFC 9257.

    The file has one table a PSK; what it does not say is taken as the worst. Lists: modes, clients,
    servers, hashes. True or false: imported, context_names_both, names_checked, base_key_kept,
    tls12, early_data. The key stands in a file of its own: key_file, or key_hex_file.

    \b
    A file, psks.toml:
      [[psk]]
      identity = "printer"
      key_hex_file = "printer.hex"
      modes = ["psk_dhe_ke"]
      clients = ["office"]
      servers = ["printer"]
      imported = true
      context_names_both = true
      base_key_kept = false
    \b
    Examples:
      openssl rand -hex 32 > printer.hex
      tls13lab psk lint psks.toml
      tls13lab psk lint psks.toml --json
    """
    from tls13lab.cli import psk as command

    command.lint(**options)  # type: ignore[arg-type]
