"""The sentence says why the customer file is what it is."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.implement.tags import crm_sentence


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
