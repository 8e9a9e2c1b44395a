"""The commands about the lab itself: their options and help."""

import click

from tls13lab.cli.options import FILE


@click.command()
@click.option("--svg", type=FILE, help="Draw the matrix into this file.")
@click.option(
    "--proverif",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Instead, write the claims as ProVerif models into this folder.",
)
@click.option(
    "--tamarin",
    type=click.Path(file_okay=False),
    metavar="DIR",
    help="Instead, write them as Tamarin theories: syntax checked, not proved.",
)
@click.option(
    "--search",
    "searching",
    is_flag=True,
    help="Decide where the adversary speaks a third time, by one without a script: takes longer.",
)
@click.option(
    "--weak-bits",
    type=click.FloatRange(1, 256),
    default=21.0,
    show_default=True,
    help="Bits of a weak PSK, evenly drawn, for the costs.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    help="Guesses a second of one core: tells the costs in time. crack and psk strength say yours.",
)
@click.option(
    "--cents",
    type=click.FloatRange(0),
    help="What a core costs for an hour: tells the costs in money as well.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object at the end.")
def claims(**options: object) -> None:
    """Decide every claim: what is lost, in which mode, to whom, after which thefts.

    The symbolic model decides, and each "lost" is then done: the eavesdropper reads the plaintext
    of a recording, or the impostor completes a handshake. With --search an adversary tries, for
    each theft, who can be made to speak to whom: it has moves, and no list of attacks. All must
    agree, or the command says which cell they do not agree on.

    \b
    A mode is of the connection in question; a resumption in it is "-from-" the connection that
    issued its ticket, which was a full handshake if nothing is said. The adversaries:
      passive           listens; the leaks come afterwards
      active_then_leak  speaks, too; the leaks come afterwards, when nobody speaks any more
      active            has the leaks first, and speaks

    Properties beside the matrix: whether a thief can pose as others to the party it robbed (key
    compromise impersonation), whether both ends mean the same (injective agreement), what a
    revealed session key or exporter secret opens, and what a ticket nonce given out twice does.

    Who may guess at a weak PSK, and how often: somebody with a recording, one who asks the server,
    and one who takes its place and keeps what a client says first.

    Beside each verdict stands log2 of the guesses that the asset costs all the same: whatever has
    to be computed instead of stolen, a PSK, a share or a key, each once.

    The leak "quantum" takes logarithms of key shares and of nothing else. A quantum computer that
    is there while a client connects forges certificates as well: the table of certificates and
    PSKs in the output counts that.

    \b
    Examples:
      tls13lab claims
      tls13lab claims --weak-bits 52 --rate 3e6 --cents 5
      tls13lab claims --search
      tls13lab claims --svg matrix.svg
      tls13lab claims --proverif models
      tls13lab claims --tamarin theories
      tls13lab claims --json
    """
    from tls13lab.cli import claims as command

    command.run(**options)  # type: ignore[arg-type]


@click.command()
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


@click.command()
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


@click.command()
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
