"""The commands that speak to another host: their options and help. Loopback is the default."""

import click

from tls13lab.cli.options import FILE, GROUPS, MODES, SUITES, Hexadecimal, Listed, shared


@click.command()
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
    "--resume-within",
    type=click.IntRange(0),
    default=604800,
    show_default=True,
    metavar="SECONDS",
    help="Take no ticket if the handshake that its chain of resumptions began with is older.",
)
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
    help="Take 0-RTT data once a ticket, once a ClientHello, or (off, which RFC 9846 section 8 "
    "forbids) as often as it is sent.",
)
@click.option(
    "--hide-identities",
    is_flag=True,
    help="Answer an unknown --identity like a wrong --psk, so that names cannot be tried out; only "
    "without a certificate.",
)
@click.option(
    "--lockout",
    type=click.IntRange(1),
    metavar="N",
    help="After N wrong binders for an --identity act as if its --psk were not there: who guesses "
    "has N tries, and can lock the owner out.",
)
@click.option(
    "--lockout-window",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Forget a wrong binder after so long; without it, with the end of the command.",
)
@click.option(
    "--cert-with-psk",
    is_flag=True,
    help="Take a --psk only together with the certificate, from clients that ask for both (RFC "
    "9973).",
)
@click.option(
    "--http", is_flag=True, help="Answer a browser with a page that shows the handshake it made."
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
    """Listen, and echo what is received, or show a browser the handshake that it made.

    Prints "listening on HOST:PORT" at once and a line per connection.

    \b
    Examples:
      tls13lab serve --self-signed
      tls13lab serve --self-signed --http --port 8443 --max-early-data 16384
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \\
        -addext subjectAltName=DNS:localhost -out cert.pem -keyout key.pem
      tls13lab serve --cert cert.pem --key key.pem --port 4433 --tickets stateful
      openssl rand -hex 32 > printer.hex
      tls13lab serve --psk @printer.hex --identity printer
      tls13lab serve --psk 0011223344556677 --identity lab --modes psk_ke --connections 1
      tls13lab serve --psk @printer.hex --identity printer --lockout 10 --lockout-window 3600
      tls13lab serve --self-signed --psk @printer.hex --identity printer --cert-with-psk
      tls13lab serve --self-signed --max-early-data 1000 --anti-replay off --record talk.pcapng
    """
    from tls13lab.cli import serve as command

    command.run(**options)  # type: ignore[arg-type]


@click.command()
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
@click.option(
    "--resume-within",
    type=click.IntRange(0),
    default=604800,
    show_default=True,
    metavar="SECONDS",
    help="Offer no ticket if the handshake that its chain of resumptions began with is older.",
)
@click.option(
    "--cert-with-psk",
    is_flag=True,
    help="Ask for the server's certificate and a --psk in one handshake (RFC 9973). The "
    "certificate must come; the PSK keeps what is recorded today from tomorrow's quantum computer.",
)
@click.option("--timeout", type=click.FloatRange(0.1), default=10.0, show_default=True)
@shared
def connect(**options: object) -> None:
    """Connect, send, read, collect tickets, close.

    Without --cafile, --pin or --insecure no certificate is believed: only a PSK will do.

    \b
    Examples:
      tls13lab connect 127.0.0.1:4433 --psk 0011223344556677 --identity lab --send hello
      openssl s_client -connect localhost:4433 -showcerts < /dev/null > cert.pem
      tls13lab connect localhost:4433 --cafile cert.pem --save-session s.json
      tls13lab connect localhost:4433 --cafile cert.pem --psk 0011223344556677 --identity lab \\
        --cert-with-psk
      tls13lab connect localhost:4433 --session s.json --modes psk_ke,psk_dhe_ke --json
      tls13lab connect localhost:4433 --session s.json --early-data "GET /" --record talk.pcapng
    """
    from tls13lab.cli import connect as command

    command.run(**options)  # type: ignore[arg-type]


@click.command()
@click.argument("address", metavar="HOST:PORT")
@click.option("--psk", type=Hexadecimal(), help="An external PSK that the server should know.")
@click.option("--identity", default="", help="Its name.")
@click.option("--psk-hash", type=click.Choice(["sha256", "sha384"]), default="sha256")
@click.option("--server-name", metavar="NAME", help="The name to ask for; HOST by default.")
@click.option(
    "--cafile", type=FILE, help="Believe only certificates that lead to these roots, PEM."
)
@click.option("--pin", type=Hexadecimal(32), help="Believe only the certificate with this SHA-256.")
@click.option("--suites", type=Listed(SUITES), help="Cipher suites to offer; all by default.")
@click.option("--groups", type=Listed(GROUPS), help="Groups to offer; all by default.")
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
