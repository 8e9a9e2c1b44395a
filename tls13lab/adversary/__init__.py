"""The adversary that listens: recorded bytes, named leaks, and nothing else.

What this room may import is its threat model: the wire's formats and the public algorithms, and the
symbolic model that says what to do with them. It may not import the handshake or anything that
holds an endpoint's secrets; a contract checks that.
"""
