"""The declarations of every ProVerif model: functions, names and events.

The functions of the key schedule are read from the schedule table, line by line; ``models.py``
puts the models together.
"""

from tls13lab.crypto.schedule import FAMILIES, IMPORTER, SCHEDULE, Context, Row

_BOUND = {
    Context.CLIENT_HELLO,
    Context.SERVER_HELLO,
    Context.SERVER_FINISHED,
    Context.CLIENT_FINISHED,
    Context.TRUNCATED_CLIENT_HELLO,
    Context.BEFORE_FINISHED,
    Context.TICKET_NONCE,
    Context.IMPORTED_IDENTITY,
}


def arity(row: Row) -> int:
    """The number of arguments of a row as a function: its inputs, and its context.

    >>> arity(SCHEDULE["early_secret"]), arity(SCHEDULE["ext_binder_key"])
    (2, 1)
    """
    return len(row.inputs) + (row.context in _BOUND)


def function_of(row: Row) -> str:
    """A row of the schedule table as a one-way function.

    >>> function_of(SCHEDULE["client_handshake_traffic_secret"]).splitlines()[0]
    'fun kdf_client_handshake_traffic_secret(bitstring, bitstring): bitstring.'
    """
    arguments = ", ".join(["bitstring"] * arity(row))
    label = f', label "{row.label}"' if row.label else ""
    return (
        f"fun kdf_{row.name}({arguments}): bitstring.\n"
        f"  (* {row.operation.value}{label}: RFC 9846 section {row.section} *)"
    )


# In the models, the traffic secret stands for its key and IV. No claim is about exporters or
# KeyUpdate.
ROWS = [
    row
    for row in (*SCHEDULE.values(), *FAMILIES.values())
    if row.name not in {"key", "iv", "next_traffic_secret"} and "export" not in row.name
]

FUNCTIONS = """\
(* Records: who has the traffic secret has key and IV, and opens them. RFC 9846 section 5.2 *)
fun sealed(bitstring, bitstring): bitstring.
reduc forall k: bitstring, m: bitstring; opened(k, sealed(k, m)) = m.
(* Stateless tickets: the PSK under the ticket key. Section 4.7.1 *)
fun ticket(bitstring, bitstring): bitstring.
reduc forall k: bitstring, p: bitstring; unsealed(k, ticket(k, p)) = p.
fun next_ticket(bitstring, bitstring): bitstring.
reduc forall k: bitstring, p: bitstring; next_unsealed(k, next_ticket(k, p)) = p.
(* Signatures. Section 4.5.2 *)
fun public_key(bitstring): bitstring.
fun signature(bitstring, bitstring): bitstring.
reduc forall k: bitstring, m: bitstring; verified(public_key(k), signature(k, m)) = m.
(* Diffie-Hellman: either private share and the other's public one. Section 7.4 *)
fun share(bitstring): bitstring.
fun shared(bitstring, bitstring): bitstring [private].
reduc forall x: bitstring, y: bitstring; client_dh(share(y), x) = shared(x, y).
reduc forall x: bitstring, y: bitstring; server_dh(share(x), y) = shared(x, y).
"""

DECLARATIONS = """\
free c: channel.
free resuming: channel [private].
const zeros, psk_identity: bitstring.
free certificate_key, client_key, ticket_key, external_psk: bitstring [private].
free application_data, early_data: bitstring [private].
event ClientDone.
event PskUsed(bitstring).
event NextPsk(bitstring).
event ServerSent(bitstring).
event ClientAccepted(bitstring).
event ClientSent(bitstring).
event ServerAccepted(bitstring).
event SentEarly(bitstring).
event TookEarly(bitstring, bitstring).
"""

LOGARITHM = """\
(* The adversary's quantum computer *)
reduc forall x: bitstring; logarithm(share(x)) = x.
"""

FORGERY = """\
(* And what it does to certificates *)
reduc forall x: bitstring; private_key(public_key(x)) = x.
"""

MEMORY = """\
(* The server's memory: it takes early data with each ClientHello once. RFC 9846 section 8 *)
restriction s: bitstring, t: bitstring, h: bitstring;
  event(TookEarly(s, h)) && event(TookEarly(t, h)) ==> s = t.
"""


def schedule(*, importer: bool = False) -> str:
    """The key schedule as functions; with the importer's rows (RFC 9258) if they are used."""
    lines = ["(* The key schedule, line by line: RFC 9846 section 7.1 *)", *map(function_of, ROWS)]
    if importer:
        lines += ["(* The importer: RFC 9258 section 5 *)", *map(function_of, IMPORTER.values())]
    return "\n".join(lines)
