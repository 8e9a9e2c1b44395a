"""The record layer: framing, protection under an epoch's keys, reassembly. RFC 9846 section 5."""
