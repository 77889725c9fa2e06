"""What a scored day goes on from: the ledger of the quarter and the segments of its close."""

from __future__ import annotations

from datetime import date

import pandas as pd

from segmentation_lib.implement.tags import append, membership_events
from segmentation_lib.params import load_params
from segmentation_lib.quarter import Quarter
from segmentation_lib.scoring import base
from tests.scoring.conftest import EVE, NIGHTS, Clone


def _starting_point(clone: Clone) -> base.Base:
    file = "params/shop/2026Q3.yaml"
    quarter = Quarter(clone.root, load_params(clone.root / file, file), None)
    return base.starting_point(quarter, base.adopted_model(quarter), as_of=NIGHTS[0])


def test_tags_are_for_those_who_agreed_and_segments_for_all(clone: Clone) -> None:
    start = _starting_point(clone)
    assert set(start.ledger["external_id"]) == {
        "007 flap", "008 move", "009 lapse", "=1+1", "often", "quit",
    }  # fmt: skip
    # Whoever did not agree is scored all the same, and only carries no tag.
    assert start.state.set_index("external_id").loc["never", "current"] == "S02"
    assert start.state["candidate"].isna().all()


def test_a_longer_past_with_the_same_tags_is_the_same_start(clone: Clone) -> None:
    before = _starting_point(clone)
    tags = clone.base.read("assignments_close").rename(columns={"customer_id": "external_id"})
    tags = tags[tags["external_id"] != "never"]
    earlier = tags.assign(segment_id="S01")
    first = membership_events(None, earlier, at=date(2026, 3, 31))
    ledger = append(first, membership_events(earlier, tags, at=EVE))
    clone.base.write("membership_events", ledger)
    start = _starting_point(clone)
    pd.testing.assert_frame_equal(start.ledger, ledger, check_dtype=False)
    assert len(ledger) > len(before.ledger)
    assert start.hash == before.hash
    clone.score(NIGHTS[0])
    assert clone.events(NIGHTS[0]) == [("009 lapse", "S01", "exit", "lapsed", "S01")]
