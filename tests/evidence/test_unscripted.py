"""The adversary without a script: it finds what is known, what was planted, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pytest

from tests.evidence.some import of_one_connection, some
from tests.sampled import sampled
from tls13lab.crypto.certificates import TrustAnyone
from tls13lab.evidence import searched
from tls13lab.evidence.cast import cast_of, known_of
from tls13lab.evidence.matrix import Disagreement, verdicts
from tls13lab.evidence.stage import EARLY_WORDS, stage
from tls13lab.handshake import server as server_side
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.impostor.moves import Leaked
from tls13lab.impostor.parties import Party, Runs
from tls13lab.impostor.redelivery import taken_again
from tls13lab.impostor.selfie import context_of
from tls13lab.impostor.unscripted import BINDER, Cast, Searched, search
from tls13lab.psk.importer import import_psk
from tls13lab.psk.stateless import StatelessTickets, TicketKey
from tls13lab.symbolic.claims import Cell, cells, decide
from tls13lab.symbolic.vocabulary import SCENE_MODES, Leaks, SceneMode

EXTERNAL = [mode for mode in SCENE_MODES if mode.startswith("external")]
RESUMPTION = [mode for mode in SCENE_MODES if mode.startswith("resumption")]
CERTIFIED = [mode for mode in RESUMPTION if "-from-" not in mode]
NOTHING = Leaked()


def look(cast: Cast, mode: SceneMode, known: Leaked = NOTHING) -> Searched:
    """Searched with runs of its own: what was planted must not be remembered."""
    return search(cast, known, Runs(stage(mode).now_ms))


def changed(cast: Cast, name: str, **fields: object) -> Cast:
    """The cast with another configuration of one party, or another seed."""

    def one(party: Party) -> Party:
        if str(party) != name:
            return party
        seed = fields.get("seed")
        if isinstance(seed, str):
            return replace(party, seed=seed)
        return replace(party, config=replace(party.config, **fields))  # type: ignore[arg-type]

    assert name in map(str, cast.parties)
    return replace(cast, parties=tuple(map(one, cast.parties)))


# Every cell ---------------------------------------------------------------------------------------


def active() -> list[Cell]:
    return [cell for cell in cells() if cell.adversary != "passive" and not cell.why]


def disagreeing(asked: Iterable[Cell]) -> list[str]:
    wrong = []
    for cell in asked:
        try:
            verdicts(cell, searching=True)
        except Disagreement as reason:
            wrong.append(str(reason))
    return wrong


def test_model_scripts_and_search_agree() -> None:
    """A sample: nothing resumed, no leak and each alone, outside of peer_identity's options."""
    sooner = [cell for cell in active() if of_one_connection(cell.mode)]
    sample = [cell for cell in sooner if len(cell.leaks) < 2 and cell.asset != "peer_identity"]
    sample += [cell for cell in sooner if cell.asset == "peer_identity" and not cell.leaks]
    assert len(sample) > 250
    assert disagreeing(sample) == []


@pytest.mark.full
def test_they_agree_in_every_cell() -> None:
    assert disagreeing(active()) == []


def test_a_wrong_cell_is_found_out() -> None:
    cell = decide("external-psk_ke", "client_authentication", "active", ("ticket_key",))
    with pytest.raises(Disagreement, match="the search says lost"):
        verdicts(replace(cell, verdict="kept", steps=0), searching=True)


# What is known ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", some(SCENE_MODES))
def test_with_nothing_stolen_it_finds_nothing(mode: SceneMode) -> None:
    """But for a reflection or a rerouted call, which need no theft."""
    found = searched.found(mode, ())
    assert found.lost == {}
    assert found.sessions > 10


@pytest.mark.parametrize("mode", some([*RESUMPTION, *EXTERNAL]))
def test_it_finds_impersonation_on_both_sides(mode: SceneMode) -> None:
    lost = searched.found(mode, ("psk",)).lost
    assert {"server_authentication", "client_authentication"} <= set(lost)
    assert (
        lost["server_authentication"] == "alice calls bob, and receives: mallory answers with all "
        "that it knows"
    )


@pytest.mark.parametrize("mode", EXTERNAL)
def test_it_finds_selfie(mode: SceneMode) -> None:
    options = {"group": "two", "importer": "off", "roles": "both"}
    found = searched.found(mode, (), options)
    assert found.lost == {"peer_identity": "alice calls bob, and receives: alice answers"}
    for mended in ({"roles": "fixed"}, {"importer": "on"}):
        assert searched.found(mode, (), options | mended).lost == {}


@pytest.mark.parametrize("mode", EXTERNAL)
def test_it_finds_rerouting_in_a_group_of_three(mode: SceneMode) -> None:
    options = {"group": "more", "importer": "off", "roles": "fixed"}
    found = searched.found(mode, (), options)
    assert found.lost == {"peer_identity": "alice calls bob, and receives: carol answers"}
    assert searched.found(mode, (), options | {"importer": "on"}).lost == {}


@pytest.mark.parametrize("mode", EXTERNAL)
def test_it_finds_the_forged_ticket(mode: SceneMode) -> None:
    lost = searched.found(mode, ("ticket_key",)).lost
    assert set(lost) >= {"client_authentication", "application_data", "next_psk"}
    assert "mallory connects with a ticket that it sealed" in lost["client_authentication"]
    assert "server_authentication" not in lost


