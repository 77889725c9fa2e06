"""What is printed bold: the traits that set a segment apart most, and would again next time."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from segmentation_lib.profile.trait_columns import placed_features, trait_columns
from segmentation_lib.profile.traits import LEAST_PEOPLE
from segmentation_lib.stats.arrays import FloatArray, sample_rows
from segmentation_lib.stats.rest_differences import bootstrap_rest_differences

__all__ = ["bold_traits"]

_BOLD_FROM, _WORTH_A_WORD = 0.5, 0.25
_STABLE = 0.8
_MOST_BOLD = 3
# Chance that any cell of a table of pure noise would count as real.
_CHANCE = 0.01


def bold_traits(
    traits: pd.DataFrame,
    features: pd.DataFrame,
    assignments: pd.DataFrame,
    dictionary: pd.DataFrame,
    *,
    seed: int,
    draws: int = 200,
    levels: int = 8,
    sample_size: int = 20_000,
) -> pd.DataFrame:
    """Mark the traits that differentiate a segment, segmenting features and descriptors apart.

    A trait is bold if all of this holds: its difference from the rest is among the three largest
    of its segment and role; it is half a standard deviation or more; in at least 80 % of
    bootstrap samples of the customers it is so again, to the same side; it is more than chance
    (1 % for the whole table); the printed means say the same; and ten people or more stand
    behind it, if it is the share of a level.

    Args:
        traits: What `trait_table` returned for the same features, assignments and dictionary.
        features: ``customer_id`` and one column per feature.
        assignments: ``customer_id`` and ``segment_id`` at the same as-of date.
        dictionary: ``name``, ``role``, ``unit``, ``transform``.
        seed: Seed of the bootstrap samples.
        draws: Number of bootstrap samples.
        levels: Levels of a category shown by name, as given to `trait_table`.
        sample_size: Customers that the bootstrap looks at, at most.

    Returns:
        The traits with ``difference_low`` and ``difference_high`` (95 % percentile interval of
        ``difference_rest``), ``stable_share`` (bootstrap samples in which the trait is again half
        a standard deviation or more to the same side), ``stable`` (flag: again a quarter of one,
        to the same side, in 80 % of them, and more than chance) and ``bold`` (flag).

    Raises:
        ValueError: The traits were not made from these features with these levels.
    """
    table = placed_features(features, assignments, dictionary)
    columns = trait_columns(table, dictionary, levels=levels)
    if traits.empty or not columns:
        empty = dict.fromkeys(("difference_low", "difference_high", "stable_share"), np.nan)
        return traits.assign(**empty, stable=False, bold=False)
    ids = sorted(set(table["segment_id"]))
    codes = table["segment_id"].map({name: place for place, name in enumerate(ids)})
    rows = sample_rows(len(table), sample_size, seed=(seed, 71))
    values = np.column_stack([c.scale.to_numpy(dtype=np.float64) for c in columns])
    drawn = bootstrap_rest_differences(
        values[rows],
        codes.to_numpy(dtype=np.int64)[rows],
        seed=np.random.SeedSequence((seed, 72)),
        draws=draws,
    )
    names = [column.feature for column in columns]
    return _marked(traits, _matched(traits, drawn, ids, names))


def _matched(
    traits: pd.DataFrame, drawn: FloatArray, ids: list[str], names: list[str]
) -> FloatArray:
    """Bootstrap differences in the order of the traits, shape (draws, traits)."""
    segment = traits["segment_id"].map({name: place for place, name in enumerate(ids)})
    feature = traits["feature"].map({name: place for place, name in enumerate(names)})
    if segment.isna().any() or feature.isna().any():
        raise ValueError(
            "traits hold rows that the features do not make; hand in what trait_table returned "
            "for the same features, assignments, dictionary and levels"
        )
    # A segment that the sample missed has no differences.
    full = np.full((len(drawn), len(ids), drawn.shape[2]), np.nan)
    full[:, : drawn.shape[1]] = drawn
    return np.asarray(full[:, segment.to_numpy(), feature.to_numpy()])


def _marked(traits: pd.DataFrame, drawn: FloatArray) -> pd.DataFrame:
    difference = traits["difference_rest"].to_numpy(dtype=np.float64)
    known = np.where(np.isnan(drawn), 0.0, drawn)
    side = np.sign(np.where(np.isnan(difference), 0.0, difference))
    low, high = np.quantile(known, [0.025, 0.975], axis=0)
    stable_share = (known * side >= _BOLD_FROM).mean(axis=0)
    errors = norm.isf(_CHANCE / (2 * len(traits)))
    is_real = np.abs(difference) >= errors * _standard_error(traits)
    stable = is_real & ((known * side >= _WORTH_A_WORD).mean(axis=0) >= _STABLE)
    marked = traits.assign(
        difference_low=np.where(np.isnan(difference), np.nan, low),
        difference_high=np.where(np.isnan(difference), np.nan, high),
        stable_share=stable_share,
        stable=stable,
    )
    strength = marked["difference_rest"].abs().round(9)
    # Equal differences keep the order of the table, so that the same three are bold.
    place = strength.groupby([marked["segment_id"], marked["role"]]).rank(
        method="first", ascending=False
    )
    bold = (place <= _MOST_BOLD) & (strength >= _BOLD_FROM) & (marked["stable_share"] >= _STABLE)
    return marked.assign(bold=bold & marked["stable"] & _is_plain(marked))


def _standard_error(traits: pd.DataFrame) -> FloatArray:
    """Standard error of a difference from the rest, were the segment a random part of all."""
    own = traits["customers"].to_numpy(dtype=np.float64)
    rest = traits.groupby("feature")["customers"].transform("sum").to_numpy(dtype=np.float64) - own
    return np.asarray(np.sqrt(1 / np.maximum(own, 1) + 1 / np.maximum(rest, 1)))


def _is_plain(traits: pd.DataFrame) -> pd.Series:
    """Whether the printed means agree, and a level has people behind it."""
    agrees = (traits["mean"] - traits["rest_mean"]) * traits["difference_rest"] > 0
    people = traits["customers"] * traits[["mean", "base_mean"]].max(axis=1)
    is_level = traits["feature"].str.contains("=", regex=False)
    return agrees & (~is_level | (people >= LEAST_PEOPLE))
