"""The choice of a number of segments in words: the table, the sentences and the warnings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from segmentation_lib.cluster.candidates import Candidate, least
from segmentation_lib.cluster.parsimony import Gain, Parsimony
from segmentation_lib.cluster.pick_algorithm import Pick
from segmentation_lib.params import ClusterParams
from segmentation_lib.words import listing, p_words

__all__ = ["choice_sentence", "choice_table", "seed_words", "warning"]

# Fits that agree this far differ in next to no customer.
_SAME = 0.97
_MEASURED = ("algorithm", "k", "prediction_strength", "jaccard", "silhouette", "davies_bouldin",
             "explained_share", "smallest_share", "smallest_size")  # fmt: skip


def choice_table(
    candidates: Sequence[Candidate],
    picks: Mapping[int, Pick],
    found: Parsimony | None,
    k: int,
    params: ClusterParams,
) -> pd.DataFrame:
    """Return one row per algorithm and number of segments, with every criterion and the reason.

    Args:
        candidates: All that were tried.
        picks: The algorithm that is used for each number.
        found: What the KPIs ask for; None without KPIs.
        k: The chosen number.
        params: The thresholds.
    """
    rows = []
    for tried in candidates:
        pick = picks[tried.k]
        used = pick.candidate.algorithm == tried.algorithm
        one = pick.candidate if used else tried
        gain = found.over_smaller.get(one.k) if found and used else None
        rows.append(
            {
                **{name: getattr(one, name) for name in _MEASURED},
                "kpi": gain.kpi if gain else "",
                "kpi_gain": gain.share if gain else float("nan"),
                "kpi_gain_p": gain.p_value if gain and gain.kpi else float("nan"),
                "admissible": one.admissible(params),
                "chosen": used and one.k == k,
                "reason": _reason(one, pick, found, k, params),
            }
        )
    return pd.DataFrame(rows).astype({"algorithm": "str", "kpi": "str", "reason": "str"})


def _reason(
    one: Candidate, pick: Pick, found: Parsimony | None, k: int, params: ClusterParams
) -> str:
    if not one.admissible(params):
        return one.reason(params)
    if one.algorithm in pick.passed_over:
        return pick.passed_over[one.algorithm]
    if one.k == k:
        return ""
    if not params.k_min <= one.k <= params.k_max:
        return "outside the range"
    if found is None or found.k is None:
        return f"{k} segments come back as well"
    if one.k in found.beaten_by:
        larger, gain = found.beaten_by[one.k]
        return f"{larger} segments explain {_spoken(gain)} better ({p_words(gain.p_value)})"
    if one.k > k:
        return f"adds no KPI gain to {k} segments"
    return "no KPI differs"


def choice_sentence(
    picks: Mapping[int, Pick],
    found: Parsimony | None,
    k: int,
    ruled: int,
    flags: Sequence[str],
    params: ClusterParams,
) -> str:
    """Say why this number and this algorithm won.

    Args:
        picks: The algorithm that is used for each number.
        found: What the KPIs ask for; None without KPIs.
        k: The chosen number.
        ruled: The number that the rule gives without the override.
        flags: The flags of the choice.
        params: The thresholds.
    """
    one = picks[k].candidate
    strength = f"prediction strength {one.prediction_strength:.2f}"
    bar = f"{params.prediction_strength:.2f}"
    if "override" in flags:
        return (
            f"{k} segments were set by hand: {str(params.k_reason).rstrip('.')}. "
            f"They have a {strength} (the bar is {bar}); the rule alone gives {ruled}."
        )
    if "none_admissible" in flags:
        return (
            f"No number of segments from {params.k_min} to {params.k_max} comes back on other "
            f"halves of the customers (prediction strength at least {bar}) with none under "
            f"{least(params)}. {k} segments are a working cut: the one that comes "
            f"closest, with a {strength}."
        )
    if found is not None and found.k is not None:
        parts = [_parsimonious(picks, found, k, params)]
    else:
        parts = [_geometric(picks, found, k, params)]
    if picks[k].why:
        parts.append(f"They are found by {one.spoken}: {picks[k].why}.")
    elif len(params.algorithms) > 1:
        parts.append(f"They are found by {one.spoken}, the simplest way that holds up.")
    return " ".join(parts)


def _strength(one: Candidate, params: ClusterParams) -> str:
    bar = f"{params.prediction_strength:.2f}"
    words = f"prediction strength {one.prediction_strength:.2f}"
    if one.prediction_strength >= params.prediction_strength:
        return f"{words}, at least {bar} is asked for"
    return f"{words}, a little under {bar}, but a Jaccard of {one.jaccard:.2f} or more in refits"


def _parsimonious(
    picks: Mapping[int, Pick], found: Parsimony, k: int, params: ClusterParams
) -> str:
    one = picks[k].candidate
    larger = [other for other in found.differs if other > k]
    sentence = (
        f"{k} segments come back on other halves of the customers "
        f"({_strength(one, params)}), differ in a KPI of the quarter, and leave "
        f"none under {least(params)}: the smallest has {one.size}."
    )
    if larger:
        sentence += f" {_list(larger)} segments come back too, but explain no KPI better."
    if found.beaten_by:
        smaller, (best, gain) = max(found.beaten_by.items())
        sentence += (
            f" {smaller} would be too few: {best} explain {_spoken(gain)} better "
            f"({p_words(gain.p_value)})."
        )
    elif not larger:
        sentence += f" {_next(picks, k, params)}"
    return sentence.rstrip()


def _geometric(
    picks: Mapping[int, Pick],
    found: Parsimony | None,
    k: int,
    params: ClusterParams,
) -> str:
    one = picks[k].candidate
    why = (
        "No KPI differs between the segments of any number, so only their stability decided."
        if found
        else "No KPI was given, so only their stability decided."
    )
    sentence = (
        f"{k} segments are the most that come back on other halves of the customers "
        f"({_strength(one, params)}) with none under {least(params)}: the smallest has "
        f"{one.size}. {why} {_next(picks, k, params)}"
    )
    return sentence.rstrip()


def _next(picks: Mapping[int, Pick], k: int, params: ClusterParams) -> str:
    if k + 1 not in picks or picks[k + 1].candidate.admissible(params):
        return ""
    return f"{k + 1} segments fail: {picks[k + 1].candidate.reason(params)}."


def _spoken(gain: Gain) -> str:
    return gain.kpi.replace("_", " ")


def _list(numbers: Sequence[int]) -> str:
    return listing([str(number) for number in sorted(numbers)])


def seed_words(agreement: float, found_share: float, *, bar: float) -> str:
    """Say how much the segments depend on the random starts.

    Args:
        agreement: Mean adjusted Rand index between fits from other starts.
        found_share: Share of the starts that found the best solution; NaN if nobody counted.
        bar: Agreement that is asked for.
    """
    same = "the same" if agreement >= _SAME else "nearly the same" if agreement >= bar else "other"
    sentence = f"Other random starts give {same} segments (agreement {agreement:.2f} of 1)"
    if math.isnan(found_share):
        return f"{sentence}."
    if found_share == 0:
        return f"{sentence}; no start found the best solution alone, only their combination did."
    starts = f"{max(found_share, 0.01):.0%}" if found_share < 1 else "all"
    return f"{sentence}; {starts} of the starts found the best solution."


def warning(flag: str, k: int, agreement: float, params: ClusterParams, *, bar: float) -> str:
    """Return the warning that goes with a flag.

    Args:
        flag: Code of the warning.
        k: The chosen number.
        agreement: Agreement between fits with other seeds.
        params: The range that was tried.
        bar: Agreement that is asked for.
    """
    return {
        "override": f"The number of segments ({k}) was decided by a person, not by the rule.",
        "none_admissible": f"{k} segments are a working cut: other halves of the customers give "
        "other segments.",
        "no_kpi_differs": "No KPI of the quarter differs between the segments: they are not "
        "useful for what they were made for, however clear they are.",
        "edge_of_range": f"{k} is the end of the range that was tried ({params.k_min} to "
        f"{params.k_max}); widen cluster.k_min or cluster.k_max and look again.",
        "seed_dependent": f"Other random starts agree only by {agreement:.2f} of 1, where "
        f"{bar:.2f} is asked for: the segments depend on chance.",
    }[flag]
