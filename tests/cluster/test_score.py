"""Scores by hand, and the same scores in the engine on every row."""

from __future__ import annotations

from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from segmentation_lib.artefacts import check_table
from segmentation_lib.cluster import Model, ambiguity_table, memberships, score, score_expression
from segmentation_lib.cluster.model import Segment
from segmentation_lib.cluster.transforms import Column, FeatureTransform
from segmentation_lib.faults import ContractError
from segmentation_lib.stats import adjusted_rand
from tests.cluster.conftest import make_dictionary

ITEMS = make_dictionary(*((f"q{place}", "number", "none", "impute") for place in range(1, 9)))
TEXT = ["customer_id", "state", "segment_id", "second_segment_id"]


def plain(name, **more):
    column = Column(name=name, centre=0.0, scale=1.0)
    return FeatureTransform(
        **{"name": name, "kind": "number", "missing": "impute", "fill": 0.0, "columns": (column,)}
        | more
    )


def three_corners(**more):
    """Centres at (0, 0), (2, 0) and (0, 2), shares .5, .3 and .2, variance 1."""
    centres = [(0.0, 0.0), (2.0, 0.0), (0.0, 2.0)]
    return Model(
        algorithm="kmeans",
        k=3,
        as_of=date(2026, 7, 1),
        seed=1,
        customers=10,
        dictionary_hash="",
        variance=1.0,
        features=(plain("x", **more), plain("y")),
        segments=tuple(
            Segment(id=f"S0{place}", share=share, centre=centre)
            for place, (share, centre) in enumerate(zip([0.5, 0.3, 0.2], centres, strict=True), 1)
        ),
    )


def three_shapes(**more):
    """A mixture: a wide segment, a narrow one inside it, and one stretched along y."""
    means = [(0.0, 0.0), (1.0, 0.5), (4.0, 0.0)]
    variances = [(4.0, 4.0), (0.25, 0.25), (1.0, 9.0)]
    shares = [0.5, 0.3, 0.2]
    return three_corners(**more).model_copy(
        update={
            "algorithm": "mixture",
            "segments": tuple(
                Segment(
                    id=f"S0{place}",
                    share=share,
                    centre=mean,
                    point=mean,
                    precision=tuple(1 / v for v in variance),
                    offset=float(np.log(variance).sum() - 2 * np.log(share)),
                )
                for place, (share, mean, variance) in enumerate(
                    zip(shares, means, variances, strict=True), 1
                )
            ),
        }
    )


def points(*rows):
    features = pd.DataFrame(rows, columns=["x", "y"], dtype=float)
    ids = [f"c{place}" for place in range(len(rows))]
    return features.assign(customer_id=ids, state="ACTIVE")


def survey(n, seed=0):
    """Eight yes-or-no items; the smaller kind of people says yes where the larger says no."""
    rng = np.random.default_rng(seed)
    kind = (rng.random(n) < 0.3).astype(int)
    chance = np.array([[0.9] * 4 + [0.1] * 4, [0.1] * 4 + [0.9] * 4])[kind]
    answers = pd.DataFrame(
        (rng.random((n, 8)) < chance).astype(float), columns=[f"q{i}" for i in range(1, 9)]
    )
    return answers.assign(
        customer_id=[f"{place:05d}" for place in range(n)], state="ACTIVE", kind=kind
    )


def in_engine(model, features):
    engine = ibis.duckdb.connect(threads=1)
    table = engine.create_table("features", features)
    found = engine.to_pandas(score_expression(model, table))
    return found.sort_values("customer_id", ignore_index=True)


def assert_same(ours, theirs):
    for column in TEXT:
        assert (ours[column].fillna("-") == theirs[column].fillna("-")).all(), column
    assert (ours["confidence"].isna() == theirs["confidence"].isna()).all()
    gap = np.abs(ours["confidence"] - theirs["confidence"]).fillna(0)
    assert gap.max() <= 1e-9


def test_membership_by_hand():
    weights = np.array([0.5 * np.exp(-0.25 / 2), 0.3 * np.exp(-2.25 / 2), 0.2 * np.exp(-4.25 / 2)])
    found = score(three_corners(), points((0.5, 0.0)))
    assert found["segment_id"].tolist() == ["S01"]
    assert found["second_segment_id"].tolist() == ["S02"]
    assert found["confidence"][0] == pytest.approx(weights[0] / weights.sum(), abs=1e-10)
    whole = memberships(three_corners(), points((0.5, 0.0), (9.0, 9.0)))
    assert whole[0] == pytest.approx(weights / weights.sum())
    assert whole.sum(axis=1) == pytest.approx([1, 1])


