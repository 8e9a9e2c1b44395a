"""All questions, by subject: those to the server, and those to the client."""

from typing import Protocol

from tests.conformance.probes import (
    after,
    early,
    hellos,
    psks,
    retries,
    tickets,
    to_client,
    to_client_after,
    to_client_flight,
)


class Probe(Protocol):
    """A question in either role; ``section`` is RFC 9846's, ``answer`` the right one."""

    @property
    def name(self) -> str:
        """What is wrong in it."""

    @property
    def section(self) -> str:
        """Where the RFC decides it."""

    @property
    def answer(self) -> str:
        """The alert, or ``goes on``."""

    def put(self, port: int) -> str:
        """What comes back; a question to the client has no use for the port of the server."""


TO_SERVER: dict[str, tuple[Probe, ...]] = {
    "PSKs": psks.QUESTIONS,
    "tickets": tickets.QUESTIONS,
    "hellos": hellos.QUESTIONS,
    "the second hello": retries.QUESTIONS,
    "records": after.QUESTIONS,
    "early data": early.QUESTIONS,
}
TO_CLIENT: dict[str, tuple[Probe, ...]] = {
    "to the client: HelloRetryRequest": to_client.RETRIES,
    "to the client: ServerHello": to_client.HELLOS,
    "to the client: the flight behind it": to_client_flight.QUESTIONS,
    "to the client: tickets and KeyUpdates": to_client_after.QUESTIONS,
}
SUBJECTS = TO_SERVER | TO_CLIENT
