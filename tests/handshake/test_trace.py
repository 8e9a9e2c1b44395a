"""The secrets of a conversation are those of one key schedule, whichever PSK it came to."""

import hashlib
from dataclasses import replace

import pytest

from tests.adversary.conversations import Made, made
from tls13lab.crypto import groups
from tls13lab.crypto.keyschedule import EarlyStage
from tls13lab.handshake.pair import Pair, lesson_configs
from tls13lab.wire.codepoints import NamedGroup

ALL = tuple(made())


@pytest.mark.parametrize("one", ALL[::2], ids=str)
def test_the_early_secrets_belong_to_the_psk_that_was_taken(one: Made) -> None:
    conversation = one.pair.conversation()
    secrets = conversation.secrets
    hash_name = one.pair.client.outcome.suite.hash_name
    assert secrets.get("psk") == (one._psk(one.taken).key if one.taken else None)
    stage = EarlyStage.start(hash_name, secrets.get("psk"))
    assert secrets["early_secret"] == stage.early_secret
    hello = conversation.steps[0].messages[0]
    expected = stage.client_early_traffic_secret(hashlib.new(hash_name, hello).digest())
    assert secrets.get("client_early_traffic_secret", expected) == expected
    if one.early == "accepted":
        assert "client_early_traffic_secret" in secrets


@pytest.mark.parametrize("group", [NamedGroup.X25519, NamedGroup.SECP256R1])
def test_of_several_shares_the_private_key_is_that_of_the_group_agreed_on(
    group: NamedGroup,
) -> None:
    client, server = lesson_configs("psk_dhe_ke")
    both = (NamedGroup.X25519, NamedGroup.SECP256R1)
    pair = Pair(replace(client, share_groups=both), replace(server, groups=(group,)), "shares")
    assert not (pair.handshake().retried)
    ours = {**pair.server.secrets, **pair.client.secrets}
    for secrets in (pair.conversation().secrets, ours):
        mine = groups.from_private(group, secrets["client_ecdhe"])
        theirs = groups.from_private(group, secrets["server_ecdhe"])
        assert mine is not None
        assert theirs is not None
        assert mine.finish(theirs.share) == secrets["ecdhe"]
