"""The server's handlers: what it checks, derives and sends on each message. RFC 9846 section 4.

The counterpart of :mod:`tls13lab.handshake.client`: a handler takes the state, the message, its
bytes and the environment. It returns the next state and the actions, or raises a PeerFault.
``choice`` chooses PSK, suite and group, ``early_data`` decides on early data, and ``issuing`` makes
tickets.
"""

from dataclasses import replace

from tls13lab.crypto import groups
from tls13lab.crypto.keyschedule import EarlyStage
from tls13lab.handshake import issuing
from tls13lab.handshake.actions import (
    Action,
    Completed,
    Direction,
    InstallKeys,
    Outcome,
    Reveal,
    SendCompatibilityCcs,
    SendMessage,
    SkipEarlyData,
    TakeEarlyData,
)
from tls13lab.handshake.cert_with_extern_psk import CERTIFIED
from tls13lab.handshake.choice import ServerChoice, choose
from tls13lab.handshake.config import Environment, ServerConfig
from tls13lab.handshake.connected import Connected, on_key_update
from tls13lab.handshake.early_data import offers_early_data, skipped
from tls13lab.handshake.finished import check_finished, make_finished
from tls13lab.handshake.moves import State
from tls13lab.handshake.server_flight import agreed, certificate_messages, encrypted_extensions
from tls13lab.handshake.states import (
    WaitClientFinished,
    WaitClientHello,
    WaitEndOfEarlyData,
    WaitSecondClientHello,
)
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
    CertWithExternPsk,
    EarlyData,
    SelectedVersion,
)
from tls13lab.messages.post_handshake import EndOfEarlyData, KeyUpdate
from tls13lab.messages.pre_shared_key import OfferedPsks, SelectedPsk
from tls13lab.messages.server_flight import Finished
from tls13lab.messages.server_hello import HelloRetryRequest, ServerHello
from tls13lab.messages.transcript import Transcript
from tls13lab.psk.binder import check_binder
from tls13lab.psk.keys import ExternalPsk, PskKind
from tls13lab.records.protection import Epoch
from tls13lab.wire.codepoints import ExtensionType
from tls13lab.wire.faults import BinderMismatch, IllegalParameter

Actions = list[Action]
AfterFlight = WaitClientFinished | WaitEndOfEarlyData


def start(config: ServerConfig) -> WaitClientHello:
    """The first state: the server waits for a ClientHello."""
    return WaitClientHello(config)


def on_client_hello(
    before: WaitClientHello, message: ClientHello, raw: bytes, env: Environment
) -> tuple[WaitSecondClientHello | AfterFlight, Actions]:
    """Choose, then answer with the whole flight, or ask for a share in another group."""
    choice = choose(before.config, message, env.now_ms)
    if not choice.needs_retry:
        return _answer(before.config, choice, message, raw, Transcript(), env)
    # Check the binder of ClientHello1, too, so that a HelloRetryRequest tells an attacker who does
    # not have the PSK nothing.
    _check_psk(before.config, choice, message, raw, Transcript(), env.now_ms)
    group = choice.group or 0
    retry = HelloRetryRequest(
        message.legacy_session_id,
        choice.suite.code_point,
        (SelectedVersion(), KeyShareHelloRetryRequest(group)),
    )
    raw_retry = pack(retry)
    transcript = Transcript(raw).after_hello_retry(choice.suite.hash_name).add(raw_retry)
    actions: Actions = [SendMessage(raw_retry), *_compatibility_ccs(message)]
    if offers_early_data(message):
        actions.append(SkipEarlyData(skipped(before.config)))
    identity = choice.psk.identity if choice.psk else None
    return WaitSecondClientHello(before.config, message, retry, transcript, identity), actions


def _compatibility_ccs(message: ClientHello) -> Actions:
    # A client that sends a session ID expects the change_cipher_spec (appendix E.4).
    return [SendCompatibilityCcs()] if message.legacy_session_id else []


_MAY_CHANGE = (KeyShareClientHello, EarlyData, OfferedPsks)
"""The RFC also allows a cookie (4.2.2), but this server sends none in a HelloRetryRequest."""


def _same_but_for_retry(first: ClientHello, second: ClientHello) -> bool:
    """Whether the second ClientHello changes only what section 4.2.2 allows.

    The order of extensions does not matter (4.3), and wolfSSL's client changes it.
    """

    def fixed(hello: ClientHello) -> ClientHello:
        kept = (
            extension
            for extension in hello.extensions
            if not isinstance(extension, _MAY_CHANGE)
            and extension.extension_type != ExtensionType.PADDING
        )
        ordered = sorted(kept, key=lambda extension: extension.extension_type)
        return replace(hello, extensions=tuple(ordered))

    return fixed(first) == fixed(second)


