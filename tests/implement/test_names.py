"""Segments have names."""

from __future__ import annotations

from segmentation_lib.implement import names_of


def test_names_by_id():
    assert names_of({"segments": [{"id": "S01", "name": "Regulars"}]}) == {"S01": "Regulars"}
