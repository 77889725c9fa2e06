"""Owners and approvers, and when the next quarter closes."""

from __future__ import annotations

from datetime import date

from segmentation_lib.calendar import Window
from segmentation_lib.cluster import RegisteredSegment, Registry
from segmentation_lib.implement import names_of, next_close, responsible

REGISTER = Registry(
    project="acme",
    next_number=4,
    segments=(
        RegisteredSegment(id="S01", first_period="2026Q1", owner="CRM team"),
        RegisteredSegment(id="S02", first_period="2026Q1"),
        RegisteredSegment(id="S03", first_period="2026Q1", status="retired", retired_in="2026Q2"),
    ),
)


def test_owners_are_those_of_the_segments_in_use():
    found = responsible(REGISTER, [], model_hash="m")
    assert found == {"owners": {"S01": "CRM team", "S02": None}, "approver": None}


def test_the_last_adoption_of_this_very_model_names_the_approver():
    lines = [
        {"decision": "adopt", "approver": "Head of marketing", "model": "m"},
        {"decision": "hypothesis", "verdict": "refuted"},
        {"decision": "adopt", "approver": "Data protection officer", "model": "m"},
        {"decision": "adopt", "approver": "Intern", "model": "another"},
    ]
    found = responsible(REGISTER, lines, model_hash="m")
    assert found["approver"] == "Data protection officer"
    assert responsible(REGISTER, lines, model_hash="new")["approver"] is None


def test_the_next_period_is_as_long_as_this_one():
    assert next_close(Window(date(2026, 7, 1), date(2026, 10, 1))) == date(2027, 1, 1)


def test_names_by_id():
    assert names_of({"segments": [{"id": "S01", "name": "Regulars"}]}) == {"S01": "Regulars"}
