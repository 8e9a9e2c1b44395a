"""The tasks' texts, stubs, hints and solutions, and what builds an assignment of them."""
