"""Help and usage: examples that can be typed in their order, and errors that programs can read."""

import io
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import groupby, pairwise
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tls13lab.cli.app import cli

MAKES = ("--record", "--save-session", "--svg", "--html", "--out", "-out", "-keyout", ">")
"""What stands before the name of a file that is made."""
FILE = re.compile(r"@?([\w-]+\.(?:pcapng|pcap|txt|hex|json|toml|pem))\b")


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def examples(text: str) -> list[list[str]]:
    """The words of each example, lines that go on put together."""
    _, _, rest = text.partition("Examples:")
    lines = rest.partition("Options:")[0].partition("Commands:")[0]
    joined = lines.replace("\\\n", " ")
    return [line.split() for line in joined.splitlines() if line.strip()]


@pytest.mark.parametrize("path", [(), *commands(cli)], ids=" ".join)
def test_every_command_has_examples_and_each_file_in_them_is_made_before(
    path: tuple[str, ...],
) -> None:
    text = CliRunner().invoke(cli, [*path, "--help"]).stdout
    shown = examples(text)
    assert shown
    # A file whose content the text shows needs no command.
    known = set(re.findall(r"A file, ([\w.]+):", text))
    for words in shown:
        makes_keylog = words[:2] in (["tls13lab", "serve"], ["tls13lab", "connect"])
        for before, word in pairwise(words):
            for name in FILE.findall(word):
                if before in MAKES or (before == "--keylog" and makes_keylog):
                    known.add(name)
                assert name in known, f"{name} in {' '.join(words)}"


def typed(text: str) -> Iterator[list[str]]:
    """The arguments of each ``tls13lab`` in the examples, as a shell would pass them on."""
    _, _, rest = text.partition("Examples:")
    lines = rest.partition("Options:")[0].partition("Commands:")[0].replace("\\\n", " ")
    for line in filter(None, map(str.strip, lines.splitlines())):
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|<>")
        lexer.whitespace_split = True
        for whether, words in groupby(lexer, lambda word: word in ("|", "<", ">")):
            arguments = list(words)
            if not whether and arguments[0] == "tls13lab":
                yield arguments[1:]


def understand(arguments: list[str]) -> None:
    """Parse the arguments of a command. Raises UsageError if it does not understand them."""
    command: click.Command = cli
    with suppress(click.exceptions.Exit):  # --help
        while isinstance(command, click.Group):
            context = click.Context(command)
            # A group may put in the name of a command that was left out.
            command.parse_args(context, arguments)
            words = [*context._protected_args, *context.args]
            _, found, arguments = command.resolve_command(context, words)
            assert found is not None
            command = found
        command.make_context(command.name, arguments)


@pytest.mark.parametrize("path", [(), *commands(cli)], ids=" ".join)
def test_every_example_is_understood_by_its_command(
    path: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All its options exist, their values have the right form, and no argument is missing."""
    text = CliRunner().invoke(cli, [*path, "--help"]).stdout
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"00" * 48)))
    Path("lessons").mkdir()
    for name in FILE.findall(text):
        Path(name).write_text("00" * (48 if "ticket" in name else 32))
    for arguments in typed(text):
        understand(arguments)


def test_an_example_without_its_argument_is_found_out() -> None:
    (arguments,) = typed("Examples:\n  tls13lab connect --insecure --send x | cat\n")
    with pytest.raises(click.UsageError, match="address"):
        understand(arguments)


def groups(group: click.Group) -> Iterator[click.Group]:
    yield group
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from groups(command)


def test_the_line_about_a_command_is_the_first_of_its_own_help() -> None:
    seen = 0
    for group in groups(cli):
        for name, (line, _) in getattr(group, "lazy", {}).items():
            command = group.get_command(click.Context(group), name)
            assert command is not None
            assert command.help is not None
            assert " ".join(command.help.partition("\n\n")[0].split()) == line
            assert command.name == name
            seen += 1
    assert seen == 15


def test_a_list_of_commands_imports_none_of_them() -> None:
    program = (
        "import sys; from click.testing import CliRunner; from tls13lab.cli.app import cli; "
        "assert not CliRunner().invoke(cli, ['--help']).exit_code; "
        "print([name for name in sys.modules if name.startswith('tls13lab.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    rooms = set(re.findall(r"tls13lab\.(\w+)", done.stdout))
    assert rooms <= {"cli", "wire"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["inspect", "zz"], "neither a file nor"),
        (["inspect", "--nope"], "No such option"),
        (["bake"], "No such command"),
        (["crack", "no-such-file", "--mask", "?d"], "does not exist"),
        (["serve", "--psk", "0x001"], "even number of hexadecimal digits"),
    ],
)
def test_a_usage_error_under_json_is_json_as_well(arguments: list[str], says: str) -> None:
    done = CliRunner().invoke(cli, [*arguments, "--json"])
    told = json.loads(done.stdout)
    assert done.exit_code == 2
    assert says in told["error"]
    assert told["alert"] is None
    assert says in done.stderr
    plain = CliRunner().invoke(cli, arguments)
    assert (plain.exit_code, plain.stdout, plain.stderr) == (2, "", done.stderr)


def test_a_psk_may_begin_with_0x() -> None:
    done = CliRunner().invoke(cli, ["serve", "--psk", "0x0011", "--json"])
    assert json.loads(done.stdout)["error"] == "give each --psk one --identity, in the same order"


def test_the_shell_completes_commands_and_options() -> None:
    from click.shell_completion import BashComplete

    def completed(*words: str) -> list[str]:
        *args, last = words
        one = BashComplete(cli, {}, "tls13lab", "_TLS13LAB_COMPLETE")
        return [item.value for item in one.get_completions(args, last)]

    assert completed("in") == ["inspect"]
    assert "--keylog" in completed("inspect", "--k")
