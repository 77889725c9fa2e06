"""The manifest: what it says, and that a changed file is found out."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest

from segmentation_lib.implement.tags import COLUMNS, crm_manifest, csv_text, verify


@pytest.fixture
def manifest(files):
    moves = pd.Series({"moved": 0.058, "floor": 0.029})
    return crm_manifest(
        files[1],
        project="demo",
        period="2025Q3",
        customers=110,
        owner="CRM team",
        approver="Head of marketing",
        owners={"S01": "Loyalty team"},
        previous={"sha256": "before"},
        moves=moves,
    )


def changed(files, column, value, row=0):
    table = files[1].astype("object")
    table.loc[row, column] = value
    return csv_text(table).encode()


def test_it_says_what_the_file_is(files, manifest):
    content = csv_text(files[1]).encode()
    assert manifest["rows"] == len(files[1])
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert manifest["previous_sha256"] == "before"
    assert manifest["model_hash"] == "hash-2025Q3"
    assert (manifest["assigned_on"], manifest["valid_until"]) == ("2025-09-30", "2025-12-31")
    assert (manifest["owner"], manifest["approver"]) == ("CRM team", "Head of marketing")
    assert manifest["left_out"] == 110 - len(files[1])
    assert manifest["segments"] == [
        {"id": "S01", "name": 'Frequent, "loyal"', "owner": "Loyalty team"},
        {"id": "S02", "name": "'=1+1", "owner": None},
        {"id": "S03", "name": "x'); DROP TABLE segment_tags; --", "owner": None},
        {"id": "none", "name": "none", "owner": None},
    ]
    assert [entry["name"] for entry in manifest["columns"]] == list(COLUMNS)
    allowed = {entry["name"]: entry.get("allowed") for entry in manifest["columns"]}
    assert allowed["segment_id"] == ["S01", "S02", "S03", "none"]
    assert allowed["movement"] == ["stayed", "moved", "new", "returned", "within_noise"]
    assert allowed["external_id"] is None
    assert any("about 50% of the moves" in rule for rule in manifest["rules"])


def test_the_right_file_passes(files, manifest):
    assert verify(csv_text(files[1]).encode(), manifest) == []


@pytest.mark.parametrize("place", [0, 30, 500, 2000, -1])
def test_one_changed_byte_is_found(files, manifest, place):
    content = bytearray(csv_text(files[1]).encode())
    content[place] ^= 1
    assert any("SHA-256" in sentence for sentence in verify(bytes(content), manifest))


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("segment_id", "S77", "segment_id holds values that are not allowed: “S77”"),
        ("movement", "left", "movement holds values that are not allowed: “left”"),
        ("consent_marketing", "false", "consent_marketing holds values that are not allowed"),
        ("confidence", "1.2", "confidence holds 1 values that are no number in its range"),
        ("clv_12m", "much", "clv_12m holds 1 values"),
        ("clv_12m", "nan", "clv_12m holds 1 values"),
        ("valid_until", "31.12.2025", "valid_until holds a value that is no date"),
        ("segment_id", "", "segment_id has 1 empty cells"),
        ("external_id", "", "external_id has 1 empty cells"),
    ],
)
def test_a_value_outside_its_list_is_found(files, manifest, column, value, found):
    # Somebody who changes a file changes its hash in the manifest, too.
    content = changed(files, column, value)
    fresh = {**manifest, "sha256": hashlib.sha256(content).hexdigest()}
    assert [sentence for sentence in verify(content, fresh) if found in sentence]
    assert len(verify(content, fresh)) == 1


def test_columns_and_rows_are_counted(files, manifest):
    table = files[1]
    missing = verify(csv_text(table.drop(columns="movement")).encode(), manifest)
    assert "Column movement is missing." in missing
    more = verify(csv_text(table.assign(email="a@b.c")).encode(), manifest)
    assert "Column email is not in the manifest." in more
    turned = verify(csv_text(table[table.columns[::-1]]).encode(), manifest)
    assert "The columns are not in the order of the manifest." in turned
    short = verify(csv_text(table.iloc[1:]).encode(), manifest)
    assert f"The file has {len(table) - 1} rows, the manifest says {len(table)}." in short
    twice = verify(csv_text(pd.concat([table.iloc[:1], table.iloc[:-1]])).encode(), manifest)
    assert "Column external_id holds 1 IDs twice." in twice


def test_what_is_no_table_is_said_so(manifest):
    assert "cannot be read" in verify(b"\xff\xfe", manifest)[-1]
    assert "cannot be read" in verify(b"", manifest)[-1]
    assert "cannot be read" in verify(b"a,b\n1,2,3\n", manifest)[-1]


def test_an_empty_file_has_a_manifest_too(files):
    empty = files[1].iloc[:0]
    manifest = crm_manifest(empty, project="demo", period="2025Q3", customers=7)
    assert (manifest["rows"], manifest["left_out"], manifest["model_hash"]) == (0, 7, None)
    assert verify(csv_text(empty).encode(), manifest) == []
