"""The tasks' texts, stubs, hints and solutions, and the programs that build assignments."""
