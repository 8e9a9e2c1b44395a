"""The page to read: a site made from notebooks with their stored outputs, documents, docstrings.

``python3 run.py site`` builds it. Nothing is executed: what a lesson shows is what is stored in it,
and the tests hold that to be true. Nothing is written twice either: :mod:`pages.stage` puts a copy
of all sources together in ``build/``, and what can be gathered from them is gathered there: which
lesson kills which misconception, and which lessons, tasks and modules treat a section of the RFC.

Sphinx makes it, with myst-nb and sphinx-book-theme. Jupyter Book 2 fetches its theme from the
network at every build and does not read docstrings; nbconvert has neither search nor
cross-references.
"""
