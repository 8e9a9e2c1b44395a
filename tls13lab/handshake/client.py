"""The client's handlers: what it checks, derives and sends on each message. RFC 9846 section 4.

A handler takes the state, the message, its bytes and the environment. It returns the next state and
the actions, or raises a PeerFault. The table in :mod:`tls13lab.handshake.moves` says in which state
a handler may run.
"""

from dataclasses import replace

from tls13lab.crypto import certificates, signatures
from tls13lab.crypto.keyschedule import EarlyStage
from tls13lab.handshake import client_early_data
from tls13lab.handshake.actions import (
    Action,
    Completed,
    Direction,
    InstallKeys,
    Outcome,
    RemoveSendingKeys,
    Reveal,
    SendCompatibilityCcs,
    SendMessage,
)
from tls13lab.handshake.answer import ServerAnswer, check_retry, check_server_hello
from tls13lab.handshake.cert_with_extern_psk import CERTIFIED
from tls13lab.handshake.config import ClientConfig, Environment
from tls13lab.handshake.connected import Connected, on_key_update, on_new_session_ticket
from tls13lab.handshake.finished import check_finished, make_finished
from tls13lab.handshake.moves import State
from tls13lab.handshake.offer import Offer, first_offer, second_offer
from tls13lab.handshake.states import (
    Keyed,
    WaitCertificate,
    WaitCertificateOrRequest,
    WaitCertificateVerify,
    WaitEncryptedExtensions,
    WaitFinished,
    WaitServerHello,
)
from tls13lab.messages.extension import RawExtension
from tls13lab.messages.handshake import pack
from tls13lab.messages.negotiation import (
    Alpn,
    Cookie,
    EarlyData,
    ServerNameAck,
    SignatureAlgorithms,
)
from tls13lab.messages.post_handshake import EndOfEarlyData, KeyUpdate, NewSessionTicket
from tls13lab.messages.server_flight import (
    Certificate,
    CertificateRequest,
    CertificateVerify,
    EncryptedExtensions,
    Finished,
)
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.keys import began
from tls13lab.records.protection import Epoch
from tls13lab.wire.faults import (
    BadCertificate,
    DecodeError,
    IllegalParameter,
    MissingExtension,
    UnexpectedMessage,
    UnsupportedCertificate,
    UnsupportedExtension,
)

Actions = list[Action]


def start(config: ClientConfig, env: Environment) -> tuple[WaitServerHello, Actions]:
    """The first state, and the actions that send the first ClientHello and any early data."""
    offer = first_offer(config, env.now_ms, env.entropy)
    transcript = Transcript().add(offer.raw)
    actions: Actions = [_reveal_offer(offer), SendMessage(offer.raw)]
    if offer.early_suite is not None:
        actions += client_early_data.send(config, offer.early_suite, offer.psks[0], transcript)
    return WaitServerHello(config, offer, transcript), actions


def _reveal_offer(offer: Offer) -> Reveal:
    known: dict[str, bytes] = {}
    if offer.shares:
        known["client_ecdhe"] = offer.shares[0][1].private_key
    if offer.psks:
        psk = offer.psks[0]
        known |= {
            "psk": psk.key,
            "early_secret": EarlyStage.start(psk.hash_name, psk.key).early_secret,
        }
    return Reveal(known)


def on_hello_retry_request(
    before: WaitServerHello, message: HelloRetryRequest, raw: bytes, env: Environment
) -> tuple[WaitServerHello, Actions]:
    """Send a second ClientHello: with a share in the server's group, its cookie, new binders."""
    if before.retry is not None:
        # "If a client receives a second HelloRetryRequest in the same connection ... it MUST abort
        # the handshake with an "unexpected_message" alert." (4.2.4)
        raise UnexpectedMessage("a second HelloRetryRequest came")
    config = before.config
    suite, group = check_retry(config, before.offer, message)
    transcript = before.transcript.after_hello_retry(suite.hash_name).add(raw)
    cookie = message.find(Cookie)
    offer = second_offer(
        config, before.offer, group, cookie, suite.hash_name, transcript, env.now_ms, env.entropy
    )
    after = WaitServerHello(config, offer, transcript.add(offer.raw), message)
    if before.offer.early_data_sent:
        first: Actions = [RemoveSendingKeys()]
    else:
        first = [SendCompatibilityCcs()] if config.middlebox_compatibility else []
    return after, [*first, _reveal_offer(offer), SendMessage(offer.raw)]


