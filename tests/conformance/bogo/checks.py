"""What a BoGo test expects of a connection, as its ``-expect-...`` flags say."""

from collections.abc import Sequence
from pathlib import Path

from tests.conformance.bogo.flags import Values, listed
from tests.conformance.bogo.roles import as_bytes, protocols
from tls13lab.crypto.certificates import load_pem_chain
from tls13lab.handshake.actions import Outcome
from tls13lab.messages.client_hello import ClientHello
from tls13lab.messages.handshake import Message
from tls13lab.messages.negotiation import Alpn, SignatureAlgorithms
from tls13lab.messages.server_flight import CertificateVerify
from tls13lab.psk.keys import ResumptionPsk


class Unexpected(Exception):
    """The connection is not what the test expects."""


def check_handshake(
    values: Values, outcome: Outcome, *, resuming: bool, offered: ResumptionPsk | None
) -> None:
    """Raise Unexpected with what differs, if anything does."""
    server = bool(values.get("server"))
    _equal("resumed", outcome.resumed, resuming and not values.get("expect-session-miss"))
    alpn = values.get("select-alpn" if server else "expect-alpn", "")
    _equal("ALPN", (outcome.alpn or b"").decode(), alpn)
    if "expect-server-name" in values:
        _equal("server name", outcome.server_name, values["expect-server-name"])
    if "expect-curve-id" in values:
        _equal("group", outcome.group, values["expect-curve-id"])
    if "expect-cipher" in values:
        _equal("suite", outcome.suite.code_point, values["expect-cipher"])
    if "expect-peer-cert-file" in values:
        pem = Path(str(values["expect-peer-cert-file"])).read_bytes()
        _equal("chain", outcome.chain, load_pem_chain(pem))
    for flag, retried in (("expect-hrr", True), ("expect-no-hrr", False)):
        if values.get(flag):
            _equal("retried", outcome.retried, retried)
    _check_early_data(values, outcome, offered, server=server)


def check_messages(values: Values, heard: Sequence[Message]) -> None:
    """What the peer's handshake messages must have said; of a signature, if there was one."""
    hello = next((one for one in heard if isinstance(one, ClientHello)), None)
    if hello is not None and "expect-advertised-alpn" in values:
        alpn = hello.find(Alpn)
        advertised = protocols(as_bytes(values["expect-advertised-alpn"]))
        _equal("the client's ALPN", alpn.protocols if alpn else (), advertised)
    if hello is not None and "expect-peer-verify-pref" in values:
        offered = hello.find(SignatureAlgorithms)
        schemes = offered.schemes if offered else ()
        _equal("the client's schemes", schemes, listed(values, "expect-peer-verify-pref"))
    for one in heard:
        if isinstance(one, CertificateVerify) and "expect-peer-signature-algorithm" in values:
            _equal("scheme", one.algorithm, values["expect-peer-signature-algorithm"])


def _check_early_data(
    values: Values, outcome: Outcome, offered: ResumptionPsk | None, *, server: bool
) -> None:
    accepted = outcome.early_data == "accepted"
    if values.get("expect-accept-early-data"):
        _equal("early data accepted", accepted, True)
    if values.get("expect-reject-early-data"):
        _equal("early data accepted", accepted, False)
    if values.get("expect-no-offer-early-data"):
        _equal("early data", outcome.early_data, "none")
    if "expect-early-data-reason" in values:
        reason = _servers_reason if server else _clients_reason
        said = reason(values, outcome, offered)
        _equal("reason about early data", said, values["expect-early-data-reason"])


_REFUSALS = {
    "": "accept",
    "this server takes no early data": "disabled",
    "no PSK was taken": "session_not_resumed",
    "early data is not allowed for this PSK": "unsupported_for_session",
    "the application protocol is not the PSK's": "alpn_mismatch",
    "the ticket's age is not what it should be": "ticket_age_skew",
    "a HelloRetryRequest was needed": "hello_retry_request",
}
"""BoringSSL's words for the reasons that a server here gives."""


def _servers_reason(values: Values, outcome: Outcome, offered: ResumptionPsk | None) -> str:
    if not values.get("enable-early-data"):
        return "disabled"
    if outcome.early_data == "rejected" and not outcome.resumed:
        return "session_not_resumed"  # whatever else there was
    if outcome.early_data == "none":
        return "no_session_offered" if not outcome.resumed else "peer_declined"
    return _REFUSALS[outcome.early_data_refusal]


def _clients_reason(values: Values, outcome: Outcome, offered: ResumptionPsk | None) -> str:
    if not values.get("enable-early-data"):
        return "disabled"
    if outcome.early_data == "accepted":
        return "accept"
    if outcome.early_data == "rejected":
        if outcome.retried:
            return "hello_retry_request"
        return "peer_declined" if outcome.resumed else "session_not_resumed"
    if offered is None:
        return "no_session_offered"
    return "unsupported_for_session" if offered.max_early_data_size == 0 else "alpn_mismatch"


def check_tickets(values: Values, tickets: list[ResumptionPsk]) -> None:
    """A client takes a ticket with it, unless it shuts down at once or the test wants none."""
    if values.get("shim-shuts-down"):
        return
    wanted = not values.get("expect-no-session")
    if wanted != bool(tickets):
        raise Unexpected(f"{len(tickets)} tickets came")
    if tickets and wanted:
        allowed = tickets[-1].max_early_data_size > 0
        expected = bool(values.get("expect-ticket-supports-early-data"))
        _equal("ticket allows early data", allowed, expected)


def _equal(what: str, is_: object, should: object) -> None:
    if is_ != should:
        raise Unexpected(f"{what} is {is_!r} and should be {should!r}")
