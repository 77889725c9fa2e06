"""What is planned: designed, drawn for the next quarter only, and from nobody who is kept out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.artefacts.schema import check_table
from segmentation_lib.calendar import Window
from segmentation_lib.implement.experiments import (
    Plan,
    assignment_file,
    plan_experiments,
    plan_sentences,
    plan_sheets,
    quarter_starts,
    read_out,
)
from segmentation_lib.params.registers.experiments import design_hash
from tests.implement.experiments.worlds import CLOSE, OPEN, arms, design, quarter, register

NEXT, END = date(2026, 1, 1), date(2025, 12, 31)


def draft(own: str, **values: object):
    """An experiment of the next quarter."""
    given = {"starts_on": CLOSE, "ends_on": END, "status": "draft", **values}
    return design(own, **given)


@pytest.fixture(scope="module")
def past() -> dict[str, pd.DataFrame]:
    """2,000 customers of S01, 30 of S02; every other one agreed to marketing."""
    ids = [f"c{i:04d}" for i in range(2030)]
    return {
        "customers": pd.DataFrame({"customer_id": [*ids, "none"],
                                   "segment_id": ["S01"] * 2000 + ["S02"] * 30 + [None]}),
        "outcomes": pd.DataFrame({"customer_id": ids, "revenue": np.tile([80.0, 120.0], 1015)}),
        "consent": pd.DataFrame({"customer_id": ids,
                                 "marketing_consent": np.arange(2030) % 4 < 2}),
    }  # fmt: skip


def planned(past, *entries, **options) -> Plan:
    given = {"window": Window(OPEN, CLOSE), "consent": past["consent"], **options}
    return plan_experiments(register(*entries), past["customers"], past["outcomes"], **given)


def test_what_starts_later_is_designed_and_the_next_ones_drawn(past):
    later = draft("E3", starts_on=NEXT, ends_on=date(2026, 3, 31))
    plan = planned(past, draft("E2"), later, design("E1"), draft("E4", status="stopped"))
    assert [entry.id for entry in plan.entries] == ["E2", "E3"]
    assert set(plan.designs["experiment_id"]) == {"E2", "E3"}
    assert set(plan.assigned["experiment_id"]) == {"E2"}
    assert plan.designs["design"].iloc[0] == design_hash(draft("E2"))
    said = plan_sentences(plan, names={}, limit=10, currency="GBP")
    assert said[0].startswith("E2 can be tested. In four of five cases it will find an effect of £")
    assert "It starts on 2025-10-01: \u201cA voucher.\u201d" in said[0]
    assert said[1].endswith("Its arms are drawn when the quarter before it closes.")
    # Run again once the experiment runs, the quarter gives the same draw.
    again = planned(past, draft("E2", status="running"), later, design("E1"))
    pd.testing.assert_frame_equal(again.assigned, plan.assigned)
    assert "No experiment is planned" in plan_sentences(planned(past), names={}, limit=10)[0]


def test_a_draw_that_is_withheld_says_why(past):
    told = {"names": {}, "limit": 10, "refused": "The scorecard says NO-GO."}
    said = plan_sentences(planned(past, draft("E2")), **told)
    assert said[1:] == ["Who gets which arm is not handed on yet. The scorecard says NO-GO."]
    later = draft("E3", starts_on=NEXT, ends_on=date(2026, 3, 31))
    assert len(plan_sentences(planned(past, later), **told)) == 1


def test_only_who_agreed_and_is_not_kept_out_takes_part(past):
    ids = past["customers"]["customer_id"]
    year = design("YEAR", starts_on=OPEN, ends_on=END, status="running",
                  arms=arms(holdout=0.1, contactable=0.9))  # fmt: skip
    given = pd.DataFrame({"experiment_id": "YEAR", "customer_id": ids,
                          "arm": np.where(np.arange(len(ids)) % 10 == 0, "holdout", "contactable"),
                          "assigned_at": pd.Timestamp(OPEN)})  # fmt: skip
    plan = planned(past, draft("E2"), year, arms=given)
    drawn = set(plan.assigned["customer_id"])
    agreed = past["consent"].loc[past["consent"]["marketing_consent"], "customer_id"]
    alone = set(given.loc[given["arm"] == "holdout", "customer_id"])
    assert drawn == set(agreed) - alone
    # Once it is over, they are free again.
    over = design("YEAR", starts_on=OPEN, arms=arms(holdout=0.1, contactable=0.9))
    assert set(planned(past, draft("E2"), over, arms=given).assigned["customer_id"]) == set(agreed)


def test_the_file_for_other_systems(past):
    plan = planned(past, draft("E3", salt="q", holdout=0.2), draft("E2"))
    file = assignment_file(plan)
    check_table("experiment_assignments", file)
    check_table("experiment_designs", plan.designs)
    assert file.columns.tolist() == ["experiment_id", "external_id", "segment_id", "arm",
                                     "starts_on"]  # fmt: skip
    assert file.equals(file.sort_values(["experiment_id", "external_id"], ignore_index=True))
    assert file.groupby("experiment_id")["arm"].unique().map(sorted).to_dict() == {
        "E2": ["control", "new"], "E3": ["control", "holdout", "new"]
    }  # fmt: skip
    sizes = file[file["experiment_id"] == "E2"].groupby(["segment_id", "arm"]).size()
    assert sizes.loc["S01"].tolist() == pytest.approx([500, 500], abs=60)
    check_table("experiment_assignments", assignment_file(planned(past)))


def test_small_arms_are_not_told(past):
    plan = planned(past, draft("E2", segments=("S02",)))
    assert plan_sentences(plan, names={}, limit=10)[0].startswith(
        "E2 is too small to test: fewer than 10 customers are in an arm."
    )
    sheet = plan_sheets(plan, names={}, limit=10)["What the planned experiments can find"]
    assert set(sheet["frame"]["needed"]) == {""}
    wide = plan_sentences(planned(past, draft("E2", min_effect=0.1)), names={}, limit=10)[0]
    # With one small segment the whole, times so many, would give it away.
    assert "customers. Too small to be judged alone: S01 and S02." in wide


def test_the_measure_from_before_is_the_revenue_of_as_many_days():
    days = pd.DataFrame(
        {"customer_id": ["a", "a", "a", "b", "b"],
         "day": pd.to_datetime(["2025-03-30", "2025-03-31", "2025-06-30", "2025-07-01",
                                "2025-01-02"]),
         "spend": [1.0, 2.0, 4.0, 8.0, 16.0]}
    )  # fmt: skip
    window, nobody = Window(OPEN, CLOSE), pd.DataFrame({"customer_id": [], "segment_id": []})
    one, two = quarter_starts(window, nobody, days, previous_open=nobody,
                              previous_quality={"coverage": {"open": "2025-04-01"}})  # fmt: skip
    assert (one.day, two.day) == (OPEN, date(2025, 4, 1))
    assert one.before.to_dict("list") == {"customer_id": ["a"], "revenue": [6.0]}
    assert two.before.to_dict("list") == {"customer_id": ["a", "b"], "revenue": [3.0, 16.0]}
    assert len(quarter_starts(window, nobody, days)) == 1
    assert quarter_starts(window, nobody, None)[0].before is None


def test_the_tables_of_a_read_out_are_the_artefacts():
    world = quarter((3.0, 0.0), n=300)
    starts = quarter_starts(Window(OPEN, CLOSE), world["assignments"],
                            pd.DataFrame({"customer_id": ["c00001"], "spend": [3.0],
                                          "day": [pd.Timestamp("2025-06-01")]}))  # fmt: skip
    found = read_out(register(design(covariate="revenue"), draft("E2")), world["arms"],
                     world["outcomes"], starts, closed=CLOSE)  # fmt: skip
    for name in ("experiments", "ratios", "effects", "guardrails"):
        table = getattr(found, name)
        check_table(name if name == "experiments" else f"experiment_{name}", table)
    assert len(found.experiments) == 2
    assert found.effects["method"].iloc[0] == "CUPED, permuted"
