"""The claims on bytes: what the symbolic model says is carried out, in two ways.

:mod:`tls13lab.symbolic.claims` decides each claim by rules. Here, its verdicts are tested. Where
the model says "lost", a script must succeed: the eavesdropper must read the plaintext, or the
impostor must complete a handshake with an honest party. Where it says "kept", the script must
fail. But a script and the rules may overlook the same attack. For claims with an active adversary,
there is therefore a search without a script, :mod:`~tls13lab.evidence.searched`, which must agree,
too.
"""
