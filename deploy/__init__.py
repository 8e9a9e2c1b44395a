"""A class on one hub: what places the notebooks, limits the students, and carries their work."""
