"""What to do next: suggestions by rule from what was measured, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from segmentation_lib.implement.migration.sizes import size_moves
from segmentation_lib.implement.pilot import LITTLE_VALUE, pilot_segment
from segmentation_lib.profile.value import ALL_SEGMENTS
from segmentation_lib.profile.wording import against_average, count, number, percent, titled
from segmentation_lib.validate import better_rule

__all__ = ["list_actions"]

_COLUMNS = ("order", "segment_id", "action", "why", "grade")
_WORTH_PROTECTING = 110.0
_WORTH_A_WIN_BACK = 0.8
_MANY_AMBIGUOUS = 0.25

_TIERS = "Work with plain tiers of recency and spend; these data show no separate groups"
# What to do instead, by code of the gate that failed.
_INSTEAD = {
    "data": "Collect more customers or a longer history before segmenting again",
    "structure": _TIERS,
    "internal": _TIERS,
    "stability": "Ask for fewer segments, or for fewer and less related features, and run again",
    "external": "Choose features closer to what the business wants to change, and run again",
    "time": "Fit the segments anew before they are used again",
    "usable": "Ask for fewer, larger segments, and run again",
    "privacy": "Clear the privacy finding before anything leaves the house",
}

Card = Mapping[str, Any]


class _Action(NamedTuple):
    segment_id: str
    action: str
    why: str
    grade: str


def list_actions(
    cards: Mapping[str, Any],
    scorecard: Mapping[str, Any],
    baseline: pd.DataFrame,
    *,
    baselines: pd.DataFrame | None = None,
    kpis: Sequence[str] | None = None,
    tested: pd.DataFrame | None = None,
    jaccard_go: float = 0.75,
    limit: int = 6,
) -> pd.DataFrame:
    """Suggest what to do next, at most ``limit`` things, the most valuable first.

    Every number in a reason is a measured value. The grade says what stands behind the reason:
    ``experiment`` when a test showed it, ``association`` when it was measured in the quarter
    after customers were placed, ``assumption`` otherwise. No rule but that of a test claims that
    the action works.

    Args:
        cards: The artefact ``segments``.
        scorecard: The artefact ``scorecard``; on NO-GO the actions say what to do instead.
        baseline: The artefact ``kpi_baseline``.
        baselines: The artefact ``baselines``; names the simpler rule to compare with.
        kpis: KPIs declared for the segments; the first one picks where to test an offer when
            value is not known.
        tested: What the read-outs of experiments ask for, with the columns of the result but
            ``order``; comes before what rests on less.
        jaccard_go: Jaccard under which a segment is provisional.
        limit: Most actions.

    Returns:
        The artefact ``actions``: ``order`` from 1, ``segment_id`` (``(all)`` when it concerns
        all), ``action``, ``why`` and ``grade``.
    """
    rule = "" if baselines is None else better_rule(baselines)
    if scorecard["verdict"] == "NO-GO":
        chosen = _instead(scorecard, rule)
    else:
        segments = cards["segments"]
        names = {card["id"]: card["name"] for card in segments}
        measure = str(cards["value_measure"])
        grade = "association" if measure.endswith("in the quarter") else "assumption"
        win_back = _win_back(baseline, names)
        elsewhere = [
            card for card in segments if card["id"] not in {a.segment_id for a in win_back}
        ]
        chosen = [
            *_compare(scorecard, rule),
            *_tested(tested),
            *_protect(segments, names, measure, grade),
            *win_back,
            *_explain_size(cards, names),
            *_spend_less(elsewhere, names, measure, grade),
            *_provisional(segments, names, jaccard_go),
            *_ambiguous(segments, names),
        ]
        shown = {step.segment_id for step in _tested(tested)}
        test = [
            step for step in _test(cards, names, baseline, kpis or ())
            if step.segment_id not in shown
        ]  # fmt: skip
        chosen = [*chosen[: limit - len(test)], *test]
    frame = pd.DataFrame(chosen[:limit], columns=list(_COLUMNS[1:]), dtype="str")
    frame.insert(0, "order", range(1, len(frame) + 1))
    return frame


def _compare(scorecard: Mapping[str, Any], rule: str) -> list[_Action]:
    """Send back to a simpler rule that explains more, before money follows the segments."""
    gate = next((gate for gate in scorecard["gates"] if gate["code"] == "baseline"), None)
    if gate is None or not (rule or gate["verdict"] == "no-go"):
        return []
    return [
        _Action(
            ALL_SEGMENTS,
            f"Compare with {rule or 'simple tiers'} before spending by segment",
            str(gate["sentence"]),
            "association",
        )
    ]


def _tested(steps: pd.DataFrame | None) -> list[_Action]:
    rows = [] if steps is None else steps.to_dict("records")
    return [_Action(*(str(row[name]) for name in _COLUMNS[1:])) for row in rows]


def _protect(
    segments: list[Card], names: Mapping[str, str], measure: str, grade: str
) -> list[_Action]:
    valued = [card for card in segments if (card["value_index"] or 0) >= _WORTH_PROTECTING]
    if not valued:
        return []
    # The one whose loss would cost most beyond its size.
    card = min(valued, key=lambda card: (_excess(card), card["id"]))
    return [
        _Action(
            card["id"],
            f"Protect {titled(card['id'], names)} first: serve it best and watch it closely",
            f"{percent(card['customer_share_at_open'])} of customers account for "
            f"{percent(card['value_share'])} of {measure}, "
            f"each {against_average(card['value_index'] / 100)}.",
            grade,
        )
    ]


def _win_back(baseline: pd.DataFrame, names: Mapping[str, str]) -> list[_Action]:
    kpi = next((name for name in ("active", "visited") if name in set(baseline["kpi"])), None)
    rows = baseline[(baseline["kpi"] == kpi) & baseline["value"].notna()]
    overall = rows[rows["segment_id"] == ALL_SEGMENTS]
    if overall.empty:
        return []
    average = float(overall["value"].iloc[0])
    below = rows[(rows["segment_id"] != ALL_SEGMENTS) & (rows["high"] < average)]
    below = below[below["value"] <= _WORTH_A_WIN_BACK * average]
    if below.empty:
        return []
    # Where most customers are missing, not where the share is lowest: that may be a tiny segment.
    missing = (average - below["value"]) * below["customers"]
    ranked = below.assign(missing=missing).sort_values(
        ["missing", "segment_id"], ascending=[False, True]
    )
    row = ranked.iloc[0]
    did = "were active" if kpi == "active" else "visited"
    return [
        _Action(
            str(row["segment_id"]),
            f"Plan a win-back for {titled(str(row['segment_id']), names)}",
            f"{percent(row['value'])} of its customers {did} in the quarter "
            f"(95% interval {percent(row['low'])} to {percent(row['high'])}), "
            f"against {percent(average)} of all.",
            "association",
        )
    ]


def _explain_size(cards: Card, names: Mapping[str, str]) -> list[_Action]:
    moves = size_moves(cards)
    if not moves:
        return []
    move, card = moves[0]
    return [
        _Action(
            card["id"],
            f"Find out why {titled(card['id'], names)} {'grew' if move > 0 else 'shrank'}",
            f"It went from {percent(card['customer_share_before'])} to "
            f"{percent(card['customer_share'])} of customers in a segment since the last quarter.",
            "assumption",
        )
    ]


def _spend_less(
    segments: list[Card], names: Mapping[str, str], measure: str, grade: str
) -> list[_Action]:
    cheap = [
        card
        for card in segments
        if card["value_index"] is not None and card["value_index"] <= LITTLE_VALUE
    ]
    if not cheap:
        return []
    card = max(cheap, key=lambda card: (_excess(card), card["id"]))
    return [
        _Action(
            card["id"],
            f"Move spending away from {titled(card['id'], names)} until a test earns it back",
            f"{percent(card['customer_share_at_open'])} of customers account for "
            f"{percent(card['value_share'])} of {measure}, "
            f"each {against_average(card['value_index'] / 100)}.",
            grade,
        )
    ]


def _excess(card: Card) -> float:
    """Return how much larger a segment's share of customers is than its share of value."""
    return float(card["customer_share_at_open"]) - float(card["value_share"])


