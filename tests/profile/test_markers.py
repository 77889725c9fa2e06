"""Markers: exact shares and p-values, and who may be one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from segmentation_lib.profile.markers import attribute_markers, marker_table


def frames(counts: dict[str, dict[str | None, int]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Customers by segment and region."""
    rows = [(s, level) for s, levels in counts.items() for level, n in levels.items()
            for _ in range(n)]  # fmt: skip
    ids = [f"{i:05}" for i in range(len(rows))]
    features = pd.DataFrame(
        {"customer_id": ids, "region": [level for _, level in rows], "age": 40.0}
    )
    return features, pd.DataFrame({"customer_id": ids, "segment_id": [s for s, _ in rows]})


def dictionary(role: str = "descriptor") -> pd.DataFrame:
    return pd.DataFrame({"name": ["region", "age", "revenue"], "role": [role, role, "outcome"]})


COUNTS: dict[str, dict[str | None, int]] = {
    "S01": {"North": 60, "South": 40}, "S02": {"North": 50, "South": 150},
}  # fmt: skip


def test_exact_row():
    table = attribute_markers(*frames(COUNTS), dictionary())
    assert len(table) == 4
    row = table.set_index(["segment_id", "level"]).loc[("S01", "North")]
    assert row[["customers", "count"]].tolist() == [100, 60]
    assert row[["share", "rest_share", "ratio"]].tolist() == pytest.approx([0.6, 0.25, 2.4])
    error = np.sqrt(1 / 60.5 - 1 / 100.5 + 1 / 50.5 - 1 / 200.5)
    middle = np.log((60.5 / 100.5) / (50.5 / 200.5))
    assert row["ratio_low"] == pytest.approx(np.exp(middle - 1.959964 * error), rel=1e-5)
    assert row["ratio_high"] == pytest.approx(np.exp(middle + 1.959964 * error), rel=1e-5)
    one_sided = fisher_exact([[60, 40], [50, 150]], alternative="greater")[1]
    assert row["p_value"] == pytest.approx(2 * one_sided)
    assert row["p_corrected"] == pytest.approx(8 * one_sided)
    assert row["marker"]
    assert row["sentence"] == "60% have region: North, against 25% of all others."


def test_a_segmenting_attribute_is_no_marker():
    table = attribute_markers(*frames(COUNTS), dictionary("segmenting"))
    assert (table["p_corrected"] < 1e-6).all()
    assert not table["marker"].any()
    assert set(table["sentence"]) == {""}


def test_small_ratios_few_people_and_unknown_values_mark_nobody():
    near = {"S01": {"N": 55_000, "S": 45_000}, "S02": {"N": 50_000, "S": 50_000}}
    assert not attribute_markers(*frames(near), dictionary())["marker"].any()
    few: dict[str, dict[str | None, int]] = {
        "S01": {"N": 8, "S": 92}, "S02": {"N": 0, "S": 5000},
    }  # fmt: skip
    table = attribute_markers(*frames(few), dictionary()).set_index(["segment_id", "level"])
    assert table.loc[("S01", "N"), "p_corrected"] < 1e-6
    assert not table.loc[("S01", "N"), "marker"]
    unknown: dict[str, dict[str | None, int]] = {
        "S01": {None: 80, "S": 20}, "S02": {None: 20, "S": 80},
    }  # fmt: skip
    table = attribute_markers(*frames(unknown), dictionary()).set_index(["segment_id", "level"])
    assert not table.loc[("S01", "(missing)"), "marker"]
    assert table.loc[("S01", "S"), "marker"]


def test_a_level_that_only_one_segment_has_marks_it():
    only: dict[str, dict[str | None, int]] = {
        "S01": {"N": 40, "S": 60}, "S02": {"N": 0, "S": 500},
    }  # fmt: skip
    row = (
        attribute_markers(*frames(only), dictionary())
        .set_index(["segment_id", "level"])
        .loc[("S01", "N")]
    )
    assert row["marker"]
    assert np.isnan(row["ratio"])
    assert row["ratio_low"] > 10


def test_shuffled_segments_have_no_markers():
    rng = np.random.default_rng(8)
    found = 0
    for _ in range(40):
        n = 400
        ids = [f"{i:04}" for i in range(n)]
        features = pd.DataFrame({"customer_id": ids, "region": rng.choice(list("ABCDE"), n)})
        placed = pd.DataFrame({"customer_id": ids, "segment_id": rng.choice(["S1", "S2"], n)})
        found += int(attribute_markers(features, placed, dictionary()[:1])["marker"].any())
    assert found <= 4


def test_no_categories_one_segment_and_no_customers():
    features, placed = frames(COUNTS)
    assert attribute_markers(features, placed, dictionary()[1:2]).empty
    alone = attribute_markers(features, placed.assign(segment_id="S01"), dictionary())
    assert alone["p_value"].isna().all()
    assert not alone["marker"].any()
    nobody = attribute_markers(features, placed.assign(segment_id=None), dictionary())
    assert nobody.empty


def mark(segment_id, feature, level, share, rest_share, marker=True):
    return {"segment_id": segment_id, "feature": feature, "level": level, "share": share,
            "customers": 1000, "count": round(1000 * share), "rest_customers": 4000,
            "rest_count": round(4000 * rest_share), "rest_share": rest_share,
            "marker": marker}  # fmt: skip


def test_marks_are_listed_by_segment_and_true_or_false_is_told_once():
    marks = pd.DataFrame(
        [
            mark("S02", "plan", "basic", 0.9, 0.5), mark("S02", "plan", "plus", 0.1, 0.3),
            mark("S02", "plan", "free", 0.8, 0.1), mark("S02", "plan", "none", 0.4, 0.1, False),
            mark("S01", "newsletter", "true", 0.5, 0.7),
            mark("S01", "newsletter", "false", 0.5, 0.3),
            mark("S03", "newsletter", "false", 0.1, 0.3),
        ]
    )  # fmt: skip
    table = marker_table(marks, names={"S02": "Bargain"}, most=2)
    assert table.to_numpy().tolist() == [
        ["S01", "", "", "newsletter (50%, others 70%)"],
        ["S02", "Bargain", "plan: free (80%, others 10%); plan: basic (90%, others 50%)",
         "plan: plus (10%, others 30%)"],
        ["S03", "", "", "no newsletter (10%, others 30%)"],
    ]  # fmt: skip


def test_shares_of_a_few_people_are_not_told():
    marks = pd.DataFrame(
        [mark("S01", "plan", "basic", 0.003, 0.5), mark("S02", "plan", "free", 0.4, 0.001),
         mark("S03", "plan", "plus", 0.995, 0.5), mark("S04", "plan", "plus", 0.0, 0.5)]
    )  # fmt: skip
    table = marker_table(marks)
    assert [*table["less"], *table["more"]] == [
        "plan: basic (fewer than 10 people, others 50%)", "", "", "plan: plus (0%, others 50%)",
        "", "plan: free (40%, others fewer than 10 people)",
        "plan: plus (nearly everybody, others 50%)", "",
    ]  # fmt: skip
    assert "0.3%" in marker_table(marks, few=3)["less"][0]


def test_the_rest_is_counted_too():
    found = attribute_markers(*frames(COUNTS), dictionary())
    assert (found["rest_count"] / found["rest_customers"]).tolist() == pytest.approx(
        found["rest_share"].tolist()
    )
    assert not found["sentence"].str.contains("nan").any()
