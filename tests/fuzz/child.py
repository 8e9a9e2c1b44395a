"""One target under atheris, as a process of its own: libFuzzer ends the process that it runs in.

python -m tests.fuzz.child TARGET [options of libFuzzer] FOLDER ...
"""

import sys

import atheris

# Instrumented while they are imported, so that the fuzzer sees which ways an input takes.
with atheris.instrument_imports(include=["tls13lab", "tests.fuzz.planted"]):
    from tests.fuzz.targets import EVERY

if __name__ == "__main__":
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, EVERY[name].run)
    atheris.Fuzz()