def test_the_posterior_of_a_mixture_by_hand():
    x = np.array([1.2, 0.9])
    means, variances = [(0, 0), (1, 0.5), (4, 0)], [(4, 4), (0.25, 0.25), (1, 9)]
    joint = [
        share * norm.pdf(x, mean, np.sqrt(variance)).prod()
        for share, mean, variance in zip([0.5, 0.3, 0.2], means, variances, strict=True)
    ]
    expected = np.array(joint) / sum(joint)
    found = score(three_shapes(), points(tuple(x)))
    assert found["segment_id"].tolist() == ["S02"]
    assert found["second_segment_id"].tolist() == ["S01"]
    assert found["confidence"][0] == pytest.approx(expected[1], abs=1e-10)
    assert memberships(three_shapes(), points(tuple(x)))[0] == pytest.approx(expected)
    # Nearer to the second centre, likelier from the first segment, which is wider.
    assert score(three_shapes(), points((1.0, 2.0)))["segment_id"].tolist() == ["S01"]


def test_a_customer_midway_between_two_equal_segments_is_ambiguous():
    two = three_corners().model_copy(
        update={
            "k": 2,
            "segments": tuple(
                Segment(id=id, share=0.5, centre=centre)
                for id, centre in (("S01", (0.0, 0.0)), ("S02", (4.0, 0.0)))
            ),
        }
    )
    found = score(two, points((2.0, 1.0), (0.0, 0.0)))
    assert found["confidence"].tolist() == pytest.approx([0.5, 1 / (1 + np.exp(-8))])
    assert ambiguity_table(found)["ambiguous"].tolist() == [1]


def test_nearer_to_the_small_segment_and_yet_likelier_from_the_large_one():
    at = points((1.05, 0.0))
    found = score(three_corners(), at)
    whole = memberships(three_corners(), at)[0]
    assert found["segment_id"].tolist() == ["S02"]
    assert found["confidence"][0] == pytest.approx(whole[1])
    assert found["confidence"][0] < whole[0]
    assert found["second_segment_id"].tolist() == ["S01"]


