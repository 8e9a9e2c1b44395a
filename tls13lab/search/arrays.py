"""NumPy, or None where it is not installed, as in a browser without a network.

Without it, batches of guesses are lists. The results of a search are the same; it is only slower.
"""

__all__ = ["np"]

try:
    import numpy as np
except ImportError:
    np = None  # type: ignore[assignment]
