"""The evaluation: exact scores, and weights that move the bubbles as they must."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.params import Criteria, KnockOut
from segmentation_lib.profile.evaluation import (
    evaluate_segments,
    evaluation_sentence,
    move_weight,
)
from segmentation_lib.validate.criteria import check_criteria

CRITERIA = Criteria(
    knock_outs=(KnockOut(measure="customers", at_least=100),),
    attractiveness={"revenue": 0.75, "growth": 0.25},
    fit={"stability": 1.0},
)
MEASURES = pd.DataFrame(
    {
        "customers": [500.0, 300.0, 80.0],
        "growth": [0.0, 0.2, 0.1],
        "revenue": [10.0, 20.0, 30.0],
        "stability": [0.9, 0.7, np.nan],
    },
    index=pd.Index(["S01", "S02", "S03"], name="segment_id"),
)
VALUE = pd.DataFrame(
    {"segment_id": ["S01", "S02", "S03", "(all)"], "customers": [500, 300, 80, 880],
     "value": [5000.0, 6000.0, 2400.0, 13400.0]}
)  # fmt: skip


def evaluated(criteria=CRITERIA, measures=MEASURES, late=()):
    table = check_criteria(criteria, measures, second_thoughts=late)
    return evaluate_segments(criteria, table, VALUE)


def test_scores_are_the_weighted_places_between_worst_and_best():
    found = evaluated().segments.set_index("segment_id")
    assert found["attractiveness"].tolist() == pytest.approx([0.0, 0.625, 0.875])
    assert found["fit"].tolist() == pytest.approx([1.0, 0.0, 0.0])
    assert found["value"].tolist() == [5000.0, 6000.0, 2400.0]
    assert found["knocked_out"].tolist() == [False, False, True]
    assert found["missing"].tolist() == ["", "", "stability"]
    assert not found["post_hoc"].any()


def test_the_parts_sum_to_the_scores():
    evaluation = evaluated()
    sums = evaluation.parts.groupby(["segment_id", "kind"])["part"].sum().unstack()
    for kind in ("attractiveness", "fit"):
        assert sums[kind].tolist() == pytest.approx(evaluation.segments[kind].tolist())


@pytest.mark.parametrize("weight", [0.1, 0.5, 0.9])
def test_moving_a_weight_moves_each_bubble_in_proportion(weight):
    moved = move_weight(CRITERIA, "attractiveness", "growth", weight)
    assert sum(moved.attractiveness.values()) == pytest.approx(1)
    found = evaluated(moved).segments["attractiveness"].to_numpy()
    revenue, growth = np.array([0, 0.5, 1]), np.array([0, 1, 0.5])
    assert found == pytest.approx((1 - weight) * revenue + weight * growth)


def test_more_weight_on_a_measure_helps_those_who_lead_in_it():
    before = evaluated().segments["attractiveness"].to_numpy()
    after = evaluated(move_weight(CRITERIA, "attractiveness", "growth", 0.6)).segments
    assert after["attractiveness"][1] > before[1]
    assert after["attractiveness"][2] < before[2]
    assert after["fit"].tolist() == evaluated().segments["fit"].tolist()


def test_the_unit_of_a_measure_does_not_matter():
    cents = MEASURES.assign(revenue=100 * MEASURES["revenue"])
    found = evaluated(measures=cents).segments["attractiveness"]
    assert found.tolist() == pytest.approx(evaluated().segments["attractiveness"].tolist())


def test_a_measure_in_which_all_are_equal_tells_nobody_apart():
    even = MEASURES.assign(revenue=5.0)
    scaled = evaluated(measures=even).parts.query("measure == 'revenue'")["scaled"]
    assert scaled.tolist() == [0.5, 0.5, 0.5]


def test_a_criterion_that_came_later_marks_every_bubble():
    found = evaluated(late=["attractiveness revenue: weight 0.75"])
    assert found.segments["post_hoc"].all()
    assert found.parts.query("post_hoc")["measure"].unique().tolist() == ["revenue"]
    assert evaluation_sentence(found).endswith("read this as an exploration.")


def test_the_sentence_names_the_best_and_what_it_was_judged_by():
    assert evaluation_sentence(evaluated(), {"S01": "Loyal"}) == (
        "By the declared weights, S01 (Loyal) is the best one to serve: attractiveness 0.00 (by "
        "revenue per customer and growth) and fit 1.00 (by stability), on scales from the weakest "
        "segment to the strongest."
    )


def test_without_weights_nothing_is_compared():
    only_knock_outs = Criteria(knock_outs=CRITERIA.knock_outs)
    found = evaluated(only_knock_outs)
    assert found.segments["attractiveness"].isna().all()
    assert found.parts.empty
    assert evaluation_sentence(found).startswith("No weights were declared")
    assert evaluated(Criteria()).segments.empty
    assert [evaluated(some).is_complete for some in (CRITERIA, only_knock_outs, Criteria())] == [
        True, False, False,
    ]  # fmt: skip


def test_moving_what_is_not_there_is_refused():
    with pytest.raises(ValueError, match="no weight for orders"):
        move_weight(CRITERIA, "attractiveness", "orders", 0.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        move_weight(CRITERIA, "fit", "stability", 0.5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        move_weight(CRITERIA, "attractiveness", "growth", 1.0)


def test_what_is_missing_or_fails_is_said():
    strict = CRITERIA.model_copy(
        update={"knock_outs": (KnockOut(measure="customers", at_least=9000),)}
    )
    assert evaluation_sentence(evaluated(strict)) == (
        "Every segment fails a knock-out criterion, so none is proposed to be served first."
    )
    said = evaluation_sentence(evaluated(Criteria()))
    assert "criteria.attractiveness and criteria.fit in the parameter file" in said
