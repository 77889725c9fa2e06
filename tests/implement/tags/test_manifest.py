"""The manifest: what it says of the file and of those beside it."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest

from segmentation_lib.implement.tags import COLUMNS, crm_delta, crm_manifest, csv_text, verify


@pytest.fixture(scope="module")
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


def test_the_files_beside_it_are_described_without_saying_everything_twice(files):
    delta = crm_delta(None, files[1])
    said = crm_manifest(files[1], project="demo", period="2025Q3", also={"crm_delta.csv": delta})
    entry = said["also"][0]
    assert (entry["file"], entry["rows"]) == ("crm_delta.csv", len(files[1]))
    assert entry["sha256"] == hashlib.sha256(csv_text(delta).encode()).hexdigest()
    assert [column["name"] for column in entry["columns"]] == ["action", *COLUMNS]
    assert entry["columns"][0]["allowed"] == ["upsert", "clear"]
    assert not any("meaning" in column for column in entry["columns"])
    assert said["left_out"] is None


def test_an_empty_file_has_a_manifest_too(files):
    empty = files[1].iloc[:0]
    manifest = crm_manifest(empty, project="demo", period="2025Q3", customers=7)
    assert (manifest["rows"], manifest["left_out"], manifest["model_hash"]) == (0, 7, None)
    assert verify(csv_text(empty).encode(), manifest) == []
