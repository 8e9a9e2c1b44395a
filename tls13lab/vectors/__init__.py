"""Published test vectors, shipped as data, and the checks that recompute them. RFC 8448."""