def test_ties_go_to_the_first_segment_even_against_the_last_bit():
    at = points((1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (1.0 + 1e-14, 0.0), (1.0 + 1e-6, 0.0))
    found = score(three_corners(), at)
    assert found["segment_id"].tolist() == ["S01", "S01", "S01", "S01", "S02"]
    assert_same(found, in_engine(three_corners(), at))


def test_a_far_customer_has_a_confidence_and_no_underflow():
    far = points((-500.0, -500.0), (900.0, 0.0))
    found = score(three_corners(), far)
    assert found["confidence"].tolist() == [1.0, 1.0]
    assert found["segment_id"].tolist() == ["S01", "S02"]
    assert_same(found, in_engine(three_corners(), far))


def test_missing_values_are_filled_or_leave_the_customer_unscored():
    rows = points((np.nan, 2.0), (2.0, np.nan), (0.0, 0.0)).assign(
        state=["ACTIVE", "ACTIVE", "LAPSED"]
    )
    filled = score(three_corners(), rows)
    assert filled["segment_id"].fillna("-").tolist() == ["S03", "S02", "-"]
    assert filled["state"].tolist() == ["ACTIVE", "ACTIVE", "LAPSED"]
    refusing = three_corners(missing="refuse", fill=None)
    refused = score(refusing, rows)
    assert refused["segment_id"].fillna("-").tolist() == ["-", "S02", "-"]
    assert refused["state"].tolist() == ["UNSCORED", "ACTIVE", "LAPSED"]
    assert_same(filled, in_engine(three_corners(), rows))
    assert_same(refused, in_engine(refusing, rows))


def test_nobody_active_still_gives_typed_columns():
    found = score(three_corners(), points((0.0, 0.0)).assign(state="NEW"))
    check_table("assignments_open", found)
    assert found["segment_id"].dtype == "str"
    assert found["confidence"].dtype == "float64"
    check_table("assignments_open", score(three_corners(), points()))


def test_sorted_by_customer_and_ids_are_text():
    rows = points((0.0, 0.0), (2.0, 0.0)).assign(customer_id=[20, 10])
    assert score(three_corners(), rows)["customer_id"].tolist() == ["10", "20"]
    assert_same(score(three_corners(), rows), in_engine(three_corners(), rows))


def test_the_features_are_not_changed(model, customers):
    features = customers(100)
    before = features.copy(deep=True)
    score(model, features)
    pd.testing.assert_frame_equal(features, before)


def spoil(features, rng):
    """Nulls everywhere, levels never seen, and values beyond the cut-offs."""
    spoiled = features.astype({"tier": "str"})
    for column in ("frequency", "monetary", "recency", "channel", "tier"):
        spoiled.loc[rng.random(len(spoiled)) < 0.03, column] = None
    for column, level in (("channel", "kiosk"), ("tier", "platinum")):
        spoiled.loc[rng.random(len(spoiled)) < 0.02, column] = level
    spoiled.loc[rng.random(len(spoiled)) < 0.02, "monetary"] = -50.0
    spoiled.loc[rng.random(len(spoiled)) < 0.02, "monetary"] = 1e9
    return spoiled


def test_python_and_engine_agree_on_every_row(model, customers):
    features = spoil(customers(120_000, seed=9), np.random.default_rng(9))
    ours = score(model, features)
    assert set(ours["state"]) == {"ACTIVE", "NEW", "UNSCORED"}
    assert ours["segment_id"].nunique() == 4
    assert_same(ours, in_engine(model, features))


def test_python_and_engine_agree_where_ties_abound():
    grid = np.random.default_rng(1).integers(-2, 5, size=(100_000, 2)).astype(float)
    features = points(*grid[:0]).reindex(range(len(grid)))
    features[["x", "y"]] = grid
    features["customer_id"] = [f"{place:06d}" for place in range(len(grid))]
    features["state"] = "ACTIVE"
    assert_same(score(three_corners(), features), in_engine(three_corners(), features))


@pytest.mark.parametrize("more", [{}, {"missing": "refuse", "fill": None}])
def test_python_and_engine_agree_on_a_mixture(more):
    rng = np.random.default_rng(2)
    grid = np.concatenate([rng.integers(-3, 7, size=(30_000, 2)), rng.normal(1, 3, (30_000, 2))])
    grid[rng.random(grid.shape) < 0.05] = np.nan
    features = pd.DataFrame(grid, columns=["x", "y"]).assign(
        customer_id=[f"{place:06d}" for place in range(len(grid))], state="ACTIVE"
    )
    features.loc[:5, ["x", "y"]] = [[900.0, -900.0]] * 6
    ours = score(three_shapes(**more), features)
    assert ours["segment_id"].nunique() == 3
    assert ("UNSCORED" in set(ours["state"])) == bool(more)
    assert_same(ours, in_engine(three_shapes(**more), features))


@pytest.mark.parametrize("algorithm", ["mixture", "ward", "fuzzy"])
def test_python_and_engine_agree_for_every_algorithm(customers, fitted_by, algorithm):
    fresh = fitted_by(algorithm, customers(1200))
    model = fresh.with_segment_ids([f"S{place:02d}" for place in range(1, 5)])
    features = spoil(customers(20_000, seed=9), np.random.default_rng(9))
    ours = score(model, features)
    assert ours["segment_id"].nunique() == 4
    assert_same(ours, in_engine(model, features))


def test_python_and_engine_agree_on_latent_classes(fitted_by):
    answers = survey(800)
    model = fitted_by("latent_class", answers, 2, ITEMS).with_segment_ids(["S01", "S02"])
    features = survey(5000, seed=3)
    ours = score(model, features)
    assert_same(ours, in_engine(model, features))
    kind = features.sort_values("customer_id")["kind"].to_numpy()
    assert adjusted_rand(kind, (ours["segment_id"] == "S02").to_numpy(int)) > 0.8


def test_engine_reads_flags_decimals_and_missing_kinds():
    columns = (Column(name="x=false", centre=0, scale=1), Column(name="x=true", centre=0, scale=1))
    category = {"kind": "category", "levels": ("false", "true"), "fill": "false"}
    flags = three_corners().model_copy(
        update={"features": (plain("x", **category, columns=columns),)}
    )
    rows = pd.DataFrame({"x": pd.array([True, False, None], dtype="boolean")}).assign(
        customer_id=["a", "b", "c"], state="ACTIVE"
    )
    assert_same(score(flags, rows), in_engine(flags, rows))
    numbers = three_corners()
    by_flag = rows.assign(y=1.5)
    assert_same(score(numbers, by_flag), in_engine(numbers, by_flag))
    engine = ibis.duckdb.connect(threads=1)
    table = engine.sql(
        "SELECT 'a' customer_id, 'ACTIVE' state, 1.9::DECIMAL(18, 4) x, 'nan'::DOUBLE y "
    )
    found = engine.to_pandas(score_expression(numbers, table))
    assert_same(score(numbers, points((1.9, np.nan)).assign(customer_id="a")), found)
    untyped = table.mutate(y=ibis.null())
    assert_same(found, engine.to_pandas(score_expression(numbers, untyped)))


def test_two_tables_may_be_scored_in_one_query():
    engine = ibis.duckdb.connect(threads=1)
    tables = [
        engine.create_table(name, points((place, 0.0)).assign(customer_id=name))
        for place, name in enumerate(["here", "there", "yonder"])
    ]
    scored = [score_expression(three_corners(), table) for table in tables]
    found = engine.to_pandas(ibis.union(*scored).order_by("customer_id"))
    assert found["segment_id"].tolist() == ["S01", "S01", "S02"]


def test_engine_refuses_what_python_refuses():
    table = ibis.memtable(points((0.0, 0.0)).drop(columns="y").assign(x="text"))
    with pytest.raises(ContractError) as caught:
        score_expression(three_corners(), table)
    assert [(fault.where, fault.code) for fault in caught.value.faults] == [
        ("features.x", "model_mismatch"),
        ("features.y", "model_mismatch"),
    ]
