"""What pages may show: no value of a few people, and why the customer file is what it is."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.implement import crm_sentence, published_baseline


def test_the_published_baseline_is_a_row_per_kpi_and_blank_for_a_few_people():
    baseline = pd.DataFrame(
        {
            "segment_id": ["(all)", "S02", "S01", "S01", "S02", "(all)"],
            "kpi": ["order_value"] * 3 + ["active"] * 3,
            "unit": ["money"] * 3 + ["share"] * 3,
            "value": [15.0, 20.0, 10.0, 0.5, 0.25, 0.4],
            "low": [14.0, 19.0, 9.0, 0.4, 0.2, 0.3],
            "high": [16.0, 21.0, 11.0, 0.6, 0.3, 0.5],
            "customers": [19, 10, 9, 9, 10, 19],
            "interval": ["bootstrap"] * 3 + ["wilson"] * 3,
        }
    )
    shown = published_baseline(baseline, limit=10, currency="GBP")
    assert list(shown.columns) == ["kpi", "S01", "S02", "(all)"]
    assert shown["S01"].tolist() == ["–", "–"]
    assert shown["S02"].tolist() == ["£20.00 (£19.00 to £21.00)", "25% (20% to 30%)"]
    assert shown["(all)"].iloc[0] == "£15.00 (£14.00 to £16.00)"


def test_the_sentence_on_the_customer_file():
    crm = pd.DataFrame({"segment_id": ["S01", "none"], "valid_until": ["2025-12-31"] * 2})
    assert crm_sentence(crm, 5) == (
        "exports/crm.csv holds 2 customers, 1 of them with a segment; all tags are valid until "
        "2025-12-31. 3 customers who did not agree to marketing are left out."
    )
    assert "left out" not in crm_sentence(crm, 2)
    assert "no customer" in crm_sentence(crm.iloc[:0], 0)
    why = "The scorecard says NO-GO."
    assert crm_sentence(None, 5, refused=why) == f"The customer file is withheld. {why}"
