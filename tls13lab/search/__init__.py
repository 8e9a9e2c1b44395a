"""The binder search: which of many guesses at a PSK made the binder that was recorded?

It attacks recordings only. RFC 9846 section 2.2 warns of it: a PSK of low entropy falls to it with
(EC)DHE and without. ``target`` says what is searched for, ``portable`` and ``lanes`` test guesses,
``mask`` and ``wordlist`` make them. ``share`` is for the word of a CPace run, by a stolen scalar.
"""
