"""Percentiles: all customers stand at 50, ties count half, units do not matter."""

from __future__ import annotations

import pandas as pd
import pytest

from segmentation_lib.profile.percentiles import percentile_profile

IDS = list("abcdef")
FEATURES = pd.DataFrame(
    {
        "customer_id": IDS,
        "spend": [1.0, 2.0, 3.0, 4.0, 5.0, 1000.0],
        "visits": [0, 0, 0, 0, 7, 9],
        "plan": list("xxyyxy"),
    }
)
PLACED = pd.DataFrame({"customer_id": IDS, "segment_id": ["S01"] * 3 + ["S02"] * 3})
TRAITS = pd.DataFrame(
    [
        (segment, feature, role, "", 1.0, difference)
        for segment in ("S01", "S02")
        for feature, role, difference in (
            ("spend", "segmenting", -1.0),
            ("visits", "segmenting", 0.5),
            ("plan=x", "segmenting", 2.0),
            ("age", "descriptor", 3.0),
        )
    ],
    columns=["segment_id", "feature", "role", "unit", "mean", "difference"],
)


def test_the_mean_percentile_of_a_segment_is_exact() -> None:
    found = percentile_profile(FEATURES, PLACED, TRAITS)
    table = found.pivot(index="trait", columns="segment_id", values="percentile")
    # Ranks 1 to 6 give 8.3, 25, 41.7, 58.3, 75 and 91.7.
    assert table.loc["spend"].tolist() == pytest.approx([25, 75])
    # Four ties at rank 2.5, so 33.3; then 75 and 91.7.
    assert table.loc["visits"].tolist() == pytest.approx([100 / 3, (100 / 3 + 75 + 1100 / 12) / 3])
    assert set(table.index) == {"spend", "visits"}


def test_everybody_together_stands_at_fifty() -> None:
    everyone = PLACED.assign(segment_id="S01")
    found = percentile_profile(FEATURES, everyone, TRAITS[TRAITS["segment_id"] == "S01"])
    assert found["percentile"].tolist() == pytest.approx([50, 50])


def test_the_traits_that_differ_most_are_kept_and_strangers_do_not_count() -> None:
    stranger = pd.DataFrame({"customer_id": ["z"], "spend": [-5.0], "visits": [50], "plan": ["x"]})
    nobody = pd.DataFrame({"customer_id": ["z"], "segment_id": [None]})
    found = percentile_profile(
        pd.concat([FEATURES, stranger]), pd.concat([PLACED, nobody]), TRAITS, most=1
    )
    assert found["trait"].unique().tolist() == ["spend"]
    assert found["percentile"].tolist() == pytest.approx([25, 75])