def test_it_finds_the_false_issuer() -> None:
    """Two steps: the certificate's key gives Alice a ticket, and the ticket's PSK is the rest."""
    lost = searched.found("resumption-psk_ke", ("certificate_key",)).lost
    assert lost["psk"] == "alice resumes, and receives: nothing"


@pytest.mark.parametrize("mode", sampled(CERTIFIED, 2))
def test_what_it_sends_as_itself_repeats_nobody(mode: SceneMode) -> None:
    """With the certificate's key it reads what Alice sends early, and can say the same as itself.

    That is no replay: a server that remembers ClientHellos has taken Alice's data once.
    """
    leaks: Leaks = ("certificate_key",)
    assert any(EARLY_WORDS in words for words in searched.found(mode, leaks).known.words)
    assert not searched.lost(mode, "early_data_freshness", leaks, {"anti_replay": "on"})
    assert searched.lost(mode, "early_data_freshness", ("psk",), {"anti_replay": "on"})


# What is planted ----------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", EXTERNAL)
def test_planted_a_ticket_key_of_zeros(mode: SceneMode) -> None:
    """As servers have had it that began to issue tickets before they had drawn a key."""
    flawed = changed(
        cast_of(mode), "bob answers", tickets=StatelessTickets(TicketKey(bytes(16), bytes(32)))
    )
    found = look(flawed, mode).lost
    assert "a ticket under a made-up key" in found["client_authentication"]


@pytest.mark.parametrize("mode", EXTERNAL)
def test_planted_a_psk_of_zeros(mode: SceneMode) -> None:
    external = stage(mode).external
    assert external is not None
    psks = (replace(external, key=bytes(32)),)
    cast = changed(cast_of(mode), "bob answers", psks=psks)
    assert "a made-up key" in look(cast, mode).lost["client_authentication"]


def test_planted_a_client_that_believes_every_certificate() -> None:
    cast = changed(cast_of("full"), "alice calls bob", trust=TrustAnyone())
    assert "server_authentication" in look(cast, "full").lost
    assert look(cast_of("full"), "full").lost == {}


@pytest.mark.parametrize("mode", some(SCENE_MODES))
def test_planted_a_client_that_draws_the_same_random_bytes_again(mode: SceneMode) -> None:
    """The server's half of the recording, played back to it, is a server."""
    last = len(stage(mode).pairs) - 1
    cast = changed(cast_of(mode), "alice calls bob", seed=f"claims {mode} {last} client")
    assert (
        look(cast, mode).lost["server_authentication"]
        == "alice calls bob, and receives: the recording"
    )


@pytest.mark.parametrize("mode", some([*RESUMPTION, *EXTERNAL]))
def test_planted_a_server_that_draws_the_same_random_bytes_again(mode: SceneMode) -> None:
    last = len(stage(mode).pairs) - 1
    cast = changed(cast_of(mode), "bob answers", seed=f"claims {mode} {last} server")
    how = look(cast, mode).lost["client_authentication"]
    assert how == "bob answers, and receives: the recording, then the recording"


@pytest.mark.parametrize("mode", EXTERNAL)
def test_planted_an_importer_whose_context_names_nobody(mode: SceneMode) -> None:
    options = {"group": "more", "importer": "on", "roles": "fixed"}
    cast = cast_of(mode, options)
    external = stage(mode).external
    assert external is not None
    alike = import_psk(external, b"a group")
    for name in map(str, cast.parties):
        cast = changed(cast, name, psks=alike)
    assert look(cast, mode).lost == {
        "peer_identity": "alice calls bob, and receives: carol answers"
    }
    assert context_of(b"alice", b"bob") != context_of(b"alice", b"carol")


@pytest.mark.parametrize("mode", some([*RESUMPTION, *EXTERNAL]))
def test_planted_a_server_that_checks_no_binder(
    mode: SceneMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No asset falls with it, because Finished is there too; it answers strangers all the same."""
    assert BINDER not in look(cast_of(mode), mode, known_of(mode, ("psk",))).lost
    monkeypatch.setattr(server_side, "check_binder", lambda *anything: None)
    assert set(look(cast_of(mode), mode).lost) == {BINDER}


@dataclass
class Forgetful:
    """A memory against replays that keeps nothing but the last ClientHello."""

    last: bytes = b""

    def first_time(
        self, identity: bytes, binder: bytes, now_ms: int, issued_ms: int | None
    ) -> bool:
        new, self.last = binder != self.last, binder
        return new


@pytest.mark.parametrize("mode", some([*RESUMPTION, *EXTERNAL]))
def test_planted_a_memory_that_forgets(mode: SceneMode) -> None:
    one = stage(mode)
    flights = tuple(look(cast_of(mode), mode).flights.items())
    for memory, taken in ((Forgetful(), True), (type(ServerConfig().anti_replay)(), False)):
        server = replace(one.server, anti_replay=memory)
        assert taken_again(server, flights, EARLY_WORDS, one.now_ms) is taken


def test_planted_roles_are_what_the_search_is_told() -> None:
    """A client's flights go to servers, a server's to clients: both kinds are in the recording."""
    cast = cast_of("external-psk_ke")
    assert {flight.by_client for flight in cast.recorded} == {True, False}
    assert {isinstance(party.config, ClientConfig) for party in cast.parties} == {True, False}
