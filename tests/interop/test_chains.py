"""Our server ends a chain of resumptions with OpenSSL's client, which would go on for ever.

Only the server's clock is moved: ``s_client`` believes that all of this takes a second.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tls13lab.crypto.certificates import self_signed
from tls13lab.handshake.config import Environment, ServerConfig
from tls13lab.peers.background import serving
from tls13lab.peers.link import real_environment
from tls13lab.peers.openssl import s_client
from tls13lab.psk.stateful import StatefulTickets
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.psk.tickets import TicketBook

pytestmark = [pytest.mark.openssl, pytest.mark.usefixtures("binary")]
HOUR_S = 3600
BOOKS: dict[str, Callable[[], TicketBook]] = {
    "stateless": lambda: StatelessTickets(TicketKey.from_bytes(bytes(48))),
    "stateful": StatefulTickets,
}


def modes_of_openssl(config: ServerConfig, session: Path, visits: int) -> list[str]:
    """It comes every hour by the server's clock, with the newest ticket that it has."""
    late_ms = 0

    def moved() -> Environment:
        now = real_environment()
        return now._replace(now_ms=now.now_ms + late_ms)

    with serving(config, environment=moved) as server:
        for visit in range(visits):
            offered = session if session.exists() else None
            s_client(server.port, session=offered, save_session=session)
            served = server.wait_for(visit + 1)
            late_ms += HOUR_S * 1000
    return [one.outcome.mode for one in served if one.outcome is not None]


@pytest.mark.parametrize("kind", BOOKS)
def test_openssl_s_client_resumes_until_the_chain_is_at_its_end(tmp_path: Path, kind: str) -> None:
    env = real_environment()
    config = ServerConfig(
        credential=self_signed("localhost", env.now_ms, env.entropy),
        tickets=BOOKS[kind](),
        ticket_lifetime_s=2 * HOUR_S,
        resume_within_s=3 * HOUR_S + HOUR_S // 2,  # half an hour to spare, whatever the speed
    )
    chain = ["full", *["psk_dhe_ke"] * 3]
    assert modes_of_openssl(config, tmp_path / "session", 9) == [*chain, *chain, "full"]
