"""A web page that shows a browser the handshake of its own connection. HTTP/1.1, GET and HEAD.

The server closes the connection after each request, so a reload shows a new handshake.

>>> status(b"GET / HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n")
(200, 'OK')
>>> status(b"GET /favicon.ico HTTP/1.1\\r\\n\\r\\n")[0], status(b"PUT / HTTP/1.1\\r\\n\\r\\n")[0]
(404, 405)
"""

from html import escape

from tls13lab.handshake.actions import Outcome
from tls13lab.peers.server import Served
from tls13lab.wire.codepoints import NamedGroup, name_of
from tls13lab.wire.names import Mode

LARGEST = 16_384
"""The most bytes of a request."""
_END = b"\r\n\r\n"
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}
_METHODS = (b"GET", b"HEAD")
_TEXT = "text/plain; charset=utf-8"


class WebPage:
    """The application: it reads one request, answers it, and is done."""

    def __init__(self) -> None:
        self.done = False
        self._request = b""
        self._early = 0

    def receive(self, data: bytes, served: Served, *, early: bool) -> bytes:
        """Take data and return the response, or nothing while the request is incomplete."""
        if self.done:
            return b""
        self._request += data
        self._early += len(data) if early else 0
        if _END not in self._request and len(self._request) <= LARGEST:
            return b""
        self.done = True
        return response(self._request, served.outcome, self._early)


def status(request: bytes) -> tuple[int, str]:
    """The HTTP status code and reason for a request."""
    words = request.partition(b"\r\n")[0].split(b" ")
    if len(request) > LARGEST or len(words) != 3 or not words[2].startswith(b"HTTP/1."):
        code = 400
    elif words[0] not in _METHODS:
        code = 405
    else:
        code = 200 if words[1].partition(b"?")[0] == b"/" else 404
    return code, _REASONS[code]


def response(request: bytes, outcome: Outcome | None, early: int) -> bytes:
    """The whole HTTP response. ``early`` is how many bytes of the request were 0-RTT data."""
    code, reason = status(request)
    if code == 200 and outcome is not None:
        kind, body = "text/html; charset=utf-8", page(outcome, early).encode("utf-8")
    else:
        kind, body = _TEXT, f"{code} {reason}\n".encode("ascii")
    head = [
        f"HTTP/1.1 {code} {reason}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'",
        "Connection: close",
        *(["Allow: GET, HEAD"] if code == 405 else []),
    ]
    shown = b"" if request.startswith(b"HEAD ") else body
    return "\r\n".join(head).encode("ascii") + _END + shown


def page(outcome: Outcome, early: int) -> str:
    """The page that shows a handshake, as HTML; ``early`` as in :func:`response`."""
    rows = "".join(
        f"<tr><th scope=row>{name}</th><td><b>{escape(value)}</b></td><td>{meaning}</td></tr>"
        for name, value, meaning in facts(outcome, early)
    )
    return _PAGE.replace("ROWS", rows)


def facts(outcome: Outcome, early: int) -> list[tuple[str, str, str]]:
    """What the handshake negotiated, each with its name, its value and its meaning."""
    group = "none" if outcome.group is None else name_of(NamedGroup, outcome.group)
    found = [
        ("mode", outcome.mode, _ABOUT[outcome.mode]),
        ("cipher suite", outcome.suite.name, "protects the records, and sets the hash"),
        (
            "group",
            group,
            "no Diffie-Hellman exchange: the PSK is the only secret"
            if outcome.group is None
            else "used for the Diffie-Hellman exchange",
        ),
        ("ticket", *_ticket(outcome)),
        ("early data (0-RTT)", *_early(outcome, early)),
        (
            "HelloRetryRequest",
            "yes" if outcome.retried else "no",
            "the browser sent no share of a group that the server accepts"
            if outcome.retried
            else "the server did not need another share",
        ),
        ("server name", *_server_name(outcome)),
    ]
    return found


def _server_name(outcome: Outcome) -> tuple[str, str]:
    if outcome.server_name:
        return outcome.server_name, "sent by the browser, in the clear"
    return "none", "the browser sent none: for an address made of numbers, there is no name to send"


_ABOUT: dict[Mode, str] = {
    "full": "a full handshake: the server sent its certificate",
    "cert_with_extern_psk": "a certificate, and an external PSK that also goes into the keys",
    "psk_dhe_ke": "a PSK and a fresh Diffie-Hellman exchange; no certificate was sent",
    "psk_ke": "only a PSK: no certificate was sent, and there is no forward secrecy",
}


def _ticket(outcome: Outcome) -> tuple[str, str]:
    if outcome.resumed:
        return "resumed with a ticket", "from an earlier connection of this browser to this server"
    if outcome.psk_kind is not None:
        return "external PSK", "both sides already had this PSK; no ticket was used"
    return "none used", "reload the page: if the browser got a ticket, it may use it"


def _early(outcome: Outcome, early: int) -> tuple[str, str]:
    if outcome.early_data == "accepted":
        return "accepted", (
            f"{early} bytes of this request came before the handshake was done; TLS guarantees no "
            "forward secrecy for them, and they may be a replay"
        )
    if outcome.early_data == "rejected":
        return "rejected", f"the browser sent it again; {escape(outcome.early_data_refusal)}"
    return "none", "the browser sent its request after the handshake"


_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>tls13lab: the handshake of this page</title>
<style>
:root { color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif; }
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .45rem .8rem .45rem 0; }
tr { border-top: 1px solid; }
th { font-weight: normal; white-space: nowrap; }
</style>
</head>
<body>
<main>
<h1>The handshake that brought this page</h1>
<p>Your browser and tls13lab have just made a TLS 1.3 connection. This is what the server saw of
it.</p>
<table>
<caption hidden>What the handshake negotiated</caption>
<thead><tr><th scope="col">what</th><th scope="col">here</th><th scope="col">meaning</th></tr>
</thead>
<tbody>ROWS</tbody>
</table>
<h2>What you can try</h2>
<ul>
<li><b>Reload.</b> Each reload is a new connection. The second one usually resumes with a
ticket: see the mode change.</li>
<li><b>Restart the server and reload.</b> It has a new ticket key, so the old ticket is worthless
and the handshake is a full one.</li>
<li>Start it with <code>--groups secp384r1</code> and look for the HelloRetryRequest, or with
<code>--max-early-data 16384</code> and see whether your browser sends early data.</li>
<li>Record it with <code>--record talk.pcapng --keylog keys.txt</code> and read every message:
<code>tls13lab inspect talk.pcapng --keylog keys.txt</code>.</li>
</ul>
<p>This server is for learning. It protects nothing.</p>
</main>
</body>
</html>
"""
