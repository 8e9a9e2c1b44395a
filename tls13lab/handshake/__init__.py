"""The TLS 1.3 handshake of a client and a server, without sockets. RFC 9846 sections 2, 4 and 7.

There are three modes. In a *full* handshake, a certificate authenticates the server. In the other
two, a PSK (external, or from a ticket) authenticates both sides: in *psk_ke*, the PSK is the only
secret input; *psk_dhe_ke* adds an (EC)DHE exchange and, with it, forward secrecy. These are the
messages; a line without a comment belongs to all modes::

    client                                server
    ClientHello              -------->
      key_share                                            # full, psk_dhe_ke
      psk_key_exchange_modes                               # all: without it, no tickets either
      pre_shared_key: identities, binders                  # psk_ke, psk_dhe_ke
    (early data)             -------->                     # 0-RTT, under the first PSK
                             <--------    ServerHello
                                            key_share      # full, psk_dhe_ke
                                            pre_shared_key # psk_ke, psk_dhe_ke
                                          {EncryptedExtensions}
                                          {Certificate, CertificateVerify}  # full
                                          {Finished}
    (EndOfEarlyData)         -------->                     # 0-RTT, if the server accepted it
    {Finished}               -------->
                             <--------    [NewSessionTicket]
    [application data]       <------->    [application data]

Brackets show the keys: ( ) early, { } handshake, [ ] application traffic keys. A server that needs
a share in another group first sends a HelloRetryRequest, and the client sends a second ClientHello.
Both sides derive the same secrets (:mod:`tls13lab.crypto.schedule` has the whole table)::

    before ClientHello      PSK or zeros      -> early secret: binder key, early traffic secret
    after ServerHello       (EC)DHE or zeros  -> handshake secret: handshake traffic secrets
    after server Finished   zeros             -> main secret: application traffic secrets
    after client Finished                     -> resumption secret: the PSKs of tickets

Binders and Finished messages are MACs over the transcript. A valid one shows that its sender knows
the PSK, or the handshake secret, and saw the same messages. The server verifies the binder before
it uses the PSK.

One function moves either side forward::

    step(state, message, environment) -> (state, actions)

A state is a frozen value that holds what is known so far. Actions are values, too, such as "send
this message" or "install these keys"; :mod:`tls13lab.handshake.connection` carries them out. Time
and random bytes come from the environment, so any handshake can be repeated byte for byte.

The files, in reading order::

    moves                 which message may come in which state
    machine               step(): it looks up the move and calls the handler
    actions               what a step can ask for; the outcome of a handshake
    config                what a client or a server is willing to do; time and random bytes
    states                what each side knows in each of its states
    client                the client's handler for each message
    offer                 its ClientHello, binders included
    answer                its checks of the ServerHello
    client_early_data     its 0-RTT data
    server                the server's handler for each message
    choice                its choice of PSK, suite, mode and group
    server_flight         its messages from EncryptedExtensions to CertificateVerify
    early_data            whether it accepts 0-RTT data
    issuing               its tickets
    finished              the Finished messages of both sides
    connected             tickets and KeyUpdates after the handshake
    cert_with_extern_psk  a certificate together with an external PSK (RFC 9973)
    connection            bytes in, events and bytes out
    sending               from messages to records
    events                what a connection reports
    pair                  a client and a server in memory
    trace                 all that they sent, for lessons

Not here: records (:mod:`tls13lab.records`), binders and ticket formats (:mod:`tls13lab.psk`),
sockets (:mod:`tls13lab.peers`). Not in the lab at all: client certificates, post-handshake
authentication, cookies of its own server, and TLS 1.2.
"""
