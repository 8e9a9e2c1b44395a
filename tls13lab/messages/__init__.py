"""Handshake messages and extensions, each a dataclass; the transcript. RFC 9846 section 4.

A message decodes to fields and encodes back to the same bytes. This room knows what a message may
contain; which message may come when is the business of :mod:`tls13lab.handshake`.
"""
