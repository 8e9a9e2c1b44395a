"""The adversary that listens. It has recorded bytes and named leaks, and nothing else.

**What it has.** A recording: every record that crossed the wire, in both directions, and no key
(:mod:`tls13lab.capture`). And a theft, which is a set of leaks, each known by its name:

===================================  ================================================
``psk``                              a pre-shared key, external or from a ticket
``ticket_key``                       the key with which a server seals its tickets
``client_ecdhe``, ``server_ecdhe``   one side's private key of the (EC)DHE exchange
``initial_ecdhe``                    such a key of the handshake that issued a ticket
``keylog``                           traffic secrets, in the format of RFC 9850
===================================  ================================================

**What it must not have.** The imports of this room are its threat model. It may use the formats of
messages and records, the public algorithms, and the symbolic model. It must not import the
handshake, or anything else that holds the secrets of an endpoint; an import contract in
``pyproject.toml`` enforces that. It listens and computes, but never sends. The adversary that sends
is in :mod:`tls13lab.impostor`, and the one that guesses is in :mod:`tls13lab.search`.

**How it reaches a verdict.** For each connection::

    recording --> hellos --.
                            >--> shape --> plan --> execution --> finding
    theft --> what fits ---'

1. Read the two hellos, which are in the clear: the suite, the mode, the shares, and the PSKs on
   offer with their binders.
2. Try which leaks belong to this connection. Nobody says so, but it can be checked: the right PSK
   reproduces a recorded binder, and the right private key reproduces a recorded share.
3. Reduce all that to a *shape*: the mode, the kind of PSK, and the names of the secrets that are
   known. A shape contains no bytes.
4. Ask the symbolic model whether the goal (application data, early data or a PSK) can be derived
   from a recording of this shape. If so, the model answers with a *plan*: the steps of a
   derivation.
5. Run the steps on the recorded bytes. The last one yields the plaintext, or the PSK.
6. Tickets found in the plaintext, with their PSKs, open the later connections that use them.

**What the verdicts mean.** ``lost``: there is a derivation, it ran, and its result is there to see.
This is certain. ``kept``: the model finds no derivation. This is relative to the model's rules and
to these leaks, so the finding also names the single further leaks that would be enough.
``unknown``: the recording lacks records, such as a hello, that the answer needs. ``absent``: the
connection has no such data; for example, it sent no early data.

**What is simplified.** Cryptography is perfect: without its key, a record reveals nothing, not even
by its length or its timing. A weak PSK is not guessed here. Every ticket is taken to be stateless,
because an observer cannot see whether it is. Of the plaintext, only the first 64 KiB of each
direction are kept.

**In reading order:**

- ``theft`` and ``leaks``: what was stolen, and how it is written on a command line
- ``sight``: what can be read without any key
- ``loot``: which of the leaks belong to this connection
- ``plan``: the shape, and the model's answer for it
- ``execution``: what each step of a derivation does to bytes
- ``direction``: the protected records of one side, and the keys of one stage that open them
- ``inquiry`` and ``questions``: one question to the model; all the questions about a connection
- ``finding``: the result for one connection
- ``case`` and ``eavesdropper``: one connection from start to end; all connections of a recording
"""
