"""Doubly robust adjustment: against its formula, a planted effect, and groups that do not meet."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline

from segmentation_lib.artefacts.schema import check_table
from segmentation_lib.implement.effects import (
    HIDDEN,
    adjusted_difference,
    adjusted_differences,
    covariate_matrix,
    difference_sentences,
    measure_overlap,
    sheets,
)
from segmentation_lib.params.effects import Compared
from segmentation_lib.profile.story.lint import causal_faults


def study(strength: float, n: int = 1200, hidden: float = 0.0):
    rng = np.random.default_rng(6)
    x, unseen = rng.normal(size=(n, 3)), rng.normal(size=n)
    liking = strength * x[:, 0] + hidden * unseen
    treated = rng.random(n) < 1 / (1 + np.exp(-liking))
    outcome = 2 * x[:, 0] + hidden * unseen + 0.5 * treated + rng.normal(size=n)
    return outcome, treated, x


def test_a_planted_effect_is_held_where_the_plain_difference_is_far_off():
    found = adjusted_difference(*study(1.0))
    assert found.adjusted.low < 0.5 < found.adjusted.high
    assert found.adjusted.high - found.adjusted.low < 0.4
    assert found.plain > 1.5
    assert not found.overlap.is_poor
    assert abs(found.overlap.balance["before"].iloc[0]) > 0.5 > 5 * found.overlap.largest_after
    assert found.treated + found.others == 1200
    again = adjusted_difference(*study(1.0))
    assert again.adjusted == found.adjusted


def test_either_model_may_be_useless():
    outcome, treated, x = study(1.0)
    nothing = make_pipeline(LinearRegression())
    for changed in (
        {"outcome_model": make_pipeline(_Nothing(), LinearRegression())},
        {"treatment_model": make_pipeline(_Nothing(), LogisticRegression())},
    ):
        found = adjusted_difference(outcome, treated, x, **changed)
        assert found.adjusted.low < 0.5 < found.adjusted.high
    both = {"outcome_model": make_pipeline(_Nothing(), LinearRegression()),
            "treatment_model": make_pipeline(_Nothing(), LogisticRegression())}  # fmt: skip
    lost = adjusted_difference(outcome, treated, x, **both)
    assert lost.adjusted.low > 1.5
    linear = adjusted_difference(outcome, treated, x, outcome_model=nothing)
    assert linear.adjusted.value == pytest.approx(0.5, abs=0.2)


class _Nothing:
    """Hides all covariates."""

    def __sklearn_is_fitted__(self):
        return True

    def get_params(self, deep=False):
        return {}

    def fit(self, x, y=None):
        return self

    def transform(self, x):
        return np.zeros((len(x), 1))


def test_with_no_covariate_worth_anything_it_is_the_plain_difference():
    rng = np.random.default_rng(1)
    treated = np.arange(400) % 2 == 0
    outcome = rng.normal(size=400) + treated
    models = {"outcome_model": make_pipeline(_Nothing(), LinearRegression()),
              "treatment_model": make_pipeline(_Nothing(), LogisticRegression())}  # fmt: skip
    found = adjusted_difference(outcome, treated, rng.normal(size=(400, 1)), **models)
    assert found.adjusted.value == pytest.approx(found.plain, abs=0.01)
    error = np.sqrt(outcome[treated].var(ddof=1) / 200 + outcome[~treated].var(ddof=1) / 200)
    assert (found.adjusted.high - found.adjusted.low) / 2 == pytest.approx(1.96 * error, rel=0.02)


def compared(strength: float, *asked: Compared):
    outcome, treated, x = study(strength)
    ids = np.array([f"{number:05d}" for number in range(len(outcome))])
    customers = pd.DataFrame(x, columns=["a", "b", "c"]).assign(
        customer_id=ids, plan=np.where(treated, "plus", "basic")
    )
    # Who did nothing has no row.
    did = pd.DataFrame({"customer_id": ids, "revenue": outcome, "odd": np.nan})[:-20]
    entries = asked or (Compared(name="plus customers", who={"plan": ["plus"]}, outcome="revenue"),)
    return adjusted_differences(entries, customers[::-1], did, seed=1), (did, treated, x)


def test_a_difference_is_adjusted_by_all_that_is_known_and_stays_an_association():
    table, (did, treated, _) = compared(1.0)
    row = table.iloc[0]
    filled = np.append(did["revenue"].to_numpy(), np.zeros(20))
    assert row["plain"] == pytest.approx(filled[treated].mean() - filled[~treated].mean())
    assert row["low"] < 0.5 < row["high"]
    assert (row["verdict"], row["grade"]) == ("more", "association")
    assert (row["customers"], row["others"]) == (treated.sum(), (~treated).sum())
    said = difference_sentences(table, currency="GBP")
    assert said[0].startswith("Plus customers have more revenue than others like them in all that")
    assert said[-1] == f"These are associations. {HIDDEN}"
    assert causal_faults(" ".join(said), "here") == []
    check_table("adjusted_differences", table)
    again, _ = compared(1.0)
    pd.testing.assert_frame_equal(table, again)
    shown = sheets.differences(table.assign(customers=4), few=10)["frame"].iloc[0]
    assert (shown["customers_shown"], shown["low"]) == ("<10", row["low"])


def test_groups_that_hardly_meet_get_no_number():
    table, _ = compared(5.0)
    row = table.iloc[0]
    assert (row["verdict"], row["grade"]) == ("too unlike", "")
    assert table[["adjusted", "low", "high"]].isna().all(axis=None)
    said = difference_sentences(table)
    assert len(said) == 1
    assert said[0].endswith("almost nobody like them in the other group, so no number is given.")


def test_what_cannot_be_compared_is_named():
    who = {"plan": ["plus"]}
    asked = [Compared(name="d", who={"plan": ["gold"]}, outcome="revenue"),
             Compared(name="c", who=who, outcome="odd"),
             Compared(name="b", who=who, outcome="orders"),
             Compared(name="a", who={"shop": ["x"]}, outcome="revenue")]  # fmt: skip
    table, _ = compared(1.0, *asked)
    assert table["reason"].tolist() == [
        "Customers have no attribute shop.",
        "The quarter has no outcome orders.",
        "odd is known of some customers only.",
        "A group has fewer than 50 customers.",
    ]
    assert difference_sentences(table)[0] == "A: no comparison. Customers have no attribute shop."
    nobody = pd.DataFrame({"customer_id": []})
    assert difference_sentences(adjusted_differences([], nobody, nobody)) == []


def test_what_is_hidden_is_not_adjusted_for():
    found = adjusted_difference(*study(1.0, hidden=1.5))
    assert found.adjusted.low > 0.5
    assert not found.overlap.is_poor


def test_overlap_of_a_hand_made_case_is_exact():
    x = np.array([[1.0], [3.0], [0.0], [2.0]])
    treated = np.array([True, True, False, False])
    found = measure_overlap(x, ["x"], treated, np.array([0.5, 0.999, 0.04, 0.5]), clip=0.01)
    assert (found.clipped, found.rare) == (0.25, 0.5)
    assert found.balance["before"].tolist() == [1.0]
    after = (1 / 0.5 * 1 + 1 / 0.99 * 3) / (2 + 1 / 0.99) - (0 + 2 * 2) / (1 / 0.96 + 2)
    assert found.balance["after"].tolist() == pytest.approx([after])
    assert found.worth[0] == pytest.approx((2 + 1 / 0.99) ** 2 / (4 + 1 / 0.99**2) / 2)


def test_covariates_become_numbers():
    table = pd.DataFrame({"age": [30.0, None, 50.0], "plan": ["a", "b", "a"], "same": [1, 1, 1]})
    matrix, names = covariate_matrix(table)
    assert names == ["age", "age missing", "plan = b"]
    assert matrix.tolist() == [[30, 0, 0], [40, 1, 1], [50, 0, 0]]


def test_missing_values_and_small_groups_are_refused():
    outcome, treated, x = study(1.0)
    with pytest.raises(ValueError, match="missing"):
        adjusted_difference(outcome, treated, x * np.nan)
    with pytest.raises(ValueError, match="fewer than 50"):
        adjusted_difference(outcome, np.arange(1200) < 20, x)
