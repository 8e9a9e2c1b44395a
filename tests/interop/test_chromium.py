"""Chromium as a client of ``serve --http``: full, resumed, early, and after a HelloRetryRequest.

What the page says is what the server saw; the table of whole connections is in ``test_matrix``.
"""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.launched import launched
from tests.handshake.scenes import CREDENTIAL
from tls13lab.handshake.config import ServerConfig
from tls13lab.peers.background import serving
from tls13lab.peers.web_page import WebPage
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.wire.codepoints import NamedGroup

pytestmark = [pytest.mark.browser, pytest.mark.full]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    flags = ("--ignore-certificate-errors", "--enable-features=EnableTLS13EarlyData")
    with launched(*flags) as browser:
        yield browser


def visits(browser: Browser, server: ServerConfig, number: int) -> list[dict[str, str]]:
    """What the page's table says, visit after visit."""
    told = []
    with serving(server, application=WebPage) as running:
        context = browser.new_context()
        page = context.new_page()
        for _ in range(number):
            page.goto(f"https://localhost:{running.port}/")
            assert page.title() == "tls13lab: the handshake of this page"
            rows = page.locator("tbody tr").all_inner_texts()
            told.append({row.split("\t")[0]: row.split("\t")[1] for row in rows})
        context.close()
    return told


def test_the_second_visit_resumes_and_sends_its_request_early(browser: Browser) -> None:
    server = ServerConfig(
        credential=CREDENTIAL, tickets=StatefulTickets(), max_early_data_size=16_384
    )
    first, second = visits(browser, server, 2)
    assert (first["mode"], first["ticket"], first["early data (0-RTT)"]) == (
        "full",
        "none used",
        "none",
    )
    assert (second["mode"], second["ticket"]) == ("psk_dhe_ke", "resumed with a ticket")
    assert second["early data (0-RTT)"] == "accepted"
    for one in (first, second):
        assert one["group"] == "x25519"
        assert one["server name"] == "localhost"
        assert re.fullmatch(r"TLS_\w+", one["cipher suite"])


def test_a_group_without_a_share_brings_a_hello_retry_request(browser: Browser) -> None:
    server = ServerConfig(
        credential=CREDENTIAL, tickets=StatefulTickets(), groups=(NamedGroup.SECP384R1,)
    )
    first, second = visits(browser, server, 2)
    assert (first["HelloRetryRequest"], first["group"]) == ("yes", "secp384r1")
    assert second["mode"] == "psk_dhe_ke"


def test_a_hybrid_group_is_the_first_choice_if_the_server_has_it_first(browser: Browser) -> None:
    server = ServerConfig(
        credential=CREDENTIAL, groups=(NamedGroup.X25519MLKEM768, NamedGroup.X25519)
    )
    (only,) = visits(browser, server, 1)
    assert (only["group"], only["HelloRetryRequest"]) == ("X25519MLKEM768", "no")
