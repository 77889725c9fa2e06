"""Fits the transforms: how each feature enters, before any segment is looked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Literal, cast

import numpy as np
import pandas as pd
from scipy.special import ndtri

from segmentation_lib.cluster.digits import significant, significant_all
from segmentation_lib.cluster.one_vote import share_votes
from segmentation_lib.cluster.transforms import (
    UNKNOWN,
    Column,
    FeatureTransform,
    Transforms,
    active,
    as_number,
    as_rank,
    as_text,
    dictionary_hash,
)
from segmentation_lib.faults import ContractError, Fault
from segmentation_lib.params import ClusterParams
from segmentation_lib.stats.arrays import FloatArray

__all__ = ["fit_transforms"]

_KNOTS = 41
_LEVELS = 20
# A tenth of the positive values lie under the unit of the logarithm: for counts that is mostly 1,
# for money it follows the currency, so that pounds or pence give the same segments.
_UNIT_QUANTILE = 0.1
# Spread of two equally common levels, and the smallest that a category is scaled by: customers of
# two levels are then at most two standard deviations apart, however rare a level is.
_CATEGORY_SPREAD = 0.5**0.5
# A missing value sets a customer apart by one standard deviation, not more.
_MISSING_SPREAD = 1.0

_Missing = Literal["refuse", "impute", "unknown"]
_Shape = Literal["none", "log", "rank"]


def fit_transforms(
    features: pd.DataFrame,
    dictionary: pd.DataFrame,
    params: ClusterParams,
    *,
    levels: Mapping[str, Sequence[str]] | None = None,
) -> Transforms:
    """Fit the transform of every segmenting feature on the ACTIVE customers.

    A number is cut off at quantiles, shaped (``none``, ``log`` or ``rank``), centred and scaled.
    A category becomes one column per level, which together weigh as much as one number; an
    ordered category becomes its rank. A feature with one value only is left out, with a finding.
    Features that say the same share one vote, with a finding.

    Args:
        features: One row per customer, with ``state`` and the features.
        dictionary: The data dictionary: ``name, role, kind, transform, missing``.
        params: Cut-off quantiles, and what replaces the dictionary's word per feature.
        levels: Levels of ordered categories, first to last, where the column is plain text.

    Raises:
        ContractError: A feature is missing or holds values that its policy refuses, or a parameter
            names a feature that does not exist, or no feature is left.
    """
    rows = dictionary[dictionary["role"] == "segmenting"]
    names = [str(name) for name in rows["name"]]
    customers = active(features)
    faults = _unknown_names(names, params) + _unfit_columns(rows, customers, params, levels or {})
    if faults:
        raise ContractError(faults)
    fitted, findings = [], []
    for _, row in rows.iterrows():
        name = str(row["name"])
        feature, finding = _fit_feature(row, customers[name], params, levels or {})
        if feature is not None:
            fitted.append(feature)
        if finding:
            findings.append(finding)
    if not fitted:
        raise ContractError([_nothing_left(names)])
    fitted, shared = share_votes(
        fitted, customers, threshold=params.one_vote, weighted=params.weights
    )
    findings.extend(shared)
    return Transforms(
        features=tuple(fitted),
        dictionary_hash=dictionary_hash(dictionary),
        findings=tuple(findings),
    )


def _fit_feature(
    row: pd.Series,
    values: pd.Series,
    params: ClusterParams,
    levels: Mapping[str, Sequence[str]],
) -> tuple[FeatureTransform | None, str]:
    name, kind = str(row["name"]), _kind(row, values)
    draft = {
        "name": name,
        "kind": kind,
        "missing": _policy(row, params),
        "weight": significant(params.weights.get(name, 1.0)),
    }
    if kind == "category":
        return _fit_category(draft, as_text(values))
    if kind == "ordered":
        places = tuple(_levels_of(name, values, levels))
        ranks = as_rank(values, places)
        return _fit_number({**draft, "levels": places}, ranks, shape="none", cut=None)
    return _fit_number(draft, as_number(values), shape=_shape(row, params), cut=params.winsorise)


def _fit_number(
    draft: dict[str, Any], number: FloatArray, *, shape: _Shape, cut: tuple[float, float] | None
) -> tuple[FeatureTransform | None, str]:
    known = number[~np.isnan(number)]
    if not len(known):
        return None, f"{draft['name']} is empty for every customer and was left out."
    refused = draft["missing"] == "refuse"
    constants: dict[str, Any] = {
        **draft,
        "transform": shape,
        "fill": None if refused else significant(float(np.median(known))),
    }
    if cut is not None:
        # Quantiles that are values of the data follow a change of units exactly.
        ends = np.quantile(known, cut, method="inverted_cdf")
        constants["low"], constants["high"] = significant_all(ends)
        known = np.clip(known, constants["low"], constants["high"])
    if shape == "log" and (known > 0).any():
        unit = np.quantile(known[known > 0], _UNIT_QUANTILE, method="inverted_cdf")
        constants["unit"] = significant(float(unit))
    if known.min() == known.max():
        return None, f"{draft['name']} has one value only and was left out."
    if shape == "rank":
        constants["knots"] = _knots(known)
    feature = FeatureTransform(**constants)
    filled = feature.shaped(np.where(np.isnan(number), feature.fill or 0.0, number))
    columns = [_column(draft["name"], filled)]
    missing = np.isnan(number)
    if feature.missing == "unknown" and missing.any():
        share = significant(float(missing.mean()))
        columns.append(
            Column(name=f"{feature.name}={UNKNOWN}", centre=share, scale=_MISSING_SPREAD)
        )
    if columns[0].scale <= 1e-9 * max(1.0, abs(columns[0].centre)):
        return None, f"{draft['name']} hardly varies after its transform and was left out."
    return feature.model_copy(update={"columns": tuple(columns)}), ""


def _column(name: str, values: FloatArray) -> Column:
    spread = float(values.std())
    return Column(
        name=name,
        centre=significant(float(values.mean())),
        scale=significant(spread) if spread > 0 else 1e-12,
    )


def _knots(known: FloatArray) -> tuple[tuple[float, float], ...]:
    """Values and their normal scores, of mid-ranks, at most 41 and evenly spread in score."""
    values, counts = np.unique([significant(float(x)) for x in known], return_counts=True)
    scores = ndtri((np.cumsum(counts) - counts / 2) / counts.sum())
    if len(values) > _KNOTS:
        wanted = np.linspace(scores[0], scores[-1], _KNOTS)
        places = np.unique(np.clip(np.searchsorted(scores, wanted), 0, len(values) - 1))
        values, scores = values[places], scores[places]
    return tuple((float(x), significant(float(y))) for x, y in zip(values, scores, strict=True))


def _fit_category(draft: dict[str, Any], text: pd.Series) -> tuple[FeatureTransform | None, str]:
    name = draft["name"]
    if draft["missing"] == "unknown":
        text = text.fillna(UNKNOWN)
    counts = text.value_counts()
    ranked = sorted(counts.index, key=lambda level: (-int(counts[level]), level))
    kept = tuple(sorted(ranked[:_LEVELS]))
    if len(ranked) < 2:
        one = "one value only" if ranked else "no values"
        return None, f"{name} has {one} and was left out."
    fill = {"refuse": None, "impute": ranked[0], "unknown": UNKNOWN}[draft["missing"]]
    shares = np.array([(text.fillna(fill or "") == level).mean() for level in kept])
    spread = max(float(np.sqrt((shares * (1 - shares)).sum())), _CATEGORY_SPREAD)
    columns = tuple(
        Column(name=f"{name}={level}", centre=significant(float(p)), scale=significant(spread))
        for level, p in zip(kept, shares, strict=True)
    )
    finding = ""
    if len(ranked) > _LEVELS:
        finding = (
            f"{name} has {len(ranked)} levels; the {_LEVELS} most common are told apart, "
            "the others count as none of them."
        )
    return FeatureTransform(**draft, fill=fill, levels=kept, columns=columns), finding


def _kind(row: pd.Series, values: pd.Series) -> str:
    kind = str(row["kind"])
    coded = kind == "ordered" and pd.api.types.is_numeric_dtype(values.dtype)
    return "number" if coded else kind


def _policy(row: pd.Series, params: ClusterParams) -> _Missing:
    word = params.missing.get(str(row["name"]), row.get("missing"))
    return cast(_Missing, word if word in ("refuse", "impute", "unknown") else "impute")


def _shape(row: pd.Series, params: ClusterParams) -> _Shape:
    word = params.transforms.get(str(row["name"]), row.get("transform"))
    return cast(_Shape, word if word in ("none", "log", "rank") else "none")


def _levels_of(name: str, values: pd.Series, levels: Mapping[str, Sequence[str]]) -> list[str]:
    if name in levels:
        return [str(level) for level in levels[name]]
    if isinstance(values.dtype, pd.CategoricalDtype) and values.dtype.ordered:
        return [str(level) for level in values.dtype.categories]
    return []


def _unknown_names(names: Sequence[str], params: ClusterParams) -> list[Fault]:
    faults = []
    for option in ("transforms", "weights", "missing"):
        for name in getattr(params, option):
            if name in names:
                continue
            close = get_close_matches(name, names, n=1)
            faults.append(
                Fault(
                    f"cluster.{option}.{name}",
                    f"{name} is not a segmenting feature",
                    f"must be one of {', '.join(names)}",
                    f"Did you mean {close[0]}?" if close else "Correct the name or remove it.",
                    "unknown_feature",
                )
            )
    return faults


def _unfit_columns(
    rows: pd.DataFrame,
    customers: pd.DataFrame,
    params: ClusterParams,
    levels: Mapping[str, Sequence[str]],
) -> list[Fault]:
    faults = []
    for _, row in rows.iterrows():
        name = str(row["name"])
        if name not in customers.columns:
            faults.append(
                Fault(
                    f"features.{name}",
                    "the column is missing",
                    "the data dictionary lists it as a segmenting feature",
                    "Run the stage prepare again.",
                    "missing_column",
                )
            )
            continue
        faults.extend(_unfit_values(row, customers[name], params, levels))
    return faults


def _unfit_values(
    row: pd.Series, values: pd.Series, params: ClusterParams, levels: Mapping[str, Sequence[str]]
) -> list[Fault]:
    name, kind, where = str(row["name"]), _kind(row, values), f"features.{row['name']}"
    known_levels = _levels_of(name, values, levels) if kind == "ordered" else []
    missing = int(values.isna().sum())
    if known_levels:
        missing = int(np.isnan(as_rank(values, known_levels)).sum())
    faults = []
    if kind == "number" and missing < len(values):
        if not pd.api.types.is_numeric_dtype(values.dtype):
            fix = "Declare its kind as category, or correct the column."
            faults.append(
                Fault(where, f"holds {values.dtype}", "must hold numbers", fix, "wrong_type")
            )
        elif infinite := int(np.isinf(as_number(values)).sum()):
            fix = "Guard the feature's expression against division by zero."
            faults.append(
                Fault(where, f"{infinite} infinite values", "must be finite", fix, "not_finite")
            )
    if kind == "ordered" and not known_levels:
        fix = f"Give its levels from first to last in data.customers.types.{name}."
        faults.append(
            Fault(where, "the order of its levels is not known", "an ordered category needs it",
                  fix, "levels_unknown")
        )  # fmt: skip
    if missing and _policy(row, params) == "refuse":
        faults.append(
            Fault(
                where,
                f"{missing} of {len(values)} active customers have no value",
                "its policy refuses missing values",
                f"Fill the source, or set cluster.missing.{name} to impute or unknown.",
                "missing_values",
            )
        )
    return faults


def _nothing_left(names: Sequence[str]) -> Fault:
    return Fault(
        "features",
        f"none of {', '.join(names) or 'no features'} varies between customers",
        "segments need at least one feature that varies",
        "Check the lookback and the segmenting features in prepare.features.",
        "no_features",
    )
