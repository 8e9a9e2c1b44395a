"""Finding out over the network what a server does with PSKs. RFC 9846 sections 2.2 and 4.3.11.

Each question takes one or a few connections, made by the lab's own client. The answers are
findings, each with a grade and a section of the RFC. Nothing here guesses keys or floods a server.
It sends only what an ordinary client could send, except for three ClientHellos that every server
must refuse.

Read ``probe`` (the order of the questions), ``questions`` (each question), ``prober`` (making the
connections), ``finding`` (all possible results), and ``ticket_keys`` (well-known ticket keys).
"""
