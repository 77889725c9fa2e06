"""What an experiment changed: over all, whether segments differ in it, and in each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri

from segmentation_lib.implement.experiments.metrics import Measure, metric_name
from segmentation_lib.implement.experiments.sample_ratio import ALL_SEGMENTS
from segmentation_lib.params.registers.experiments import Experiment
from segmentation_lib.stats.arrays import BoolArray, spawn_seeds
from segmentation_lib.stats.intervals import holm
from segmentation_lib.stats.segment_effects import DIFFER_LEVEL, segments_differ, shrunken

__all__ = ["EFFECT_COLUMNS", "experiment_effects"]

EFFECT_COLUMNS = ["experiment_id", "arm", "segment_id", "metric", "unit", "customers",
                  "control_customers",
                  "value", "control_value", "effect", "low", "high", "relative", "p_value",
                  "p_corrected", "differ_p", "shrunken", "shrunken_low", "shrunken_high", "method",
                  "variance_left", "verdict", "size"]  # fmt: skip
_ALPHA = 0.05
_FIGURES = ("value", "control_value", "effect", "low", "high", "relative", "p_value",
            "variance_left")  # fmt: skip


def experiment_effects(
    experiment: Experiment,
    people: pd.DataFrame,
    found: Measure,
    *,
    seed: int | Sequence[int] = 0,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare every treated arm with the control, over all segments and in each.

    Whether segments differ is asked first. Only where they do has a segment a verdict of its own:
    with one effect for all, three of four experiments show it in one segment and not in another.

    Args:
        experiment: The experiment.
        people: What `participants` returned.
        found: The metric of these customers, in their order.
        seed: Seed of the permutations.
        level: Level that the intervals of one kind of question hold together: those of the arms
            over all, and those of all segments and arms (Bonferroni).

    Returns:
        A row per treated arm and segment, ``(all)`` first, with the columns of `EFFECT_COLUMNS`:
        customers, the metric and their difference ``effect`` with its interval, ``p_value``,
        ``p_corrected`` (Holm; the arms over all, and the segments and arms together),
        ``differ_p`` (that segments differ; Holm over the arms), the effects of the segments with
        luck taken off (``shrunken`` with its interval), the ``verdict`` (``more``, ``less``, ``not
        shown``, ``too few``; ``as all`` in a segment where segments were not shown to differ) and
        its ``size`` beside the smallest effect that matters (``reached``, ``short``, ``open``, or
        ``against`` where it goes the wrong way).
    """
    names = sorted(people["segment_id"].unique())
    branches = spawn_seeds(seed, len(experiment.treated))
    control = (people["arm"] == experiment.control.name).to_numpy(dtype=bool)
    tables = []
    for arm, branch in zip(experiment.treated, branches, strict=True):
        treated = (people["arm"] == arm.name).to_numpy(dtype=bool)
        rows = _arm_rows(found, people["segment_id"], treated, control, names, branch,
                         (len(experiment.treated), level))  # fmt: skip
        rows.insert(0, "arm", arm.name)
        tables.append(rows)
    table = pd.concat(tables, ignore_index=True)
    everyone = (table["segment_id"] == ALL_SEGMENTS).to_numpy()
    for part in (everyone, ~everyone):
        table.loc[part, "p_corrected"] = holm(table.loc[part, "p_value"].to_numpy(np.float64))
    by_arm = holm(table.loc[everyone, "differ_p"].to_numpy(np.float64))
    table["differ_p"] = table["arm"].map(dict(zip(table.loc[everyone, "arm"], by_arm, strict=True)))
    table["verdict"] = _verdicts(table, everyone, single=len(names) == 1)
    sign = 1.0 if experiment.good == "higher" else -1.0
    least = np.where(sign > 0, table["low"], -table["high"])
    most = np.where(sign > 0, table["high"], -table["low"])
    reached, short = least >= experiment.min_effect, most < experiment.min_effect
    table["size"] = np.select(
        [reached, most < 0, short], ["reached", "against", "short"], "open"
    )  # fmt: skip
    table["experiment_id"] = experiment.id
    table["metric"] = metric_name(experiment.metric, experiment.denominator)
    table["unit"] = found.unit
    return table[EFFECT_COLUMNS]


