"""Dialects: the same data under other headers, back again, within each system's limits."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.tags import (
    TARGETS,
    checks,
    csv_text,
    definitions,
    dialect_files,
    from_dialect,
    read_csv_text,
    to_dialect,
)

NAMES = ["hubspot", "braze", "salesforce", "klaviyo"]


def data(files):
    return [read_csv_text(text) for name, text in files.items() if name.endswith(".csv")]


def test_these_are_the_targets():
    assert list(TARGETS) == NAMES


@pytest.mark.parametrize("target", NAMES)
def test_the_customer_file_is_rebuilt_from_every_dialect(files, target):
    contact = files[1].assign(phone="+4917", city='Köln, "am" Rhein\nNord')
    parts = data(dialect_files(contact, target, rows=40))
    assert [len(part) for part in parts] == [40, 28, 27]
    back = from_dialect(pd.concat(parts, ignore_index=True), target, contact.columns)
    pd.testing.assert_frame_equal(back, read_csv_text(csv_text(contact)))


@pytest.mark.parametrize("target", NAMES)
def test_sizes_are_kept_and_rows_are_not_lost(files, target):
    made = dialect_files(files[1], target, size=6000)
    parts = [text for name, text in made.items() if name.endswith(".csv")]
    assert len(parts) > 2
    assert max(len(part.encode()) for part in parts) <= 6000
    ids = [cell for part in data(made) for cell in part[TARGETS[target].key]]
    assert ids == files[1]["external_id"].tolist()
    with pytest.raises(ContractError, match="One row has more than 50 bytes"):
        dialect_files(files[1], target, size=50)


def test_the_limits_are_those_of_the_systems():
    assert TARGETS["hubspot"].rows + 1 == 1_048_576
    assert TARGETS["braze"].size == 500 * 1024**2
    assert (TARGETS["salesforce"].rows, TARGETS["salesforce"].size) == (5_000_000, 100 * 1024**2)
    assert [name for name in NAMES if TARGETS[name].send_delta] == ["braze"]


def test_each_system_gets_its_headers_and_spellings(files):
    crm = files[1]
    assert to_dialect(crm, "hubspot").equals(read_csv_text(csv_text(crm)))
    assert set(to_dialect(crm, "braze")["consent_marketing"]) == {"TRUE"}
    assert set(to_dialect(crm, "klaviyo")["consent_marketing"]) == {"True"}
    fields = to_dialect(crm.assign(phone="1"), "salesforce").columns.tolist()
    assert fields[:4] == [
        "External_Id__c",
        "Segment_Id__c",
        "Segment_Name__c",
        "Segment_Version__c",
    ]
    assert fields[-1] == "phone__c"
    assert all(field.endswith("__c") for field in fields)


def test_hubspot_gets_its_dropdowns_first(files):
    made = dialect_files(files[1], "hubspot", segments=["S01", "S02", "S03", "S04"])
    assert sorted(made) == ["1_properties.json", "2_read_me_first.txt", "contacts.csv"]
    said = {entry["name"]: entry for entry in json.loads(made["1_properties.json"])["inputs"]}
    segment = said["segment_id"]
    assert (segment["type"], segment["fieldType"]) == ("enumeration", "select")
    values = [option["value"] for option in segment["options"]]
    assert values == ["S01", "S02", "S03", "S04", "none"]
    assert [option["displayOrder"] for option in segment["options"]] == [0, 1, 2, 3, 4]
    assert said["external_id"]["hasUniqueValue"] is True
    assert said["valid_until"]["type"] == "date"
    assert said["clv_12m"]["type"] == "number"


@pytest.mark.parametrize("target", NAMES)
def test_every_value_is_an_option_of_its_list(files, target):
    said = definitions(files[1], target)
    entries = said["inputs"] if target == "hubspot" else said["properties"]
    table = to_dialect(files[1], target)
    lists = 0
    for entry in entries:
        if "options" in entry:
            options = [o["value"] if target == "hubspot" else o for o in entry["options"]]
            cells = table[entry["name"]]
            if "holdout" in entry["name"].lower():
                cells = cells.str.split(";").explode()
            assert set(cells) <= set(options), entry["name"]
            lists += 1
    assert lists == 11


def test_who_is_left_alone_in_two_experiments_is_ticked_twice(files):
    """In HubSpot and Salesforce ; parts values, so no option of a list may hold one."""
    cells = ["none", "E2", "E1;E2"] + ["none"] * (len(files[1]) - 3)
    crm = files[1].assign(holdout_group=cells)
    said = definitions(crm, "hubspot")["inputs"]
    group = next(entry for entry in said if entry["name"] == "holdout_group")
    assert (group["type"], group["fieldType"]) == ("enumeration", "checkbox")
    assert [option["value"] for option in group["options"]] == ["E1", "E2", "none"]
    fields = {entry["name"]: entry for entry in definitions(crm, "salesforce")["properties"]}
    field = fields["Holdout_Group__c"]
    assert (field["type"], field["options"]) == ("choices", ["E1", "E2", "none"])
    assert fields["Segment_Id__c"]["type"] == "choice"


@pytest.mark.parametrize("target", NAMES)
def test_what_would_go_wrong_is_said_first(files, target):
    table = to_dialect(files[1], target)
    header, key = TARGETS[target].header, TARGETS[target].key
    assert checks(table, target) == []
    blank = table.assign(**{header("segment_id"): ""})
    assert any("no blank clears a tag" in found for found in checks(blank, target))
    assert any("is missing" in found for found in checks(table.drop(columns=key), target))
    assert any("occurs twice" in f for f in checks(table.assign(**{key: "1"}), target))
    without = table.drop(columns=header("movement"))
    assert checks(without, target) == [f"The header {header('movement')} is missing."]
    cased = table.assign(**{header("movement").upper(): "x"})
    assert any("only in case" in found for found in checks(cased, target))


def test_headers_that_mean_something_else_are_refused(files):
    with pytest.raises(ContractError, match="braze_id means something else in braze"):
        dialect_files(files[1].assign(braze_id="1"), "braze")
    assert checks(to_dialect(files[1].assign(email="a@b.c"), "hubspot"), "hubspot") == []


def test_an_unknown_dialect_is_refused(files):
    with pytest.raises(ContractError, match="there is no dialect hubpost"):
        to_dialect(files[1], "hubpost")