def on_second_client_hello(
    before: WaitSecondClientHello, message: ClientHello, raw: bytes, env: Environment
) -> tuple[AfterFlight, Actions]:
    """Check that the client changed only what it may, then answer with the whole flight."""
    if not _same_but_for_retry(before.first, message):
        raise IllegalParameter("the second ClientHello changes what it may not change")
    _check_second_psks(before, message)
    if offers_early_data(message):
        # "A client MUST NOT include the "early_data" extension in its followup ClientHello."
        raise IllegalParameter("the second ClientHello has early_data")
    suite = next(suite for suite in before.config.suites if suite == before.retry.cipher_suite)
    config = replace(before.config, suites=(suite,))
    choice = choose(config, message, env.now_ms)
    _check_second_share(before.retry, message)
    after, actions = _answer(before.config, choice, message, raw, before.transcript, env)
    if not offers_early_data(before.first):
        return after, actions
    # The early data that followed the first ClientHello has all come before the second.
    return _rejected_by_retry(after), [SkipEarlyData(None), *actions]


def _check_second_share(retry: HelloRetryRequest, message: ClientHello) -> None:
    """Require "a list containing a single KeyShareEntry from the indicated group" (4.2.2)."""
    wanted, sent = retry.find(KeyShareHelloRetryRequest), message.find(KeyShareClientHello)
    groups_sent = [share.group for share in sent.client_shares] if sent else []
    if wanted is None or groups_sent != [wanted.selected_group]:
        raise IllegalParameter("the second ClientHello must have only the share that was asked for")


def _check_second_psks(before: WaitSecondClientHello, message: ClientHello) -> None:
    """The client may only leave out "PSKs which are incompatible with" the suite."""
    first, second = before.first.find(OfferedPsks), message.find(OfferedPsks)
    offered = [entry.identity for entry in first.identities] if first else []
    kept = [entry.identity for entry in second.identities] if second else []
    if before.identity is not None and before.identity not in kept:
        raise IllegalParameter("the second ClientHello leaves out the PSK that fits")
    remaining = iter(offered)
    # ``in`` consumes the iterator, so this also checks that the order is the same.
    if not all(identity in remaining for identity in kept):
        raise IllegalParameter("the second ClientHello offers other PSKs than the first")


def _rejected_by_retry(after: AfterFlight) -> AfterFlight:
    if isinstance(after, WaitEndOfEarlyData):
        return after
    why = "a HelloRetryRequest was needed"
    return replace(
        after, outcome=replace(after.outcome, early_data="rejected", early_data_refusal=why)
    )


def _check_psk(
    config: ServerConfig,
    choice: ServerChoice,
    message: ClientHello,
    raw: bytes,
    before: Transcript,
    now_ms: int,
) -> None:
    """Raise BinderMismatch unless "the corresponding binder value" verifies (4.3.11)."""
    offered = message.find(OfferedPsks)
    if choice.psk is None or choice.index is None or offered is None:
        return
    try:
        check_binder(choice.psk, raw, offered, choice.index, before)
    except BinderMismatch as fault:
        why = f"{fault}{_counted(config, choice, now_ms)}"
        if choice.certified:
            # The two documents differ. This follows the one on the extension: illegal_parameter
            # (draft-ietf-tls-8773bis 5.1) instead of decrypt_error (RFC 9846 6.2).
            raise IllegalParameter(why) from None
        raise BinderMismatch(why) from None


def _counted(config: ServerConfig, choice: ServerChoice, now_ms: int) -> str:
    """Count a wrong binder; returns a text for the server's log if the PSK is now locked."""
    if config.lockout is None or not isinstance(choice.psk, ExternalPsk):
        return ""
    config.lockout.failed(choice.psk, now_ms)
    return "" if config.lockout.admits(choice.psk, now_ms) else "; the PSK is locked now"


def _answer(
    config: ServerConfig,
    choice: ServerChoice,
    message: ClientHello,
    raw: bytes,
    before: Transcript,
    env: Environment,
) -> tuple[AfterFlight, Actions]:
    """Send the flight from ServerHello to Finished, and switch to the keys that follow."""
    _check_psk(config, choice, message, raw, before, env.now_ms)
    suite, psk, hash_name = choice.suite, choice.psk, choice.suite.hash_name
    outcome = agreed(config, choice, message, env.now_ms, retried=bool(before.messages))
    if psk is not None and psk.kind is PskKind.RESUMPTION and config.tickets is not None:
        config.tickets.used(psk.identity)
    hello, exchange = _server_hello(choice, message, env)
    transcript = before.add(raw, hello)
    early = EarlyStage.start(hash_name, psk.key if psk else None)
    stage = early.handshake(exchange.get("ecdhe"))
    to_server_hello = transcript.hash(hash_name)
    client_handshake_secret = stage.client_handshake_traffic_secret(to_server_hello)
    server_handshake_secret = stage.server_handshake_traffic_secret(to_server_hello)
    flight = [pack(encrypted_extensions(message, outcome))]
    if outcome.mode in CERTIFIED:
        flight += certificate_messages(config, message, hash_name, transcript.add(*flight))
    transcript = transcript.add(*flight)
    finished = make_finished(hash_name, server_handshake_secret, transcript)
    transcript = transcript.add(finished)
    main = stage.main()
    to_server_finished = transcript.hash(hash_name)
    after = WaitClientFinished(
        config=config,
        outcome=outcome,
        wants_tickets=issuing.wants_tickets(config, message),
        main=main,
        transcript=transcript,
        client_handshake_secret=client_handshake_secret,
        client_secret=main.client_application_traffic_secret_0(to_server_finished),
        server_secret=main.server_application_traffic_secret_0(to_server_finished),
        exporter_secret=main.exporter_secret(to_server_finished),
    )
    known = exchange | ({} if psk is None else {"psk": psk.key})
    known |= {
        "early_secret": early.early_secret,
        "handshake_secret": stage.handshake_secret,
        "client_handshake_traffic_secret": client_handshake_secret,
        "server_handshake_traffic_secret": server_handshake_secret,
    }
    allowed = min(config.max_early_data_size, psk.max_early_data_size if psk else 0)
    state, receiving = _receiving(after, allowed, early, raw)
    return state, [
        SendMessage(hello),
        Reveal(known),
        *([] if outcome.retried else _compatibility_ccs(message)),
        InstallKeys(Direction.SEND, Epoch.HANDSHAKE, suite, server_handshake_secret),
        *receiving,
        *(SendMessage(raw_message) for raw_message in (*flight, finished)),
        _revealed_main(after),
        InstallKeys(Direction.SEND, Epoch.APPLICATION, suite, after.server_secret),
    ]


