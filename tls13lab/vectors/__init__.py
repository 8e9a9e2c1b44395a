"""Test vectors, checks that recompute them, and captures of real OpenSSL processes. RFC 8448."""
