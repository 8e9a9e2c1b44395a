"""Where the shim starts: a plain interpreter without site-packages, for speed.

The launcher that :mod:`tests.conformance.bogo.suite` writes calls this file with two paths in front
of BoGo's own flags: where the packages are, and where the project is. Both are put on the path
here, the packages last; only a test that can run imports any of them.
"""

import sys

if __name__ == "__main__":
    packages, root, *arguments = sys.argv[1:]
    sys.path[0] = root
    sys.path.append(packages)
    from tests.conformance.bogo.flags import main

    sys.exit(main(arguments))
