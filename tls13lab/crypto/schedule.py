"""The schedule table: every secret of TLS 1.3, its inputs, and its label. RFC 9846 section 7.

The key schedule is written down only here. The table itself computes nothing; others read it.
:mod:`tls13lab.crypto.keyschedule` runs it on bytes, the pictures draw it, and the symbolic model
reads it as deduction rules. Every label string of the protocol appears in it exactly once.

A row means ``name = operation(inputs, label, context)``. The inputs that no row derives, the
leaves, are ``psk``, ``ecdhe`` and ``zeros``. A row in :data:`SCHEDULE` derives one secret. A row in
:data:`FAMILIES` applies to every secret of one kind: ``key`` and ``iv``, for example, to each
traffic secret.

RFC 9846 renamed some secrets of RFC 8446 but kept their labels, such as "res master". The lab uses
the new names; the old ones appear only here, in ``rfc8446_name``.

>>> row = SCHEDULE["resumption_secret"]
>>> row.inputs, row.label, row.context.value
(('main_secret',), 'res master', 'ClientHello...client Finished')
>>> row.rfc8446_name
'resumption_master_secret'
"""

from dataclasses import dataclass
from enum import Enum


class Operation(Enum):
    """The function that computes a row's output from its inputs."""

    EXTRACT = "HKDF-Extract"
    DERIVE_SECRET = "Derive-Secret"
    EXPAND_LABEL = "HKDF-Expand-Label"
    HMAC = "HMAC"


class Context(Enum):
    """What goes into a derivation besides its inputs and its label."""

    NONE = "none"
    EMPTY = '""'
    TRUNCATED_CLIENT_HELLO = "Truncate(ClientHello)"
    CLIENT_HELLO = "ClientHello"
    SERVER_HELLO = "ClientHello...ServerHello"
    SERVER_FINISHED = "ClientHello...server Finished"
    CLIENT_FINISHED = "ClientHello...client Finished"
    BEFORE_FINISHED = "the handshake before this Finished"
    TICKET_NONCE = "ticket_nonce"
    EXPORTER_CONTEXT = "Hash(context_value)"
    IMPORTED_IDENTITY = "Hash(ImportedIdentity)"


