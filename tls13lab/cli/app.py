"""The program: all commands under one name. What each does is imported when it is called."""

import click

from tls13lab import __version__
from tls13lab.cli import commands_keys, commands_lab, commands_recordings, commands_speaking

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


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


for command in (
    *(commands_speaking.serve, commands_speaking.connect, commands_speaking.probe),
    *(commands_recordings.break_, commands_recordings.crack, commands_recordings.inspect),
    commands_keys.psk,
    *(commands_lab.claims, commands_lab.vectors, commands_lab.notebooks, commands_lab.doctor),
):
    cli.add_command(command)
