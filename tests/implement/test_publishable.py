"""What pages may show: no value of a few people, and why the customer file is what it is."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.implement import crm_sentence, published_baseline


def test_kpis_of_a_few_people_are_blank():
    baseline = pd.DataFrame(
        {
            "segment_id": ["S01", "S02"],
            "kpi": ["order_value"] * 2,
            "unit": ["money"] * 2,
            "value": [10.0, 20.0],
            "low": [9.0, 19.0],
            "high": [11.0, 21.0],
            "customers": [9, 10],
            "interval": ["bootstrap"] * 2,
        }
    )
    shown = published_baseline(baseline, limit=10)
    assert list(shown.columns) == ["segment_id", "kpi", "value", "low", "high", "customers"]
    assert shown.iloc[0, 2:].isna().all()
    assert shown.iloc[1, 2:].tolist() == [20.0, 19.0, 21.0, 10]


def test_the_sentence_on_the_customer_file():
    crm = pd.DataFrame({"segment_id": ["S01", "none"], "valid_until": ["2025-12-31"] * 2})
    assert crm_sentence({"verdict": "GO"}, crm, 5) == (
        "exports/crm.csv holds 2 customers, 1 of them with a segment; all tags are valid until "
        "2025-12-31. 3 customers who did not agree to marketing are left out."
    )
    assert "left out" not in crm_sentence({"verdict": "GO"}, crm, 2)
    assert "no customer" in crm_sentence({"verdict": "GO"}, crm.iloc[:0], 0)
    assert "because the scorecard says NO-GO" in crm_sentence({"verdict": "NO-GO"}, None, 5)
