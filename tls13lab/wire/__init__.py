"""The wire format: reading and writing bytes, code points, faults, named spans. RFC 9846 section 3.

This room imports only the standard library. It knows nothing about keys, or about the order of the
handshake messages.
"""
