"""Did as many customers end up in each arm as planned: the sample ratio mismatch."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import binomtest, chisquare

__all__ = ["sample_ratio_p_value"]

# With fewer expected in an arm nothing is said; up to the second one the chi-square law raises two
# to eight times as many alarms (p < .001) as it should, and exact tests are asked as well.
_FEWEST, _MANY = 5.0, 100.0


def sample_ratio_p_value(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Return the chance of counts at least as far from the plan, had all been drawn as planned.

    A mismatch says that customers were lost or added in one arm, and then the arms differ by more
    than the treatment (Fabijan et al. 2019).

    Args:
        counts: Customers by arm.
        shares: Planned shares by arm, in any unit; they are divided by their sum.

    Returns:
        The p-value of Pearson's chi-square test, and where an arm should have had fewer than 100
        at least that of exact binomial tests of the arms (Bonferroni); NaN where it should have
        had fewer than 5.

    Raises:
        ValueError: Fewer than two arms, or a share that is not positive.

    >>> round(sample_ratio_p_value([44700, 45489], [1, 1]), 4)
    0.0086
    """
    planned = np.asarray(shares, dtype=np.float64)
    seen = np.asarray(counts, dtype=np.float64)
    if len(planned) != len(seen) or len(planned) < 2 or not (planned > 0).all():
        raise ValueError(
            f"{len(seen)} counts and {len(planned)} shares, must be two or more of each, and the "
            "shares positive"
        )
    expected = seen.sum() * planned / planned.sum()
    if expected.min() < _FEWEST:
        return math.nan
    p_value = float(chisquare(seen, expected).pvalue)
    if expected.min() >= _MANY:
        return p_value
    total = int(seen.sum())
    exact = min(
        float(binomtest(int(own), total, part / total).pvalue)
        for own, part in zip(seen, expected, strict=True)
    )
    # Of two arms the second one is what the first one left.
    return max(p_value, min(1.0, exact * (len(seen) if len(seen) > 2 else 1)))
