"""Have the customers changed between open and close: each feature, and the mix of segments."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.stats import Drift, drift_levels, number_drift, share_drift
from segmentation_lib.stats.arrays import IntArray
from segmentation_lib.stats.drift import DriftLevel
from segmentation_lib.words import feature_words, listing

__all__ = ["AGEING", "drift_sentence", "feature_drift", "mix_drift", "moved_features"]

# Level of a feature over the whole history: customers grow older, and that is no news.
AGEING = "ageing"
# Level with fewer active customers at the close than this: bins of a tenth would be empty.
_NOT_ASSESSED, _FEWEST_CUSTOMERS = "not assessed", 50
_KEYS = ("customer_id", "state")
_UNKNOWN = Drift(psi=np.nan, corrected=np.nan, p_value=np.nan, distance=np.nan, bins=0)


def feature_drift(
    features_open: pd.DataFrame,
    features_close: pd.DataFrame,
    dictionary: pd.DataFrame,
    *,
    moderate: float = 0.1,
    major: float = 0.25,
) -> pd.DataFrame:
    """Compare the active customers of the open with those of the close, feature by feature.

    Args:
        features_open: The artefact ``features_open``.
        features_close: The artefact ``features_close``.
        dictionary: The artefact ``data_dictionary``: roles and windows.
        moderate: Corrected population stability index above which a drift is moderate.
        major: ... major.

    Returns:
        The artefact ``drift``, in the order of the features: ``feature, role, psi,
        psi_corrected, p_value`` (not yet corrected for their number; ``level`` is),
        ``ks`` (largest difference of the distributions, 0 to 1), ``shift_sd`` (shift of the mean
        of normal scores, in standard deviations; empty for categories) and ``level``: ``none``,
        ``moderate``, ``major``, or ``ageing`` for a feature over the whole history, which
        ``ages`` marks. With fewer than 50 active customers at the close the numbers are empty
        and each level is ``not assessed``.
    """
    opened, closed = _active(features_open), _active(features_close)
    few = len(closed) < _FEWEST_CUSTOMERS
    facts = dictionary.set_index("name")
    names = [name for name in opened.columns if name not in _KEYS and name in facts.index]
    drifts = [_UNKNOWN if few else _drift(opened[name], closed[name]) for name in names]
    levels: list[str] = list(drift_levels(drifts, moderate=moderate, major=major))
    if few:
        levels = [_NOT_ASSESSED] * len(names)
    ages = [facts.loc[name, "window"] == "whole history" for name in names]
    levels = [
        AGEING if old and level in ("moderate", "major") else level
        for old, level in zip(ages, levels, strict=True)
    ]
    return pd.DataFrame(
        {
            "feature": names,
            "role": [str(facts.loc[name, "role"]) for name in names],
            "psi": [drift.psi for drift in drifts],
            "psi_corrected": [drift.corrected for drift in drifts],
            "p_value": [drift.p_value for drift in drifts],
            "ks": [drift.distance for drift in drifts],
            "shift_sd": [drift.shift for drift in drifts],
            "level": levels,
            "ages": ages,
        }
    )


def mix_drift(
    assignments_open: pd.DataFrame,
    assignments_close: pd.DataFrame,
    *,
    moderate: float = 0.1,
    major: float = 0.25,
) -> tuple[Drift, DriftLevel]:
    """Compare the shares of the segments at open and close.

    Args:
        assignments_open: The artefact ``assignments_open``.
        assignments_close: The artefact ``assignments_close``, under the same model.
        moderate: Corrected index above which a drift is moderate.
        major: ... major.
    """
    found = _levels(assignments_open["segment_id"], assignments_close["segment_id"], missing=False)
    return found, drift_levels([found], moderate=moderate, major=major)[0]


def moved_features(drift: pd.DataFrame, *, level: str | None = None) -> list[str]:
    """Return the segmenting features that drifted, the one that moved most first.

    Args:
        drift: The artefact ``drift``.
        level: Only those of this level; moderate and major ones when None.
    """
    wanted = ("moderate", "major") if level is None else (level,)
    moved = drift[(drift["role"] == "segmenting") & drift["level"].isin(wanted)]
    order = moved.sort_values(["psi_corrected", "feature"], ascending=[False, True])
    return [str(name) for name in order["feature"]]


def drift_sentence(drift: pd.DataFrame) -> str:
    """Say which features that make the segments have moved.

    Args:
        drift: The artefact ``drift``.
    """
    if len(drift) and (drift["level"] == _NOT_ASSESSED).all():
        return "Too few customers are active at the end of the quarter to see what moved."
    moved = moved_features(drift)
    if not moved:
        return "No feature that makes the segments moved by enough to matter."
    major = moved_features(drift, level="major")
    named = [f"{feature_words(name)} ({'much' if name in major else 'somewhat'})" for name in moved]
    return f"Customers moved in features that make the segments: {listing(named)}."


def _active(features: pd.DataFrame) -> pd.DataFrame:
    return features[features["state"] == "ACTIVE"]


def _drift(before: pd.Series, after: pd.Series) -> Drift:
    numeric = pd.api.types.is_numeric_dtype(before.dtype)
    if not numeric or pd.api.types.is_bool_dtype(before.dtype):
        return _levels(before, after, missing=True)
    values = [column.to_numpy(dtype=np.float64, na_value=np.nan) for column in (before, after)]
    return number_drift(values[0], values[1])


def _levels(before: pd.Series, after: pd.Series, *, missing: bool) -> Drift:
    texts = [column.astype("object").where(column.notna(), None) for column in (before, after)]
    counts = [text.map(str, na_action="ignore").value_counts() for text in texts]
    levels = sorted(set(counts[0].index) | set(counts[1].index))
    tables: list[IntArray] = []
    for count, text in zip(counts, texts, strict=True):
        table = count.reindex(levels, fill_value=0).to_list()
        if missing:
            table.append(int(text.isna().sum()))
        tables.append(np.array(table, dtype=np.int64))
    return share_drift(tables[0], tables[1])
