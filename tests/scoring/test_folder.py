"""What a CRM holds after the nights: the last word on each customer counts."""

from __future__ import annotations

import pathlib
from datetime import date

import pandas as pd

from segmentation_lib.implement import tags
from segmentation_lib.scoring import tags_held
from segmentation_lib.scoring.folder import DELTA, ScoredDays

FILE = pd.DataFrame({"external_id": ["1", "2", "3"], "segment_id": ["S01", "S01", "S02"]})


def told(root: pathlib.Path, day: date, *rows: tuple[str, str, str]) -> None:
    frame = pd.DataFrame(rows, columns=["action", "external_id", "segment_id"])
    text = tags.csv_text(frame)
    ScoredDays(root, "acme").write(
        day, {}, {DELTA: lambda path: path.write_text(text, encoding="utf-8") and None}
    )


def test_a_tag_moved_at_night_is_what_the_quarter_starts_from(tmp_path: pathlib.Path) -> None:
    told(tmp_path, date(2026, 7, 1), ("upsert", "1", "S09"))
    told(tmp_path, date(2026, 7, 9), ("upsert", "1", "S02"), ("upsert", "4", "S01"))
    told(tmp_path, date(2026, 7, 20), ("upsert", "2", "S02"), ("clear", "3", "none"))
    told(tmp_path, date(2026, 10, 1), ("upsert", "2", "S07"))
    held = tags_held(tmp_path, "acme", FILE, date(2026, 7, 1), date(2026, 9, 30))
    assert held is not None
    assert dict(zip(held["external_id"], held["segment_id"], strict=True)) == {
        "1": "S02", "2": "S02", "3": "none", "4": "S01",
    }  # fmt: skip


def test_without_nights_it_is_the_file_itself(tmp_path: pathlib.Path) -> None:
    span = (date(2026, 7, 1), date(2026, 9, 30))
    held = tags_held(tmp_path, "acme", FILE, *span)
    assert held is not None
    assert held.to_dict("list") == FILE.to_dict("list")
    assert tags_held(tmp_path, "acme", None, *span) is None
