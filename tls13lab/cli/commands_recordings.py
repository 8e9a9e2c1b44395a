"""The commands that work on recordings and bytes, never on a live host: options and help."""

import click

from tls13lab.cli.options import FILE


@click.command(name="break")
@click.argument("capture", type=click.Path(exists=True, dir_okay=False, allow_dash=True))
@click.option(
    "--leak",
    "leaks",
    multiple=True,
    metavar="NAME=HEX|@FILE",
    help="psk, ticket_key, client_ecdhe, server_ecdhe or initial_ecdhe, in hexadecimal, or a file "
    "with it, @- for standard input; or keylog=FILE.",
)
@click.option(
    "--goal",
    type=click.Choice(["application_data", "early_data", "psk"]),
    default="application_data",
    show_default=True,
    help="What is to be read.",
)
@click.option("--svg", type=FILE, help="Draw the attack into this file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def break_(**options: object) -> None:
    """Say what stolen secrets open in a recording, and how; print what was said.

    It reads a pcap or pcapng file, gzipped or not, - from standard input, and speaks to nobody. A
    leak that fits no connection is told.

    \b
    Examples:
      openssl rand -hex 48 > ticket-key.hex
      tls13lab serve --psk 0011223344556677 --identity lab --ticket-key @ticket-key.hex \\
        --record talk.pcapng --keylog keys.txt
      tls13lab break talk.pcapng --leak psk=0011223344556677
      tls13lab break talk.pcapng --leak psk=0011223344556677 --leak client_ecdhe=HEX --json
      tls13lab break talk.pcapng --leak ticket_key=@ticket-key.hex --goal early_data
      tls13lab break talk.pcapng --leak keylog=keys.txt
    """
    from tls13lab.cli import break_ as command

    command.run(**options)  # type: ignore[arg-type]


@click.command()
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
def crack(**options: object) -> None:
    """Search for the PSK of a recorded ClientHello, with the binder as the judge.

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
    from tls13lab.cli import crack as command

    command.run(**options)  # type: ignore[arg-type]


@click.command()
@click.argument("what", metavar="CAPTURE|HEX|-")
@click.option(
    "--keylog",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True),
    help="Read protected records with this key log (SSLKEYLOGFILE, RFC 9850).",
)
@click.option("--connection", type=click.IntRange(1), help="Only this one of the capture.")
@click.option("--summary", is_flag=True, help="Only a line for each connection.")
@click.option(
    "--records",
    type=click.IntRange(1),
    metavar="COUNT",
    help="Show the bytes of so many records: 50, or 1000 with --html or --json.",
)
@click.option("--html", type=FILE, help="Write a page for the browser.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def inspect(**options: object) -> None:
    """Show a line for each connection, then name every byte: field, meaning, section of the RFC.

    Of a capture (pcap or pcapng, gzipped or not; - is standard input), of records, or of one
    handshake message. Secrets that a pcapng file holds itself are used, and --keylog besides.

    \b
    Examples:
      tls13lab serve --psk 0011223344556677 --identity lab --record talk.pcapng --keylog keys.txt
      tls13lab inspect talk.pcapng --summary
      tls13lab inspect talk.pcapng --keylog keys.txt --connection 1
      tcpdump -w - port 443 | tls13lab inspect -
      tls13lab inspect 05000000
    """
    from tls13lab.cli import inspect as command

    command.run(**options)  # type: ignore[arg-type]