def on_server_hello(
    before: WaitServerHello, message: ServerHello, raw: bytes, env: Environment
) -> tuple[WaitEncryptedExtensions, Actions]:
    """Check what the server selected, and derive the handshake keys."""
    config = before.config
    answer = check_server_hello(config, before.offer, before.retry, message)
    suite, psk = answer.suite, answer.psk
    early = EarlyStage.start(suite.hash_name, psk.key if psk else None)
    stage = early.handshake(answer.ecdhe)
    transcript = before.transcript.add(raw)
    to_server_hello = transcript.hash(suite.hash_name)
    client_secret = stage.client_handshake_traffic_secret(to_server_hello)
    server_secret = stage.server_handshake_traffic_secret(to_server_hello)
    sent = before.offer.early_data_sent
    retried = before.retry is not None
    outcome = _outcome(config, answer, retried, env.now_ms, early_data_sent=sent)
    # The server can accept early data only with the first PSK, and not after a HelloRetryRequest.
    may_accept = before.offer.early_suite is not None and answer.index == 0
    early_psk = psk if may_accept else None
    keyed = Keyed(config, outcome, stage, client_secret, server_secret, early_psk, sent)
    revealed = {
        "early_secret": early.early_secret,
        "handshake_secret": stage.handshake_secret,
        "client_handshake_traffic_secret": client_secret,
        "server_handshake_traffic_secret": server_secret,
    }
    mine = None if answer.group is None else before.offer.share(answer.group)
    if answer.ecdhe is not None and mine is not None:
        # Of several shares, the server may have taken another than the first.
        revealed |= {"ecdhe": answer.ecdhe, "client_ecdhe": mine.private_key}
    if psk is not None:
        # The server may have taken another PSK than the first.
        revealed["psk"] = psk.key
    actions: Actions = [Reveal(revealed)]
    if config.middlebox_compatibility and before.retry is None and not sent:
        actions.append(SendCompatibilityCcs())
    actions.append(InstallKeys(Direction.RECEIVE, Epoch.HANDSHAKE, suite, server_secret))
    if keyed.early_psk is None:
        actions.append(_handshake_keys(keyed))
    return WaitEncryptedExtensions(keyed, transcript), actions


def _handshake_keys(keyed: Keyed) -> InstallKeys:
    return InstallKeys(Direction.SEND, Epoch.HANDSHAKE, keyed.outcome.suite, keyed.client_secret)


def _outcome(
    config: ClientConfig, answer: ServerAnswer, retried: bool, now_ms: int, *, early_data_sent: bool
) -> Outcome:
    psk = answer.psk
    return Outcome(
        mode=answer.mode,
        suite=answer.suite,
        group=answer.group,
        psk_kind=psk.kind if psk else None,
        selected_identity=answer.index,
        psk_identity=psk.identity if psk else None,
        retried=retried,
        server_name=config.server_name,
        early_data="rejected" if early_data_sent else "none",
        began_ms=began(psk, now_ms),
    )


def on_encrypted_extensions(
    before: WaitEncryptedExtensions, message: EncryptedExtensions, raw: bytes, env: Environment
) -> tuple[WaitCertificateOrRequest | WaitFinished, Actions]:
    """Check that the server answers only what we asked; next comes a certificate or Finished."""
    keyed, transcript = before.keyed, before.transcript.add(raw)
    config = keyed.config
    for extension in message.extensions:
        if isinstance(extension, RawExtension):
            raise UnsupportedExtension(f"extension {extension.extension_type} was not asked for")
        if isinstance(extension, EarlyData) and not keyed.early_data_sent:
            raise UnsupportedExtension("early_data was not asked for")
        if isinstance(extension, ServerNameAck) and config.server_name is None:
            raise UnsupportedExtension("server_name was not asked for")
    alpn = message.find(Alpn)
    if alpn is not None:
        keyed = replace(keyed, outcome=replace(keyed.outcome, alpn=_chosen_alpn(config, alpn)))
    if keyed.outcome.mode in CERTIFIED:
        client_early_data.refuse(message)
        return WaitCertificateOrRequest(keyed, transcript), []
    if message.find(EarlyData) is not None:
        return WaitFinished(client_early_data.accepted(keyed, message), transcript), []
    # The early data was rejected or never sent: the handshake keys come next.
    return WaitFinished(keyed, transcript), [_handshake_keys(keyed)] if keyed.early_psk else []


def _chosen_alpn(config: ClientConfig, alpn: Alpn) -> bytes:
    if not config.alpn:
        raise UnsupportedExtension("ALPN was not asked for")
    if len(alpn.protocols) != 1 or alpn.protocols[0] not in config.alpn:
        raise IllegalParameter("the server's ALPN choice is not one of those offered")
    return alpn.protocols[0]


def on_certificate_request(
    before: WaitCertificateOrRequest, message: CertificateRequest, raw: bytes, env: Environment
) -> tuple[WaitCertificate, Actions]:
    """Remember the request: we have no certificate, and will answer with an empty list."""
    if message.certificate_request_context:
        raise IllegalParameter("certificate_request_context is not empty in the handshake")
    if not any(isinstance(extension, SignatureAlgorithms) for extension in message.extensions):
        # "The "signature_algorithms" extension MUST be specified" (4.4.2).
        raise MissingExtension("the CertificateRequest has no signature_algorithms")
    context = message.certificate_request_context
    return WaitCertificate(before.keyed, before.transcript.add(raw), context), []


