"""The cryptography: the schedule table, the key schedule and the primitives. RFC 9846 section 7.

The table and the key schedule need only the standard library. The primitives (AEADs, groups,
signatures, X.509) come from pyca/cryptography. It is imported only where it is used, so that code
that needs nothing but hashing also runs where that library is not installed.
"""
