"""``python -m tls13lab``: the command line."""

from tls13lab.cli import main

main()
