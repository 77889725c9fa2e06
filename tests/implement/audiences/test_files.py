"""The folder of the audiences: every rule in every form, what it needs, and how it is loaded."""

from __future__ import annotations

import json

import pandas as pd

from segmentation_lib.implement.audiences import (
    NO_CONSENT,
    audience_files,
    properties_of,
    property_values,
)
from segmentation_lib.implement.audiences.fields import Field
from segmentation_lib.implement.audiences.rule import Audience

from .examples import SOURCE, audience, clause

FIELDS = {
    "recency": Field("number", "days", "Days since the last purchase."),
    "consent_marketing": Field("text", "", "true: agreed."),
}
TABLE = pd.DataFrame(
    {"customer_id": ["1", "2", "3"], "recency": [5.0, 31.0, 40.0], "consent_marketing": "true"}
)


def _rule(**more):
    return audience([clause("recency", "<=", 31)], exclude=[NO_CONSENT], **more)


def _files(rules):
    properties = properties_of(rules, FIELDS, period="2025Q3")
    values = property_values(properties, TABLE, pd.Series(["1", "2"]))
    return audience_files(
        rules, {"duckdb": "SELECT 1;\n"}, properties, values,
        period="2025Q3", source=SOURCE, names={"S01": "Fresh | <b>"},
    )  # fmt: skip


def test_each_rule_is_there_in_every_form_with_what_it_needs():
    files = _files([_rule()])
    assert sorted(files) == [
        "README.md", "S01.json", "audience.schema.json", "duckdb.sql", "hubspot/S01.json",
        "hubspot/create_properties.json", "hubspot/properties.json", "klaviyo/S01.json",
        "klaviyo/properties.json", "properties.csv",
    ]  # fmt: skip
    assert Audience.from_json(json.loads(files["S01.json"])) == _rule()
    assert files["properties.csv"] == (
        "external_id,seg_2025q3_consent_marketing,seg_2025q3_recency\n1,true,5\n2,true,31\n"
    )
    header = files["properties.csv"].splitlines()[0].split(",")
    body = json.loads(files["hubspot/S01.json"])
    asked = {one["property"] for one in body["filterBranch"]["filterBranches"][0]["filters"]}
    made = {one["name"] for one in json.loads(files["hubspot/create_properties.json"])["inputs"]}
    assert asked == made == set(header[1:])
    for system, kind in (("hubspot", "number"), ("klaviyo", "Number")):
        listed = json.loads(files[f"{system}/properties.json"])
        assert (listed["key"], listed["values_of"]) == ("external_id", "2025-09-30")
        assert listed["properties"][1] == {
            "name": "seg_2025q3_recency", "type": kind, "unit": "days",
            "column": "seg_2025q3_recency", "field": "recency",
            "meaning": "Days since the last purchase.",
        }  # fmt: skip


def test_a_system_that_cannot_express_a_rule_says_so_in_both_places():
    rule = audience([clause("recency", "<=", 31)], exclude=[clause("recency", "between", (1, 31))])
    files = _files([rule])
    assert "between" in json.loads(files["hubspot/S01.json"])["cannot"]
    page = files["README.md"]
    hubspot = page[page.index("## HubSpot") : page.index("## Klaviyo")]
    assert "\n- S01: seg_2025q3_recency: what is outside of between takes two clauses." in hubspot


def test_the_page_says_the_day_the_limits_and_whom_each_rule_picks():
    page = _files([_rule()])["README.md"]
    assert "All values are those of 2025-09-30, this day included, and of the 365 days" in page
    assert "nightly scoring renews the tags, not these values" in page
    assert "| S01 (Fresh \\| &lt;b>) | 1 | 2 | – | – |" in page
    assert "What Klaviyo cannot express:\n\n- Waiting:" in page
    assert "Import `properties.csv`" in page


def test_without_a_rule_nobodys_values_are_handed_on():
    files = _files([])
    assert sorted(files) == ["README.md", "audience.schema.json", "duckdb.sql"]
    assert "No short rule is true enough in this period" in files["README.md"]
    assert "HubSpot\n" not in files["README.md"]
