"""How sure the difference of two shares is: Newcombe's interval from two of Wilson's.

Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions, method 10. It holds for
few people and for shares near 0, where the usual one does not.
"""

from math import sqrt
from statistics import NormalDist

SURE = 0.95
"""Of so many such intervals the true difference is inside."""


def difference_interval(first: tuple[int, int], second: tuple[int, int], *, pairs: int = 1) -> tuple[float, float]:
    """From where to where `first - second` may lie, each a count and of how many; -1 to 1 where nothing is known.

    `pairs`: how many differences are looked at together; all of them are inside as often as one alone (Bonferroni).
    """
    (hits, of), (others, of_others) = first, second
    if not of or not of_others:
        return -1.0, 1.0
    z = NormalDist().inv_cdf(1 - (1 - SURE) / (2 * pairs))
    p, q = hits / of, others / of_others
    (low_p, high_p), (low_q, high_q) = _wilson(hits, of, z), _wilson(others, of_others, z)
    low = p - q - sqrt((p - low_p) ** 2 + (high_q - q) ** 2)
    high = p - q + sqrt((high_p - p) ** 2 + (q - low_q) ** 2)
    return max(-1.0, low), min(1.0, high)


def _wilson(count: int, of: int, z: float) -> tuple[float, float]:
    share, square = count / of, z**2 / of
    middle = share + square / 2
    reach = z * sqrt(share * (1 - share) / of + square / (4 * of))
    return max(0.0, (middle - reach) / (1 + square)), min(1.0, (middle + reach) / (1 + square))