def _provisional(
    segments: list[Card], names: Mapping[str, str], jaccard_go: float
) -> list[_Action]:
    shaky = [
        card
        for card in segments
        if card["stability"] is not None and card["stability"] < jaccard_go
    ]
    if not shaky:
        return []
    card = min(shaky, key=lambda card: (card["stability"], card["id"]))
    return [
        _Action(
            card["id"],
            f"Treat {titled(card['id'], names)} as provisional",
            f"Fits on resampled customers agree with it by {number(card['stability'])} on average "
            f"(Jaccard); {number(jaccard_go)} is asked for.",
            "assumption",
        )
    ]


def _ambiguous(segments: list[Card], names: Mapping[str, str]) -> list[_Action]:
    mixed = [card for card in segments if (card["ambiguous_share"] or 0) >= _MANY_AMBIGUOUS]
    if not mixed:
        return []
    card = max(mixed, key=lambda card: (card["ambiguous_share"], card["id"]))
    return [
        _Action(
            card["id"],
            f"Leave the ambiguous customers of {titled(card['id'], names)} out of costly campaigns",
            f"{percent(card['ambiguous_share'])} of its customers could as well be in another "
            "segment.",
            "assumption",
        )
    ]


def _test(
    cards: Card, names: Mapping[str, str], baseline: pd.DataFrame, kpis: Sequence[str]
) -> list[_Action]:
    found = pilot_segment(cards, baseline, kpis)
    if found is None:
        return []
    card, why = found
    return [
        _Action(
            card["id"],
            f"Test one offer in {titled(card['id'], names)} against a control group",
            f"It has {count(card['customers'])} customers, {why}; what moves them is an "
            "assumption until a test has shown it.",
            "assumption",
        )
    ]


def _instead(scorecard: Mapping[str, Any], rule: str) -> list[_Action]:
    failed = [gate for gate in scorecard.get("gates", []) if gate["verdict"] == "no-go"]
    reasons = " ".join(str(gate["sentence"]) for gate in failed[:2])
    first = _Action(
        ALL_SEGMENTS,
        "Do not target, report or plan by these segments",
        reasons or "The scorecard says NO-GO.",
        "association",
    )
    advice: dict[str, _Action] = {}
    for gate in failed:
        other = f"Mend what failed here: {gate['title']}"
        if gate["code"] == "baseline":
            other = f"Use {rule or 'simple tiers'} instead; they explain more with less"
        action = _INSTEAD.get(str(gate["code"]), other)
        advice.setdefault(
            action, _Action(ALL_SEGMENTS, action, str(gate["sentence"]), "assumption")
        )
    return [first, *advice.values()]
