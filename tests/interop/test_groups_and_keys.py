"""Each group, and certificates of every kind, with this machine's OpenSSL at either end."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.test_certificate_kinds import KEYS, pem
from tls13lab.crypto import groups
from tls13lab.crypto.certificates import TrustAnyone, TrustRoots, load_credential, load_pem_chain
from tls13lab.handshake.config import ClientConfig, ServerConfig
from tls13lab.peers.background import serving
from tls13lab.peers.client import connect
from tls13lab.peers.openssl import CertificateFiles, OpenSSL, OpenSSLServer, s_client
from tls13lab.wire.codepoints import NamedGroup

CLASSIC = tuple(one for one in groups.SUPPORTED if one is not NamedGroup.X25519MLKEM768)
LINE, BACK = b"hello\n", b"olleh\n"  # s_server turns each line round


def openssl_s(group: NamedGroup) -> str:
    """OpenSSL's name of a group."""
    return {"X25519": "X25519", "X448": "X448"}.get(group.name, f"P-{group.name[4:7]}")


@pytest.mark.parametrize("group", CLASSIC, ids=lambda group: group.name.lower())
def test_a_group_with_and_without_a_share(group: NamedGroup, binary: OpenSSL) -> None:
    other = next(one for one in CLASSIC if one is not group)
    client = ClientConfig(trust=TrustAnyone(), groups=(group,))
    with OpenSSLServer(groups=[openssl_s(group)]) as server:
        for config in (client, replace(client, groups=(other, group))):
            report = connect("127.0.0.1", server.port, config, send=LINE)
            assert (report.received, report.outcome.group) == (BACK, group)
            assert report.outcome.retried == (config is not client)
    credential = load_credential(*pem(KEYS["P-256"]()))
    with serving(ServerConfig(credential=credential, groups=(group,))) as running:
        for number, offered in enumerate(([group], [other, group]), 1):
            names = [openssl_s(one) for one in offered]
            assert s_client(running.port, groups=names, send=LINE).received == LINE
            outcome = running.wait_for(number)[-1].outcome
            assert outcome is not None
            assert (outcome.group, outcome.retried) == (group, number == 2)


@pytest.mark.parametrize("kind", KEYS)
def test_a_certificate_of_each_kind(kind: str, binary: OpenSSL, tmp_path: Path) -> None:
    files = CertificateFiles(*(tmp_path / name for name in ("ca.pem", "server.pem", "server.key")))
    certificate, key = pem(KEYS[kind]())
    for path, content in ((files.ca, certificate), (files.leaf, certificate), (files.key, key)):
        path.write_bytes(content)
    client = ClientConfig(trust=TrustRoots(load_pem_chain(certificate)), server_name="lab.example")
    with OpenSSLServer(certificate=files) as server:
        report = connect("127.0.0.1", server.port, client, send=LINE)
    assert (report.mode, report.received) == ("full", BACK)
    with serving(ServerConfig(credential=load_credential(certificate, key))) as running:
        assert s_client(running.port, send=LINE).received == LINE
