"""Exports wait for the approval that governance asks for, and for what it covers."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from segmentation_lib.implement.governance import Permit, export_permit, privacy_findings
from segmentation_lib.params.governance import read_governance
from tests.params.test_governance import TEXT

REQUIRED = read_governance(TEXT).values
FREE = read_governance(
    TEXT.replace("retention_days", "approval: not required\n  retention_days")
).values
SHORT = read_governance(TEXT.replace("retention_days", "approval_valid_days: 80\n  retention_days"))
GO, NO_GO = {"verdict": "GO"}, {"verdict": "NO-GO"}
LIMITS = {"verdict": "GO WITH LIMITS"}
ADOPTED = {
    "decision": "adopt", "approver": "head of  Marketing", "model": "abc", "verdict": "GO",
    "period": "2025Q2", "on": "2025-07-12", "privacy": {"gate": "go", "found": {}},
}  # fmt: skip
FIX = (
    'As Head of marketing, run `segment adopt params/acme/2025Q3.yaml --approver "Head of '
    'marketing" --reason "…"`, then run the quarter again.'
)
QUARTER = {"project": "acme", "period": "2025Q3", "closes": date(2025, 10, 1), "model_hash": "abc"}


def permit(governance, decisions, scorecard=GO, **changes) -> Permit:
    return export_permit(governance, decisions, scorecard, **(QUARTER | changes))


def privacy(verdict, card=LIMITS):
    return card | {"gates": [{"code": "privacy", "verdict": verdict}]}


def proxies(*rows):
    return pd.DataFrame(rows, columns=["attribute", "verdict"])


@pytest.mark.parametrize(
    ("governance", "decisions", "scorecard", "may", "said"),
    [
        (None, [], GO, True, "Nobody has approved this model, and no governance.yaml asks for it."),
        (None, [ADOPTED], GO, True, "head of  Marketing approved this model on 2025-07-12"),
        (None, [ADOPTED], NO_GO, False, "NO-GO"),
        (FREE, [], GO, True, "governance.yaml does not require it"),
        (REQUIRED, [], GO, False, f"until this model is approved. {FIX}"),
        (REQUIRED, [ADOPTED], NO_GO, False, "NO-GO"),
        (REQUIRED, [{**ADOPTED, "approver": "Intern"}], GO, False, FIX),
        (REQUIRED, [{**ADOPTED, "model": "old"}], GO, False, FIX),
        (REQUIRED, [{**ADOPTED, "decision": "verdict"}], GO, False, FIX),
        (REQUIRED, [{**ADOPTED, "period": "2025Q4"}], GO, False, FIX),
    ],
)
def test_who_has_approved_what(governance, decisions, scorecard, may, said):
    found = permit(governance, decisions, scorecard)
    assert found.allowed is may
    assert said in found.why
    assert (found.approver is not None) == ("approved this model on" in found.why)


def test_the_approval_of_the_quarter_itself_needs_no_reason():
    found = permit(REQUIRED, [{**ADOPTED, "period": "2025Q3", "on": "2025-10-09"}])
    assert found == Permit(
        True, "head of  Marketing approved this model on 2025-10-09 for 2025Q3.",
        "head of  Marketing",
    )  # fmt: skip


def test_a_model_that_is_kept_stays_approved_and_the_page_says_why():
    found = permit(REQUIRED, [ADOPTED])
    assert found.allowed
    assert found.why == (
        "head of  Marketing approved this model on 2025-07-12 for 2025Q2. It still holds: the "
        "model was kept, the verdict is GO, the privacy check found nothing new, and it was 81 "
        "days old at the close."
    )


@pytest.mark.parametrize(
    ("governance", "approval", "scorecard", "table", "why"),
    [
        (REQUIRED, {}, LIMITS, None, "the verdict is now GO WITH LIMITS, and GO was approved"),
        (SHORT.values, {}, GO, None, "81 days before the close, and an approval holds 80 days"),
        (REQUIRED, {"on": None}, GO, None, "the log does not hold the day"),
        (REQUIRED, {}, privacy("limits", GO), None, "has limits that were not approved"),
        (
            REQUIRED,
            {"verdict": "GO WITH LIMITS", "privacy": {"gate": "limits", "found": {"age": "red"}}},
            privacy("limits"),
            proxies(("age", "red"), ("faith", "none found"), ("faith", "amber")),
            "the privacy check now finds faith (amber), which was not approved",
        ),
        (
            REQUIRED,
            {"verdict": "GO WITH LIMITS", "privacy": {"gate": "limits", "found": {"age": "amber"}}},
            privacy("limits"),
            proxies(("age", "red")),
            "the privacy check now finds age (red), which was not approved",
        ),
    ],
)  # fmt: skip
def test_an_approval_does_not_cover_what_got_worse(governance, approval, scorecard, table, why):
    found = permit(governance, [{**ADOPTED, **approval}], scorecard, proxies=table)
    assert not found.allowed
    assert found.approver is None
    assert found.why.startswith("Customer files are withheld: head of  Marketing approved")
    assert f"but {why}" in found.why or why in found.why
    assert found.why.endswith(FIX)
    # Where nobody asks for an approval, files are written, and the page does not call it approved.
    free = permit(FREE.model_copy(update={"approval_valid_days": governance.approval_valid_days}),
                  [{**ADOPTED, **approval}], scorecard, proxies=table)  # fmt: skip
    assert free.allowed
    assert free.approver is None
    assert why in free.why


def test_what_was_accepted_may_get_better():
    accepted = {"gate": "limits", "found": {"age": "red"}}
    given = {**ADOPTED, "verdict": "GO WITH LIMITS", "privacy": accepted}
    table = proxies(("age", "amber"), ("region", "none found"))
    assert permit(REQUIRED, [given], privacy("limits"), proxies=table).allowed
    assert permit(REQUIRED, [given], GO, proxies=table[:0]).allowed


def test_the_last_word_of_an_approver_counts():
    limits = {**ADOPTED, "verdict": "GO WITH LIMITS"}
    assert permit(REQUIRED, [ADOPTED, limits], LIMITS).allowed
    assert not permit(REQUIRED, [limits, ADOPTED], LIMITS).allowed
    assert permit(REQUIRED, [limits, {**ADOPTED, "approver": "Intern"}], LIMITS).allowed


def test_a_decision_logged_before_privacy_was_approved_nothing_about_it():
    old = {name: value for name, value in ADOPTED.items() if name != "privacy"}
    assert permit(REQUIRED, [old]).allowed
    assert not permit(REQUIRED, [old], privacy("limits", GO)).allowed


def test_a_model_without_a_hash_is_approved_by_nobody():
    assert not permit(REQUIRED, [{**ADOPTED, "model": ""}], model_hash="").allowed


def test_findings_are_the_worst_of_each_attribute():
    table = proxies(("b", "amber"), ("b", "red"), ("a", "none found"), ("c", "not tested"))
    assert privacy_findings(privacy("limits"), table) == {
        "gate": "limits", "found": {"b": "red", "c": "not tested"},
    }  # fmt: skip
    assert privacy_findings(GO) == {"gate": "not assessed", "found": {}}
