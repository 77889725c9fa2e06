"""HubSpot and Klaviyo pick the rows of the rule, by small interpreters of their filters."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segmentation_lib.implement.audiences import (
    hubspot_filter,
    kinds_of,
    klaviyo_segments,
    matches,
    properties_of,
    property_values,
)
from segmentation_lib.implement.audiences.fields import Field
from segmentation_lib.implement.audiences.hubspot import opposite
from segmentation_lib.implement.audiences.klaviyo import MOST_CONDITIONS
from segmentation_lib.implement.audiences.properties import as_loaded, for_import
from segmentation_lib.implement.tags import csv_text, read_csv_text

from .examples import audience, clause, random_audience, random_rows

_TESTS = {
    "EQUAL_TO": lambda a, b: a == b, "NOT_EQUAL_TO": lambda a, b: a != b,
    "LESS_THAN": lambda a, b: a < b, "LESS_THAN_OR_EQUAL_TO": lambda a, b: a <= b,
    "GREATER_THAN": lambda a, b: a > b, "GREATER_THAN_OR_EQUAL_TO": lambda a, b: a >= b,
    "equals": lambda a, b: a == b, "not-equals": lambda a, b: a != b,
    "less-than": lambda a, b: a < b, "less-than-or-equal": lambda a, b: a <= b,
    "greater-than": lambda a, b: a > b, "greater-than-or-equal": lambda a, b: a >= b,
}  # fmt: skip


def _hubspot(one, row):
    operation, value = one["operation"], row[one["property"]]
    operator = operation["operator"]
    if operator in ("IS_KNOWN", "IS_UNKNOWN"):
        return pd.isna(value) == (operator == "IS_UNKNOWN")
    if pd.isna(value):
        return operation["includeObjectsWithNoValueSet"]
    if operator == "IS_BETWEEN":
        return operation["lowerBound"] <= value <= operation["upperBound"]
    if operation["operationType"] == "MULTISTRING":
        return (value in operation["values"]) == (operator == "IS_EQUAL_TO")
    return _TESTS[operator.removeprefix("IS_")](value, operation["value"])


def _klaviyo(one, row):
    name = one["property"].removeprefix("properties['").removesuffix("']")
    value, asked = row[name.replace("\\'", "'")], one["filter"]
    if asked["type"] == "existence":
        return pd.isna(value) == (asked["operator"] == "not-set")
    # The unlucky reading: a missing value passes "not equal".
    if pd.isna(value):
        return asked["operator"] == "not-equals"
    return _TESTS[asked["operator"]](value, asked["value"])


def test_hubspot_picks_the_same_rows():
    compiled = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        rule, frame = random_audience(rng), random_rows(rng, 40)
        try:
            body = hubspot_filter(rule)
        except ValueError:
            continue
        compiled += 1
        root = body["filterBranch"]
        assert (root["filterBranchType"], root["filters"]) == ("OR", [])
        assert {branch["filterBranchType"] for branch in root["filterBranches"]} == {"AND"}
        found = [
            any(all(_hubspot(one, row) for one in branch["filters"])
                for branch in root["filterBranches"])
            for row in frame.to_dict("records")
        ]  # fmt: skip
        assert found == matches(rule, frame).tolist()
    assert compiled > 30


def test_klaviyo_picks_the_same_rows():
    many = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        rule, frame = random_audience(rng), random_rows(rng, 40)
        try:
            bodies = klaviyo_segments(rule)
        except ValueError:
            continue
        many += len(bodies) > 1
        found = [
            any(all(any(_klaviyo(one, row) for one in group["conditions"])
                    for group in body["definition"]["condition_groups"]) for body in bodies)
            for row in frame.to_dict("records")
        ]  # fmt: skip
        assert found == matches(rule, frame).tolist()
        for body in bodies:
            groups = body["definition"]["condition_groups"]
            assert sum(len(group["conditions"]) for group in groups) <= MOST_CONDITIONS
    assert many > 0


def test_both_pick_the_same_customers_once_the_values_are_loaded():
    """From the rule and the features to the file, into a system, and through its filter."""
    picked = compiled = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        rule, frame = random_audience(rng), random_rows(rng, 60)
        # No system can tell an empty text from a missing one; the read-me says so.
        frame = frame.replace("", "empty")
        described = {name: Field(kind) for name, kind in kinds_of(frame).items()}
        properties = properties_of([rule], described, period="2025Q3")
        values = property_values(properties, frame, frame["customer_id"])
        loaded = as_loaded(read_csv_text(csv_text(values)), properties)
        asked, rows = for_import(rule, properties), loaded.to_dict("records")
        expected = matches(rule, frame).tolist()
        try:
            branches = hubspot_filter(asked)["filterBranch"]["filterBranches"]
            bodies = klaviyo_segments(asked)
        except ValueError:
            continue
        compiled += 1
        picked += sum(expected)
        assert expected == [
            any(all(_hubspot(one, row) for one in branch["filters"]) for branch in branches)
            for row in rows
        ]
        assert expected == [
            any(all(any(_klaviyo(one, row) for one in group["conditions"])
                    for group in body["definition"]["condition_groups"]) for body in bodies)
            for row in rows
        ]  # fmt: skip
    assert compiled > 20
    assert 0.2 < picked / (60 * compiled) < 0.9


def test_the_bodies_are_those_of_the_documentation():
    rule = audience([clause("recency", "<=", 31), clause("plan", "=", "a", "pass")])
    assert hubspot_filter(rule)["filterBranch"]["filterBranches"][0]["filters"] == [
        {"filterType": "PROPERTY", "property": "plan",
         "operation": {"operationType": "MULTISTRING", "operator": "IS_EQUAL_TO", "values": ["a"],
                       "includeObjectsWithNoValueSet": True}},
        {"filterType": "PROPERTY", "property": "recency",
         "operation": {"operationType": "NUMBER", "operator": "IS_LESS_THAN_OR_EQUAL_TO",
                       "value": 31, "includeObjectsWithNoValueSet": False}},
    ]  # fmt: skip
    (body,) = klaviyo_segments(rule)
    assert body == {"name": "S01 2025Q3", "definition": {"condition_groups": [
        {"conditions": [
            {"type": "profile-property", "property": "properties['plan']",
             "filter": {"type": "existence", "operator": "not-set"}},
            {"type": "profile-property", "property": "properties['plan']",
             "filter": {"type": "string", "operator": "equals", "value": "a"}}]},
        {"conditions": [
            {"type": "profile-property", "property": "properties['recency']",
             "filter": {"type": "numeric", "operator": "less-than-or-equal", "value": 31}}]},
    ]}}  # fmt: skip


def test_what_cannot_be_said_is_refused_or_split():
    with pytest.raises(ValueError, match="no list of numbers"):
        hubspot_filter(audience([clause("x", "in", (1, 2))]))
    with pytest.raises(ValueError, match="what is outside of between"):
        opposite(clause("x", "between", (1, 2)))
    large = [[clause(f"x{part}{i}", "<", 1) for i in range(8)] for part in range(4)]
    assert [body["name"] for body in klaviyo_segments(audience(*large))] == [
        f"S01 2025Q3 part {place}" for place in range(1, 5)
    ]
    huge = [clause("plan", "in", tuple(map(str, range(101))))]
    with pytest.raises(ValueError, match="more than 100 conditions"):
        klaviyo_segments(audience(huge))
