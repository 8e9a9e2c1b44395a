"""The symbolic model: who can derive what in TLS 1.3, read from the schedule table.

**Terms.** A term is a symbol with arguments, such as ``early_secret(zeros, psk)``. It stands for a
byte string, but contains no bytes. A term without arguments is a name, for example a key that
somebody drew at random. Different terms are different byte strings; that is what "perfect
cryptography" means here. There is one equation: g^x to the power y is g^y to the power x.

**Rules.** A rule says what anyone can do with what they know. Each line of the schedule table is a
rule: whoever knows all inputs knows the output. More rules concatenate and split messages, compute
a shared secret from a private key and a share, open a record with its key and IV, open a ticket
with the ticket key, and sign. No rule knows about modes, claims or attacks.

**Saturation.** The engine applies all rules to what is known until nothing new follows. To keep
this finite, it makes only terms that occur in what is known or in what is asked for. It remembers
the first step that leads to each term, so each known term has a derivation.

**Scenes.** A scene has what the adversary knows at the beginning (the recording and public
values), what is asked for, and *turns*. A turn is a message that the adversary must make, and the
answer of the honest party that accepts it. There are three adversaries, and they can have these
leaks::

    passive             listens; the leaks come afterwards
    active_then_leak    listens and sends; the leaks come when all connections have ended
    active              has the leaks first, then listens and sends

    psk                 the PSK of the connection in question
    weak_psk            nothing is stolen, but the external PSK can be guessed
    ticket_key          the key under which the server seals its tickets
    certificate_key     the private key of the server's certificate
    client_ecdhe, server_ecdhe, initial_ecdhe
                        private keys of a key exchange: of the connection in question, or (the
                        client's) of the connection that issued its ticket
    quantum             the private key behind every share and every certificate

**What a verdict means.** *Lost*: there is a derivation. It is certain, and
:mod:`tls13lab.evidence` runs it on bytes. *Kept*: these rules have no derivation in this scene.
That is not a proof for all runs. For such proofs, the same claims are exported to provers.

**Guessing.** A weak secret can be guessed if a guess can be verified: it leads to a term that is
already known (such as the binder), or to a key under which a record opens. The engine finds these
terms itself. Instead of "lost" or "kept", a claim can also have a price: the cheapest set of
secrets whose computation loses it.

**What is simplified.** One recording at a time; a flight is a single message; no HelloRetryRequest,
no KeyUpdate, no other versions of TLS; members of a group follow the protocol; whether a chain of
resumptions recovers while the adversary takes part is not asked.

The files, in reading order::

    vocabulary, remembered      the words of claims, as types; a cache that keeps types
    terms, rules, saturation    the language, the rules, and the engine
    connection, scenes          a connection as terms; recordings, and what can be stolen
    speaking                    scenes in which the adversary sends messages
    claims                      the matrix: all questions, and how they are decided
    agreement, impersonation    both ends agree; key compromise impersonation
    reveals, ticket_nonce       one revealed secret; a ticket nonce used twice
    certificate_with_psk        a certificate and a PSK together (RFC 9973)
    guessing, guessers          verifying guesses; who can guess, and how often
    cpace, mended               a PAKE; what mends a weak PSK
    prices, breaks              the price of each secret; which secrets can be computed
    cost, monotone              the price of a claim; questions that larger sets answer alike
    proverif/                   models for ProVerif, for proofs over all runs: models.py writes
                                them, the other files hold their parts
    tamarin/                    theories for Tamarin, which nobody has run yet
"""
