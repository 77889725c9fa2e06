"""Short rules: exact on hand-made customers, true to the tree, and honest about how true."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.cluster import FeatureTransform, Model, Segment
from segmentation_lib.cluster.transforms import Column
from segmentation_lib.faults import ContractError
from segmentation_lib.implement.audiences import (
    NO_CONSENT,
    audience_table,
    make_audiences,
    study_rules,
)
from segmentation_lib.implement.audiences.evaluate import parts_hold
from segmentation_lib.implement.audiences.fidelity import measure, verdict
from segmentation_lib.implement.audiences.fields import STATE, Field
from segmentation_lib.implement.audiences.tree import short_rules

from .examples import SOURCE


def _model(*features: tuple[str, str, tuple[str, ...]], k: int = 2) -> Model:
    made = tuple(
        FeatureTransform(
            name=name, kind=kind, missing="unknown", levels=levels,
            fill="a" if kind == "category" else 1.0,
            columns=(Column(name=name, centre=0.0, scale=1.0),),
        )
        for name, kind, levels in features
    )  # fmt: skip
    segments = tuple(
        Segment(id=f"S0{place}", share=1 / k, centre=(float(place),) * len(made))
        for place in range(1, k + 1)
    )
    return Model(algorithm="kmeans", k=k, as_of=date(2025, 1, 1), seed=1, customers=9,
                 dictionary_hash="0", variance=1.0, features=made, segments=segments)  # fmt: skip


def _said(rules):
    return {
        segment: [[(c.field, c.op, c.value, c.null) for c in part.all if c.field != STATE]
                  for part in parts]
        for segment, parts in rules.items()
    }  # fmt: skip


def _customers(n: int, **columns) -> pd.DataFrame:
    ids = pd.Series([f"{row:05d}" for row in range(n)], dtype="str")
    return pd.DataFrame({"customer_id": ids, "lifecycle_state": "ACTIVE", **columns}).astype(
        {"lifecycle_state": "str"}
    )


def test_a_threshold_is_the_shortest_number_that_parts_the_customers():
    days = np.arange(1.0, 101)
    frame = _customers(100, days=days)
    segments = pd.Series(np.where(days <= 31, "S01", "S02"), dtype="str")
    rules = short_rules(_model(("days", "number", ())), frame, segments, seed=1)
    assert _said(rules) == {"S01": [[("days", "<=", 31, "fail")]],
                            "S02": [[("days", ">", 31, "fail")]]}  # fmt: skip
    shares = _customers(100, days=days / 317)
    rules = short_rules(_model(("days", "number", ())), shares, segments, seed=1)
    assert _said(rules)["S01"] == [[("days", "<=", 0.1, "fail")]]


def test_missing_values_go_where_the_tree_sends_them():
    values = np.r_[np.arange(50.0), np.full(30, np.nan)]
    frame = _customers(80, x=values)
    segments = pd.Series(np.where(values > 19, "S02", "S01"), dtype="str")
    rules = short_rules(_model(("x", "number", ())), frame, segments, seed=1)
    assert _said(rules) == {"S01": [[("x", "<=", 19, "pass")]], "S02": [[("x", ">", 19, "fail")]]}


def test_levels_become_clauses_on_text():
    plan = pd.Series(["a", "b", "c", "b"] * 25, dtype="str")
    frame = _customers(100, plan=plan)
    segments = pd.Series(np.where(plan == "b", "S01", "S02"), dtype="str")
    model = _model(("plan", "category", ("a", "b", "c")))
    assert _said(short_rules(model, frame, segments, seed=1)) == {
        "S01": [[("plan", "=", "b", "fail")]], "S02": [[("plan", "!=", "b", "fail")]],
    }  # fmt: skip
    segments = pd.Series(np.where(plan == "c", "S01", "S02"), dtype="str")
    ordered = _model(("plan", "ordered", ("a", "b", "c")))
    assert _said(short_rules(ordered, frame, segments, seed=1)) == {
        "S01": [[("plan", "not_in", ("a", "b"), "fail")]],
        "S02": [[("plan", "in", ("a", "b"), "fail")]],
    }


def test_rules_part_all_active_customers_without_overlap():
    rng = np.random.default_rng(3)
    frame = _customers(900, x=rng.normal(size=900).round(1), y=rng.exponential(size=900))
    frame.loc[::7, "y"] = np.nan
    frame.loc[::50, "x"] = np.inf
    segments = pd.Series(rng.choice(["S01", "S02"], 900), dtype="str")
    segments[frame["x"] > 0.3] = "S02"
    model = _model(("x", "number", ()), ("y", "number", ()))
    rules = short_rules(model, frame, segments, seed=1)
    hits = sum(parts_hold(parts, frame).astype(int) for parts in rules.values())
    assert hits.tolist() == [1] * 900
    lapsed = frame.assign(lifecycle_state="LAPSED")
    assert not any(parts_hold(parts, lapsed).any() for parts in rules.values())
    assert len(short_rules(model, frame, segments.where(segments == ""), seed=1)) == 0
    with pytest.raises(ValueError, match="depth = 5"):
        short_rules(model, frame, segments, seed=1, depth=5)


def test_precision_recall_and_kappa_of_a_known_table():
    # In S01: 8 of 10 found, and 2 of S02 as well.
    x = np.r_[np.zeros(8), np.ones(2), np.zeros(2), np.ones(8)]
    frame = _customers(20, x=x)
    model = _model(("x", "number", ()))
    truth = pd.Series(["S01"] * 10 + ["S02"] * 10, dtype="str")
    by_x = pd.Series(np.where(x == 0, "S01", "S02"), dtype="str")
    rules = short_rules(model, frame, by_x, seed=1, smallest=1)
    found = measure(rules, frame, truth, ("S01", "S02", "S03"))
    assert (found.customers, found.accuracy, round(found.kappa, 9)) == (20, 0.8, 0.6)
    first, _, none = found.table.to_dict("records")
    assert [first[name] for name in ("customers", "picked", "found", "precision", "recall")] == [
        10, 10, 8, 0.8, 0.8,
    ]  # fmt: skip
    assert (first["recall_low"], first["recall_high"]) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert (none["customers"], none["picked"]) == (0, 0)
    assert np.isnan([none["precision"], none["recall"], none["recall_low"]]).all()


@pytest.mark.parametrize(
    ("kappa", "precision", "recall", "expected"),
    [(0.9, 0.8, 0.8, "audience"), (0.8999, 1, 1, "explanation only"),
     (1, 0.79, 1, "explanation only"), (1, 1, 0.79, "explanation only"),
     (float("nan"), 1, 1, "explanation only")],
)  # fmt: skip
def test_the_gate(kappa, precision, recall, expected):
    assert verdict(kappa, precision, recall) == expected


def _study(noise: float, n: int = 1200):
    rng = np.random.default_rng(5)
    x = rng.uniform(0, 100, n).round()
    frame = _customers(n, recency=x, consent="true")
    wrong = rng.random(n) < noise
    segment = np.where((x <= 40) ^ wrong, "S01", "S02")
    assigned = frame[["customer_id"]].assign(segment_id=segment)
    model = _model(("recency", "number", ()))
    return study_rules(model, frame, assigned, seed=1, before=(frame, assigned))


def test_clear_rules_are_published_with_what_was_measured():
    study = _study(0.0)
    table = audience_table(study, {"recency": Field("number", "days")})
    assert table["verdict"].tolist() == ["audience"] * 2
    assert table["rule"].tolist() == ["last bought within 40 days",
                                      "last bought more than 40 days ago"]  # fmt: skip
    assert table[["kappa", "recall", "next_recall"]].to_numpy().tolist() == [[1, 1, 1]] * 2
    made = make_audiences(
        study, table, version="2025Q3", source=SOURCE, order=["S02"], exclude=[NO_CONSENT]
    )
    assert [(one.segment_id, one.priority, one.fidelity.recall) for one in made] == [
        ("S02", 1, 1.0), ("S01", 2, 1.0),
    ]  # fmt: skip
    assert study.held_out.customers == made[0].fidelity.n < 700
    assert table["found"].tolist() == table["customers"].tolist() == table["next_found"].tolist()


def test_unclear_rules_only_explain():
    study = _study(0.2)
    table = audience_table(study, {"recency": Field("number", "days")})
    assert table["verdict"].tolist() == ["explanation only"] * 2
    assert 0.4 < table["kappa"].iloc[0] < 0.75
    options = {"version": "1", "source": SOURCE}
    assert make_audiences(study, table, **options) == []
    with pytest.raises(ContractError, match="S07 is not a segment of the model"):
        make_audiences(study, table, order=["S07"], **options)


def test_few_customers_are_not_judged():
    table = audience_table(_study(0.0, n=1200), {}, limit=10_000)
    assert table["verdict"].tolist() == ["explanation only"] * 2
