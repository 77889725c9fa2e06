"""What a CRM holds after the nights: the last word on each customer counts."""

from __future__ import annotations

import pathlib
from datetime import date

import pandas as pd

from segmentation_lib.implement import tags
from segmentation_lib.run import Run
from segmentation_lib.scoring import tags_held
from segmentation_lib.scoring.folder import DELTA, ScoredDays

SPAN = (date(2026, 7, 1), date(2026, 9, 30))
FILE = pd.DataFrame({"external_id": ["1", "2", "3"], "segment_id": ["S01", "S01", "S02"]})


def published(root: pathlib.Path, file: pd.DataFrame = FILE) -> Run:
    """Return the run of the quarter before, with its customer file."""
    run = Run(root / "runs/acme/2026Q2")
    run.write("crm", tags.csv_text(file))
    return run


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
    held = tags_held(tmp_path, "acme", published(tmp_path), *SPAN)
    assert held is not None
    assert dict(zip(held["external_id"], held["segment_id"], strict=True)) == {
        "1": "S02", "2": "S02", "3": "none", "4": "S01",
    }  # fmt: skip


def test_a_column_that_a_night_did_not_know_is_empty(tmp_path: pathlib.Path) -> None:
    told(tmp_path, date(2026, 7, 9), ("upsert", "1", "S02"))
    file = FILE.assign(email="a@b.c")
    held = tags_held(tmp_path, "acme", published(tmp_path, file), *SPAN)
    assert held is not None
    assert held["email"].tolist() == ["", "a@b.c", "a@b.c"]


def test_without_nights_it_is_the_file_itself(tmp_path: pathlib.Path) -> None:
    held = tags_held(tmp_path, "acme", published(tmp_path), *SPAN)
    assert held is not None
    assert held.to_dict("list") == FILE.to_dict("list")
    assert tags_held(tmp_path, "acme", None, *SPAN) is None
    assert tags_held(tmp_path, "acme", Run(tmp_path / "runs/acme/2026Q1"), *SPAN) is None


def test_the_file_is_read_to_the_letter(tmp_path: pathlib.Path) -> None:
    """A file that was read as numbers and flags differed from the next one in every row."""
    file = FILE.assign(consent_marketing="true", phone=["0049170", "+4917", ""], confidence="0.5")
    held = tags_held(tmp_path, "acme", published(tmp_path, file), *SPAN)
    assert held is not None
    pd.testing.assert_frame_equal(held, file.astype("str"))
    after = file.assign(segment_id=["S01", "S02", "S02"])
    assert tags.crm_delta(held, after)["external_id"].tolist() == ["2"]