def on_certificate(
    before: WaitCertificateOrRequest | WaitCertificate,
    message: Certificate,
    raw: bytes,
    env: Environment,
) -> tuple[WaitCertificateVerify, Actions]:
    """Verify the server's chain for the name that we asked for."""
    keyed = before.keyed
    if message.certificate_request_context:
        raise IllegalParameter("a server's certificate_request_context must be empty")
    if not message.certificate_list:
        # "If the server supplies an empty Certificate message, the client MUST abort the handshake
        # with a "decode_error" alert." (4.5.1.3)
        raise DecodeError("the server's certificate_list is empty")
    if any(entry.extensions for entry in message.certificate_list):
        raise UnsupportedExtension("a certificate came with an extension that was not asked for")
    chain = tuple(entry.cert_data for entry in message.certificate_list)
    if keyed.config.trust is None:
        raise BadCertificate("this client trusts no certificate")
    name = keyed.config.certificate_name or keyed.config.server_name or "localhost"
    certificates.check_chain(chain, keyed.config.trust, name, env.now_ms)
    keyed = replace(keyed, outcome=replace(keyed.outcome, chain=chain))
    context = before.request_context if isinstance(before, WaitCertificate) else None
    return WaitCertificateVerify(keyed, before.transcript.add(raw), context), []


def on_certificate_verify(
    before: WaitCertificateVerify, message: CertificateVerify, raw: bytes, env: Environment
) -> tuple[WaitFinished, Actions]:
    """Verify that the server holds the private key of its certificate."""
    keyed = before.keyed
    if message.algorithm not in keyed.config.schemes:
        raise IllegalParameter("the CertificateVerify uses a scheme that was not offered")
    if message.algorithm not in certificates.schemes(keyed.outcome.chain[0]):
        raise UnsupportedCertificate(
            "the CertificateVerify uses a scheme that does not fit the certificate's key"
        )
    key = certificates.public_key(keyed.outcome.chain[0])
    digest = before.transcript.hash(keyed.hash_name)
    signatures.verify(key, message.algorithm, message.signature, digest)
    return WaitFinished(keyed, before.transcript.add(raw), before.request_context), []


def on_finished(
    before: WaitFinished, message: Finished, raw: bytes, env: Environment
) -> tuple[Connected, Actions]:
    """Check the server's Finished, answer with ours, and switch to the application keys."""
    keyed, hash_name = before.keyed, before.keyed.hash_name
    check_finished(hash_name, keyed.server_secret, before.transcript, message)
    transcript = before.transcript.add(raw)
    main = keyed.stage.main()
    to_server_finished = transcript.hash(hash_name)
    client_secret = main.client_application_traffic_secret_0(to_server_finished)
    server_secret = main.server_application_traffic_secret_0(to_server_finished)
    exporter_secret = main.exporter_secret(to_server_finished)
    actions: Actions = []
    if keyed.outcome.early_data == "accepted":
        end = pack(EndOfEarlyData())
        transcript = transcript.add(end)
        actions += [SendMessage(end), _handshake_keys(keyed)]
    if before.request_context is not None:
        empty = pack(Certificate(before.request_context, ()))
        transcript = transcript.add(empty)
        actions.append(SendMessage(empty))
    finished = make_finished(hash_name, keyed.client_secret, transcript)
    transcript = transcript.add(finished)
    resumption_secret = main.resumption_secret(transcript.hash(hash_name))
    revealed = {
        "main_secret": main.main_secret,
        "client_application_traffic_secret_0": client_secret,
        "server_application_traffic_secret_0": server_secret,
        "exporter_secret": exporter_secret,
        "resumption_secret": resumption_secret,
    }
    suite = keyed.outcome.suite
    actions += [
        SendMessage(finished),
        Reveal(revealed),
        InstallKeys(Direction.RECEIVE, Epoch.APPLICATION, suite, server_secret),
        InstallKeys(Direction.SEND, Epoch.APPLICATION, suite, client_secret),
        Completed(keyed.outcome),
    ]
    after = Connected(
        State.CLIENT_CONNECTED,
        keyed.outcome,
        client_secret,
        server_secret,
        resumption_secret,
        exporter_secret,
    )
    return after, actions


def on_ticket(
    before: Connected, message: NewSessionTicket, raw: bytes, env: Environment
) -> tuple[Connected, Actions]:
    """Store a ticket, with which the client can resume later."""
    return on_new_session_ticket(before, message, env.now_ms)


def on_update(
    before: Connected, message: KeyUpdate, raw: bytes, env: Environment
) -> tuple[Connected, Actions]:
    """Follow the server to its next keys."""
    return on_key_update(before, message)
