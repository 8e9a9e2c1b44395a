"""Who can derive what: TLS 1.3 as terms and rules, read from the schedule table.

Read in this order: :mod:`~tls13lab.symbolic.terms` (what is talked about),
:mod:`~tls13lab.symbolic.rules` (what can be done with it), :mod:`~tls13lab.symbolic.saturation`
(doing all of it), :mod:`~tls13lab.symbolic.connection` (a connection as terms),
:mod:`~tls13lab.symbolic.scenes` (connections that hang together, and what is stolen), and
:mod:`~tls13lab.symbolic.claims` (the questions, and the answers).

Beside the matrix, :mod:`~tls13lab.symbolic.agreement`, :mod:`~tls13lab.symbolic.impersonation`,
:mod:`~tls13lab.symbolic.reveals` and :mod:`~tls13lab.symbolic.ticket_nonce` ask what the literature
asks. Not asked at all: whether a chain of resumptions heals while the adversary takes part, other
versions of TLS, KeyUpdate, and members that break the rules.

What this room cannot show: it looks at one recorded run at a time and at perfect cryptography. A
verdict of "lost" comes with a derivation, and is certain. "Kept" means that these rules, on this
run, derive it in no way; it is no proof for all runs. For that, the same table and claims are
written as models for a real prover by :mod:`~tls13lab.symbolic.proverif`.
"""