class Length(Enum):
    """The length of a row's output, in bytes."""

    HASH = "Hash.length"
    KEY = "key_length"
    IV = "iv_length"
    CALLER = "key_length of the exporter"
    TARGET = "Hash.length of target_kdf"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    ``inputs`` are names of rows or leaves: salt and input keying material for an extraction, a
    single secret for the other operations. ``section`` is the section of RFC 9846, unless it names
    another RFC. ``keylog`` is the secret's label in key log files (RFC 9850), if it has one.
    """

    name: str
    operation: Operation
    inputs: tuple[str, ...]
    label: str = ""
    context: Context = Context.NONE
    length: Length = Length.HASH
    section: str = "7.1"
    rfc8446_name: str = ""
    keylog: str = ""


LEAVES = ("zeros", "psk", "ecdhe")
"""The inputs that no row derives: Hash.length zero bytes, the PSK, the (EC)DHE shared secret."""

# Two rows share this label: each turns a secret into the salt of the next extraction.
_DERIVED = "derived"
_EXTRACT, _DERIVE = Operation.EXTRACT, Operation.DERIVE_SECRET

# fmt: off
SCHEDULE: dict[str, Row] = {row.name: row for row in (
    # Early: anyone who knows the PSK and the ClientHello can compute all of these.
    Row("early_secret", _EXTRACT, ("zeros", "psk")),
    Row("ext_binder_key", _DERIVE, ("early_secret",), "ext binder", Context.EMPTY),
    Row("res_binder_key", _DERIVE, ("early_secret",), "res binder", Context.EMPTY),
    Row("client_early_traffic_secret", _DERIVE, ("early_secret",),
        "c e traffic", Context.CLIENT_HELLO, keylog="CLIENT_EARLY_TRAFFIC_SECRET"),
    Row("early_exporter_secret", _DERIVE, ("early_secret",),
        "e exp master", Context.CLIENT_HELLO,
        rfc8446_name="early_exporter_master_secret", keylog="EARLY_EXPORTER_SECRET"),
    Row("early_derived_secret", _DERIVE, ("early_secret",), _DERIVED, Context.EMPTY),
    # Handshake: the (EC)DHE secret goes in, or zeros in psk_ke.
    Row("handshake_secret", _EXTRACT, ("early_derived_secret", "ecdhe")),
    Row("client_handshake_traffic_secret", _DERIVE, ("handshake_secret",),
        "c hs traffic", Context.SERVER_HELLO, keylog="CLIENT_HANDSHAKE_TRAFFIC_SECRET"),
    Row("server_handshake_traffic_secret", _DERIVE, ("handshake_secret",),
        "s hs traffic", Context.SERVER_HELLO, keylog="SERVER_HANDSHAKE_TRAFFIC_SECRET"),
    Row("handshake_derived_secret", _DERIVE, ("handshake_secret",), _DERIVED, Context.EMPTY),
    # Main: no new secret goes in, only more of the transcript.
    Row("main_secret", _EXTRACT, ("handshake_derived_secret", "zeros"),
        rfc8446_name="master_secret"),
    Row("client_application_traffic_secret_0", _DERIVE, ("main_secret",),
        "c ap traffic", Context.SERVER_FINISHED, keylog="CLIENT_TRAFFIC_SECRET_0"),
    Row("server_application_traffic_secret_0", _DERIVE, ("main_secret",),
        "s ap traffic", Context.SERVER_FINISHED, keylog="SERVER_TRAFFIC_SECRET_0"),
    Row("exporter_secret", _DERIVE, ("main_secret",),
        "exp master", Context.SERVER_FINISHED,
        rfc8446_name="exporter_master_secret", keylog="EXPORTER_SECRET"),
    Row("resumption_secret", _DERIVE, ("main_secret",),
        "res master", Context.CLIENT_FINISHED, rfc8446_name="resumption_master_secret"),
)}

FAMILIES: dict[str, Row] = {row.name: row for row in (
    Row("key", Operation.EXPAND_LABEL, ("traffic_secret",),
        "key", Context.EMPTY, Length.KEY, section="7.3"),
    Row("iv", Operation.EXPAND_LABEL, ("traffic_secret",),
        "iv", Context.EMPTY, Length.IV, section="7.3"),
    Row("next_traffic_secret", Operation.EXPAND_LABEL, ("application_traffic_secret",),
        "traffic upd", Context.EMPTY, section="7.2"),
    Row("finished_key", Operation.EXPAND_LABEL, ("base_key",),
        "finished", Context.EMPTY, section="4.5.3"),
    Row("verify_data", Operation.HMAC, ("finished_key",),
        context=Context.BEFORE_FINISHED, section="4.5.3"),
    Row("binder", Operation.HMAC, ("finished_key",),
        context=Context.TRUNCATED_CLIENT_HELLO, section="4.3.11.2"),
    Row("resumption_psk", Operation.EXPAND_LABEL, ("resumption_secret",),
        "resumption", Context.TICKET_NONCE, section="4.7.1"),
    # The application chooses the label of this row (RFC 5705); the context is Hash("").
    Row("derived_exporter_secret", _DERIVE, ("exporter_secret",), "", Context.EMPTY, section="7.5"),
    Row("exported", Operation.EXPAND_LABEL, ("derived_exporter_secret",),
        "exporter", Context.EXPORTER_CONTEXT, Length.CALLER, section="7.5"),
)}
# The importer of RFC 9258. Its result, ``ipskx``, takes the place of the leaf ``psk`` above.
IMPORTER: dict[str, Row] = {row.name: row for row in (
    Row("epskx", _EXTRACT, ("zeros", "epsk"), section="RFC 9258 5.1"),
    Row("ipskx", Operation.EXPAND_LABEL, ("epskx",),
        "derived psk", Context.IMPORTED_IDENTITY, Length.TARGET, section="RFC 9258 5.1"),
    Row("imp_binder_key", _DERIVE, ("early_secret",), "imp binder", Context.EMPTY,
        section="RFC 9258 5.2"),
)}
# fmt: on

TRAFFIC_SECRETS = tuple(name for name in SCHEDULE if "_traffic_secret" in name)
"""The secrets that protect records: ``key`` and ``iv`` are derived from each."""


def ancestors(name: str) -> frozenset[str]:
    """Every row and leaf that ``name`` depends on, directly or indirectly.

    >>> sorted(ancestors("res_binder_key"))
    ['early_secret', 'psk', 'zeros']
    """
    if name in LEAVES:
        return frozenset()
    inputs = SCHEDULE[name].inputs
    return frozenset(inputs).union(*(ancestors(parent) for parent in inputs))


def descendants(name: str) -> frozenset[str]:
    """Every row that depends on ``name``, directly or indirectly.

    >>> "client_early_traffic_secret" in descendants("ecdhe")
    False
    """
    return frozenset(row for row in SCHEDULE if name in ancestors(row))
