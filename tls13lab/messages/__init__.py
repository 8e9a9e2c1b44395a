"""Handshake messages and extensions as dataclasses; the transcript. RFC 9846 section 4.

A message decodes to fields, and encodes back to the same bytes. ``encode`` returns the body of a
message, or the data of an extension, without type and length. Every ``decode`` raises DecodeError
for bytes that do not parse and IllegalParameter for values that are not allowed.

This package knows what a message may contain. Which message may come when is decided in
:mod:`tls13lab.handshake`.
"""
