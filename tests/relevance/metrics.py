"""Measures rankings: NDCG@10 with exponential gain, and how many queries found nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence

DEPTH = 10


def discounted_gain(grades: Sequence[int]) -> float:
    """Return the gain of grades in this order, each place worth less than the one before."""
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades[:DEPTH]))


def ndcg(found: Sequence[int], judged: Sequence[int]) -> float:
    """Return 1.0 for the best possible order of all that was judged, 0.0 where nothing useful was found."""
    best = discounted_gain(sorted(judged, reverse=True))
    if best == 0:
        raise ValueError("no service answers the query: it cannot be judged")
    return discounted_gain(found) / best
