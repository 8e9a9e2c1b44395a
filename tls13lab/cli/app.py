"""The commands and their help. What each one does is in a file of its own, imported when called."""

import click

from tls13lab import __version__
from tls13lab.cli.options import GROUPS, MODES, Hexadecimal, Listed, shared

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
FILE = click.Path(dir_okay=False)


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="tls13lab")
def cli() -> None:
    """TLS 1.3 pre-shared keys on real bytes, for learning.

    This is for learning, not for protecting real traffic: nobody has audited it.

    \b
    Examples:
      tls13lab doctor
      tls13lab vectors
      tls13lab serve --psk 0011223344556677 --identity lab --modes psk_ke,psk_dhe_ke
      tls13lab connect 127.0.0.1:PORT --psk 0011223344556677 --identity lab --send hello
    """


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0 takes a free one.")
@click.option("--cert", type=FILE, help="Certificate chain, PEM.")
@click.option("--key", type=FILE, help="Its private key, PEM, not encrypted.")
@click.option("--self-signed", is_flag=True, help="Make a certificate for localhost, for this run.")
@click.option(
    "--modes",
    type=Listed(MODES),
    default="psk_dhe_ke",
    show_default=True,
    help="How PSKs may be used. psk_ke loses forward secrecy.",
)
@click.option("--prefer-psk-ke", is_flag=True, help="Of both modes, take psk_ke.")
@click.option(
    "--tickets",
    type=click.Choice(["stateless", "stateful", "off"]),
    default="stateless",
    show_default=True,
    help="Sealed under a ticket key, or kept in memory for one use each.",
)
@click.option("--ticket-key", type=Hexadecimal(32, 48), help="48 bytes (name, key), or 32.")
@click.option("--ticket-lifetime", type=click.IntRange(1, 604800), default=7200, help="Seconds.")
@click.option(
    "--max-early-data",
    type=click.IntRange(0, 2**24),
    default=0,
    show_default=True,
    help="Take so many bytes of 0-RTT data. It has no forward secrecy.",
)
@click.option(
    "--anti-replay",
    type=click.Choice(["tickets", "window", "off"]),
    default="window",
    show_default=True,
    help="Take 0-RTT data once a ticket, once a ClientHello, or as often as it is sent.",
)
@click.option("--connections", type=click.IntRange(1), help="Stop after so many.")
@click.option(
    "--max-connections",
    type=click.IntRange(1, 100_000),
    default=1024,
    show_default=True,
    help="So many at once; for one more, the one that has been shaking hands longest gives way.",
)
@shared
def serve(**options: object) -> None:
    """Listen, and echo what is received.

    Prints "listening on HOST:PORT" at once and a line per connection.

    \b
    Examples:
      tls13lab serve --self-signed
      tls13lab serve --cert cert.pem --key key.pem --port 4433 --tickets stateful
      tls13lab serve --psk 0011223344556677 --identity lab --modes psk_ke --connections 1
      tls13lab serve --self-signed --max-early-data 1000 --anti-replay off --record talk.pcapng
    """
    from tls13lab.cli import serve as command

    command.run(**options)  # type: ignore[arg-type]


@cli.command()
@click.argument("address", metavar="HOST:PORT")
@click.option(
    "--modes",
    type=Listed(MODES),
    default="psk_dhe_ke",
    show_default=True,
    help="How the PSKs may be used. psk_ke loses forward secrecy.",
)
@click.option("--share-groups", type=Listed(GROUPS), help="Groups to send a share in at once.")
@click.option("--session", type=FILE, help="Resume with a ticket from this file.")
@click.option("--save-session", type=FILE, help="Save the tickets that come to this file.")
@click.option(
    "--cafile",
    type=FILE,
    help="Believe certificates that lead to these roots, PEM; one that is itself among them, for "
    "any name.",
)
@click.option("--pin", type=Hexadecimal(32), help="Believe the certificate with this SHA-256.")
@click.option("--insecure", is_flag=True, help="Believe any certificate: no authentication.")
@click.option("--server-name", metavar="NAME", help="The name to ask for; HOST by default.")
@click.option("--send", default="", metavar="TEXT", help="Send this and wait for its echo.")
@click.option(
    "--early-data",
    default="",
    metavar="TEXT",
    help="Send this as 0-RTT data, before the server has answered; again if it is rejected.",
)
@click.option("--timeout", type=click.FloatRange(0.1), default=10.0, show_default=True)
@shared
def connect(**options: object) -> None:
    """Connect, send, read, collect tickets, close.

    Without --cafile, --pin or --insecure no certificate is believed: only a PSK will do.

    \b
    Examples:
      tls13lab connect 127.0.0.1:4433 --psk 0011223344556677 --identity lab --send hello
      tls13lab connect localhost:4433 --cafile cert.pem --save-session s.json
      tls13lab connect localhost:4433 --session s.json --modes psk_ke,psk_dhe_ke --json
      tls13lab connect localhost:4433 --session s.json --early-data "GET /" --record talk.pcapng
    """
    from tls13lab.cli import connect as command

    command.run(**options)  # type: ignore[arg-type]


