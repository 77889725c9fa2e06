"""What the page shows of the wider tables: the rows and columns that a reader needs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from segmentation_lib.params import Gates
from segmentation_lib.validate.baselines import ALL_KPIS, RFM
from segmentation_lib.validate.noise_floor import ALL
from segmentation_lib.words import feature_words, kpi_name, kpi_words

__all__ = [
    "baseline_table",
    "closest_pairs",
    "context_table",
    "criteria_table",
    "drift_table",
    "expectation_table",
    "movement_table",
    "prediction_table",
    "silhouette_table",
    "stability_table",
    "temporal_table",
]

_MOST_PAIRS = 8
_MIX = {"none": "the same", "moderate": "somewhat other", "major": "other"}


def stability_table(stability: pd.DataFrame, *, smallest: int = 10) -> pd.DataFrame:
    """Return how well each segment comes back, under headings in words.

    Args:
        stability: The artefact ``segment_stability``.
        smallest: Fewer customers than this are not shown.

    Returns:
        ``segment_id, customers, comes_back`` (mean Jaccard), ``in_a_bad_sample`` (5 % quantile),
        ``in_pairs_of_samples`` (SLSw) and ``on_a_border`` (share of customers, as text).
    """
    named = {
        "jaccard": "comes_back",
        "jaccard_low": "in_a_bad_sample",
        "slsw": "in_pairs_of_samples",
    }
    border = _shares(stability["borderline_share"], stability["customers"], smallest)
    shown = stability[["segment_id", "customers", *named]].rename(columns=named)
    return shown.assign(on_a_border=border)


def silhouette_table(
    widths: pd.DataFrame, stability: pd.DataFrame, *, smallest: int = 10
) -> pd.DataFrame:
    """Return how tight each segment is, under headings in words.

    Args:
        widths: What ``segment_silhouettes`` returned.
        stability: The artefact ``segment_stability``, for the sizes of the segments.
        smallest: Fewer customers than this are not shown.

    Returns:
        ``segment_id, silhouette, nearer_to_another_segment`` (share of customers, as text).
    """
    sizes = stability.set_index("segment_id")["customers"].reindex(widths["segment_id"])
    nearer = _shares(widths["below_zero_share"], sizes, smallest)
    return widths[["segment_id", "silhouette"]].assign(nearer_to_another_segment=nearer)


def context_table(contexts: pd.DataFrame) -> pd.DataFrame:
    """Return how the segments hold within each level, under headings in words.

    Args:
        contexts: The artefact ``contexts``.

    Returns:
        ``context, level, customers, same_segments`` (adjusted Rand index),
        ``random_customers`` (its mean over random customers with the same mix), ``same_order``
        of the segments by KPI (Kendall's tau) and ``finding``.
    """
    named = {
        "adjusted_rand": "same_segments",
        "reference": "random_customers",
        "kpi_order": "same_order",
    }
    shown = contexts[["context", "level", "customers", *named, "finding"]].rename(columns=named)
    return shown.assign(
        context=[feature_words(str(name)) for name in shown["context"]],
        finding=shown["finding"].astype("object").replace({"": "as everywhere"}),
    )


def closest_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of segments that are hardest to tell apart, at most eight.

    Args:
        pairs: The artefact ``pair_separation``, closest pairs first.

    Returns:
        ``segment_id, other_segment_id, separation, crowd`` (what the closest two pieces of one
        crowd reach) and ``verdict``: ``apart``, ``may be one``, or ``not tested`` where there is
        nothing to compare with.
    """
    shown = pairs.head(_MOST_PAIRS).rename(columns={"null_high": "crowd"})
    verdict = shown["merge_candidate"].map({True: "may be one", False: "apart"})
    verdict = verdict.where(shown["crowd"].notna(), "not tested")
    columns = ["segment_id", "other_segment_id", "separation", "crowd", "verdict"]
    return shown.assign(verdict=verdict)[columns]


def prediction_table(prediction: pd.DataFrame) -> pd.DataFrame:
    """Return how well churn and value are predicted with the segments and without.

    Args:
        prediction: The artefact ``prediction``.

    Returns:
        ``outcome, measure, features, features_and_segments, segments, p_corrected``.
    """
    named = {
        "base": "features",
        "with_segments": "features_and_segments",
        "segments_alone": "segments",
    }
    shown = prediction.rename(columns=named)
    return shown[["outcome", "measure", *named.values(), "p_corrected"]]


def baseline_table(baselines: pd.DataFrame) -> pd.DataFrame:
    """Return the comparison with each rival over all KPIs, then with RFM tiers KPI by KPI.

    Args:
        baselines: The artefact ``baselines``.

    Returns:
        ``kpi, rival, segments, rival_score, low, high, verdict``; the interval is that of the
        difference.
    """
    together = baselines["kpi"] == ALL_KPIS
    shown = baselines[together | (baselines["rival"] == RFM)]
    words = [kpi_words(str(kpi)) for kpi in shown["kpi"]]
    shown = shown.assign(kpi=pd.Series(words, index=shown.index).mask(together, "all KPIs"))
    return shown[["kpi", "rival", "segments", "rival_score", "low", "high", "verdict"]]


def drift_table(drift: pd.DataFrame) -> pd.DataFrame:
    """Return the drift of the segmenting features, and of any other feature that drifted.

    Args:
        drift: The artefact ``drift``.

    Returns:
        ``feature, role, psi_corrected`` (as text), ``shift_sd, level``.
    """
    shown = drift[(drift["role"] == "segmenting") | (drift["level"] != "none")]
    shown = shown.assign(psi_corrected=[_not_zero(value) for value in shown["psi_corrected"]])
    return shown[["feature", "role", "psi_corrected", "shift_sd", "level"]]


def movement_table(noise: pd.DataFrame, *, smallest: int = 10) -> pd.DataFrame:
    """Return the share of customers who moved, beside the share that moves by chance.

    Args:
        noise: The artefact ``noise_floor``.
        smallest: Fewer customers than this are not shown: neither a segment of as few, nor a
            share that stands for as few who moved, or who stayed.

    Returns:
        ``segment_id`` (``All`` for all of them), ``customers``, ``moved``, ``by_chance``,
        ``difference_from`` and ``difference_to`` (95 % interval), ``verdict``.
    """
    columns = ["segment_id", "customers", "moved", "floor", "low", "high", "verdict"]
    shown = noise[columns].copy()
    for name in ("moved", "floor"):
        went = shown[name] * shown["customers"]
        stayed = shown["customers"] - went
        few = went.between(0.5, smallest - 0.5) | stayed.between(0.5, smallest - 0.5)
        shown[name] = shown[name].mask(few)
        # The interval is around the difference of the two.
        shown[["low", "high"]] = shown[["low", "high"]].mask(few)
    hidden = shown["customers"] < smallest
    numbers = ["moved", "floor", "low", "high"]
    shown[numbers] = shown[numbers].mask(hidden)
    shown["customers"] = shown["customers"].astype("Int64").mask(hidden)
    named = {"floor": "by_chance", "low": "difference_from", "high": "difference_to"}
    return shown.assign(segment_id=shown["segment_id"].replace({ALL: "All"})).rename(columns=named)


def criteria_table(criteria: pd.DataFrame, *, smallest: int = 10) -> pd.DataFrame:
    """Return each segment beside each criterion, in words.

    Args:
        criteria: The artefact ``criteria``.
        smallest: Fewer customers than this are not shown.

    Returns:
        ``segment_id, measure, value, asked, passed``; ``value`` is text.
    """
    value = [
        _value(str(row["measure"]), float(row["value"]), smallest)
        for row in criteria.to_dict("records")
    ]
    passed = criteria["passed"].map({True: "yes", False: "no"}).astype("object")
    return pd.DataFrame(
        {
            "segment_id": criteria["segment_id"],
            "measure": [kpi_name(str(measure)) for measure in criteria["measure"]],
            "value": value,
            "asked": criteria["asked"],
            "passed": passed.where(passed.notna(), "weighed"),
        }
    )


def expectation_table(expectations: pd.DataFrame) -> pd.DataFrame:
    """Return what was expected and what came out, in words.

    Args:
        expectations: The artefact ``expectations``.

    Returns:
        ``feature, kpi, expected, found, because``.
    """
    signs = {"positive": "more", "negative": "less"}
    found = [
        "not clear" if math.isnan(slope) else "more" if slope > 0 else "less"
        for slope in expectations["slope"].astype("float64")
    ]
    return pd.DataFrame(
        {
            "feature": [feature_words(str(name)) for name in expectations["feature"]],
            "kpi": [kpi_words(str(kpi)) for kpi in expectations["kpi"]],
            "expected": expectations["direction"].map(signs),
            "found": found,
            "because": expectations["because"],
        }
    )


def temporal_table(temporal: Mapping[str, Any], gates: Gates) -> pd.DataFrame:
    """Return what was compared between open and close, a row each.

    Args:
        temporal: The artefact ``temporal``.
        gates: Thresholds.

    Returns:
        ``what, value, asked, verdict``, all text.
    """
    bar = temporal["baseline_low"] - gates.refit_margin
    agreement, mix = temporal["frozen_refit_ari"], temporal["mix"]
    drift, flips = temporal["common_drift"], temporal["kpi_flips"]
    events = int(temporal["events"])
    rows = [
        ("Segments made anew agree with the old ones (1 = the same)", f"{agreement:.2f}",
         f"at least {bar:.2f}", "the same" if agreement >= bar else "other segments"),
        ("Segments that split, merged, ended or are new", str(events), "none",
         "changed" if events else "none"),
        ("Shift of the sizes of the segments (PSI)", _not_zero(mix["psi_corrected"]),
         f"at most {gates.drift_psi:g}", _MIX[str(mix["level"])]),
        ("Shift of all customers together, in standard deviations",
         _not_zero(drift["size_sd"]) if drift["found"] else "none", "no more than by chance",
         "moved" if drift["found"] else "the same"),
        ("Pairs of segments that changed places in a KPI",
         "not compared" if flips is None else str(len(flips)), "none",
         "no earlier quarter" if flips is None else "changed" if flips else "none"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["what", "value", "asked", "verdict"])


def _shares(shares: pd.Series, sizes: pd.Series, smallest: int) -> list[str]:
    """Shares as text; one that stands for a few customers would give them away."""
    return [
        "not known"
        if math.isnan(share)
        else f"fewer than {smallest} customers"
        if share * size < smallest
        else f"{share:.1%}"
        for share, size in zip(shares, sizes, strict=True)
    ]


def _not_zero(value: float) -> str:
    return "under 0.01" if abs(value) < 0.005 else f"{value:.2f}"


def _value(measure: str, value: float, smallest: int) -> str:
    """Return a measure as text; a share of customers in whole percents, or it is their number."""
    if math.isnan(value):
        return "not known"
    if measure == "customers":
        return f"{value:,.0f}" if value >= smallest else f"fewer than {smallest}"
    if measure in ("share", "growth"):
        return f"{value:.1%}"
    if measure in ("active", "visited"):
        ends = ("under 5%", 0 < value < 0.05), ("over 95%", 0.95 < value < 1)
        return next((words for words, told in ends if told), f"{value:.0%}")
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
