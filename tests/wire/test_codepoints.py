"""Code points: distinct, in range, and named in the RFC's spelling."""

from enum import IntEnum

import pytest

from tls13lab.wire import codepoints as cp

REGISTRIES = {
    cp.ContentType: 1,
    cp.HandshakeType: 1,
    cp.ExtensionType: 2,
    cp.CipherSuite: 2,
    cp.NamedGroup: 2,
    cp.SignatureScheme: 2,
    cp.PskKeyExchangeMode: 1,
    cp.AlertLevel: 1,
    cp.AlertDescription: 1,
}


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda one: one.__name__)
def test_no_number_stands_for_two_names_and_all_fit(registry: type[IntEnum]) -> None:
    # An IntEnum silently makes the second name of a number an alias of the first.
    assert len(registry.__members__) == len(list(registry))
    assert all(0 <= one < 256 ** REGISTRIES[registry] for one in registry)


def test_every_registry_is_looked_at() -> None:
    found = {one for one in vars(cp).values() if isinstance(one, type) and one is not IntEnum}
    assert found == set(REGISTRIES)


@pytest.mark.parametrize(
    ("registry", "code", "name"),
    [
        (cp.HandshakeType, 1, "client_hello"),
        (cp.ExtensionType, 41, "pre_shared_key"),
        (cp.CipherSuite, 0x1301, "TLS_AES_128_GCM_SHA256"),
        (cp.NamedGroup, 0x11EC, "X25519MLKEM768"),
        (cp.NamedGroup, 0x001D, "x25519"),
        (cp.SignatureScheme, 0x0804, "rsa_pss_rsae_sha256"),
        (cp.AlertDescription, 51, "decrypt_error"),
        (cp.NamedGroup, 0x0A0A, "0x0a0a"),
        (cp.CipherSuite, 0x00FF, "0x00ff"),
    ],
)
def test_names_are_the_rfcs(registry: type[IntEnum], code: int, name: str) -> None:
    assert cp.name_of(registry, code) == name


def test_versions() -> None:
    assert (cp.LEGACY_VERSION, cp.TLS13) == (0x0303, 0x0304)
