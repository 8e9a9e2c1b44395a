"""The schedule table's own rules: labels, inputs, names."""

import itertools

import pytest

from tls13lab.crypto.schedule import (
    FAMILIES,
    LEAVES,
    SCHEDULE,
    TRAFFIC_SECRETS,
    Context,
    Length,
    Operation,
    Row,
    ancestors,
    descendants,
)

ROWS = {**SCHEDULE, **FAMILIES}
# What the rows of FAMILIES are applied to, besides rows: kinds of secrets.
KINDS = {
    "traffic_secret": set(TRAFFIC_SECRETS),
    "application_traffic_secret": {name for name in TRAFFIC_SECRETS if "application" in name},
    "base_key": {
        "ext_binder_key",
        "res_binder_key",
        "client_handshake_traffic_secret",
        "server_handshake_traffic_secret",
    },
}


def test_no_label_stands_twice_except_the_one_between_stages() -> None:
    labels = [row.label for row in ROWS.values() if row.label]
    twice = {label for label in labels if labels.count(label) > 1}
    assert twice == {"derived"}
    assert labels.count("derived") == 2


def test_no_name_is_in_both_tables_or_differs_from_its_key() -> None:
    assert not set(SCHEDULE) & set(FAMILIES)
    assert all(name == row.name for name, row in ROWS.items())
    assert not set(LEAVES) & set(ROWS)


def test_every_input_is_an_earlier_row_or_a_leaf() -> None:
    known = set(LEAVES)
    for row in SCHEDULE.values():
        assert set(row.inputs) <= known, row.name
        known.add(row.name)


def test_every_input_of_a_family_is_a_row_or_a_kind_of_secret() -> None:
    for row in FAMILIES.values():
        assert set(row.inputs) <= set(ROWS) | set(KINDS), row.name
    assert set().union(*KINDS.values()) <= set(SCHEDULE)


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.name)
def test_a_row_has_what_its_operation_takes(row: Row) -> None:
    match row.operation:
        case Operation.EXTRACT:
            assert len(row.inputs) == 2
            assert (row.label, row.context) == ("", Context.NONE)
        case Operation.HMAC:
            assert len(row.inputs) == 1
            assert row.label == ""
            assert row.context is not Context.NONE
        case _:
            assert len(row.inputs) == 1
            assert row.context is not Context.NONE
            # The exporter's label is the application's.
            assert bool(row.label) == (row.name != "derived_exporter_secret")
    assert row.length is Length.HASH or row.operation is Operation.EXPAND_LABEL


def test_labels_fit_their_field() -> None:
    # "opaque label<7..255> = "tls13 " + Label" (7.1)
    for row in ROWS.values():
        assert len(b"tls13 " + row.label.encode("ascii")) <= 255


def test_extractions_form_the_spine_in_the_rfcs_order() -> None:
    spine = [row.name for row in SCHEDULE.values() if row.operation is Operation.EXTRACT]
    assert spine == ["early_secret", "handshake_secret", "main_secret"]
    for later, earlier in itertools.pairwise(reversed(spine)):
        assert earlier in ancestors(later)


def test_both_names_and_keylog_labels_are_unique() -> None:
    names = [row.rfc8446_name or row.name for row in ROWS.values()]
    keylog = [row.keylog for row in ROWS.values() if row.keylog]
    assert len(set(names)) == len(names)
    assert len(set(keylog)) == len(keylog) == 7


@pytest.mark.parametrize(
    ("name", "old"),
    [
        ("main_secret", "master_secret"),
        ("exporter_secret", "exporter_master_secret"),
        ("early_exporter_secret", "early_exporter_master_secret"),
        ("resumption_secret", "resumption_master_secret"),
    ],
)
def test_renamed_secrets_keep_their_old_name_once(name: str, old: str) -> None:
    assert SCHEDULE[name].rfc8446_name == old
    assert [row.name for row in ROWS.values() if row.rfc8446_name == old] == [name]


def test_the_rfcs_labels() -> None:
    # Written out a second time on purpose: this list is read off RFC 9846, not off the table.
    assert {row.name: row.label for row in ROWS.values() if row.label} == {
        "ext_binder_key": "ext binder",
        "res_binder_key": "res binder",
        "client_early_traffic_secret": "c e traffic",
        "early_exporter_secret": "e exp master",
        "early_derived_secret": "derived",
        "client_handshake_traffic_secret": "c hs traffic",
        "server_handshake_traffic_secret": "s hs traffic",
        "handshake_derived_secret": "derived",
        "client_application_traffic_secret_0": "c ap traffic",
        "server_application_traffic_secret_0": "s ap traffic",
        "exporter_secret": "exp master",
        "resumption_secret": "res master",
        "key": "key",
        "iv": "iv",
        "next_traffic_secret": "traffic upd",
        "finished_key": "finished",
        "resumption_psk": "resumption",
        "exported": "exporter",
    }


def test_traffic_secrets_are_the_five() -> None:
    assert TRAFFIC_SECRETS == (
        "client_early_traffic_secret",
        "client_handshake_traffic_secret",
        "server_handshake_traffic_secret",
        "client_application_traffic_secret_0",
        "server_application_traffic_secret_0",
    )


def test_what_depends_on_the_psk_and_on_the_shares() -> None:
    assert descendants("psk") == set(SCHEDULE)
    early = {name for name, row in SCHEDULE.items() if "early_secret" in row.inputs}
    assert descendants("ecdhe") == set(SCHEDULE) - early - {"early_secret"}
    assert descendants("resumption_secret") == frozenset()


def test_ancestors_and_descendants_are_each_others_inverse() -> None:
    for one, other in itertools.product([*SCHEDULE, *LEAVES], SCHEDULE):
        assert (one in ancestors(other)) == (other in descendants(one))
    assert all(ancestors(leaf) == frozenset() for leaf in LEAVES)
