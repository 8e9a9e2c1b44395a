"""A group of commands, each imported from its own file when it is called.

So one file holds a whole command: its options, its help, and its work. The group itself knows only
one line about each command. That is all that ``--help`` and shell completion need.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem


class LazyGroup(click.Group):
    """A group whose commands are listed in ``lazy``: the name, a line of help, and the place.

    The place ``"crack:run"`` means ``run`` in ``cli/crack.py``. A test compares the lines with the
    commands' own help.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.lazy = dict(lazy)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.commands, *self.lazy]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.lazy:
            return super().get_command(ctx, cmd_name)
        module, _, name = self.lazy[cmd_name][1].partition(":")
        found = getattr(import_module(f"tls13lab.cli.{module}"), name)
        if not isinstance(found, click.Command):
            raise TypeError(f"{module}:{name} is not a command")
        return found

    def _line(self, name: str) -> str:
        if name in self.lazy:
            return self.lazy[name][0]
        return self.commands[name].get_short_help_str(limit=100)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._line(name)) for name in self.list_commands(ctx)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        commands = [CompletionItem(name, help=self._line(name)) for name in names]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]
