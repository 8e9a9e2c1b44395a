"""The key schedule: it runs the schedule table on bytes. RFC 9846 section 7.1.

The schedule has three stages, and each is a frozen type here. The secrets of a stage are methods of
its type, so a program that asks for an application secret before the (EC)DHE secret was mixed in
does not pass the type checker:

    EarlyStage --(ecdhe or zeros)--> HandshakeStage --(zeros)--> MainStage

Every method reads its operation, inputs and label from :mod:`tls13lab.crypto.schedule`, so no label
can be misspelt here. Transcript hashes are arguments: this file knows nothing about messages.

>>> early = EarlyStage.start("sha256", psk=None)
>>> early.handshake(ecdhe=bytes(32)).main().main_secret == early.early_secret
False
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from functools import lru_cache

from tls13lab.crypto import hkdf
from tls13lab.crypto.schedule import FAMILIES, IMPORTER, SCHEDULE, Context, Length, Operation, Row
from tls13lab.crypto.suites import HASH_LENGTHS, IV_LENGTH, Suite


@lru_cache(maxsize=8)
def empty_hash(hash_name: str) -> bytes:
    """Transcript-Hash(""): the context of Derive-Secret where the table says ``""``."""
    return hashlib.new(hash_name, b"").digest()


def run(
    row: Row,
    hash_name: str,
    inputs: tuple[bytes, ...],
    context: bytes = b"",
    *,
    length: int | None = None,
    label: str | None = None,
) -> bytes:
    """Run one row of the table on bytes.

    ``inputs`` are in the row's order. ``context`` is a transcript hash or a nonce, as the row says.
    ``length``, in bytes, is needed only where the row's length is not Hash.length. ``label`` is
    needed only for the exporter, where the application chooses it.

    >>> run(SCHEDULE["early_secret"], "sha256", (bytes(32), bytes(32))).hex()[:8]
    '33ad0a1c'
    """
    if row.operation is Operation.EXTRACT:
        salt, ikm = inputs
        return hkdf.extract(hash_name, salt, ikm)
    (secret,) = inputs
    if row.operation is Operation.HMAC:
        return hmac.digest(secret, context, hash_name)
    info, size = expansion(row, hash_name, context, length=length, label=label)
    return hkdf.expand(hash_name, secret, info, size)


def expansion(
    row: Row,
    hash_name: str,
    context: bytes = b"",
    *,
    length: int | None = None,
    label: str | None = None,
) -> tuple[bytes, int]:
    """The ``info`` and the length that a Derive-Secret or HKDF-Expand-Label row passes on.

    These are the arguments of HKDF-Expand besides the secret. They do not depend on it, so code
    that runs one row on many secrets can compute them once. The arguments are those of :func:`run`.

    >>> expansion(FAMILIES["iv"], "sha256")[0].hex()
    '000c08746c73313320697600'
    """
    if row.operation is Operation.DERIVE_SECRET and row.context is Context.EMPTY:
        context = empty_hash(hash_name)
    size = HASH_LENGTHS[hash_name] if length is None else length
    if row.length is Length.IV:
        size = IV_LENGTH
    chosen = row.label if label is None else label
    return hkdf.hkdf_label(chosen, context, size), size


def _zeros(hash_name: str) -> bytes:
    # "If a given secret is not available, then the 0-value consisting of a string of Hash.length
    # bytes set to zeros is used." (7.1)
    return bytes(HASH_LENGTHS[hash_name])


@dataclass(frozen=True, slots=True)
class MainStage:
    """After the last extraction: application traffic, exporter and resumption secrets.

    In all three stages, a method takes the transcript hash up to the message that its parameter
    names (``to_server_finished``, for example), and returns a secret of Hash.length bytes.
    """

    hash_name: str
    main_secret: bytes = field(repr=False)

    def derive(self, name: str, transcript_hash: bytes) -> bytes:
        """The secret that the table derives from ``main_secret`` under this name."""
        return _derive(name, "main_secret", self.main_secret, self.hash_name, transcript_hash)

    def client_application_traffic_secret_0(self, to_server_finished: bytes) -> bytes:
        return self.derive("client_application_traffic_secret_0", to_server_finished)

    def server_application_traffic_secret_0(self, to_server_finished: bytes) -> bytes:
        return self.derive("server_application_traffic_secret_0", to_server_finished)

    def exporter_secret(self, to_server_finished: bytes) -> bytes:
        return self.derive("exporter_secret", to_server_finished)

    def resumption_secret(self, to_client_finished: bytes) -> bytes:
        """The secret from which the PSKs of all tickets are derived."""
        return self.derive("resumption_secret", to_client_finished)


@dataclass(frozen=True, slots=True)
class HandshakeStage:
    """After the (EC)DHE secret, or zeros in psk_ke: the handshake traffic secrets."""

    hash_name: str
    handshake_secret: bytes = field(repr=False)

    def derive(self, name: str, transcript_hash: bytes) -> bytes:
        """The secret that the table derives from ``handshake_secret`` under this name."""
        return _derive(
            name, "handshake_secret", self.handshake_secret, self.hash_name, transcript_hash
        )

    def client_handshake_traffic_secret(self, to_server_hello: bytes) -> bytes:
        return self.derive("client_handshake_traffic_secret", to_server_hello)

    def server_handshake_traffic_secret(self, to_server_hello: bytes) -> bytes:
        return self.derive("server_handshake_traffic_secret", to_server_hello)

    def main(self) -> MainStage:
        """The next stage. No new secret goes in: "0 --> HKDF-Extract = Main Secret"."""
        salt = self.derive("handshake_derived_secret", b"")
        inputs = (salt, _zeros(self.hash_name))
        return MainStage(self.hash_name, run(SCHEDULE["main_secret"], self.hash_name, inputs))


@dataclass(frozen=True, slots=True)
class EarlyStage:
    """After the PSK, or zeros without a PSK: binder keys, early traffic, early exporter."""

    hash_name: str
    early_secret: bytes = field(repr=False)

    @classmethod
    def start(cls, hash_name: str, psk: bytes | None) -> "EarlyStage":
        """The first stage, from a PSK of any length, or from zeros if ``psk`` is None."""
        zeros = _zeros(hash_name)
        inputs = (zeros, zeros if psk is None else psk)
        return cls(hash_name, run(SCHEDULE["early_secret"], hash_name, inputs))

    def derive(self, name: str, transcript_hash: bytes) -> bytes:
        """The secret that the table derives from ``early_secret`` under this name."""
        return _derive(name, "early_secret", self.early_secret, self.hash_name, transcript_hash)

    def ext_binder_key(self) -> bytes:
        """The binder key of a PSK that was provisioned outside TLS."""
        return self.derive("ext_binder_key", b"")

    def res_binder_key(self) -> bytes:
        """The binder key of a PSK that was established in an earlier connection."""
        return self.derive("res_binder_key", b"")

    def client_early_traffic_secret(self, client_hello: bytes) -> bytes:
        """The secret of 0-RTT data; it depends on nothing from the server."""
        return self.derive("client_early_traffic_secret", client_hello)

    def early_exporter_secret(self, client_hello: bytes) -> bytes:
        return self.derive("early_exporter_secret", client_hello)

    def handshake(self, ecdhe: bytes | None) -> HandshakeStage:
        """The next stage, from the (EC)DHE secret in psk_dhe_ke, or from None in psk_ke.

        This argument is the only difference between the secrets of the two modes. It makes the
        difference between having forward secrecy and not having it.
        """
        salt = self.derive("early_derived_secret", b"")
        inputs = (salt, _zeros(self.hash_name) if ecdhe is None else ecdhe)
        secret = run(SCHEDULE["handshake_secret"], self.hash_name, inputs)
        return HandshakeStage(self.hash_name, secret)


def _derive(name: str, parent: str, secret: bytes, hash_name: str, transcript_hash: bytes) -> bytes:
    row = SCHEDULE[name] if name in SCHEDULE else IMPORTER[name]
    if row.inputs != (parent,):
        raise KeyError(f"{name} is not derived from {parent}")
    return run(row, hash_name, (secret,), transcript_hash)


# Rows that apply to every secret of one kind -----------------------------------------------------


def traffic_keys(suite: Suite, traffic_secret: bytes) -> tuple[bytes, bytes]:
    """The AEAD key (``suite.key_length`` bytes) and IV (12 bytes) of a traffic secret. 7.3."""
    key = run(FAMILIES["key"], suite.hash_name, (traffic_secret,), length=suite.key_length)
    return key, run(FAMILIES["iv"], suite.hash_name, (traffic_secret,))


def next_traffic_secret(hash_name: str, traffic_secret: bytes) -> bytes:
    """application_traffic_secret_N+1 from application_traffic_secret_N, after a KeyUpdate. 7.2."""
    return run(FAMILIES["next_traffic_secret"], hash_name, (traffic_secret,))


def finished_key(hash_name: str, base_key: bytes) -> bytes:
    """The MAC key of a Finished message or of a binder; Hash.length bytes. 4.5.3."""
    return run(FAMILIES["finished_key"], hash_name, (base_key,))


def verify_data(hash_name: str, base_key: bytes, transcript_hash: bytes) -> bytes:
    """The MAC in a Finished message, from a handshake traffic secret; Hash.length bytes. 4.5.3."""
    key = finished_key(hash_name, base_key)
    return run(FAMILIES["verify_data"], hash_name, (key,), transcript_hash)


def binder(hash_name: str, binder_key: bytes, truncated_hash: bytes) -> bytes:
    """A binder: computed like a Finished, but from a binder key; Hash.length bytes. 4.3.11.2."""
    key = finished_key(hash_name, binder_key)
    return run(FAMILIES["binder"], hash_name, (key,), truncated_hash)


def resumption_psk(hash_name: str, resumption_secret: bytes, ticket_nonce: bytes) -> bytes:
    """The PSK of one ticket, Hash.length bytes; each nonce gives a different PSK. 4.7.1."""
    return run(FAMILIES["resumption_psk"], hash_name, (resumption_secret,), ticket_nonce)


def exported(
    hash_name: str, exporter_secret: bytes, label: str, context_value: bytes, length: int
) -> bytes:
    """TLS-Exporter(label, context_value, length): ``length`` bytes. 7.5."""
    derived = run(FAMILIES["derived_exporter_secret"], hash_name, (exporter_secret,), label=label)
    context = hashlib.new(hash_name, context_value).digest()
    return run(FAMILIES["exported"], hash_name, (derived,), context, length=length)