def _server_hello(
    choice: ServerChoice, message: ClientHello, env: Environment
) -> tuple[bytes, dict[str, bytes]]:
    """The packed ServerHello; after an (EC)DHE exchange also its secret and our private key."""
    extensions: list[Extension] = [SelectedVersion()]
    exchange: dict[str, bytes] = {}
    if choice.group is not None and choice.share is not None:
        response = groups.respond(choice.group, choice.share, env.entropy)
        extensions.append(KeyShareServerHello(KeyShareEntry(choice.group, response.share)))
        exchange = {"ecdhe": response.shared_secret, "server_ecdhe": response.private_key}
    if choice.index is not None:
        extensions.append(SelectedPsk(choice.index))
    if choice.certified:
        extensions.append(CertWithExternPsk())
    hello = ServerHello(
        env.entropy(32), message.legacy_session_id, choice.suite.code_point, tuple(extensions)
    )
    return pack(hello), exchange


def _receiving(
    after: WaitClientFinished, allowed: int, early: EarlyStage, raw: bytes
) -> tuple[AfterFlight, Actions]:
    """The next state, and the receiving keys; ``allowed`` is the limit for early data, in bytes."""
    suite = after.outcome.suite
    install = InstallKeys(Direction.RECEIVE, Epoch.HANDSHAKE, suite, after.client_handshake_secret)
    if after.outcome.early_data == "none":
        return after, [install]
    if after.outcome.early_data == "rejected":
        return after, [install, SkipEarlyData(skipped(after.config))]
    secret = early.client_early_traffic_secret(Transcript(raw).hash(suite.hash_name))
    return WaitEndOfEarlyData(after), [
        Reveal({"client_early_traffic_secret": secret}),
        InstallKeys(Direction.RECEIVE, Epoch.EARLY, suite, secret),
        # "using this ticket" (4.7.1): the ticket may allow less than the server's present limit.
        TakeEarlyData(allowed),
    ]


def _revealed_main(after: WaitClientFinished) -> Reveal:
    return Reveal(
        {
            "main_secret": after.main.main_secret,
            "client_application_traffic_secret_0": after.client_secret,
            "server_application_traffic_secret_0": after.server_secret,
            "exporter_secret": after.exporter_secret,
        }
    )


def on_end_of_early_data(
    before: WaitEndOfEarlyData, message: EndOfEarlyData, raw: bytes, env: Environment
) -> tuple[WaitClientFinished, Actions]:
    """Switch to the handshake keys, under which the client's Finished comes.

    "This message indicates that all 0-RTT application_data messages ... have been transmitted"
    (4.6).
    """
    after = replace(before.after, transcript=before.after.transcript.add(raw))
    secret, suite = after.client_handshake_secret, after.outcome.suite
    return after, [InstallKeys(Direction.RECEIVE, Epoch.HANDSHAKE, suite, secret)]


def on_finished(
    before: WaitClientFinished, message: Finished, raw: bytes, env: Environment
) -> tuple[Connected, Actions]:
    """Check the client's Finished, switch to the application keys, and issue tickets."""
    outcome: Outcome = before.outcome
    hash_name = outcome.suite.hash_name
    check_finished(hash_name, before.client_handshake_secret, before.transcript, message)
    digest = before.transcript.add(raw).hash(hash_name)
    resumption_secret = before.main.resumption_secret(digest)
    actions: Actions = [
        Reveal({"resumption_secret": resumption_secret}),
        InstallKeys(Direction.RECEIVE, Epoch.APPLICATION, outcome.suite, before.client_secret),
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
        actions += issuing.tickets(before.config, after, env)
    return after, actions


def on_update(
    before: Connected, message: KeyUpdate, raw: bytes, env: Environment
) -> tuple[Connected, Actions]:
    """Follow the client to its next keys."""
    return on_key_update(before, message)
