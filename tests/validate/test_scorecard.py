"""The verdict follows fixed rules, and a person who overrides one is named."""

from __future__ import annotations

import pytest

from segmentation_lib.params import ClusterParams, Override
from segmentation_lib.validate import Gate, scorecard

CODES = ["data", "structure", "internal", "stability", "external", "time", "baseline", "usable",
         "privacy"]  # fmt: skip


def _gate(code: str, verdict: str) -> Gate:
    return Gate(code, f"{code}?", verdict, "", "", "", f"{code} says {verdict}.")  # type: ignore[arg-type]


def _card(verdicts: dict[str, str], *overrides: Override, cluster: ClusterParams | None = None):
    gates = [_gate(code, verdicts.get(code, "go")) for code in CODES]
    return scorecard(gates, overrides=overrides, cluster=cluster or ClusterParams())


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ({}, "GO"),
        ({"privacy": "not assessed"}, "GO"),
        ({"baseline": "not assessed"}, "GO"),
        ({"structure": "not assessed"}, "GO WITH LIMITS"),
        ({"time": "not assessed"}, "GO WITH LIMITS"),
        ({"structure": "limits"}, "GO WITH LIMITS"),
        ({"stability": "no-go"}, "GO WITH LIMITS"),
        ({"time": "no-go"}, "GO WITH LIMITS"),
        ({"time": "limits"}, "GO WITH LIMITS"),
        ({"internal": "no-go"}, "GO"),
        ({"baseline": "limits"}, "GO"),
        ({"baseline": "no-go"}, "GO WITH LIMITS"),
        ({"structure": "no-go"}, "NO-GO"),
        ({"external": "no-go"}, "NO-GO"),
        ({"data": "no-go"}, "NO-GO"),
        ({"usable": "no-go"}, "NO-GO"),
        ({"privacy": "no-go"}, "NO-GO"),
        ({"stability": "no-go", "usable": "no-go"}, "NO-GO"),
    ],
)
def test_verdict(verdicts: dict[str, str], expected: str) -> None:
    card = _card(verdicts)
    assert card["verdict"] == expected
    assert [gate["code"] for gate in card["gates"]] == CODES
    openings = {
        "GO": "Use these segments: ",
        "GO WITH LIMITS": "Use these segments with care: ",
        "NO-GO": "Do not use these segments: ",
    }
    if verdicts != {"baseline": "no-go"}:
        assert card["sentence"].startswith(openings[expected])


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        ({}, "Use these segments: 9 of 9 checks passed."),
        (
            {"privacy": "not assessed", "internal": "limits"},
            "Use these segments: 7 of 9 checks passed, 1 passed in part, 1 was not made "
            "(privacy?).",
        ),
        (
            {"privacy": "not assessed", "time": "not assessed", "stability": "no-go"},
            "Use these segments with care: 6 of 9 checks passed, 1 failed, 2 were not made "
            "(time? privacy?).",
        ),
        (
            {"baseline": "no-go"},
            "Compare these segments with simple tiers before you use them: 8 of 9 checks passed, "
            "1 failed.",
        ),
        (
            {"structure": "no-go", "baseline": "no-go"},
            "Do not use these segments: 7 of 9 checks passed, 2 failed. The findings are published "
            "so that others can learn from them.",
        ),
    ],
)
def test_the_verdict_in_words_counts_every_check(verdicts: dict[str, str], sentence: str) -> None:
    assert _card(verdicts)["sentence"] == sentence


def test_an_override_changes_the_verdict_and_prints_who_and_why() -> None:
    override = Override(gate="usable", verdict="limits", name="Head of CRM", reason="A pilot.")
    card = _card({"usable": "no-go"}, override)
    assert card["verdict"] == "GO WITH LIMITS"
    assert card["overrides"] == [
        "Head of CRM changed the answer to “usable?” from no-go to limits: A pilot."
    ]
    usable = next(gate for gate in card["gates"] if gate["code"] == "usable")
    assert usable["verdict"] == "limits"
    assert usable["sentence"] == (
        "usable says no-go. The tests said no-go; Head of CRM decided otherwise: A pilot."
    )


def test_an_override_that_changes_nothing_prints_nothing() -> None:
    override = Override(gate="usable", verdict="go", name="Head of CRM", reason="A pilot.")
    assert _card({}, override) == _card({})


def test_a_number_of_segments_set_by_hand_prints() -> None:
    cluster = ClusterParams(k=4, k_reason="four offers")
    assert _card({}, cluster=cluster)["overrides"] == [
        "The number of segments was set to 4 by hand: four offers"
    ]
