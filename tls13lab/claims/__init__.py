"""The claims, decided twice: by the symbolic model, and by doing it to recorded bytes.

The model's side is :mod:`tls13lab.symbolic.claims`; here its verdicts are put to the test. Where
the model says "lost", the eavesdropper must read the very plaintext, or the impostor must complete
a handshake with an honest party.
"""