@cli.command()
@click.argument("address", metavar="HOST:PORT")
@click.option("--psk", type=Hexadecimal(), help="An external PSK that the server should know.")
@click.option("--identity", default="", help="Its name.")
@click.option("--psk-hash", type=click.Choice(["sha256", "sha384"]), default="sha256")
@click.option("--server-name", metavar="NAME", help="The name to ask for; HOST by default.")
@click.option(
    "--cafile", type=FILE, help="Believe only certificates that lead to these roots, PEM."
)
@click.option("--pin", type=Hexadecimal(32), help="Believe only the certificate with this SHA-256.")
@click.option("--also", metavar="HOST:PORT", help="Try a ticket at this address, too.")
@click.option(
    "--early-data",
    "words",
    default="GET / HTTP/1.0\r\n\r\n",
    metavar="TEXT",
    help="What is sent as 0-RTT data, twice, if the server allows any. Something harmless.",
)
@click.option("--pause", type=click.FloatRange(0.0), help="Seconds between connections.")
@click.option("--timeout", type=click.FloatRange(0.1), default=5.0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def probe(**options: object) -> None:
    """Ask a server what it really does with PSKs, tickets and 0-RTT.

    Some twenty to forty connections, one after the other (0.05 s apart on this machine, 0.5 s
    elsewhere). Any certificate is believed, unless --cafile or --pin is given. Probe servers that
    are yours. Grades: a fault breaks a MUST or lets in whom it should not; a warning is allowed and
    costs security; a note is neither. The exit code is 1 if there is a fault.

    \b
    Examples:
      tls13lab probe 127.0.0.1:4433
      tls13lab probe 127.0.0.1:4433 --psk 0011223344556677 --identity lab --json
      tls13lab probe my.example:443 --early-data "GET / HTTP/1.0" --pause 1
      tls13lab probe 127.0.0.1:4433 --also 127.0.0.1:4434
    """
    from tls13lab.cli import probe as command

    command.run(**options)  # type: ignore[arg-type]


@cli.command(name="break")
@click.argument("capture", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--leak",
    "leaks",
    multiple=True,
    metavar="NAME=HEX",
    help="psk, ticket_key, client_ecdhe, server_ecdhe or initial_ecdhe; or keylog=FILE.",
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

    It reads a file, pcap or pcapng, and speaks to nobody. A leak that fits no connection is told.

    \b
    Examples:
      tls13lab break talk.pcapng --leak psk=0011223344556677
      tls13lab break talk.pcapng --leak psk=0011223344556677 --leak client_ecdhe=HEX --json
      tls13lab break talk.pcapng --leak ticket_key=HEX --goal early_data
      tls13lab break talk.pcapng --leak keylog=keys.txt
    """
    from tls13lab.cli import break_ as command

    command.run(**options)  # type: ignore[arg-type]


@cli.command()
@click.argument("capture", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--wordlist",
    type=FILE,
    metavar="FILE|common",
    help="Try the lines of this file; 'common' is the lab's own list of 100,000.",
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
@click.option("--connection", type=click.IntRange(1), help="Only this one of the capture.")
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes; one for each processor.")
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="Use the workers of a Dask cluster.")
@click.option("--checkpoint", type=FILE, help="Where to note progress; CAPTURE.checkpoint if not.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def crack(**options: object) -> None:
    """Search for the PSK of a recorded ClientHello, with the binder as the judge.

    To find out whether a PSK of one's own can be guessed, and to see why RFC 9846 section 2.2
    demands one that cannot. It reads a recording and speaks to nobody. Ctrl-C stops it; the same
    command then goes on. The exit code is 1 if nothing is found.

    \b
    Examples:
      tls13lab crack talk.pcapng --mask "?d?d?d?d?d?d"
      tls13lab crack talk.pcapng --wordlist common --rules usual
      tls13lab crack talk.pcapng --mask "?1?1?1?1lab" --set "1=?l?d" --workers 4
      tls13lab crack talk.pcapng --wordlist words.txt --scheduler tcp://127.0.0.1:8786 --json
    """
    from tls13lab.cli import crack as command

    command.run(**options)  # type: ignore[arg-type]


@cli.group()
def psk() -> None:
    """Make an external PSK, judge one, or judge how one is used.

    \b
    Examples:
      tls13lab psk new --identity printer
      tls13lab psk strength key.txt
      tls13lab psk lint psks.toml
    """


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
@click.option("--hex", "hexadecimal", is_flag=True, help="The file holds hexadecimal digits.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def strength(**options: object) -> None:
    """Estimate how many guesses a PSK stands, and how long they take.

    The PSK is read from the file, or with - from standard input; it is not printed and not kept.

    \b
    Examples:
      tls13lab psk strength key.txt
      tls13lab psk strength --hex key.hex
      printf %s sternchen | tls13lab psk strength - --json
    """
    from tls13lab.cli import psk as command

    command.judge(**options)  # type: ignore[arg-type]


@psk.command()
@click.argument("configuration", metavar="FILE.toml", type=click.Path(exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def lint(**options: object) -> None:
    """Check how PSKs are used against the advice of RFC 9257.

    The file has one table a PSK; what it does not say is taken as the worst. Lists: modes, clients,
    servers, hashes. True or false: imported, context_names_both, names_checked, base_key_kept,
    tls12, early_data. The key stands in a file of its own: key_file, or key_hex_file.

    \b
    Examples:
      tls13lab psk lint psks.toml
      tls13lab psk lint psks.toml --json
    \b
    A file:
      [[psk]]
      identity = "printer"
      key_hex_file = "printer.hex"
      modes = ["psk_dhe_ke"]
      clients = ["office"]
      servers = ["printer"]
      imported = true
      context_names_both = true
      base_key_kept = false
    """
    from tls13lab.cli import psk as command

    command.lint(**options)  # type: ignore[arg-type]


@cli.command()
@click.option("--svg", type=FILE, help="Draw the matrix into this file.")
@click.option(
    "--proverif",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Instead, write the claims as ProVerif models into this folder.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def claims(**options: object) -> None:
    """Decide every claim: what is lost, in which mode, to whom, after which thefts.

    The symbolic model decides, and each "lost" is then done: the eavesdropper reads the plaintext
    of a recording, or the impostor completes a handshake.

    \b
    Examples:
      tls13lab claims
      tls13lab claims --svg matrix.svg
      tls13lab claims --proverif models
      tls13lab claims --json
    """
    from tls13lab.cli import claims as command

    command.run(**options)  # type: ignore[arg-type]


@cli.command()
@click.argument("what", metavar="CAPTURE|HEX")
@click.option(
    "--keylog",
    type=click.Path(exists=True, dir_okay=False),
    help="Read protected records with this key log (SSLKEYLOGFILE, RFC 9850).",
)
@click.option("--connection", type=click.IntRange(1), help="Only this one of the capture.")
@click.option("--html", type=FILE, help="Write a page for the browser.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def inspect(**options: object) -> None:
    """Name every byte: offset, field, meaning, section of the RFC.

    Of a capture file (pcap, pcapng), of records, or of one handshake message.

    \b
    Examples:
      tls13lab inspect talk.pcapng --keylog keys.txt
      tls13lab inspect 160301...  --json
      tls13lab inspect talk.pcapng --connection 2 --html talk.html
    """
    from tls13lab.cli import inspect as command

    command.run(**options)  # type: ignore[arg-type]


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def vectors(as_json: bool) -> None:
    """Recompute the published handshakes of RFC 8448.

    \b
    Examples:
      tls13lab vectors
      tls13lab vectors --json
    """
    from tls13lab.cli import vectors as command

    command.run(as_json=as_json)


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def doctor(as_json: bool) -> None:
    """Say what is installed, and what to do about what is not.

    \b
    Examples:
      tls13lab doctor
      tls13lab doctor --json
    """
    from tls13lab.cli import doctor as command

    command.run(as_json=as_json)


@cli.command()
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--force", is_flag=True, help="Replace notebooks of these names that are there.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def notebooks(directory: str, *, force: bool, as_json: bool) -> None:
    """Copy the lessons into DIR, to be opened in Jupyter.

    All of them or, if one of these names is there already, none: your work is not written over.

    \b
    Examples:
      tls13lab notebooks lessons
      tls13lab notebooks . --json
      tls13lab notebooks lessons --force
    """
    from tls13lab.cli import notebooks as command

    command.run(directory, force=force, as_json=as_json)
