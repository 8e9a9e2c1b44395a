"""The command line: ``tls13lab``, also ``python -m tls13lab``. It parses, calls, and reports.

Exit codes: 0 done, 1 a handshake or check failed, 2 wrong usage.
"""


def main() -> None:
    """What the installed program ``tls13lab`` calls."""
    from tls13lab.cli.app import cli

    cli(prog_name="tls13lab")
