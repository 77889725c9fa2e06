"""Who is likely to be in which segment, told from descriptors only, and how well that works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from segmentation_lib.profile.descriptor_levels import (
    Descriptor,
    descriptor_levels,
    known_before_purchase,
)
from segmentation_lib.profile.membership_words import meaning_words, told_words
from segmentation_lib.stats.arrays import FloatArray, IntArray, one_thread, sample_rows
from segmentation_lib.stats.class_skill import (
    balanced_accuracy,
    class_aucs,
    log_loss_skill,
    share_in_top,
)
from segmentation_lib.stats.intervals import Interval
from segmentation_lib.stats.out_of_fold import corrected_interval, repeated_folds

__all__ = ["Membership", "membership_model"]

_PARTS, _REPEATS = 5, 2
_FEWEST_ROWS, _FEWEST_MEMBERS = 60, 10
_LEVEL = 0.95
# Strong enough to keep rare levels from being learnt by heart.
_INVERSE_RIDGE = 0.1
# People that the base rates are worth when a level's shares are taken as chances.
_SMOOTHING = 10.0
_NOTHING = Interval(float("nan"), float("nan"), float("nan"), _LEVEL)


@dataclass(frozen=True)
class Membership:
    """What descriptors tell of the segments; all numbers are of customers a model had not seen.

    Attributes:
        told: Whether descriptors tell segments apart better than the base rates; None if there
            were too few customers, segments or descriptors to find out.
        skill: Share of the uncertainty of the base rates that the model takes away.
        skill_low: Lower end of its 95 % interval.
        skill_high: Upper end.
        balanced_accuracy: Share named right, averaged over the segments.
        balanced_low: Lower end of its 95 % interval.
        balanced_high: Upper end.
        chance: What blind guessing would name right.
        customers: Customers looked at.
        segments: ``segment_id, customers, base_share, auc, auc_low, auc_high`` (corrected for the
            number of segments), ``top_tenth_share`` (share of the segment among the tenth of
            people that are most likely of it), ``lift`` and ``told``.
        descriptors: ``descriptor, used, levels, skill_alone, skill_low, skill_high`` (corrected
            for the number of descriptors), ``told`` and ``note`` (why it was not used).
        sentence: The finding in plain words.
        meaning: What it means for people who are not customers yet.
    """

    told: bool | None
    skill: float
    skill_low: float
    skill_high: float
    balanced_accuracy: float
    balanced_low: float
    balanced_high: float
    chance: float
    customers: int
    segments: pd.DataFrame
    descriptors: pd.DataFrame
    sentence: str
    meaning: str

    def summary(self) -> dict[str, Any]:
        """Return everything as plain values, numbers that are not known as None."""
        plain = {
            name: None if isinstance(value, float) and np.isnan(value) else value
            for name, value in vars(self).items()
            if not isinstance(value, pd.DataFrame)
        }
        for name in ("segments", "descriptors"):
            frame = getattr(self, name)
            rows = frame.astype("object").where(frame.notna(), None).to_dict("records")
            plain[name] = [{key: _plain(value) for key, value in row.items()} for row in rows]
        return plain


def membership_model(
    features: pd.DataFrame,
    assignments: pd.DataFrame,
    dictionary: pd.DataFrame,
    *,
    seed: int,
    descriptors: Sequence[str] | None = None,
    sample_size: int = 20_000,
) -> Membership:
    """Ask how well segments can be told from descriptors, out of fold and against the base rate.

    A multinomial logistic regression over the levels of all usable descriptors. Segments can be
    told if the interval of its skill lies above 0; the interval allows for folds that share their
    rows, and errs on the careful side.

    Args:
        features: ``customer_id`` and one column per feature.
        assignments: ``customer_id`` and ``segment_id`` at the same as-of date.
        dictionary: ``name``, ``role``, ``table``.
        seed: Seed of the sample and of the folds.
        descriptors: Columns to tell by; None for the descriptors of the customers table, which
            are known of people who have not bought yet. Segmenting features are refused.
        sample_size: Customers looked at, at most.

    Raises:
        ValueError: A descriptor is no column, or is a segmenting feature: the segments were made
            from it, and it would tell them trivially.

    Source: Nadeau & Bengio (2003) for the intervals.
    """
    names = list(known_before_purchase(dictionary) if descriptors is None else descriptors)
    _check(names, features, dictionary)
    placed = assignments.loc[assignments["segment_id"].notna(), ["customer_id", "segment_id"]]
    table = placed.merge(features[["customer_id", *names]], on="customer_id")
    table = table.sort_values("customer_id", ignore_index=True)
    table = table.iloc[sample_rows(len(table), sample_size, seed=(seed, 81))]
    sizes = table["segment_id"].astype("str").value_counts()
    large = sorted(sizes.index[sizes >= _FEWEST_MEMBERS])
    table = table[table["segment_id"].astype("str").isin(large)]
    columns = [descriptor_levels(table[name]) for name in names]
    usable = [column for column in columns if column.levels is not None]
    ids, classes = np.unique(table["segment_id"].astype("str").to_numpy(), return_inverse=True)
    if len(table) < _FEWEST_ROWS or len(ids) < 2 or not usable:
        return _unknown(len(table), columns, enough=len(table) >= _FEWEST_ROWS, several=len(ids))
    strata = classes.astype(np.int64)
    folds = repeated_folds(
        strata, parts=_PARTS, repeats=_REPEATS, seed=np.random.SeedSequence((seed, 82))
    )
    with one_thread():
        chances = _out_of_fold(usable, strata, folds)
    return _found(list(ids), strata, folds, chances, columns)


def _check(names: list[str], features: pd.DataFrame, dictionary: pd.DataFrame) -> None:
    absent = [name for name in names if name not in features.columns]
    made = set(dictionary.loc[dictionary["role"] == "segmenting", "name"]) & set(names)
    if absent or made:
        raise ValueError(
            f"descriptors: {absent or sorted(made)} "
            f"{'are no columns' if absent else 'made the segments'}; "
            "name columns of the features that were not clustered on"
        )


def _out_of_fold(
    usable: list[Descriptor], classes: IntArray, folds: list[tuple[IntArray, IntArray]]
) -> list[FloatArray]:
    """Chances of the classes for the rows to judge on, of each fold."""
    table = pd.concat([d.levels for d in usable if d.levels is not None], axis=1)
    text = table.to_numpy(dtype=object)
    found = []
    for fit, judge in folds:
        model = make_pipeline(
            OneHotEncoder(handle_unknown="ignore"),
            LogisticRegression(C=_INVERSE_RIDGE, max_iter=500),
        )
        found.append(model.fit(text[fit], classes[fit]).predict_proba(text[judge]))
    return found


def _found(
    ids: list[str],
    classes: IntArray,
    folds: list[tuple[IntArray, IntArray]],
    chances: list[FloatArray],
    columns: list[Descriptor],
) -> Membership:
    base = [np.bincount(classes[fit], minlength=len(ids)) / len(fit) for fit, _ in folds]
    parts = list(zip(chances, base, [classes[judge] for _, judge in folds], strict=True))
    skill = _over_folds([log_loss_skill(c, b, y) for c, b, y in parts])
    right = _over_folds([balanced_accuracy(c, b, y) for c, b, y in parts])
    segments = _segments(ids, parts, classes)
    descriptors = _alone(columns, classes, folds, base)
    told = bool(skill.low > 0)
    if not told:
        segments, descriptors = segments.assign(told=False), descriptors.assign(told=False)
    return Membership(
        told, skill.value, skill.low, skill.high, right.value, right.low, right.high,
        1 / len(ids), len(classes), segments, descriptors,
        told_words(told, skill.value, right, 1 / len(ids), descriptors),
        meaning_words(told, segments, descriptors),
    )  # fmt: skip


def _segments(
    ids: list[str], parts: list[tuple[FloatArray, FloatArray, IntArray]], classes: IntArray
) -> pd.DataFrame:
    aucs = np.stack([class_aucs(c, y) for c, _, y in parts])
    level = 1 - (1 - _LEVEL) / len(ids)
    rows = []
    for place, name in enumerate(ids):
        auc = _over_folds(aucs[:, place], level)
        own = classes == place
        top = float(
            np.mean([share_in_top(c[:, place], (y == place).astype(float)) for c, _, y in parts])
        )
        rows.append([name, int(own.sum()), float(own.mean()), auc.value, auc.low, auc.high, top,
                     top / float(own.mean()), bool(auc.low > 0.5)])  # fmt: skip
    names = ["segment_id", "customers", "base_share", "auc", "auc_low", "auc_high",
             "top_tenth_share", "lift", "told"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def _alone(
    columns: list[Descriptor],
    classes: IntArray,
    folds: list[tuple[IntArray, IntArray]],
    base: list[FloatArray],
) -> pd.DataFrame:
    """Skill of each descriptor by itself: the shares of the segments at each of its levels."""
    tests = sum(column.levels is not None for column in columns)
    rows: list[list[Any]] = []
    for column in columns:
        skill, levels = _NOTHING, 0
        if column.levels is not None:
            _, codes = np.unique(column.levels.to_numpy(dtype=str), return_inverse=True)
            levels = int(codes.max()) + 1
            skills = [
                log_loss_skill(_shares(codes, classes, fit, b)[codes[judge]], b, classes[judge])
                for (fit, judge), b in zip(folds, base, strict=True)
            ]
            skill = _over_folds(skills, 1 - (1 - _LEVEL) / tests)
        rows.append([column.name, column.levels is not None, levels, skill.value, skill.low,
                     skill.high, bool(skill.low > 0), column.note])  # fmt: skip
    names = ["descriptor", "used", "levels", "skill_alone", "skill_low", "skill_high", "told",
             "note"]  # fmt: skip
    table = pd.DataFrame(rows, columns=names)
    order = table["skill_alone"].round(9).fillna(-np.inf)
    return table.assign(order=order).sort_values(
        ["order", "descriptor"], ascending=[False, True], ignore_index=True
    ).drop(columns="order")  # fmt: skip


def _shares(codes: IntArray, classes: IntArray, fit: IntArray, base: FloatArray) -> FloatArray:
    counts = np.zeros((int(codes.max()) + 1, len(base)))
    np.add.at(counts, (codes[fit], classes[fit]), 1.0)
    counts += _SMOOTHING * base
    return np.asarray(counts / counts.sum(axis=1, keepdims=True))


def _over_folds(values: Sequence[float] | FloatArray, level: float = _LEVEL) -> Interval:
    known = np.asarray(values, dtype=np.float64)
    known = known[~np.isnan(known)]
    if len(known) < 2:
        return _NOTHING
    return corrected_interval(known, parts=_PARTS, level=level)


def _unknown(rows: int, columns: list[Descriptor], *, enough: bool, several: int) -> Membership:
    if not enough:
        why = (
            f"there are too few customers to find out; {_FEWEST_ROWS} are needed, and "
            f"{_FEWEST_MEMBERS} in each segment. More customers in the data would help"
        )
    elif several < 2:
        why = f"fewer than two segments have {_FEWEST_MEMBERS} customers or more"
    elif not columns:
        why = (
            "the data hold no attribute that is known before a purchase. Give a customers table "
            "with attributes such as region, age or acquisition channel (data.customers)"
        )
    else:
        why = (
            "no attribute of the customers table can be used: each has one value only, or too "
            "few customers with a known one. Give others (data.customers)"
        )
    segments = pd.DataFrame(
        columns=["segment_id", "customers", "base_share", "auc", "auc_low", "auc_high",
                 "top_tenth_share", "lift", "told"]
    )  # fmt: skip
    descriptors = pd.DataFrame(
        [[c.name, c.levels is not None, 0, np.nan, np.nan, np.nan, False, c.note] for c in columns],
        columns=["descriptor", "used", "levels", "skill_alone", "skill_low", "skill_high", "told",
                 "note"],
    )  # fmt: skip
    nan = float("nan")
    sentence = f"Whether descriptors tell the segments apart is not known: {why}."
    return Membership(None, nan, nan, nan, nan, nan, nan, nan, rows, segments, descriptors,
                      sentence, meaning_words(None, segments, descriptors))  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and np.isnan(value) else value
