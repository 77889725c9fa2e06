"""UCI Online Retail, both quarters, from the raw file to the report."""

from __future__ import annotations

import pathlib
from decimal import Decimal

import duckdb
import pandas as pd
import pytest

from segmentation_lib.run import Run
from tests.spine.workspace import Workspace

pytestmark = pytest.mark.xdist_group("retail")


def _run(clone: Workspace, period: str) -> Run:
    return Run(clone.root / "runs/online_retail" / period)


def test_totals_reconcile_with_the_raw_file_to_the_penny(
    retail: Workspace, shared: pathlib.Path
) -> None:
    source = shared / "data/online_retail/online_retail.parquet"
    raw = duckdb.sql(
        "SELECT count(*), sum(Quantity * CAST(UnitPrice AS DECIMAL(18, 4))) "
        f"FROM '{source.as_posix()}'"
    ).fetchone()
    assert raw is not None
    for period in ("2011Q2", "2011Q3"):
        steps = _run(retail, period).read("exclusions")
        steps = steps[steps["table"] == "orders"].sort_values("step")
        rows, amounts = steps["rows"], [Decimal(f"{amount:.4f}") for amount in steps["amount"]]
        assert steps["rule"].iloc[0] == "In the source"
        assert steps["rule"].iloc[-1] == "Kept"
        assert (rows.iloc[0], amounts[0]) == (raw[0], raw[1])
        assert rows.iloc[0] == rows.iloc[1:].sum()
        assert amounts[0] == sum(amounts[1:])
        page = (retail.root / f"reports/online_retail/{period}/prepare.html").read_text()
        assert "9,747,747.93" in page
        assert f"{amounts[-1]:,.2f}" in page


def test_each_rule_of_the_parameter_file_removes_something(retail: Workspace) -> None:
    steps = _run(retail, "2011Q3").read("exclusions").set_index("rule")
    giants = steps.loc["Two giant orders, cancelled within minutes"]
    assert (giants["rows"], giants["customers"], giants["amount"]) == (4, 2, 0.0)
    assert steps.loc["No customer number", "rows"] > 100_000
    assert (steps["rows"] > 0).all()


def test_the_second_quarter_carries_the_ids_of_the_first(retail: Workspace) -> None:
    before = _run(retail, "2011Q2").read("assignments_close").set_index("customer_id")
    now = _run(retail, "2011Q3").read("assignments_open").set_index("customer_id")
    both = pd.concat([before["segment_id"], now["segment_id"]], axis=1, keys=["old", "new"])
    both = both.dropna()
    assert len(both) > 1000
    changes = _run(retail, "2011Q3").read("segment_changes").set_index("segment_id")
    kept = changes.index[changes["change"] == "kept"]
    assert len(kept) >= 2
    stayed = both[both["old"].isin(kept)]
    assert (stayed["old"] == stayed["new"]).mean() >= 0.75
    # A segment that went is not another one's name now.
    gone = set(both["old"]) - set(kept)
    assert not gone & set(both["new"])


def test_cancelled_orders_do_not_count(retail: Workspace) -> None:
    features = _run(retail, "2011Q3").read("features_open").set_index("customer_id")
    assert "12346" not in features.index or features.loc["12346", "monetary"] == 0
    assert (features["monetary"] < 500_000).all()
