"""Investments: the first forecast counts, nothing vanishes, and the roadmap keeps its order."""

from __future__ import annotations

import io
from datetime import date

import pandas as pd
import pytest

from segmentation_lib.implement.investments import (
    investment_balance,
    investment_log,
    investment_results,
    investment_sentences,
    track_record,
)
from segmentation_lib.implement.plans.roadmap import roadmap
from segmentation_lib.params.registers.investments import Investment
from segmentation_lib.params.registers.register import Register

CLOSES = {"2025Q1": date(2025, 4, 1), "2025Q2": date(2025, 7, 1), "2025Q3": date(2025, 10, 1)}


def item(name: str, **changes) -> Investment:
    given = {
        "id": name, "name": f"Plan {name}", "kind": "bet", "horizon": "quick_win",
        "step": "experiment", "segment": "S01", "hypothesis": "H1", "metric": "revenue",
        "expected": {"low": 10, "likely": 20, "high": 30}, "cost": 50, "owner": "CRM",
        "status": "running", "approved_on": date(2025, 2, 1),
    }  # fmt: skip
    return Investment(**(given | changes))


def log_of(*quarters: tuple[str, list[Investment]]) -> pd.DataFrame:
    log = None
    for period, items in quarters:
        register = Register("investments", tuple(items), "f.yaml")
        log = investment_log(register, log, period=period, close=CLOSES[period])
        # Through a file and back, as from run to run.
        log = pd.read_csv(io.StringIO(log.to_csv(index=False)))
    assert log is not None
    return investment_log(
        Register("investments", tuple(quarters[-1][1]), "f.yaml"), log,
        period=quarters[-1][0], close=CLOSES[quarters[-1][0]],
    )  # fmt: skip


def test_the_first_forecast_counts_and_a_change_is_shown():
    eased = item("A", expected={"low": 0, "likely": 2, "high": 5},
                 actuals=[{"period": "2025Q2", "value": 4}])  # fmt: skip
    log = log_of(("2025Q1", [item("A")]), ("2025Q2", [eased]))
    assert log["period"].tolist() == ["2025Q1", "2025Q2"]
    assert log["changed"].tolist() == [False, True]
    assert log["likely"].tolist() == [20, 20]
    assert log["now_likely"].tolist() == [20, 2]
    assert log["forecast_hash"].nunique() == 1
    results = investment_results(log)
    assert results["verdict"].tolist() == ["below"]  # 4 is in the new range, not in the first one
    said = investment_sentences(results, investment_balance([eased]))
    assert "Forecasts changed after approval, where the first one counts: Plan A." in said


def test_a_failed_and_a_removed_bet_stay_listed_and_count_as_misses():
    failed = item("A", status="failed", ended_on=date(2025, 5, 1))
    log = log_of(("2025Q1", [item("A"), item("B"), item("C")]),
                 ("2025Q2", [failed, item("C", actuals=[{"period": "2025Q2", "value": 25}])]),
                 ("2025Q3", []))  # fmt: skip
    last = log[log["period"] == "2025Q3"].set_index("id")
    assert last["status"].tolist() == ["removed", "removed", "removed"]
    assert last["likely"].tolist() == [20, 20, 20]
    results = investment_results(log)
    assert results["verdict"].tolist() == [
        "removed without a result", "removed without a result", "inside",
    ]  # fmt: skip
    record = track_record(results)
    assert (record.judged, record.below, record.above) == (3, 2, 0)
    assert record.hits.value == pytest.approx(1 / 3)
    assert record.inside.value == pytest.approx(1 / 3)
    assert record.inside.low == pytest.approx(0.0615, abs=1e-3)
    said = investment_sentences(results, investment_balance([]))
    assert "What did not work out stays listed: Plan A, Plan B and Plan C." in said


def test_a_result_that_came_with_its_forecast_is_kept_apart():
    known = item("A", actuals=[{"period": "2025Q1", "value": 20}])
    log = log_of(("2025Q1", [known]))
    assert log["kept_apart"].tolist() == [True]
    assert investment_results(log)["verdict"].tolist() == ["no result yet"]
    assert track_record(investment_results(log)).judged == 0


def test_what_is_approved_or_ended_later_is_not_known_yet():
    later = item("A", approved_on=date(2025, 4, 1))
    ended = item("B", status="failed", ended_on=date(2025, 4, 1),
                 actuals=[{"period": "2025Q2", "value": 1}])  # fmt: skip
    log = log_of(("2025Q1", [later, ended]))
    assert log[["id", "status"]].to_numpy().tolist() == [["B", "running"]]
    assert log["actual"].isna().all()
    both = log_of(("2025Q1", [later, ended]), ("2025Q2", [later, ended]))
    assert both["id"].tolist() == ["B", "A", "B"]
    assert both["status"].tolist() == ["running", "running", "failed"]
    assert investment_results(both)["verdict"].tolist() == ["no result yet", "below"]


def test_the_mean_over_quarters_is_one_vote():
    results_of = [{"period": "2025Q2", "value": 10}, {"period": "2025Q3", "value": 60}]
    quarters = [(period, [item("A", actuals=results_of)]) for period in CLOSES]
    results = investment_results(log_of(*quarters))
    assert results[["quarters", "actual", "verdict"]].to_numpy().tolist() == [[2, 35.0, "above"]]


def test_shares_of_the_balance_leave_out_what_is_over():
    items = [item("A", kind="core", cost=30), item("B", cost=10, horizon="long_term"),
             item("C", status="failed", ended_on=date(2025, 3, 1), cost=900)]  # fmt: skip
    found = investment_balance(items).set_index("level")
    assert found["items"].to_dict() == {
        "core": 1, "bet": 1, "optional": 0, "quick_win": 1, "long_term": 1,
    }  # fmt: skip
    assert found["cost_share"].tolist() == [0.75, 0.25, 0.0, 0.75, 0.25]
    assert found["likely_share"].tolist() == [0.5, 0.5, 0.0, 0.5, 0.5]
    assert investment_balance([])["cost_share"].isna().all()


def test_the_roadmap_goes_from_experiments_to_pricing_and_waits_for_forerunners():
    items = [
        item("P", step="pricing"),
        item("R", step="release", after=("P",)),
        item("E", after=("R",)),
        item("L", horizon="long_term"),
        item("Q", cost=500),
        item("S", cost=5),
        item("X", status="failed", ended_on=date(2025, 3, 1)),
        item("Y", step="release", after=("X",)),
    ]
    found = roadmap(items)
    # P stands in the way of R and E, so it comes as soon as nothing earlier is ready.
    assert found["id"].tolist() == ["S", "Q", "L", "Y", "P", "R", "E"]
    assert found["place"].tolist() == list(range(1, 8))
    assert found.set_index("id")["waits_for"].to_dict()["Y"] == "X"
    assert roadmap([])["id"].tolist() == []
