"""Charts of effects: the numbers behind them, and what cannot be drawn."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.report.charts.before_after import before_after
from segmentation_lib.report.charts.targeting import targeting_curve

SAID = {"alt": "What it shows.", "caption": "The finding."}
LINES = pd.DataFrame(
    {
        "group": ["control"] * 3 + ["treated"] * 3,
        "block": [-2, -1, 0] * 2,
        "starts_on": ["2025-04-11", "2025-06-06", "2025-08-01"] * 2,
        "mean": [40.0, 42.0, 41.0, 50.0, 53.0, 64.0],
    }
)
CURVE = pd.DataFrame(
    {
        "segment_id": ["S02", "S01"], "share": [0.4, 1.0], "gain": [2.0, 1.5],
        "at_random": [0.6, 1.5], "low": [1.0, 1.5], "high": [3.0, 1.5],
    }
)  # fmt: skip


def test_before_and_after_has_its_numbers():
    chart = before_after(
        LINES, title="Revenue per customer", format="money0", currency="GBP", **SAID
    )
    assert chart.data["group"].tolist() == ["treated"] * 3 + ["control"] * 3
    assert chart.data["mean"].tolist() == [50, 53, 64, 40, 42, 41]
    assert "side by side" in chart.note
    svg = chart.wide.content.decode()
    assert all(word in svg for word in (">Treated<", ">Control<", "2025-08-01", "Revenue per"))
    alone = before_after(LINES[LINES["group"] == "treated"], title="x", **SAID)
    assert ">Control<" not in alone.wide.content.decode()
    again = before_after(
        LINES, title="Revenue per customer", format="money0", currency="GBP", **SAID
    )
    assert again.wide.content == chart.wide.content


def test_before_and_after_draws_shares_no_finer_than_it_tells_them():
    shares = LINES.assign(mean=LINES["mean"] / 64)
    said = {"title": "Bought", "format": "percent1", **SAID}
    told = before_after(shares.assign(mean=shares["mean"].round(3)), **said)
    assert before_after(shares, **said).wide.content == told.wide.content


def test_targeting_has_random_beside_it():
    chart = targeting_curve(CURVE, names={"S02": "Loyal"}, currency="GBP", **SAID)
    assert chart.data["segment"].tolist() == ["S02 Loyal", "S01"]
    assert chart.data["at_random"].tolist() == [0.6, 1.5]
    assert "picked at random" in chart.note
    svg = chart.wide.content.decode()
    assert ">S02<" in svg
    assert "£" in svg


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match="there is no row"):
        before_after(LINES[:0], title="x", **SAID)
    with pytest.raises(ValueError, match="'odd' is not known"):
        before_after(LINES.assign(group="odd"), title="x", **SAID)
    with pytest.raises(ValueError, match="there is no segment"):
        targeting_curve(CURVE[:0], **SAID)
