"""The web site: notebooks with their stored outputs, documents, and docstrings.

``python3 run.py site`` builds it. Nothing is executed: a lesson shows its stored outputs, which the
tests check. And nothing is written twice: :mod:`pages.stage` copies all sources to ``build/``, and
collects some pages from them: which lesson settles which misconception, and which lessons, tasks
and modules treat a section of the RFC.

The site is made with Sphinx, myst-nb and sphinx-book-theme. Jupyter Book 2 fetches its theme from
the network in each build and does not read docstrings; nbconvert has neither search nor
cross-references.
"""
