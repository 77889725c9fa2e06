"""Exports wait for the approval that governance asks for."""

from __future__ import annotations

import pytest

from segmentation_lib.implement.governance import may_export
from segmentation_lib.params.governance import read_governance
from tests.params.test_governance import TEXT

REQUIRED = read_governance(TEXT).values
FREE = read_governance(TEXT.replace("retention_days", "approval: not required\n  retention_days"))
GO, NO_GO = {"verdict": "GO"}, {"verdict": "NO-GO"}
ADOPTED = {"decision": "adopt", "approver": "head of  Marketing", "model": "abc"}


@pytest.mark.parametrize(
    ("governance", "decisions", "scorecard", "may", "said"),
    [
        (None, [], GO, True, "Nobody has approved this model, and no governance.yaml"),
        (None, [ADOPTED], GO, True, "head of  Marketing approved this model."),
        (None, [ADOPTED], NO_GO, False, "NO-GO"),
        (FREE.values, [], GO, True, "governance.yaml does not require it"),
        (REQUIRED, [], GO, False, "until this model is approved by Head of marketing"),
        (REQUIRED, [ADOPTED], GO, True, "approved this model"),
        (REQUIRED, [ADOPTED], NO_GO, False, "NO-GO"),
        (REQUIRED, [{**ADOPTED, "approver": "Intern"}], GO, False, "until"),
        (REQUIRED, [{**ADOPTED, "model": "old"}], GO, False, "until"),
        (REQUIRED, [{**ADOPTED, "decision": "verdict"}], GO, False, "until"),
    ],
)
def test_may_export(governance, decisions, scorecard, may, said):
    found, reason = may_export(governance, decisions, scorecard, model_hash="abc")
    assert found is may
    assert said in reason


def test_a_model_without_a_hash_is_approved_by_nobody():
    assert not may_export(REQUIRED, [{**ADOPTED, "model": ""}], GO, model_hash="")[0]
