"""Effects by segment: the numbers behind the picture, and what cannot be drawn."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.report import effect_forest
from tests.report.svg import texts

SAID = {"alt": "What it shows.", "caption": "The finding."}
ROWS = pd.DataFrame(
    {
        "segment_id": ["(all)", "S01", "S02"],
        "name": ["", "Loyal", ""],
        "effect": [0.02, 0.05, -0.01],
        "low": [0.01, 0.02, -0.05],
        "high": [0.03, 0.08, 0.03],
        "shrunken": [float("nan"), 0.04, 0.0],
    }
)


def test_each_row_has_its_effect_and_the_numbers_are_below():
    chart = effect_forest(ROWS, format="points1", least=0.03, note="Read it so.", **SAID)
    words = texts(chart.wide)
    assert {"+2.0 pts", "+5.0 pts", "−1.0 pts", "All segments", "S01 Loyal", "S02"} <= set(words)
    assert "Dashed: the smallest effect that matters, +3.0 pts" in words
    assert chart.data["segment"].tolist() == ["All segments", "S01 Loyal", "S02"]
    assert chart.data[["effect", "low", "high"]].equals(ROWS[["effect", "low", "high"]])
    assert chart.numbers.headers["shrunken"] == "With luck taken off"
    assert (chart.alt, chart.note) == ("What it shows.", "Read it so.")
    again = effect_forest(ROWS, format="points1", least=0.03, note="Read it so.", **SAID)
    assert again.narrow.content == chart.narrow.content


def test_the_line_that_matters_and_the_shrunken_effects_may_be_absent():
    chart = effect_forest(ROWS.drop(columns="shrunken"), **SAID)
    assert not [word for word in texts(chart.wide) if word.startswith("Dashed")]
    assert chart.data.columns.tolist() == ["segment", "effect", "low", "high"]


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match="there is no effect; give one row at least"):
        effect_forest(ROWS[:0], **SAID)
