"""The claims, decided by the symbolic model, and by doing it on bytes: in two ways.

The model's side is :mod:`tls13lab.symbolic.claims`; here its verdicts are put to the test. Where
the model says "lost", the eavesdropper must read the very plaintext, or the impostor must complete
a handshake with an honest party. Those are scripts, and scripts and rules may forget the same
thing. So an adversary without a script, :mod:`~tls13lab.claims.searched`, decides the active claims
as well.
"""
