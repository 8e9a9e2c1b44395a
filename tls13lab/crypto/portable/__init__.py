"""What the lessons need of pyca/cryptography, in pure Python: for browsers without a network.

The algorithms are those of tlslite-ng and of ecdsa. They run in no constant time, and slowly; a
test holds their bytes against pyca/cryptography's. Not here: X25519MLKEM768, RSA, Ed25519, chains
of certificates. Nothing imports this where pyca/cryptography is installed.
"""
