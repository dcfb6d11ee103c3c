"""How sure a share is: Wilson's interval, which also holds for few messages and for shares near 0 and 1.

Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference.
"""

from math import sqrt

_Z = 1.96  # 95 of 100 such intervals hold the true share


def share_interval(count: int, of: int) -> tuple[float, float]:
    """From where to where the true share may lie; from 0 to 1 where nothing was counted."""
    if not of:
        return 0.0, 1.0
    share, square = count / of, _Z**2 / of
    middle = share + square / 2
    reach = _Z * sqrt(share * (1 - share) / of + square / (4 * of))
    return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))
