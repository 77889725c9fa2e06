"""What the pictures of prices and investments draw: places, shapes, words and tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib import report
from segmentation_lib.report.theme import ACCENT, PALETTE
from tests.report.svg import boxes, texts
from tests.report.test_people_charts import placed_words

SAID = {"alt": "What it shows.", "caption": "What it says."}


def curve(count: int) -> pd.DataFrame:
    rows = []
    for segment in range(1, count + 1):
        for price in (5.0, 10.0, 20.0, 40.0):
            share = float(np.clip(1 - price / (12 * segment + 20), 0, 1))
            rows.append((f"S{segment:02d}", price, share, max(share - 0.1, 0.0),
                         min(share + 0.1, 1.0), 80))  # fmt: skip
    return pd.DataFrame(rows, columns=["segment_id", "price", "share", "low", "high", "customers"])


def investments(count: int) -> pd.DataFrame:
    kinds = ["core", "bet", "optional"]
    return pd.DataFrame(
        [(f"INV{n}", f"Investment with a name, number {n}", kinds[n % 3], 1000.0 * n,
          -500.0 * (n % 2), 2000.0 * n, 4000.0 * n) for n in range(1, count + 1)],
        columns=["id", "name", "kind", "cost", "low", "likely", "high"],
    )  # fmt: skip


def test_a_price_curve_draws_each_segment_and_hides_few_people():
    frame = curve(3)
    frame.loc[frame["segment_id"] == "S03", "customers"] = 9
    chart = report.price_curve(frame, names={"S01": "Loyal"}, currency="GBP", **SAID)
    assert set(chart.data["segment_id"]) == {"S01", "S02"}
    words = texts(chart.wide)
    assert {"£10", "£40", "50%", "S01 Loyal", "S02"} <= set(words)
    assert "half would buy" in chart.note
    assert PALETTE[0] in chart.wide.content.decode()
    assert PALETTE[2] not in chart.wide.content.decode()
    with pytest.raises(ValueError, match="at least one row"):
        report.price_curve(frame[frame["segment_id"] == "S03"], **SAID)
    with pytest.raises(ValueError, match="between 0 and 1"):
        report.price_curve(frame.assign(share=1.2), **SAID)


def test_bubbles_lie_at_cost_and_value_and_grow_with_the_range():
    frame = pd.DataFrame(
        {"id": ["A", "B"], "name": ["First", "Second"], "kind": ["core", "bet"],
         "cost": [10.0, 20.0], "low": [30.0, 0.0], "likely": [50.0, 20.0], "high": [70.0, 160.0]}
    )  # fmt: skip
    chart = report.investment_bubbles(frame, currency="GBP", **SAID)
    first, second = (max(boxes(chart.wide, colour), key=lambda box: box[2])
                     for colour in (ACCENT, PALETTE[1]))  # fmt: skip
    assert first[0] < second[0]
    assert first[1] < second[1]
    assert second[2] > 1.5 * first[2]
    assert chart.data["id"].tolist() == ["A", "B"]
    assert {"A", "B", "A First", "B Second", "Core", "Bet"} <= set(texts(chart.wide))
    with pytest.raises(ValueError, match="kind 'odd' is not known"):
        report.investment_bubbles(frame.assign(kind="odd"), **SAID)
    with pytest.raises(ValueError, match="there is no investment"):
        report.investment_bubbles(frame[:0], **SAID)


@pytest.mark.parametrize("count", [1, 12])
def test_nothing_is_cut_off_and_the_bytes_are_the_same(count):
    for draw, frame in (
        (report.price_curve, curve(count)),
        (report.investment_bubbles, investments(count)),
    ):
        chart = draw(frame, **SAID)
        if count == 1:
            assert draw(frame, **SAID).wide.content == chart.wide.content
        for picture in (chart.wide, chart.narrow):
            for x, y, said, size, side in placed_words(picture):
                width = 0.48 * size * len(said)
                left = x - {"end": 1, "middle": 0.5}.get(side, 0) * width
                assert left >= -2, (chart.caption, said)
                assert left + width <= picture.width + 2, (chart.caption, said)
                assert 0 <= y <= picture.height + 1, (chart.caption, said)
