"""The server's moves: what each client message makes it check, derive and send. RFC 9846 4.

The mirror of :mod:`tls13lab.handshake.client`, with the same conventions. The choosing is in
:mod:`tls13lab.handshake.choice`.
"""

from dataclasses import dataclass, field, replace
from typing import ClassVar

from tls13lab.crypto import groups, keyschedule, signatures
from tls13lab.crypto.keyschedule import EarlyStage, MainStage
from tls13lab.handshake.actions import (
    Action,
    Completed,
    Direction,
    InstallKeys,
    Outcome,
    Reveal,
    SendCompatibilityCcs,
    SendMessage,
)
from tls13lab.handshake.choice import Choice, choose
from tls13lab.handshake.config import ServerConfig
from tls13lab.handshake.connected import Connected, on_key_update
from tls13lab.handshake.environment import Environment
from tls13lab.handshake.finished import check_finished, make_finished
from tls13lab.handshake.moves import State
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.extension import Extension
from tls13lab.messages.handshake import pack
from tls13lab.messages.key_share import (
    KeyShareClientHello,
    KeyShareEntry,
    KeyShareHelloRetryRequest,
    KeyShareServerHello,
)
from tls13lab.messages.negotiation import (
    Alpn,
    Cookie,
    EarlyData,
    PskKeyExchangeModes,
    SelectedVersion,
    ServerName,
    ServerNameAck,
    SignatureAlgorithms,
)
from tls13lab.messages.post_handshake import KeyUpdate, NewSessionTicket
from tls13lab.messages.pre_shared_key import OfferedPsks, SelectedPsk
from tls13lab.messages.server_flight import (
    Certificate,
    CertificateEntry,
    CertificateVerify,
    EncryptedExtensions,
    Finished,
)
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.binder import check_binder
from tls13lab.psk.keys import PskKind
from tls13lab.psk.tickets import TicketState
from tls13lab.records.epochs import Epoch
from tls13lab.wire.codepoints import ExtensionType, SignatureScheme
from tls13lab.wire.faults import (
    HandshakeFailure,
    IllegalParameter,
    LocalFault,
    NoApplicationProtocol,
)
from tls13lab.wire.writer import uint16


@dataclass(frozen=True, slots=True)
class WaitClientHello:
    """Nothing has come yet."""

    state: ClassVar[State] = State.SERVER_START
    config: ServerConfig


@dataclass(frozen=True, slots=True)
class WaitSecondClientHello:
    """A HelloRetryRequest is out; ``transcript`` holds message_hash and it."""

    state: ClassVar[State] = State.SERVER_WAIT_SECOND_HELLO
    config: ServerConfig
    first: ClientHello
    retry: HelloRetryRequest
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class WaitClientFinished:
    """The whole flight is out; the client's Finished is to come."""

    state: ClassVar[State] = State.SERVER_WAIT_FINISHED
    config: ServerConfig
    outcome: Outcome
    wants_tickets: bool
    main: MainStage
    transcript: Transcript
    client_handshake_secret: bytes = field(repr=False)
    client_secret: bytes = field(repr=False)
    server_secret: bytes = field(repr=False)
    exporter_secret: bytes = field(repr=False)


Actions = list[Action]


def start(config: ServerConfig) -> WaitClientHello:
    """Wait for a client."""
    return WaitClientHello(config)


def on_client_hello(
    before: WaitClientHello, message: ClientHello, raw: bytes, env: Environment
) -> tuple[WaitSecondClientHello | WaitClientFinished, Actions]:
    """Choose; ask again if the share is in the wrong group, else answer with the whole flight."""
    choice = choose(before.config, message, env.now_ms)
    if not choice.needs_retry:
        return _answer(before.config, choice, message, raw, Transcript(), env)
    # The binder of ClientHello1 is checked too: a HelloRetryRequest tells a prober nothing.
    _check_psk(choice, message, raw, Transcript())
    group = choice.group or 0
    retry = HelloRetryRequest(
        message.legacy_session_id,
        choice.suite.code_point,
        (SelectedVersion(), KeyShareHelloRetryRequest(group)),
    )
    raw_retry = pack(retry)
    transcript = Transcript(raw).after_hello_retry(choice.suite.hash_name).add(raw_retry)
    actions: Actions = [SendMessage(raw_retry), *_compatibility_ccs(message)]
    return WaitSecondClientHello(before.config, message, retry, transcript), actions


def _compatibility_ccs(message: ClientHello) -> Actions:
    # A client that makes up a session ID wants the change_cipher_spec (appendix E.4).
    return [SendCompatibilityCcs()] if message.legacy_session_id else []


_MAY_CHANGE = (KeyShareClientHello, EarlyData, Cookie, OfferedPsks)


