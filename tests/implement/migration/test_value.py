"""The value that moved with the customers, by hand."""

from __future__ import annotations

import pandas as pd

from segmentation_lib.artefacts import check_table
from segmentation_lib.implement.migration.matrix import migration_matrix
from segmentation_lib.implement.migration.value import value_moved, with_value


def placed(**segments):
    ids = [None if place.isupper() and len(place) > 3 else place for place in segments.values()]
    states = ["ACTIVE" if id else place for id, place in zip(ids, segments.values(), strict=True)]
    table = pd.DataFrame({"customer_id": list(segments), "state": states, "segment_id": ids})
    return table.astype({"customer_id": "str", "segment_id": "str"})


BEFORE = placed(a="S01", b="S01", c="S01", d="S02", e="S02")
AFTER = placed(a="S01", b="S02", c="LAPSED", d="S02", f="S01")
OUTCOMES = pd.DataFrame({"customer_id": list("abcde"), "revenue": [10.0, 30.0, 0.0, 7.0, 3.0]})


def moves():
    return with_value(migration_matrix(BEFORE, AFTER), BEFORE, AFTER, OUTCOMES)


def test_it_is_the_artefact_also_in_the_first_quarter():
    check_table("migration", moves())
    first = with_value(migration_matrix(None, AFTER), None, AFTER, OUTCOMES)
    assert first.empty
    check_table("migration", first)


def test_each_way_has_the_value_of_its_customers():
    ways = moves().set_index(["from_segment_id", "to_segment_id"])
    assert ways.loc[("S01", "S01"), ["customers", "value"]].tolist() == [1, 10.0]
    assert ways.loc[("S01", "S02"), ["customers", "value", "value_share"]].tolist() == [1, 30, 0.75]
    assert ways.loc[("S02", "(left)"), "value"] == 3.0
    assert ways.loc[("S02", "S01"), ["customers", "value"]].tolist() == [0, 0.0]
    assert pd.isna(ways.loc[("(new)", "S01"), "value"])


def test_parts_add_up_to_the_value_of_the_segment():
    table = value_moved(moves())
    assert table.to_dict("records") == [
        {"segment_id": "S01", "value": 40.0, "stayed": 10.0, "moved": 30.0, "left": 0.0},
        {"segment_id": "S02", "value": 10.0, "stayed": 7.0, "moved": 0.0, "left": 3.0},
    ]


def test_rows_add_up_to_last_quarter_and_value_to_the_quarters():
    ways = moves()
    known = ways[ways["from_segment_id"] != "(new)"]
    assert known.groupby("from_segment_id")["customers"].sum().to_dict() == {"S01": 3, "S02": 2}
    assert known["value"].sum() == OUTCOMES["revenue"].sum()


def test_first_quarter_moves_nothing():
    table = with_value(migration_matrix(None, AFTER), None, AFTER, OUTCOMES)
    assert len(table) == 0
    assert list(table.columns[-2:]) == ["value", "value_share"]
