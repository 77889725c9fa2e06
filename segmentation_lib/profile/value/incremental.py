"""What an experiment brought in revenue, by segment; without one, no number."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from segmentation_lib.profile.value.draw import drawn_by_lot
from segmentation_lib.profile.value.holdout import placed_customers
from segmentation_lib.profile.value.measure import ALL_SEGMENTS
from segmentation_lib.profile.value.revenue import NOT_IDENTIFIED
from segmentation_lib.profile.wording import amount, listing, plural
from segmentation_lib.stats.arrays import FloatArray, spawn_seeds
from segmentation_lib.stats.effects import permuted_welch
from segmentation_lib.stats.intervals import holm
from segmentation_lib.stats.segment_effects import DIFFER_LEVEL, segments_differ
from segmentation_lib.stats.studentised import studentised_difference

__all__ = ["incremental_revenue", "incremental_sentence"]

_NO_EXPERIMENT = "No experiment with a control arm was assigned in the quarter."
_NUMBERS = ["customers", "control_customers", "revenue_per_customer",
            "control_revenue_per_customer", "incremental", "low", "high", "p_value"]  # fmt: skip
_COLUMNS = ["experiment_id", "arm", "segment_id", *_NUMBERS, "verdict", "grade", "reason"]
# Revenue is skewed: with fewer customers in an arm, or fewer who buy, no interval holds its level.
_SMALLEST_ARM, _FEWEST_BUYERS = 50, 30
AS_ALL = "as for all"
_READ_OUT = (
    "The verdict on an experiment is its read-out, on the page Implement under Experiments, where "
    "what customers did before may be taken off."
)
_ALIKE = "Segments were not shown to differ: what is said of all customers holds for each."
_DRAWS = 999
_PERMUTATIONS = 1999
# A plain p-value above this is far from showing anything, and is not permuted.
_NEAR = 0.1


def incremental_revenue(
    outcomes: pd.DataFrame,
    experiment_arms: pd.DataFrame | None,
    assignments_open: pd.DataFrame,
    *,
    opened: date,
    closed: date,
    before: pd.DataFrame | None = None,
    controls: Sequence[str] = ("control", "holdout"),
    unread: Mapping[str, str] | None = None,
    level: float = 0.95,
    seed: int | Sequence[int] = 0,
) -> pd.DataFrame:
    """Give the revenue per customer that a treatment brought, by segment, from experiments only.

    Customers are compared by the arm they were assigned to, whether or not the treatment reached
    them. Segments are those of the open, so only experiments assigned from the open on count: a
    segment that was made after the assignment may itself be the treatment's doing.

    Args:
        outcomes: ``customer_id`` and ``revenue`` of the quarter; a customer without a row
            spent 0.
        experiment_arms: ``experiment_id``, ``customer_id``, ``arm`` and ``assigned_at``; None
            where there is none.
        assignments_open: ``customer_id`` and ``segment_id`` at the open.
        opened: Open of the quarter.
        closed: Close of the quarter.
        before: ``customer_id`` and ``value``, what customers spent before the open; a customer
            without a row spent 0. No treatment can have changed it, so arms that differ in it
            were not drawn by lot. None leaves this unchecked.
        controls: Names that a control arm may have, in any case of letters; the first one that an
            experiment has is its control.
        unread: Why experiments must not be read yet, by ID: a sentence each. No number is given
            of them.
        level: Level that the intervals of one experiment hold together.
        seed: Seed of the permutations.

    Returns:
        A row per experiment, arm other than the control, and segment, and ``(all)``: customers and
        revenue per customer of both arms, the difference ``incremental`` with ``low`` and ``high``
        (bootstrap-t; those of an experiment hold together by Bonferroni) and ``p_value`` (permuted,
        corrected by Holm), the ``verdict`` (``more`` or ``less`` where interval and p-value agree,
        or ``as for all`` in a segment where segments are not shown to differ; ``no difference
        shown``, ``too few to tell``, ``not identified``), the ``grade``
        (``experiment``; ``quasi-experiment`` where the arms differed before, in this segment or
        over all; empty where nothing is identified) and its ``reason``. Where it is not
        identified, no number is given.
        Who was assigned to two arms of an experiment is left out.
    """
    placed = placed_customers(assignments_open)
    names = [*sorted(placed.unique()), ALL_SEGMENTS]
    if experiment_arms is None or experiment_arms.empty:
        return _unidentified("", "", names, _NO_EXPERIMENT)
    revenue = outcomes.set_index("customer_id")["revenue"].astype("float64").fillna(0.0)
    tables: list[pd.DataFrame] = []
    for experiment, rows in experiment_arms.groupby("experiment_id", sort=True):
        control = _control(rows, controls)
        arms = sorted({str(arm) for arm in rows["arm"]} - {control})
        fault = (unread or {}).get(str(experiment)) or _fault(
            rows, control, controls, pd.Timestamp(opened), pd.Timestamp(closed)
        )
        if fault:
            tables.extend(_unidentified(str(experiment), arm, names, fault) for arm in arms)
            continue
        single = rows.drop_duplicates(["customer_id", "arm"])
        single = single.drop_duplicates("customer_id", keep=False).set_index("customer_id")
        there = placed.index.intersection(single.index)
        people = pd.DataFrame(
            {
                "segment_id": placed.loc[there],
                "arm": single.loc[there, "arm"],
                "revenue": revenue.reindex(there).fillna(0.0),
            }
        )
        compared = _compare(people, control, arms, names, level, seed)
        if before is not None:
            spent = before.set_index("customer_id")["value"].astype("float64")
            people["before"] = spent.reindex(there).fillna(0.0)
            compared = drawn_by_lot(compared, people, control, seed=seed)
        compared.insert(0, "experiment_id", str(experiment))
        tables.append(compared[_COLUMNS])
    if not tables:
        return _unidentified("", "", names, _NO_EXPERIMENT)
    return pd.concat(tables, ignore_index=True)


def incremental_sentence(table: pd.DataFrame, *, currency: str = "") -> str:
    """Say where a treatment was shown to bring revenue, or that this is not identified.

    Args:
        table: From `incremental_revenue`.
        currency: Three-letter code.
    """
    told = table[table["verdict"] != NOT_IDENTIFIED]
    if told.empty:
        reasons = [str(reason) for reason in sorted(set(table["reason"])) if reason]
        return " ".join(["Incremental revenue is not identified.", *reasons])
    clear = told["verdict"].isin(["more", "less"])
    own = clear & (told["segment_id"] != ALL_SEGMENTS)
    # Where segments are not shown to differ, what holds for all is the whole answer.
    alike = clear & ~told["experiment_id"].isin(told.loc[own, "experiment_id"])
    shown = told[own | alike]
    experiments = listing([str(name) for name in sorted(set(told["experiment_id"]))])
    if shown.empty:
        judged = told[told["verdict"] == "no difference shown"]
        where = plural(judged.loc[judged["segment_id"] != ALL_SEGMENTS, "segment_id"].nunique(),
                       "segment")  # fmt: skip
        nothing = f"{experiments} shows no difference in revenue per customer in {where}."
        return f"{nothing} {_READ_OUT}"
    said = []
    for experiment, rows in shown.groupby("experiment_id", sort=True):
        found = [
            f"{amount(abs(row['incremental']), currency)} {row['verdict']} per customer in "
            f"{_who(row)} ({row['arm']}, interval {amount(row['low'], currency)} to "
            f"{amount(row['high'], currency)})"
            for row in rows.to_dict("records")
        ]
        unlike = rows["grade"].eq("quasi-experiment").any() if "grade" in rows else False
        said.append(
            f"{experiment}: the treated had {listing(found)} than the control, but the arms "
            "differed before, so this is no proof that the treatment did it."
            if unlike
            else f"{experiment}: the treatment brought {listing(found)}, against the control."
        )
    return " ".join([*said, _READ_OUT])


def _who(row: Mapping[Hashable, Any]) -> str:
    return "all segments" if row["segment_id"] == ALL_SEGMENTS else str(row["segment_id"])


def _control(rows: pd.DataFrame, controls: Sequence[str]) -> str:
    """The arm that is the control; empty where there is none."""
    given = {str(arm).casefold(): str(arm) for arm in sorted(rows["arm"].unique())}
    return next((given[name.casefold()] for name in controls if name.casefold() in given), "")


def _fault(
    rows: pd.DataFrame,
    control: str,
    controls: Sequence[str],
    opened: pd.Timestamp,
    closed: pd.Timestamp,
) -> str:
    """Why an experiment says nothing of this quarter; empty when it does."""
    if not control:
        return f"The experiment has no control arm; one would be named {' or '.join(controls)}."
    first, last = rows["assigned_at"].min(), rows["assigned_at"].max()
    if pd.isna(first) or rows["assigned_at"].isna().any():
        return "The experiment does not say when all customers were assigned."
    if first < opened:
        return "It was assigned before the quarter's open, so segments may be the treatment's."
    if last >= closed:
        return "It was assigned after the quarter's close."
    return ""


def _compare(
    people: pd.DataFrame,
    control: str,
    arms: Sequence[str],
    names: Sequence[str],
    level: float,
    seed: int | Sequence[int],
) -> pd.DataFrame:
    rows = []
    branches = iter(spawn_seeds(seed, len(arms) * len(names)))
    # (all) is the plain question of the experiment; the segments are corrected among themselves.
    asked = max(len(arms) * (len(names) - 1), 1)
    for arm in arms:
        for name in names:
            own = (people["segment_id"] == name) | (name == ALL_SEGMENTS)
            treated = people.loc[own & (people["arm"] == arm), "revenue"].to_numpy(np.float64)
            others = people.loc[own & (people["arm"] == control), "revenue"].to_numpy(np.float64)
            questions = len(arms) if name == ALL_SEGMENTS else asked
            branch = int(next(branches).generate_state(1)[0])
            found = _difference(treated, others, 1 - (1 - level) / questions, branch)
            rows.append({"arm": arm, "segment_id": name, **found})
    table = pd.DataFrame(rows)
    everyone = table["segment_id"] == ALL_SEGMENTS
    for part in (everyone, ~everyone):
        table.loc[part, "p_value"] = holm(table.loc[part, "p_value"].to_numpy(np.float64))
    table["verdict"] = [_verdict(row, 1 - level) for row in table.to_dict("records")]
    table["reason"] = np.where(
        table["verdict"] == "too few to tell",
        f"Too few customers: each arm needs {_SMALLEST_ARM}, and {_FEWEST_BUYERS} who buy.",
        "",
    )
    for arm in arms:
        own = (table["arm"] == arm) & ~everyone
        told = own & table["verdict"].isin(["more", "less"])
        if own.sum() > 1 and not _differ(table[own], people, (arm, control), seed) <= DIFFER_LEVEL:
            table.loc[told, "verdict"], table.loc[told, "reason"] = AS_ALL, _ALIKE
    table["grade"] = "experiment"
    return table


def _differ(
    table: pd.DataFrame, people: pd.DataFrame, arms: tuple[str, str], seed: int | Sequence[int]
) -> float:
    """The p-value that the segments share one effect: one effect for all is told of all only."""
    known = table[table["incremental"].notna()]
    pairs = []
    for name in known["segment_id"]:
        own = people[people["segment_id"] == name]
        treated, others = (
            own.loc[own["arm"] == arm, "revenue"].to_numpy(np.float64) for arm in arms
        )
        pairs.append((treated, others))
    errors = [np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)) for a, b in pairs]
    effects = known["incremental"].to_numpy(np.float64)
    return segments_differ(effects, np.asarray(errors, dtype=np.float64), pairs, seed=seed)


def _difference(
    treated: FloatArray, others: FloatArray, level: float, seed: int
) -> dict[str, float]:
    found = dict.fromkeys(_NUMBERS, float("nan"))
    found |= {"customers": len(treated), "control_customers": len(others)}
    smaller = min(len(treated), len(others))
    both = np.concatenate([treated, others])
    # By the share of both arms, so that an arm in which nobody bought is seen.
    if smaller < _SMALLEST_ARM or smaller * (both != 0).mean() < _FEWEST_BUYERS:
        return found
    found["revenue_per_customer"] = float(treated.mean())
    found["control_revenue_per_customer"] = float(others.mean())
    found["incremental"] = float(treated.mean() - others.mean())
    if treated.std() == 0 and others.std() == 0:
        # Nobody differs from anybody: there is no luck in the difference, and no test of it.
        return found | {"low": found["incremental"], "high": found["incremental"]}
    bootstrap, permutation = np.random.SeedSequence(seed).generate_state(2).tolist()
    interval = studentised_difference(treated, others, seed=bootstrap, draws=_DRAWS, level=level)
    p_value = float(stats.ttest_ind(treated, others, equal_var=False).pvalue)
    if p_value < _NEAR:
        # Welch alone shows too much where a small arm meets skewed revenue; permuted, it does not.
        arms = np.repeat([0, 1], [len(treated), len(others)]).astype(np.int64)
        permuted = permuted_welch(both, arms, seed=permutation, permutations=_PERMUTATIONS)
        p_value = max(p_value, permuted.p_value)
    return found | {"low": interval.low, "high": interval.high, "p_value": p_value}


def _verdict(row: Mapping[Hashable, Any], error: float) -> str:
    if np.isnan(row["incremental"]):
        return "too few to tell"
    if row["p_value"] > error:
        return "no difference shown"
    if row["low"] > 0:
        return "more"
    return "less" if row["high"] < 0 else "no difference shown"


def _unidentified(experiment: str, arm: str, names: Sequence[str], reason: str) -> pd.DataFrame:
    table = pd.DataFrame({"segment_id": list(names)})
    table["experiment_id"], table["arm"] = experiment, arm
    table[_NUMBERS] = np.nan
    table["verdict"], table["grade"], table["reason"] = NOT_IDENTIFIED, "", reason
    return table[_COLUMNS]
