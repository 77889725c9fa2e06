"""KPIs against targets and guardrails; the segments add up to the company."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.implement.kpis import kpi_baseline
from segmentation_lib.implement.plans.kpi_progress import (
    kpi_progress,
    kpi_progress_sentences,
    published_progress,
)
from segmentation_lib.params.registers import kpi_declarations, read_kpis
from segmentation_lib.profile.voice.satisfaction import satisfaction_table

KPIS = read_kpis("""\
kpis:
  - {id: K1, metric: revenue, definition: d, owner: o, target: 60, guardrail: 20,
     targets: [{segment: S01, value: 80}, {segment: S02, value: 60}]}
  - {id: K2, metric: tickets, definition: d, owner: o, better: lower, guardrail: 0.5}
  - {id: K3, metric: nps, definition: d, owner: o, target: 0}
""")


@pytest.fixture(scope="module")
def measured() -> dict[str, pd.DataFrame]:
    """Three segments of 60, 40 and 5 customers; everybody in the tiny one is unhappy."""
    rng = np.random.default_rng(1)
    segment = np.repeat(["S01", "S02", "S03"], [60, 40, 5])
    ids = np.array([f"{i:03d}" for i in range(len(segment))])
    placed = pd.DataFrame({"customer_id": ids, "segment_id": segment})
    means = {"S01": 100.0, "S02": 10.0, "S03": 1.0}
    outcomes = pd.DataFrame(
        {"customer_id": ids, "revenue": rng.normal([means[s] for s in segment], 3.0),
         "tickets": np.where(segment == "S02", 2.0, 0.0) + rng.random(len(ids)) / 10}
    )  # fmt: skip
    answers = placed[::3].assign(nps=rng.integers(0, 11, len(placed[::3])) * 1.0, comment="")
    return {
        "baseline": kpi_baseline(outcomes, placed, seed=1, draws=199),
        "satisfaction": satisfaction_table(answers, placed, small_cell=1),
        "outcomes": outcomes,
    }


def _progress(measured, **options) -> pd.DataFrame:
    given = {"quarter": "2025Q3", "satisfaction": measured["satisfaction"], **options}
    return kpi_progress(KPIS, measured["baseline"], **given)


def test_segments_weighted_by_customers_give_the_company(measured):
    table = _progress(measured)
    for kpi, rows in table.groupby("kpi"):
        inside, company = rows[rows["segment_id"] != "(all)"], rows[rows["segment_id"] == "(all)"]
        weighted = np.average(inside["value"], weights=inside["customers"])
        assert weighted == pytest.approx(company["value"].iloc[0]), kpi
    revenue = table[(table["kpi"] == "revenue") & (table["segment_id"] == "(all)")]["value"].iloc[0]
    assert revenue == pytest.approx(measured["outcomes"]["revenue"].mean())


def test_targets_and_guardrails_are_held_against_the_interval(measured):
    table = _progress(measured).set_index(["kpi", "segment_id"])
    assert table.loc[("revenue", "S01"), "reached"] == "yes"
    assert table.loc[("revenue", "S02"), "reached"] == "no"
    assert table.loc[("revenue", "(all)"), "reached"] == "unclear"
    assert table.loc[("revenue", "S03"), "reached"] == ""
    assert table.loc[("revenue", "S02"), "guardrail_kept"] == "no"
    assert table.loc[("tickets", "S01"), "guardrail_kept"] == "yes"
    assert table.loc[("tickets", "S02"), "guardrail_kept"] == "no"
    assert list(table.index)[:4] == [("revenue", s) for s in ("S01", "S02", "S03", "(all)")]


def test_the_score_comes_with_its_interval_and_its_answers(measured):
    row = _progress(measured).set_index(["kpi", "segment_id"]).loc[("nps", "S01")]
    own = measured["satisfaction"].set_index("segment_id").loc["S01"]
    assert (row["value"], row["low"], row["high"]) == (own["nps"], own["nps_low"], own["nps_high"])
    assert (row["customers"], row["answer_rate"]) == (20, own["answer_rate"])
    assert row["unit"] == "points"


def test_the_baseline_is_the_first_value_ever_measured(measured):
    first = _progress(measured)
    moved = measured["baseline"].assign(value=measured["baseline"]["value"] + 7)
    second = kpi_progress(KPIS, moved, quarter="2025Q4", previous=first)
    third = kpi_progress(KPIS, moved, quarter="2026Q1", previous=second)
    for later in (second, third):
        both = first.merge(later, on=["kpi", "segment_id"]).dropna(subset=["value_y"])
        assert len(both) == 8
        assert (both["baseline_y"] == both["value_x"]).all()
        assert both["value_y"].to_numpy() == pytest.approx(both["value_x"] + 7)


def test_a_kpi_declared_late_is_post_hoc(measured):
    late = [line for line in kpi_declarations(KPIS) if line.startswith("KPI tickets")]
    table = _progress(measured, second_thoughts=late)
    assert set(table.loc[table["post_hoc"], "kpi"]) == {"tickets"}
    assert any("post hoc: tickets" in s for s in kpi_progress_sentences(table, names={}))
    page = published_progress(table, names={}, limit=10)
    assert (page["declared"] == "post hoc").sum() == 4


def test_a_kpi_nobody_measured_is_said_so(measured):
    table = _progress(measured, satisfaction=None)
    row = table[table["kpi"] == "nps"]
    assert row["segment_id"].tolist() == ["(all)"]
    assert row["reached"].tolist() == [""]
    sentences = kpi_progress_sentences(table, names={})
    assert "Not measured in this quarter: Net Promoter Score." in sentences


def test_few_people_are_not_shown(measured):
    table = _progress(measured)
    page = published_progress(table, names={"S03": "Tiny"}, limit=10, currency="GBP")
    tiny = page[page["segment"] == "S03 (Tiny)"]
    assert tiny["value"].tolist() == ["–"] * 3
    assert tiny["baseline"].tolist() == ["–"] * 3
    assert not tiny["guardrail"].str.contains("broken|kept").any()
    sentences = kpi_progress_sentences(table, names={"S03": "Tiny"}, limit=10)
    assert not any("Tiny" in sentence for sentence in sentences)
    assert sentences[0].startswith("1 of 4 targets are reached, 2 are missed, and for 1")
    assert page["value"].iloc[0].startswith("£")


def test_the_page_is_the_same_from_a_file(measured):
    table = _progress(measured)
    text = table.to_csv(index=False, float_format="%.10g")
    back = pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=[""])
    pd.testing.assert_frame_equal(
        published_progress(back, names={}, limit=10), published_progress(table, names={}, limit=10)
    )


def test_without_a_register_it_says_so():
    empty = kpi_progress(read_kpis(None), pd.DataFrame({"kpi": []}), quarter="2025Q3")
    assert empty.empty
    assert kpi_progress_sentences(empty, names={}) == [
        "No KPI is registered (kpis.yaml), so no target was set."
    ]
