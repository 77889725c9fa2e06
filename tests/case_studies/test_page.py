"""The page says what the runs said, and the data are those that were published."""

from __future__ import annotations

import pathlib
from decimal import Decimal

from tests.case_studies.__main__ import page
from tests.case_studies.data import cdnow_orders


def _quarter(**facts: object) -> dict[str, object]:
    gate = {
        "title": "Are there groups at all?",
        "verdict": "limits",
        "value": "tiers",
        "sentence": "Nothing speaks against one crowd.",
    }
    plain = {
        "period": "1998Q1",
        "title": "CDNOW",
        "customers": 4321,
        "choice": {"k": 4, "algorithm": "kmeans", "sentence": "4 segments come back."},
        "existence": {"structure": {"p_value": 0.0002}, "gap": {"p_value": 1.0}},
        "label": "tiers",
        "verdict": "GO WITH LIMITS",
        "sentence": "Use these segments with care.",
        "gates": [gate],
        "jaccard": 0.876,
        "noise": {"moved": 0.65, "floor": 0.6},
    }
    return {**plain, **facts}


def test_each_quarter_is_a_row_and_the_last_one_is_told() -> None:
    quarters = [_quarter(period="1997Q4", noise=None), _quarter()]
    text = page([{"project": "cdnow", "title": "CDNOW", "quarters": quarters}])
    facts = "4,321 | 4, k-means | tiers | < 0.001 | 1.000 | 0.88"
    assert f"| 1998Q1 | {facts} | 65% (60%) | GO WITH LIMITS |" in text
    assert f"| 1997Q4 | {facts} | not known |" in text
    assert "Verdict: **GO WITH LIMITS**. Use these segments with care." in text
    assert "| Are there groups at all? | limits | tiers | Nothing speaks" in text


def test_the_music_log_has_the_published_totals(shared: pathlib.Path) -> None:
    orders = cdnow_orders(shared / "data/cdnow/CDNOW_master.txt.gz")
    assert orders["customer_id"].nunique() == 23_570
    assert orders["quantity"].sum() == 167_881
    assert sum(map(Decimal, orders["amount"].map("{:.2f}".format))) == Decimal("2500315.63")
