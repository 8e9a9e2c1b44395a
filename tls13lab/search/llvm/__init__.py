"""The binder search as a program for LLVM: many guesses side by side, on the processor's vectors.

``lanes`` is the engine, ``program`` writes the program with the help of ``text``, ``native`` has
the processor's own SHA-256, ``pack`` lays guesses out, ``compiled`` makes machine code and keeps
it. None of it is needed to search: ``portable`` does the same with hashlib, more slowly.
"""
