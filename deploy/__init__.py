"""For a class on one hub: place notebooks, limit resources, and collect and return work."""
