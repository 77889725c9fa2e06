"""The canonical rule: one way to write it, and nothing that cannot be run."""

from __future__ import annotations

import json

import jsonschema
import pytest

from segmentation_lib.faults import ContractError
from segmentation_lib.implement.audiences import Audience, audience_schema

from .examples import audience, clause

EXAMPLE = {
    "schema": "segmentation-audience/1", "segment_id": "S03", "version": "2025Q3", "priority": 2,
    "source": {"model_hash": "ab12", "as_of": "2025-09-30", "window_days": 365},
    "any": [{"all": [
        {"field": "recency", "op": "<=", "value": 31, "null": "fail"},
        {"field": "frequency", "op": ">=", "value": 5.0, "null": "pass"},
        {"field": "plan", "op": "in", "value": ["b", "a", "b"], "null": "fail"},
    ]}],
    "fidelity": {"n": 4210, "kappa": 0.91, "precision": 0.87, "recall": 0.83,
                 "next_period_precision": 0.84, "gate": "pass"},
    "hysteresis": {"enter_runs": 2, "leave_runs": 2},
    "exclude": [{"field": "consent_marketing", "op": "!=", "value": "true", "null": "pass"}],
}  # fmt: skip


def test_the_canonical_text_is_sorted_short_and_reads_back_as_it_is():
    read = Audience.from_json(EXAMPLE)
    text = read.to_text()
    values = json.loads(text)
    assert [one["field"] for one in values["any"][0]["all"]] == ["frequency", "plan", "recency"]
    assert '"value": 5,\n' not in text
    assert '"value": 5\n' in text
    assert values["any"][0]["all"][1]["value"] == ["a", "b"]
    assert Audience.from_json(values).to_text() == text
    shuffled = {**EXAMPLE, "any": [{"all": EXAMPLE["any"][0]["all"][::-1]}] * 2}
    assert Audience.from_json(shuffled).to_text() == text


def test_floats_keep_their_last_bit():
    for number in (0.1 + 0.2, 1e-300, 2**53 + 2.0, 42.25374984741211):
        read = json.loads(audience([clause("x", "<=", number)]).to_text())
        assert read["any"][0]["all"][0]["value"] == number


def test_the_schema_takes_what_the_model_takes():
    schema = audience_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(EXAMPLE, schema)
    jsonschema.validate(json.loads(Audience.from_json(EXAMPLE).to_text()), schema)
    for change in ({"segment_id": "x"}, {"more": 1}, {"any": []}, {"priority": 0}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**EXAMPLE, **change}, schema)
        with pytest.raises(ContractError):
            Audience.from_json({**EXAMPLE, **change})


@pytest.mark.parametrize(
    ("op", "value", "null", "message"),
    [
        ("<", "a", "fail", "texts have no order"),
        ("in", (), "fail", "at least one value"),
        ("=", (1, 2), "fail", "one value"),
        ("in", 1, "fail", "a list of values"),
        ("between", (3, 1), "fail", "the smaller one first"),
        ("between", ("a", "b"), "fail", "two numbers"),
        ("=", 1, None, "needs a null behaviour"),
        ("is_null", 1, None, "true and false"),
        ("=", True, "fail", "true and false"),
        ("=", float("inf"), "fail", "finite"),
        ("=", "a\0b", "fail", "NUL"),
        ("like", "a", "fail", "Input should be"),
    ],
)
def test_clauses_that_cannot_be_run_are_refused(op, value, null, message):
    bad = {"field": "x", "op": op, "value": value, "null": null}
    with pytest.raises(ContractError, match=message):
        Audience.from_json({**EXAMPLE, "any": [{"all": [bad]}]}, name="audiences/S03.json")
