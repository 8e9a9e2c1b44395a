"""A PSK somebody chose, what protects it, and who attacks it: reckoned beforehand, then done.

``chosen`` says how the PSK came about, ``protection`` what both ends do with it, ``attackers`` who
guesses and with what. ``reckoning`` puts the three into numbers, from the distribution and the
symbolic model, before anything is attacked; ``attack`` then guesses at a connection of two honest
ends, on bytes. A lesson shows the two side by side.
"""
