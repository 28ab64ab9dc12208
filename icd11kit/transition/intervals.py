"""Intervals of shares, without NumPy."""

from __future__ import annotations

import math

Z95 = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the ends of Wilson's 95 % score interval of a share, sound near 0 and 1 too.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    Journal of the American Statistical Association 22 (1927), 209-212.

    >>> [round(end, 3) for end in wilson(9, 19)], round(wilson(20, 20)[0], 3)
    ([0.273, 0.683], 0.839)
    """
    share, spread = hits / of, Z95**2 / of
    middle = (share + spread / 2) / (1 + spread)
    half = Z95 / (1 + spread) * math.sqrt(share * (1 - share) / of + spread / of / 4)
    return 0.0 if hits == 0 else middle - half, 1.0 if hits == of else middle + half
