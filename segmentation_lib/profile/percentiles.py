"""Where a segment stands among all customers, trait by trait, on one scale from 0 to 100."""

from __future__ import annotations

import pandas as pd

__all__ = ["percentile_profile"]


def percentile_profile(
    features: pd.DataFrame, assignments: pd.DataFrame, traits: pd.DataFrame, *, most: int = 8
) -> pd.DataFrame:
    """Return the mean percentile of each segment's customers, for the traits that differ most.

    A customer's percentile is the share of customers in a segment who lie below, ties counted
    half; so all customers together stand at 50 in every trait, whatever its unit and shape.

    Args:
        features: ``customer_id`` and one column per feature.
        assignments: ``customer_id`` and ``segment_id`` at the same day; empty segments are left
            out.
        traits: The artefact ``traits``; its numeric segmenting features are drawn from.
        most: Traits at most.

    Returns:
        ``segment_id, trait, percentile`` (0 to 100), ``mean`` and ``unit``, the traits in the
        order of the artefact. Customers without a value count in no percentile.
    """
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id", "segment_id"]]
    table = placed.merge(features.drop(columns="segment_id", errors="ignore"), on="customer_id")
    rows = traits[(traits["role"] == "segmenting") & traits["feature"].isin(table.columns)]
    numeric = [
        name for name in rows["feature"].unique() if pd.api.types.is_numeric_dtype(table[name])
    ]
    strength = rows[rows["feature"].isin(numeric)].groupby("feature")["difference"]
    widest = strength.agg(lambda values: values.abs().max())
    kept = set(widest.sort_values(ascending=False, kind="stable").index[:most])
    rows = rows[rows["feature"].isin(kept)]
    parts = []
    for name in [name for name in numeric if name in kept]:
        values = table[name].astype("float64")
        place = 100 * (values.rank() - 0.5) / values.notna().sum()
        mean = place.groupby(table["segment_id"].astype("str"), sort=True).mean()
        parts.append(pd.DataFrame({"segment_id": mean.index, "trait": name, "percentile": mean}))
    if not parts:
        return pd.DataFrame(columns=["segment_id", "trait", "percentile", "mean", "unit"])
    found = pd.concat(parts, ignore_index=True)
    known = rows[["segment_id", "feature", "mean", "unit"]].rename(columns={"feature": "trait"})
    return found.merge(known, on=["segment_id", "trait"], how="left")
