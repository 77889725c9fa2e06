"""Places in a KPI change only where intervals overlap in neither quarter."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segmentation_lib.validate.kpi_order import kpi_flips, segment_kpis


def table(*rows: tuple[str, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["segment_id", "low", "high"])
    return frame.assign(kpi="orders", value=(frame["low"] + frame["high"]) / 2)


def test_a_clear_change_of_places() -> None:
    before = table(("S01", 5, 6), ("S02", 1, 2), ("(all)", 3, 4))
    now = table(("S01", 1, 2), ("S02", 5, 6))
    assert kpi_flips(now, before) == [
        "S01 was above S02 in orders per customer last quarter and is below it now."
    ]
    assert kpi_flips(before, before) == []


def test_overlap_in_either_quarter_is_no_change() -> None:
    clear, other = table(("S01", 5, 6), ("S02", 1, 2)), table(("S01", 1, 3), ("S02", 2, 4))
    assert kpi_flips(other, clear) == []
    assert kpi_flips(clear, other) == []


def test_segments_of_one_quarter_only_are_left_out() -> None:
    assert kpi_flips(table(("S01", 5, 6)), table(("S02", 1, 2))) == []


def test_the_first_quarter_has_no_order_before() -> None:
    assert kpi_flips(table(("S01", 5, 6)), None) is None


def test_kpis_by_segment() -> None:
    outcomes = pd.DataFrame({"customer_id": list("abcd"), "orders": [1.0, 3.0, 5.0, np.nan]})
    placed = pd.DataFrame({"customer_id": list("abcd"), "segment_id": ["S01", "S01", "S02", None]})
    found = segment_kpis(outcomes, placed, ["orders"], seed=1)
    assert found[["segment_id", "value"]].values.tolist() == [["S01", 2.0], ["S02", 5.0]]
    assert (found["low"] <= found["value"]).all()
