"""Natural experiments from the register to sentences: compared, refused, or only described."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.artefacts import ARTEFACTS
from segmentation_lib.artefacts.schema import check_table
from segmentation_lib.implement.effects import (
    natural_experiment_results,
    natural_rows,
    natural_sentences,
    sheets,
)
from segmentation_lib.implement.effects.panel import Blocks, block_panel, plan_blocks
from segmentation_lib.params.registers.natural_experiments import (
    NaturalExperiment,
    natural_declaration,
)
from segmentation_lib.params.registers.register import Register
from segmentation_lib.profile.story.lint import causal_faults

OPEN, CLOSE, EVENT = date(2025, 7, 1), date(2025, 10, 1), date(2025, 8, 1)


def entry(name: str, **changes) -> NaturalExperiment:
    given = {
        "id": name, "what": f"Event {name}", "started_on": EVENT, "metric": "revenue",
        "treated": {"region": ("North",)}, "control": {"region": ("South",)},
        "direction": "higher", "min_effect": 0.05,
    }  # fmt: skip
    return NaturalExperiment(**(given | changes))


def world(lift: float = 1.0, *, drift: float = 0.0, n: int = 900):
    """Two years of purchases; the North is lifted from the event on, or drifts."""
    rng = np.random.default_rng(9)
    first = pd.Timestamp("2023-10-01")
    ids = np.array([f"{number:05d}" for number in range(n)])
    north = np.arange(n) % 2 == 0
    days = (pd.Timestamp(CLOSE) - first).days
    person = np.repeat(np.arange(n), rng.poisson(20 * rng.gamma(3.0, 1 / 3, n)))
    day = rng.integers(0, days, len(person))
    spend = rng.lognormal(3.0, 0.5, len(person))
    after = first + pd.to_timedelta(day, unit="D") >= pd.Timestamp(EVENT)
    spend *= np.where(north[person] & after, lift, 1.0)
    spend *= np.where(north[person], np.exp(drift * day / 56), 1.0)
    purchases = pd.DataFrame({"customer_id": ids[person], "day": first
                              + pd.to_timedelta(day, unit="D"), "spend": spend})  # fmt: skip
    purchases = purchases.groupby(["customer_id", "day"], as_index=False)["spend"].sum()
    customers = pd.DataFrame(
        {"customer_id": ids, "region": np.where(north, "North", "South"),
         "segment": np.where(np.arange(n) % 3 == 0, "S01", "S02"),
         "shop": [f"shop {number % 24}" for number in range(n)]}
    )  # fmt: skip
    return purchases, customers


def results(entries, *planted, **options):
    register = Register("natural_experiments", tuple(entries), "f.yaml")
    return natural_experiment_results(register, *planted, opened=OPEN, closed=CLOSE, **options)


def test_purchases_fall_into_equal_blocks_of_whole_weeks():
    blocks = plan_blocks(EVENT, closed=CLOSE, first_purchase=date(2024, 1, 1), before=2)
    assert blocks == Blocks(EVENT, 56, 2)
    assert [str(day) for day in blocks.starts()] == ["2025-04-11", "2025-06-06", "2025-08-01"]
    purchases = pd.DataFrame(
        {"customer_id": ["a", "a", "a", "b", "a", "c", "b"],
         "day": pd.to_datetime(["2025-04-10", "2025-04-11", "2025-06-05", "2025-06-06",
                                "2025-09-25", "2025-08-01", "2025-09-26"]),
         "spend": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]}
    )  # fmt: skip
    customers = pd.Index(["b", "a"])
    panel = [block_panel(purchases, customers, blocks, metric=m).tolist()
             for m in ("revenue", "orders", "active")]  # fmt: skip
    assert panel[0] == [[0, 4, 0], [5, 0, 5]]
    assert panel[1] == [[0, 1, 0], [2, 0, 1]]
    assert panel[2] == [[0, 1, 0], [1, 0, 1]]
    with pytest.raises(ValueError, match="metric nps is not made from purchases"):
        block_panel(purchases, customers, blocks, metric="nps")
    assert plan_blocks(date(2025, 9, 20), closed=CLOSE, first_purchase=OPEN) is None
    short = plan_blocks(EVENT, closed=CLOSE, first_purchase=date(2025, 5, 1))
    assert (short.days, short.before) == (56, 1)
    made = plan_blocks(EVENT, closed=CLOSE, first_purchase=date(2020, 1, 1),
                       chosen_since=date(2024, 7, 1))  # fmt: skip
    assert made.before == 10  # eight reach back to the making of the groups, two lie before it


def test_a_planted_lift_is_found_and_its_claim_stays_below_an_experiment():
    found = results([entry("NE1")], *world(1.3))
    row = found.results.iloc[0]
    assert (row["verdict"], row["grade"], row["reason"]) == ("more", "quasi-experiment", "")
    assert row["relative_low"] < 0.3 < row["relative_high"]
    purchases, customers = world(1.3)
    first = purchases.groupby("customer_id")["day"].min().reindex(customers["customer_id"])
    early = customers[(first < "2024-08-30").to_numpy()]  # six blocks of 56 days before the date
    counts = early["region"].value_counts()
    assert (row["customers"], row["control_customers"]) == (counts["North"], counts["South"])
    expected = row["treated_before"] * row["control_after"] / row["control_before"]
    assert row["effect"] == pytest.approx(row["treated_after"] - expected)
    assert row["relative"] == pytest.approx(row["treated_after"] / expected - 1)
    assert (row["block_days"], row["blocks_before"], row["scale"]) == (56, 6, "ratio")
    assert found.checks["id"].unique().tolist() == ["NE1"]
    lines = found.blocks.set_index(["group", "block"])["mean"]
    assert lines["treated", 0] == pytest.approx(row["treated_after"])
    assert lines["control"].iloc[:-1].mean() == pytest.approx(row["control_before"])
    said = natural_sentences(found.results, currency="GBP")[0]
    assert "goes with more revenue than expected: +" in said
    assert "not drawn by lot" in said
    assert "A drift too slow to be seen" in said
    assert causal_faults(said, "here") == []
    pd.testing.assert_frame_equal(found.results, results([entry("NE1")], *world(1.3)).results)


def test_tables_are_those_of_the_artefacts():
    found = results([entry("A"), entry("B", control=None)], *world(1.3))
    for name, part in (("natural_experiments", found.results), ("natural_checks", found.checks),
                       ("natural_blocks", found.blocks)):  # fmt: skip
        check_table(name, part)
        assert set(part.columns) == set(ARTEFACTS[name].columns)
    check_table("natural_experiments", results([], *world()).results)


def test_a_region_that_wanders_gets_a_wider_interval():
    purchases, customers = world(1.3)
    calm = results([entry("A")], purchases, customers).results.iloc[0]
    north = customers.set_index("customer_id")["region"].eq("North")
    inside = purchases["customer_id"].map(north).to_numpy(bool)
    block = (pd.Timestamp(EVENT) - purchases["day"]).dt.days // 56 % 2
    moved = purchases.assign(spend=purchases["spend"] * np.where(inside & (block == 0), 1.08, 1.0))
    row = results([entry("A")], moved, customers).results.iloc[0]
    assert row["wandering"] > calm["wandering"]
    assert row["verdict"] == "more"
    width = [one["relative_high"] - one["relative_low"] for one in (calm, row)]
    assert width[1] > 1.1 * width[0]


def test_a_drift_before_the_date_is_not_credible_and_gets_no_number():
    found = results([entry("NE1")], *world(1.3, drift=0.12))
    row = found.results.iloc[0]
    assert (row["verdict"], row["grade"]) == ("not credible", "")
    assert np.isnan(row[["effect", "low", "high", "relative"]].astype(float)).all()
    assert row["pretrend_p"] < 0.05
    said = natural_sentences(found.results)[0]
    assert said.startswith("Event NE1 (NE1): the comparison is not credible, so no number")


def test_without_a_control_there_is_a_description_only():
    found = results([entry("NE1", control=None, metric="active")], *world(1.3))
    row = found.results.iloc[0]
    assert (row["verdict"], row["grade"]) == ("description only", "association")
    assert row["effect"] == pytest.approx(row["treated_after"] - row["treated_before"])
    assert row["low"] < row["effect"] < row["high"]
    assert row["control_customers"] == 0
    said = natural_sentences(found.results)[0]
    assert "a description only: the share of customers who bought in 56 days went from" in said
    assert found.blocks["group"].unique().tolist() == ["treated"]


def test_few_customers_few_places_and_other_quarters_give_no_number():
    entries = [
        entry("A", started_on=date(2025, 9, 25)),
        entry("B", treated={"region": ("North",), "segment": ("S09",)}),
        entry("C", cluster="region"),
        entry("D", started_on=date(2025, 6, 1)),
        entry("E", started_on=date(2025, 11, 1)),
    ]
    found = results(entries, *world())
    assert found.results["id"].tolist() == ["A", "B", "C"]
    assert set(found.results["verdict"]) == {"too few to tell"}
    said = natural_sentences(found.results)
    parts = ("Too few weeks", "Too few customers", "Too few places")
    assert all(part in line for part, line in zip(parts, said, strict=True))
    assert found.blocks.empty
    assert found.checks.empty
    none = results([], *world())
    assert none.results.empty
    assert natural_sentences(none.results) == ["No natural experiment is listed for this quarter."]


def test_clusters_and_matching_go_into_the_comparison():
    purchases, customers = world(1.0)
    by_shop = entry("A", treated={"shop": tuple(f"shop {i}" for i in range(12))},
                    control={"shop": tuple(f"shop {i}" for i in range(12, 24))}, cluster="shop",
                    match_by=("segment",))  # fmt: skip
    row = results([by_shop], purchases, customers).results.iloc[0]
    assert row["verdict"] == "no difference shown"
    assert row["relative_low"] < 0 < row["relative_high"]
    lost = customers.assign(segment=np.where(customers.index < 12, "S07", customers["segment"]))
    row = results([by_shop], purchases, lost).results.iloc[0]
    early = set(purchases.loc[purchases["day"] < "2024-08-30", "customer_id"])
    own = lost[lost["customer_id"].isin(early) & lost["shop"].isin(by_shop.treated["shop"])]
    gone = int((own["segment"] == "S07").sum())
    assert (row["unmatched"], row["customers"]) == (gone, len(own) - gone)
    assert gone > 9
    with pytest.raises(ValueError, match="A: column plan is missing"):
        results([entry("A", match_by=("plan",))], purchases, customers)


def test_segments_made_from_the_metric_are_judged_by_the_time_before_they_were_made():
    purchases, customers = world(1.0)
    recent = purchases[(purchases["day"] >= "2025-01-01") & (purchases["day"] < "2025-07-01")]
    spent = recent.groupby("customer_id")["spend"].sum().reindex(customers["customer_id"])
    rich = spent.fillna(0).to_numpy() > spent.quantile(0.6)
    made = customers.assign(segment=np.where(rich, "S01", "S02"))
    item = entry("A", treated={"segment": ("S01",)}, control={"segment": ("S02",)})
    row = results([item], purchases, made, lookback_days=181).results.iloc[0]
    assert row["verdict"] == "not credible"
    assert "may have been chosen" in row["reason"]
    row = results([item], purchases, made, lookback_days=600).results.iloc[0]
    assert "Treated and control are segments" in row["reason"]


def test_the_table_of_the_page_hides_a_few_people():
    found = results([entry("NE1")], *world(1.3)).results
    found.loc[0, "customers"] = 9
    sheet = sheets.natural(found, few=10)
    shown = sheet["frame"].iloc[0]
    assert (shown["customers_shown"], shown["what"]) == ("<10", "Event NE1 (NE1)")
    assert shown["control_customers_shown"] == f"{found.loc[0, 'control_customers']:,}"
    assert shown["relative"] == found.loc[0, "relative"]
    assert found.loc[0, "customers"] == 9
    assert set(sheet["formats"]) | set(sheet["headers"]) <= set(sheet["frame"].columns)


def test_pictures_and_checks_are_those_that_there_are():
    entries = [entry("A"), entry("B", control=None), entry("C", started_on=date(2025, 9, 25))]
    found = results(entries, *world(1.3))
    drawn = list(sheets.pictures(found))
    assert [len(one["frame"]) for one in drawn] == [14, 7]
    assert drawn[0]["caption"] == ("Event A: the treated rose against the others after the date")
    assert "a description only" in drawn[1]["caption"]
    assert drawn[0]["title"] == "Revenue per customer and 56 days"
    checks = sheets.checks(found)["frame"]
    assert checks["id"].unique().tolist() == ["A"]
    # The worst of each kind.
    own = found.checks.groupby("check")["p_value"].min()
    assert checks["chance"].tolist() == [f"{own[kind]:.3f}" for kind in sorted(own.index)]
    shown = sheets.natural(found.results, few=10)["frame"]
    assert shown["control_customers_shown"].tolist()[1] == "nobody"


def test_a_project_without_orders_says_so_of_each_event():
    found = results([entry("A")], None, world()[1])
    assert found.results["verdict"].tolist() == ["too few to tell"]


def test_the_log_gets_a_row_per_entry():
    entries = [entry("NE1", decision="keep", decided_on=date(2025, 10, 2)),
               entry("NE2", started_on=date(2025, 11, 1), decision="stop",
                     decided_on=date(2025, 12, 1)),
               entry("NE3", started_on=date(2025, 4, 1))]  # fmt: skip
    register = Register("natural_experiments", tuple(entries), "f.yaml")
    found = results(entries, *world(1.3)).results
    rows = natural_rows(register, found, opened=OPEN, closed=CLOSE).set_index("id")
    assert rows["status"].tolist() == ["ended", "planned", "ended"]
    # What happened before the quarter was judged then, or is not judged any more.
    assert rows["verdict"].tolist() == ["more", "", "not judged"]
    assert rows.loc["NE1", "effect"] == found.loc[0, "relative"]
    # Written after a date that is still to come.
    assert rows["decision"].tolist() == ["keep", "", ""]
    assert rows["decided_on"].tolist() == ["2025-10-02", "", ""]


def test_who_follows_a_few_weeks_later_is_no_control():
    purchases, customers = world(1.3)
    west = (np.arange(len(customers)) % 4 == 1) & (customers["region"] == "South")
    customers["region"] = customers["region"].mask(west, "West")
    both = {"region": ("South", "West")}
    later = entry("NE2", treated={"region": ("West",)}, started_on=date(2025, 8, 20))
    alone = results([entry("NE1")], purchases, customers).results.iloc[0]
    found = results([entry("NE1", control=both), later], purchases, customers).results
    assert found.loc[0, "control_customers"] == alone["control_customers"]
    assert found.loc[0, "effect"] == alone["effect"]
    # What happened to a part of both groups alike, or long before, changes nothing.
    same = entry("NE2", treated={"segment": ("S01",)}, control=None)
    past = entry("NE3", treated={"region": ("West",)}, started_on=date(2024, 1, 9))
    whole = results([entry("NE1", control=both)], purchases, customers).results.iloc[0]
    beside = results([entry("NE1", control=both), same, past], purchases, customers).results
    assert beside.loc[0, "effect"] == whole["effect"]


def test_what_was_written_down_afterwards_is_an_association():
    event, planted = entry("A"), world(1.3)
    assert results([event], *planted).results["grade"].tolist() == ["quasi-experiment"]
    late = results([event], *planted, second_thoughts=[natural_declaration(event)])
    assert late.results["grade"].tolist() == ["association"]
    (said,) = natural_sentences(late.results)[:1]
    assert said.endswith("so it may have been picked for it: an association, no more.")
