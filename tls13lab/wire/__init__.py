"""Bytes in, bytes out: reading, writing, code points, faults and named spans. RFC 9846 section 3.

This room imports the standard library only, and knows nothing of keys or of the handshake's order.
"""
