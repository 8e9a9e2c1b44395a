"""The record layer: framing, AEAD protection, reassembly of messages. RFC 9846 section 5."""
