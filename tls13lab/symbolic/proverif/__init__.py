"""The claims as models for ProVerif, a prover that decides for any number of sessions.

``models`` writes one file for each cell of the matrix; the other files hold its parts.
"""
