"""Suites, HKDF, the schedule table, the key schedule, groups, AEADs, signatures. RFC 9846 7.

The table and the key schedule need the standard library alone. The primitives proper (AEADs,
groups, signatures, X.509) are pyca/cryptography's, and are imported where they are used, so that
everything that needs only hashing also runs where that library is not installed.
"""
