"""RFC 8448: every value is checked, all checks pass, and a wrong value makes one fail."""

import copy
import json
import re
from collections.abc import Iterator
from importlib import resources
from typing import Any

import pytest

from tests.sampled import sampled
from tls13lab.crypto.certificates import self_signed
from tls13lab.crypto.entropy import seeded
from tls13lab.messages.handshake import pack
from tls13lab.messages.server_flight import Certificate, CertificateEntry
from tls13lab.vectors.rfc8448 import CheckedValue, checks
from tls13lab.vectors.trace import load, parse

DOCUMENT: dict[str, Any] = json.loads(
    resources.files("tls13lab.vectors").joinpath("rfc8448.json").read_text()
)
HEX = re.compile(r"(?:[0-9a-f]{2})+")


def hex_leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from hex_leaves(value, (*path, name))
    elif HEX.fullmatch(node):
        yield path


LEAVES = list(hex_leaves(DOCUMENT))
NUMBER_OF_CHECKS = len(list(checks()))
P256_CERTIFICATE = pack(
    Certificate(b"", (CertificateEntry(self_signed("lab.example", 10**12, seeded("")).chain[0]),))
).hex()


def corrupted(path: tuple[str, ...], byte: int) -> dict[str, Any]:
    """The document with one bit of one value turned."""
    document = copy.deepcopy(DOCUMENT)
    node = document
    for name in path[:-1]:
        node = node[name]
    value = bytearray.fromhex(node[path[-1]])
    value[byte] ^= 1
    node[path[-1]] = value.hex()
    return document


def value_of(check: CheckedValue) -> tuple[str, str]:
    return check.section, check.name.partition(": ")[0]


def test_all_checks_pass() -> None:
    found = list(checks())
    assert [str(check) for check in found if not check.ok] == []
    assert all(check.expected for check in found)


def test_the_checks_cover_every_hex_value_of_the_file() -> None:
    assert len(LEAVES) > 90
    assert {value_of(check) for check in checks()} == {
        (section, "/".join(rest)) for section, *rest in LEAVES
    }


def test_no_check_has_the_name_of_another() -> None:
    names = [(check.section, check.name) for check in checks()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("path", sampled(LEAVES, 4, "/".join))
def test_a_wrong_value_makes_a_check_fail(path: tuple[str, ...]) -> None:
    section, group, *_ = path
    mine = (section, "/".join(path[1:]))
    failed = {value_of(check) for check in checks(parse(corrupted(path, -1))) if not check.ok}
    if group == "secrets":
        # All else is recomputed from the given values, never from another derived one. (Section
        # 4's shared secret is given, and checked by the handshake secret that it leads to.)
        assert failed - {("section_4", "ecdhe_shared_secret")} == {mine}
    elif group == "messages":
        # A changed message may be a message, too; but it is not in its transcript or its record.
        assert len({one for one in failed if one[0] == section}) > 2
    else:
        assert mine in failed


# A wrong first byte (a message's type, a record's type) mostly cannot even be parsed.
@pytest.mark.parametrize(
    "path", sampled((one for one in LEAVES if one[1] in ("messages", "records")), 4, "/".join)
)
def test_a_value_that_does_not_parse_fails_and_the_other_checks_still_run(
    path: tuple[str, ...],
) -> None:
    section, *rest = path
    found = list(checks(parse(corrupted(path, 0))))
    assert len(found) == NUMBER_OF_CHECKS
    assert (section, "/".join(rest)) in {value_of(check) for check in found if not check.ok}


def test_a_wrong_nonce_is_felt_in_the_resumed_handshake() -> None:
    broken = parse(corrupted(("section_3", "ticket", "ticket_nonce"), 0))
    failed = {value_of(check) for check in checks(broken) if not check.ok}
    assert {
        ("section_3", "ticket/resumption_psk"),
        ("section_4", "resumption_psk"),
        ("section_4", "binder"),
    } <= failed
    assert ("section_3", "secrets/resumption_master_secret") not in failed


@pytest.mark.parametrize(
    ("section", "path", "other", "fails"),
    [
        # Messages of another kind than the name says.
        ("section_3", "messages/client_hello", "05000000", "client_x25519_public: in the hello"),
        ("section_3", "messages/server_hello", "05000000", "server_x25519_public: in the hello"),
        ("section_4", "messages/client_hello", "05000000", "truncated_client_hello"),
        (
            "section_3",
            "messages/server_certificate_verify",
            "05000000",
            "messages/server_certificate_verify: the signature verifies",
        ),
        # A Certificate message without a certificate, and one with a key that is not RSA.
        (
            "section_3",
            "messages/server_certificate",
            "0b00000400000000",
            "server_rsa_key/modulus: in the certificate",
        ),
        (
            "section_3",
            "messages/server_certificate",
            P256_CERTIFICATE,
            "server_rsa_key/modulus: in the certificate",
        ),
        # Less than a record, and more.
        ("section_3", "records/server_hello", "16030300", "records/server_hello: its message"),
        ("section_3", "records/server_hello", "160303000000", "records/server_hello: its message"),
    ],
)
def test_another_value_in_its_place_fails(section: str, path: str, other: str, fails: str) -> None:
    document = copy.deepcopy(DOCUMENT)
    group, name = path.split("/")
    document[section][group][name] = other
    found = {check.name: check for check in checks(parse(document)) if check.section == section}
    assert not found[fails].ok
    assert found[fails].computed == b""


def test_the_result_says_whether_it_is_good() -> None:
    good, bad = (
        CheckedValue("section_3", "x", b"a", b"a"),
        CheckedValue("section_3", "y", b"a", b""),
    )
    assert (good.ok, bad.ok) == (True, False)
    assert (str(good), str(bad)) == ("ok   section_3 x", "FAIL section_3 y")


def test_load_gives_the_values_as_bytes_in_their_order() -> None:
    vectors = load()
    assert vectors.source.startswith("RFC 8448")
    assert list(vectors.resumed.messages) == [
        "client_hello",
        "server_hello",
        "encrypted_extensions",
        "server_finished",
        "end_of_early_data",
        "client_finished",
    ]
    assert vectors.full["ticket/ticket_nonce"] == bytes(2)
    assert vectors.full.secrets["early_secret"][:4].hex() == "33ad0a1c"
    assert vectors.full.records["server_hello"][5:] == vectors.full.messages["server_hello"]
    assert "section 4" in vectors.resumed.title
    assert vectors is load()
    with pytest.raises(KeyError):
        vectors.full["secrets/no_such_secret"]
