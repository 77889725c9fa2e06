"""The columns of the customer file are a promise to other systems: their names and their order."""

from __future__ import annotations

from segmentation_lib.implement.tags.columns import COLUMNS, column_of


def test_names_and_order():
    assert list(COLUMNS) == [
        "external_id",
        "segment_id",
        "segment_name",
        "segment_version",
        "previous_segment_id",
        "movement",
        "assigned_on",
        "valid_until",
        "confidence",
        "second_segment_id",
        "lifecycle_state",
        "value_tier",
        "clv_12m",
        "clv_12m_low",
        "clv_12m_high",
        "consent_marketing",
        "holdout_group",
        "model_hash",
    ]


def test_what_holds_for_the_whole_file_or_a_segment():
    reach = {name: column.reach for name, column in COLUMNS.items()}
    assert [name for name in reach if reach[name] == "file"] == [
        "segment_version",
        "assigned_on",
        "valid_until",
        "model_hash",
    ]
    assert [name for name in reach if reach[name] == "segment"] == [
        "segment_name",
        "value_tier",
        "clv_12m",
        "clv_12m_low",
        "clv_12m_high",
    ]


def test_what_changes_though_nothing_happened():
    assert [name for name, column in COLUMNS.items() if column.reach == "passing"] == [
        "previous_segment_id",
        "movement",
        "second_segment_id",
    ]
    assert {name: column.noise for name, column in COLUMNS.items() if column.noise} == {
        "confidence": 0.1
    }
    assert [name for name, column in COLUMNS.items() if not column.renewed] == [
        "external_id",
        "segment_id",
        "lifecycle_state",
        "consent_marketing",
        "holdout_group",
    ]


def test_every_column_is_explained():
    assert all(len(column.meaning) > 15 for column in COLUMNS.values())
    assert (column_of("email").kind, column_of("email").reach) == ("text", "customer")
