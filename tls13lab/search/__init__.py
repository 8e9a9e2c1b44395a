"""The binder search: which of many guesses is the PSK of a recorded ClientHello?

**Why a binder is a test for guesses.** A ClientHello that offers a PSK carries a binder: an HMAC
over the ClientHello itself, under a key that comes from the PSK alone (RFC 9846 section 4.3.11.2)::

    guess -> early secret -> binder key -> finished key -> HMAC over the ClientHello = binder?

Everything else in this computation is public. So one recorded message is enough to check any
number of guesses offline. Neither a ServerHello nor a key share is needed, which is why (EC)DHE
does not help, and why RFC 9846 section 2.2 says that a PSK of low entropy "is not secure".

**What a guess costs.** The unit is one compression of SHA-2, a *block*. Each arrow above is one
HMAC. An HMAC costs 4 blocks: 2 for its key, 1 for the message, and 1 for the outer hash. The first
HMAC has a constant key, so it costs only 2 (if the PSK fits in one block). Together that is 14.

**What many victims share.** TLS adds no salt to an external PSK: the early secret, the binder key
and the finished key of a guess are the same for all victims. Of the 14 blocks, 12 are done once;
each further binder adds 2. With an importer (RFC 9258), the identity acts as a salt: 4 blocks are
shared, and each identity costs 14 more, and 2 for each binder. :mod:`tls13lab.psk.amortised`
computes these numbers from the schedule table.

**Engines.** An engine tests a batch of guesses against targets of one hash and one label. The
*portable* engine uses only hashlib. The *LLVM* engine writes a program in LLVM's language, which
computes SHA-2 for many guesses at once, one in each lane of a vector, and compiles it for this
processor. A search starts with the portable engine and changes to the compiled one as soon as that
is ready. Every hit of the compiled engine is checked again with the code of the honest endpoints.

**Sources.** Guesses come from a mask (all words of a shape) or from a word list, with rules that
change each word. If the PSK was derived from a word by scrypt or Argon2id, each guess also costs
one derivation.

**Workers and checkpoints.** A source is cut into pieces of work, each of about a tenth of a second.
Workers, which are threads or processes, try the pieces; a piece that was lost with a dead worker is
given out again. Results are taken in the order of the pieces, so "all guesses before this position
were tried" is the whole state of a search. A checkpoint stores it, with the PSKs found.

**What this room must not have.** It attacks recordings only. An import contract forbids it the
handshake and everything else that holds an endpoint's secrets.

The files, in reading order::

    target                 the binders of a recording
    guesses, arrays        a batch of guesses; NumPy, if it is installed
    portable               the engine that uses hashlib
    engine                 which engine tests which targets; the cost of a guess
    mask, rules            guesses from a shape; changes of a word, in hashcat's notation
    wordlist, wordfile     guesses from a list; lists from pipes, and in other encodings
    encodings              UTF-16 and UTF-32, with and without a byte order mark
    pieces                 sources, cut into pieces of work
    runner, processes      the whole search; its worker processes
    checkpoint             the stored state of a search
    speed                  how fast this machine guesses
    sha2                   SHA-2 for any kind of word: numbers, or lines of a program
    llvm/lanes             the compiled engine
    llvm/text              how a program for vectors is written in LLVM's language
    llvm/pack              the part that puts guesses into blocks
    llvm/native            the part for processors with SHA instructions
    llvm/program           the whole program
    llvm/compiled          from the program's text to machine code
    share                  guesses at the word of a CPace run, with a stolen scalar
"""
