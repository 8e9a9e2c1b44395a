"""Pre-shared keys: where they come from, what names them, how a client proves that it holds one.

External PSKs are agreed outside TLS; resumption PSKs come from an earlier connection, by way of a
ticket. RFC 9846 sections 2.2, 4.3.11 and 4.7.1.
"""