def _same_but_for_retry(first: ClientHello, second: ClientHello) -> bool:
    """Whether the second ClientHello changes only what 4.2.2 lets it change."""

    def fixed(hello: ClientHello) -> ClientHello:
        kept = tuple(
            one
            for one in hello.extensions
            if not isinstance(one, _MAY_CHANGE) and one.extension_type != ExtensionType.PADDING
        )
        return replace(hello, extensions=kept)

    return fixed(first) == fixed(second)


def on_second_client_hello(
    before: WaitSecondClientHello, message: ClientHello, raw: bytes, env: Environment
) -> tuple[WaitClientFinished, Actions]:
    """The same ClientHello, now with the share that was asked for."""
    if not _same_but_for_retry(before.first, message):
        raise IllegalParameter("the second ClientHello changes what it may not change")
    if message.find(EarlyData) is not None:
        # "A client MUST NOT include the "early_data" extension in its followup ClientHello."
        raise IllegalParameter("the second ClientHello has early_data")
    suite = next(one for one in before.config.suites if one == before.retry.cipher_suite)
    config = replace(before.config, suites=(suite,))
    choice = choose(config, message, env.now_ms)
    wanted = before.retry.find(KeyShareHelloRetryRequest)
    if choice.share is None or wanted is None or choice.group != wanted.selected_group:
        raise IllegalParameter("the second ClientHello lacks the share that was asked for")
    return _answer(before.config, choice, message, raw, before.transcript, env)


def _check_psk(choice: Choice, message: ClientHello, raw: bytes, before: Transcript) -> None:
    """A PSK is taken only when "the corresponding binder value" verifies (4.3.11)."""
    offered = message.find(OfferedPsks)
    if choice.psk is not None and choice.index is not None and offered is not None:
        check_binder(choice.psk, raw, offered, choice.index, before)


def _answer(
    config: ServerConfig,
    choice: Choice,
    message: ClientHello,
    raw: bytes,
    before: Transcript,
    env: Environment,
) -> tuple[WaitClientFinished, Actions]:
    """ServerHello to Finished."""
    _check_psk(choice, message, raw, before)
    suite, psk, hash_name = choice.suite, choice.psk, choice.suite.hash_name
    if psk is not None and psk.kind is PskKind.RESUMPTION and config.tickets is not None:
        config.tickets.used(psk.identity)
    outcome = _outcome(config, choice, message, retried=bool(before.messages))
    revealed: dict[str, bytes] = {} if psk is None else {"psk": psk.key}
    # ServerHello ------------------------------------------------------------------------------
    extensions: list[Extension] = [SelectedVersion()]
    ecdhe = None
    if choice.group is not None and choice.share is not None:
        response = groups.respond(choice.group, choice.share, env.entropy)
        extensions.append(KeyShareServerHello(KeyShareEntry(choice.group, response.share)))
        ecdhe = response.shared_secret
        revealed |= {"ecdhe": ecdhe, "server_ecdhe": response.private_key}
    if choice.index is not None:
        extensions.append(SelectedPsk(choice.index))
    hello = pack(
        ServerHello(env.entropy(32), message.legacy_session_id, suite.code_point, tuple(extensions))
    )
    transcript = before.add(raw, hello)
    # The handshake secrets --------------------------------------------------------------------
    early = EarlyStage.start(hash_name, psk.key if psk else None)
    stage = early.handshake(ecdhe)
    to_server_hello = transcript.hash(hash_name)
    client_handshake_secret = stage.client_handshake_traffic_secret(to_server_hello)
    server_handshake_secret = stage.server_handshake_traffic_secret(to_server_hello)
    revealed |= {
        "early_secret": early.early_secret,
        "handshake_secret": stage.handshake_secret,
        "client_handshake_traffic_secret": client_handshake_secret,
        "server_handshake_traffic_secret": server_handshake_secret,
    }
    # The rest of the flight -------------------------------------------------------------------
    flight = [pack(_encrypted_extensions(message, outcome))]
    if psk is None:
        flight += _certificate_messages(config, message, hash_name, transcript.add(*flight))
    transcript = transcript.add(*flight)
    finished = make_finished(hash_name, server_handshake_secret, transcript)
    transcript = transcript.add(finished)
    main = stage.main()
    to_server_finished = transcript.hash(hash_name)
    after = WaitClientFinished(
        config=config,
        outcome=outcome,
        wants_tickets=_wants_tickets(config, message),
        main=main,
        transcript=transcript,
        client_handshake_secret=client_handshake_secret,
        client_secret=main.client_application_traffic_secret_0(to_server_finished),
        server_secret=main.server_application_traffic_secret_0(to_server_finished),
        exporter_secret=main.exporter_secret(to_server_finished),
    )
    ccs = [] if outcome.retried else _compatibility_ccs(message)
    return after, [
        SendMessage(hello),
        Reveal(revealed),
        *ccs,
        InstallKeys(Direction.SEND, Epoch.HANDSHAKE, suite, server_handshake_secret),
        InstallKeys(Direction.RECEIVE, Epoch.HANDSHAKE, suite, client_handshake_secret),
        *(SendMessage(one) for one in (*flight, finished)),
        Reveal(
            {
                "main_secret": main.main_secret,
                "client_application_traffic_secret_0": after.client_secret,
                "server_application_traffic_secret_0": after.server_secret,
                "exporter_secret": after.exporter_secret,
            }
        ),
        InstallKeys(Direction.SEND, Epoch.APPLICATION, suite, after.server_secret),
    ]


