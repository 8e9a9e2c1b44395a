"""Words for the steps of a conversation: what a record holds, and what an onlooker sees of it.

The two are kept apart on purpose. What the endpoints know comes from the conversation's plaintext;
what an eavesdropper sees is computed from the record's bytes alone.
"""

from tls13lab.handshake.events import Step
from tls13lab.handshake.trace import Conversation
from tls13lab.messages.handshake import message_name
from tls13lab.records.epochs import Epoch
from tls13lab.wire.codepoints import AlertDescription, ContentType, name_of

# The braces of the RFC's figures: {} under handshake keys, [] under application keys.
_BRACES = {
    Epoch.PLAINTEXT: ("", ""),
    Epoch.EARLY: ("(", ")"),
    Epoch.HANDSHAKE: ("{", "}"),
    Epoch.APPLICATION: ("[", "]"),
}


def content_name(step: Step) -> str:
    """What the record holds, in the RFC's words: ``{EncryptedExtensions, Finished}``."""
    opening, closing = _BRACES[step.epoch]
    return f"{opening}{_bare_name(step)}{closing}"


def _bare_name(step: Step) -> str:
    if step.content_type is ContentType.HANDSHAKE:
        return ", ".join(message_name(raw) for raw in step.messages) or "part of a message"
    if step.content_type is ContentType.ALERT:
        return f"alert {name_of(AlertDescription, step.plaintext[-1])}"
    if step.content_type is ContentType.CHANGE_CIPHER_SPEC:
        return "change_cipher_spec"
    return f"Application Data, {len(step.plaintext)} bytes"


def seen_by_eavesdropper(wire: bytes) -> str:
    """What a record's bytes show to anyone: a plaintext one all, a protected one only its size.

    >>> seen_by_eavesdropper(bytes.fromhex("1703030003aabbcc"))
    'a protected record: 3 bytes of ciphertext'
    """
    outer, fragment = wire[0], wire[5:]
    if outer == ContentType.APPLICATION_DATA:
        return f"a protected record: {len(fragment)} bytes of ciphertext"
    if outer == ContentType.HANDSHAKE:
        return f"{message_name(fragment)} in the clear, {len(fragment)} bytes"
    return f"{name_of(ContentType, outer)} in the clear"


def keys_in_force(conversation: Conversation, upto: int) -> dict[str, Epoch]:
    """The epoch of each sender's last record among the first ``upto`` steps."""
    force = {"client": Epoch.PLAINTEXT, "server": Epoch.PLAINTEXT}
    for step in conversation.steps[:upto]:
        if step.content_type is not ContentType.CHANGE_CIPHER_SPEC:
            force[step.sender] = step.epoch
    return force


def epoch_name(epoch: Epoch) -> str:
    """In words: ``no keys yet``, ``handshake keys``, ..."""
    return "no keys yet" if epoch is Epoch.PLAINTEXT else f"{epoch.name.lower()} keys"
