"""NumPy, or None where it is not installed: batches of guesses are lists then, and slower.

Nothing of a search is different but its speed; in a browser without a network it is all there is.
"""

__all__ = ["np"]

try:
    import numpy as np
except ImportError:
    np = None  # type: ignore[assignment]
