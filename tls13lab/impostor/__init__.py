"""The adversary that speaks: it takes a party's place with what was stolen, or repeats its bytes.

It uses the lab's own client and server, as any attacker would use a TLS library. What it is given
is stolen secrets and recorded bytes; it never sees an honest party's configuration.
"""