def _arm_rows(
    found: Measure,
    segments: pd.Series,
    treated: BoolArray,
    control: BoolArray,
    names: Sequence[str],
    seed: np.random.SeedSequence,
    asked: tuple[int, float],
) -> pd.DataFrame:
    """Effects of one arm, over all and by segment, with what is common to the segments."""
    arms, level = asked
    *own_seeds, differing = seed.generate_state(len(names) + 2).tolist()
    inside = {name: (segments == name).to_numpy(dtype=bool) for name in names}
    inside = {ALL_SEGMENTS: np.ones(len(segments), dtype=bool), **inside}
    rows, errors, reaches = [], [], []
    for (name, own), own_seed in zip(inside.items(), own_seeds, strict=True):
        sides = treated & own, control & own
        questions = arms * (1 if name == ALL_SEGMENTS else len(names))
        row = {"segment_id": name, "customers": int(sides[0].sum()),
               "control_customers": int(sides[1].sum()), **dict.fromkeys(_FIGURES, np.nan),
               "method": ""}  # fmt: skip
        errors.append(np.nan)
        reaches.append(np.nan)
        if found.enough(*sides):
            held = 1 - (1 - level) / questions
            one = found.effect(*sides, seed=own_seed, level=held)
            row |= {"value": one.treated, "control_value": one.control, "effect": one.value,
                    "low": one.low, "high": one.high, "relative": one.relative,
                    "p_value": one.p_value, "method": one.method,
                    "variance_left": one.variance_left}  # fmt: skip
            errors[-1] = one.error
            reaches[-1] = (one.high - one.low) / 2 / float(ndtri(0.5 + held / 2))
        rows.append(row)
    table = pd.DataFrame(rows).assign(p_corrected=np.nan, differ_p=np.nan)
    effects, own_errors = table["effect"].to_numpy(np.float64)[1:], np.array(errors[1:])
    # Where a small arm of skewed money makes the interval wider than its error, that is not lost.
    drawn = shrunken(effects, np.fmax(own_errors, np.array(reaches[1:])), level=level)
    for column, values in zip(("shrunken", "shrunken_low", "shrunken_high"),
                              (drawn.values, drawn.low, drawn.high), strict=True):  # fmt: skip
        table[column] = np.append(np.nan, values)
    known = [n for n, error in zip(names, own_errors, strict=True) if error > 0]
    table["differ_p"] = _differ(found, treated, control, [inside[name] for name in known],
                                (effects, own_errors), differing)  # fmt: skip
    return table


def _differ(
    found: Measure,
    treated: BoolArray,
    control: BoolArray,
    inside: Sequence[BoolArray],
    estimates: tuple[np.ndarray, np.ndarray],
    seed: int,
) -> float:
    arms = []
    for own in inside:
        both = own & (treated | control)
        values = found.exchangeable(both)
        arms.append((values[treated[both]], values[control[both]]))
    return segments_differ(*estimates, arms, seed=seed)


def _verdicts(table: pd.DataFrame, everyone: np.ndarray, *, single: bool) -> np.ndarray:
    clear = table["p_corrected"] <= _ALPHA
    own = np.select(
        [table["effect"].isna(), clear & (table["low"] > 0), clear & (table["high"] < 0)],
        ["too few", "more", "less"],
        "not shown",
    )
    # One segment is all there is: it has nothing to differ from.
    shared = ~everyone & (own != "too few") & ~(table["differ_p"] <= DIFFER_LEVEL).to_numpy()
    return own if single else np.where(shared, "as all", own)