def _outcome(
    config: ServerConfig, choice: Choice, message: ClientHello, *, retried: bool
) -> Outcome:
    name, psk = message.find(ServerName), choice.psk
    return Outcome(
        mode=choice.mode,
        suite=choice.suite,
        group=choice.group,
        psk_kind=psk.kind if psk else None,
        selected_identity=choice.index,
        psk_identity=psk.identity if psk else None,
        retried=retried,
        server_name=name.host_name if name else None,
        alpn=_choose_alpn(config, message),
        chain=config.credential.chain if psk is None and config.credential else (),
    )


def _choose_alpn(config: ServerConfig, message: ClientHello) -> bytes | None:
    offered = message.find(Alpn)
    if offered is None or not config.alpn:
        return None
    for protocol in config.alpn:
        if protocol in offered.protocols:
            return protocol
    raise NoApplicationProtocol("no application protocol is shared")


def _encrypted_extensions(message: ClientHello, outcome: Outcome) -> EncryptedExtensions:
    extensions: list[Extension] = []
    if message.find(ServerName) is not None and outcome.mode == "full":
        extensions.append(ServerNameAck())
    if outcome.alpn is not None:
        extensions.append(Alpn((outcome.alpn,)))
    return EncryptedExtensions(tuple(extensions))


def _certificate_messages(
    config: ServerConfig, message: ClientHello, hash_name: str, before: Transcript
) -> list[bytes]:
    """Certificate and CertificateVerify."""
    credential, offered = config.credential, message.find(SignatureAlgorithms)
    if credential is None or offered is None:
        raise LocalFault("a full handshake was chosen without a certificate to carry it out")
    scheme: SignatureScheme | None = next(
        (one for one in signatures.schemes_for(credential.key) if one in offered.schemes), None
    )
    if scheme is None:
        raise HandshakeFailure("the client verifies no signature that this certificate can make")
    entries = tuple(CertificateEntry(der) for der in credential.chain)
    certificate = pack(Certificate(b"", entries))
    digest = before.add(certificate).hash(hash_name)
    signature = signatures.sign(credential.key, scheme, digest)
    return [certificate, pack(CertificateVerify(scheme, signature))]


def _wants_tickets(config: ServerConfig, message: ClientHello) -> bool:
    """ "If the client's hello contained a suitable "psk_key_exchange_modes" extension" (4.7.1)."""
    modes = message.find(PskKeyExchangeModes)
    return modes is not None and any(mode in config.modes for mode in modes.modes)


def on_finished(
    before: WaitClientFinished, message: Finished, raw: bytes, env: Environment
) -> tuple[Connected, Actions]:
    """The client proved that it has the same keys and saw the same handshake. Issue tickets."""
    outcome, suite = before.outcome, before.outcome.suite
    hash_name = suite.hash_name
    check_finished(hash_name, before.client_handshake_secret, before.transcript, message)
    digest = before.transcript.add(raw).hash(hash_name)
    resumption_secret = before.main.resumption_secret(digest)
    actions: Actions = [
        Reveal({"resumption_secret": resumption_secret}),
        InstallKeys(Direction.RECEIVE, Epoch.APPLICATION, suite, before.client_secret),
        Completed(outcome),
    ]
    after = Connected(
        State.SERVER_CONNECTED,
        outcome,
        before.server_secret,
        before.client_secret,
        resumption_secret,
        before.exporter_secret,
    )
    if before.wants_tickets:
        actions += _tickets(before.config, after, env)
    return after, actions


def _tickets(config: ServerConfig, connected: Connected, env: Environment) -> Actions:
    """NewSessionTickets, each with a nonce of its own, and so a PSK of its own. 4.7.1."""
    if config.tickets is None:
        return []
    suite, actions = connected.outcome.suite, list[Action]()
    for number in range(config.ticket_count):
        nonce = uint16(number)
        state = TicketState(
            suite=suite.code_point,
            psk=keyschedule.resumption_psk(suite.hash_name, connected.resumption_secret, nonce),
            issued_ms=env.now_ms,
            lifetime_s=config.ticket_lifetime_s,
            age_add=int.from_bytes(env.entropy(4), "big"),
            alpn=connected.outcome.alpn or b"",
        )
        ticket = config.tickets.issue(state, env.entropy)
        message = NewSessionTicket(state.lifetime_s, state.age_add, nonce, ticket)
        actions.append(SendMessage(pack(message)))
    return actions


def on_update(
    before: Connected, message: KeyUpdate, raw: bytes, env: Environment
) -> tuple[Connected, Actions]:
    """The peer moves to its next keys."""
    return on_key_update(before, message)
