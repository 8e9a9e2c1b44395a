"""The adversary that takes part: it sends messages of its own, or repeats those of others.

The eavesdropper in :mod:`tls13lab.adversary` only listens. This one connects to honest parties, and
answers them. It uses the lab's own client and server, as a real attacker would use a TLS library.
It has recorded bytes and stolen secrets (a PSK, a ticket key, the private key of a certificate); it
never sees the configuration of an honest party.

Each of these files is one attack; most need no other:

- ``stand_in``: play a client or a server with a stolen secret
- ``forged_ticket``: seal a ticket with a stolen ticket key
- ``replay``, ``redelivery``: send a recorded first flight again; count who accepts it twice
- ``selfie``: send a member's own handshake back to it
- ``harvest``: let a client connect, and keep its binder to guess at; ``blunt_answer``: answer it
  without its PSK, for the sake of a key exchange that may help later
- ``online``, ``one_guess``: guess at a PSK, or at a CPace password, one connection per guess

Three files search for attacks without knowing any. ``parties`` runs honest parties on any bytes,
``moves`` lists what the adversary can do with what it knows, and ``unscripted`` tries every
combination up to a limit. It calls a session a loss if it ends without the partner that the honest
party believes it has. The search delivers whole flights and changes no bytes.
"""
