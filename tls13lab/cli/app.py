"""The program: all commands under one name. What each does is imported when it is called."""

import json
from typing import Any

import click

from tls13lab import __version__
from tls13lab.cli import (
    commands_keys,
    commands_lab,
    commands_recordings,
    commands_speaking,
    report,
)


class Program(click.Group):
    """Says what is wrong with the usage in JSON as well, where JSON was asked for."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            if ctx.meta[_JSON]:
                report.say(json.dumps({"error": error.format_message(), "alert": None}))
            raise

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember whether JSON was asked for: a command with wrong options is never parsed."""
        ctx.meta[_JSON] = "--json" in args
        return super().parse_args(ctx, args)


_JSON = "tls13lab.json"
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=Program, context_settings=CONTEXT)
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
