"""What a scored day goes on from: the quarter's ledger, or the segments of its close."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from segmentation_lib.artefacts import ARTEFACTS, Artefact
from segmentation_lib.implement.tags import LEDGER_COLUMNS, append, membership_events
from segmentation_lib.params import load_params
from segmentation_lib.quarter import Quarter
from segmentation_lib.scoring import base
from tests.scoring.conftest import NIGHTS, Clone

EVE = date(2026, 6, 30)


def _starting_point(clone: Clone) -> base.Base:
    file = "params/shop/2026Q3.yaml"
    quarter = Quarter(clone.root, load_params(clone.root / file, file), None)
    return base.starting_point(quarter, base.adopted_model(quarter))


def test_without_a_ledger_it_begins_with_those_who_agreed(clone: Clone) -> None:
    start = _starting_point(clone)
    assert set(start.ledger["external_id"]) == {
        "007 flap", "008 move", "009 lapse", "=1+1", "often", "quit",
    }  # fmt: skip
    assert set(start.ledger["at"]) == {str(EVE)}
    assert set(start.ledger["reason"]) == {"first"}
    # Whoever did not agree is scored all the same, and only carries no tag.
    assert start.state.set_index("external_id").loc["never", "current"] == "S02"
    assert start.state["candidate"].isna().all()


def test_the_ledger_of_the_quarter_is_gone_on_from(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = dict.fromkeys(LEDGER_COLUMNS, "text")
    artefact = Artefact("implement", "membership_events.parquet", kinds)
    monkeypatch.setattr(base, "ARTEFACTS", {**ARTEFACTS, "membership_events": artefact})
    monkeypatch.setattr(
        "segmentation_lib.run.ARTEFACTS", {**ARTEFACTS, "membership_events": artefact}
    )
    monkeypatch.setattr(
        "segmentation_lib.artefacts.schema.ARTEFACTS", {**ARTEFACTS, "membership_events": artefact}
    )
    tags = clone.base.read("assignments_close").rename(columns={"customer_id": "external_id"})
    tags = tags[tags["external_id"] != "never"]
    first = membership_events(None, tags.assign(segment_id="S01"), at=date(2026, 3, 31))
    before = tags.assign(segment_id="S01")
    ledger = append(first, membership_events(before, tags, at=EVE))
    clone.base.write("membership_events", ledger)
    start = _starting_point(clone)
    pd.testing.assert_frame_equal(start.ledger, ledger, check_dtype=False)
    assert start.hash == _without_ledger(clone, monkeypatch).hash
    monkeypatch.setattr(base, "ARTEFACTS", {**ARTEFACTS, "membership_events": artefact})
    clone.score(NIGHTS[0])
    assert clone.events(NIGHTS[0]) == [("009 lapse", "S01", "exit", "lapsed", "S01")]


def _without_ledger(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> base.Base:
    others = {name: one for name, one in ARTEFACTS.items() if name != "membership_events"}
    monkeypatch.setattr(base, "ARTEFACTS", others)
    return _starting_point(clone)
