"""Pre-shared keys: their kinds, tickets, binders, and how strong they are.

External PSKs are provisioned outside TLS. Resumption PSKs come from an earlier connection, through
a ticket. RFC 9846 sections 2.2, 4.3.11 and 4.7.1.
"""
