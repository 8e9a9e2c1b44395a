"""What a server really does with PSKs: questions, put over the network. RFC 9846 2.2, 4.3.11.

Each question is a connection or a few, made by the lab's own client; the answers are findings with
a grade and a section. Nothing here guesses keys, floods, or sends what a client might not send,
but for three ClientHellos that every server must refuse.
"""
