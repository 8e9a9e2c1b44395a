"""What the lessons need of pyca/cryptography, in pure Python, for the browser edition.

Pyodide has a build of pyca/cryptography, but the site is built only from what PyPI and npm serve,
and that build is not among it. The algorithms here are those of tlslite-ng and ecdsa. They are slow
and not constant-time; a test compares their output with pyca/cryptography's. X25519MLKEM768, RSA,
Ed25519 and certificate chains are missing. Nothing imports this package where pyca/cryptography is
installed.
"""
