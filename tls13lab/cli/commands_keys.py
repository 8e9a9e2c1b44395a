"""``tls13lab psk`` and its commands: their options and help."""

import click

from tls13lab.cli.commands_pake import pake


@click.group()
def psk() -> None:
    """Make an external PSK, judge one, or judge how one is used; or make one out of a word.

    \b
    Examples:
      tls13lab psk new --identity printer
      printf %s sternchen > key.txt
      tls13lab psk strength key.txt
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
@click.option("--hex", "hexadecimal", is_flag=True, help="The file holds hexadecimal digits.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def strength(**options: object) -> None:
    """Estimate how many guesses a PSK stands, and how long they take.

    The PSK is read from the file, or with - from standard input; it is not printed and not kept.

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
