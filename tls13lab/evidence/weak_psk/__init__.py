"""A weak PSK, its protection and its attacker: first calculated, then attacked. For lesson 07.

``chosen`` says how the PSK was chosen, ``protection`` what both ends do with it, and ``attackers``
who guesses, and with what. ``forecast`` calculates the outcome of all three, from the distribution
and from the symbolic model. ``attack`` then attacks two honest ends, on bytes. The lesson shows
the two results side by side.
"""
