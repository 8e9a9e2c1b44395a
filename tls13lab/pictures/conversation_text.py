"""The steps of a conversation in words: what a record contains, and what an eavesdropper sees.

The two are kept apart on purpose. What the endpoints know comes from the plaintext in the
conversation. What an eavesdropper sees is computed only from the bytes of the record, in
:mod:`tls13lab.pictures.cleartext`.
"""

from tls13lab.crypto.schedule import LEAVES, SCHEDULE, Operation
from tls13lab.handshake.events import Step
from tls13lab.handshake.trace import Conversation
from tls13lab.messages.handshake import message_name
from tls13lab.pictures.cleartext import seen_by_eavesdropper
from tls13lab.records.protection import Epoch
from tls13lab.wire.codepoints import AlertDescription, ContentType, name_of

__all__ = [
    "bare_name",
    "content_name",
    "epoch_name",
    "keys_in_force",
    "new_secrets",
    "seen_by_eavesdropper",
]

# The braces of the RFC's figures: {} under handshake keys, [] under application keys.
_BRACES = {
    Epoch.PLAINTEXT: ("", ""),
    Epoch.EARLY: ("(", ")"),
    Epoch.HANDSHAKE: ("{", "}"),
    Epoch.APPLICATION: ("[", "]"),
}


def content_name(step: Step) -> str:
    """What a record contains, in the RFC's notation: ``{EncryptedExtensions, Finished}``."""
    opening, closing = _BRACES[step.epoch]
    return f"{opening}{bare_name(step)}{closing}"


def bare_name(step: Step) -> str:
    """The same without the braces, which say what protects it."""
    if step.content_type is ContentType.HANDSHAKE:
        return ", ".join(message_name(raw) for raw in step.messages) or "part of a message"
    if step.content_type is ContentType.ALERT:
        codes = step.plaintext[1:2]
        return f"alert {name_of(AlertDescription, codes[0])}" if codes else "an empty alert"
    if step.content_type is ContentType.CHANGE_CIPHER_SPEC:
        return "change_cipher_spec"
    return f"Application Data, {len(step.plaintext)} bytes"


def keys_in_force(conversation: Conversation, upto: int) -> dict[str, Epoch]:
    """The epoch of each sender's last record among the first ``upto`` steps."""
    force = {"client": Epoch.PLAINTEXT, "server": Epoch.PLAINTEXT}
    for step in conversation.steps[:upto]:
        if step.content_type is not ContentType.CHANGE_CIPHER_SPEC:
            force[step.sender] = step.epoch
    return force


def epoch_name(epoch: Epoch) -> str:
    """The keys of an epoch in words: ``no keys yet``, ``handshake keys``, and so on."""
    return "no keys yet" if epoch is Epoch.PLAINTEXT else f"{epoch.name.lower()} keys"


def new_secrets(step: Step) -> str:
    """The secrets that can be computed from this step on; the main ones by name.

    >>> step = Step("server", Epoch.PLAINTEXT, ContentType.HANDSHAKE, b"", b"", (),
    ...     {"ecdhe": b"", "handshake_secret": b"", "client_handshake_traffic_secret": b""})
    >>> new_secrets(step)
    'ecdhe, handshake_secret and 1 more'
    """
    names = [name for name in step.secrets if name in SCHEDULE or name in LEAVES]
    main = [
        name
        for name in names
        if name in LEAVES or SCHEDULE[name].operation is Operation.EXTRACT or len(names) == 1
    ]
    more = len(names) - len(main)
    if not main:
        return ", ".join(names)
    return ", ".join(main) + (f" and {more} more" if more else "")
