"""The adversary that speaks: it takes a party's place with what was stolen, or repeats its bytes.

It uses the lab's own client and server, as any attacker would use a TLS library. What it is given
is stolen secrets and recorded bytes; it never sees an honest party's configuration. Read in this
order: :mod:`~tls13lab.impostor.stand_in`, :mod:`~tls13lab.impostor.forged_ticket`,
:mod:`~tls13lab.impostor.replay`, :mod:`~tls13lab.impostor.selfie` and
:mod:`~tls13lab.impostor.one_guess` are attacks, each on its own;
:mod:`~tls13lab.impostor.parties`, :mod:`~tls13lab.impostor.moves` and
:mod:`~tls13lab.impostor.unscripted` look for attacks without knowing any.
"""
