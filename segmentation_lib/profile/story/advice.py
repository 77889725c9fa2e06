"""What to do with a segment and what not, by rule, each with its evidence."""

from __future__ import annotations

from typing import NamedTuple

from segmentation_lib.profile.story.cells import known, row_of, words_of
from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.profile.story.levers import break_of, friction_of
from segmentation_lib.profile.story.sources import Tables, rows_of
from segmentation_lib.profile.wording import amount, number, percent

__all__ = ["Advice", "advice_for"]

_PROTECT = 110.0
_FEW_ALLOW = 0.5
_MANY_AMBIGUOUS = 0.25
_CLEAR = 0.5


class Advice(NamedTuple):
    """What to do, or not to do, with the grade and IDs of what it rests on."""

    kind: str
    text: str
    grade: Grade
    evidence: tuple[str, ...]


def advice_for(
    segment_id: str,
    tables: Tables,
    *,
    ambiguous_share: float | None = None,
    currency: str = "",
) -> list[Advice]:
    """Say by rule what to do with a segment and what not.

    The grade is that of the numbers in the sentence. That following the advice pays is an
    assumption, until a test has shown it.

    Args:
        segment_id: The segment.
        tables: Tables of the quarter.
        ambiguous_share: Share of its customers who could as well be in another segment.
        currency: Three-letter code of the amounts.
    """
    return [
        *_by_value(segment_id, tables, currency),
        *_by_friction(segment_id, tables),
        *_by_traits(segment_id, tables),
        *_by_consent(segment_id, tables),
        *_by_confidence(segment_id, ambiguous_share),
    ]


def _by_value(segment_id: str, tables: Tables, currency: str) -> list[Advice]:
    value = row_of(tables, "segment_value", segment_id)
    durable = row_of(tables, "durable_value", segment_id)
    decision = row_of(tables, "decisions", segment_id)
    index, each = known(value, "value_index"), known(value, "value_per_customer")
    advice = []
    if index is not None and each is not None and index >= _PROTECT:
        unit = words_of(value, "unit")
        said = amount(each, currency) if unit == "money" else number(each)
        text = f"Serve them best and watch them closely: {said} each, index {number(index)}."
        ids = _ids("segment_value", segment_id, "value_per_customer", "value_index")
        advice.append(Advice("do", text, Grade.ASSOCIATION, ids))
    if words_of(durable, "verdict") == "momentary":
        text = "Do not plan on one quarter's value: it came in a single quarter."
        advice.append(
            Advice("do not", text, Grade.ASSOCIATION, _ids("durable_value", segment_id, "verdict"))
        )
    ids = _ids("decisions", segment_id, "decision")
    if words_of(decision, "decision") == "reallocate":
        text = "Do not spend more on them until a test has earned it back."
        advice.append(Advice("do not", text, Grade.ASSOCIATION, ids))
    if words_of(decision, "decision") == "nurture":
        text = "Nurture them at low cost: enough of them move to a better segment."
        advice.append(Advice("do", text, Grade.ASSOCIATION, ids))
    return advice


def _by_friction(segment_id: str, tables: Tables) -> list[Advice]:
    found = [break_of(segment_id, tables), friction_of(segment_id, tables)]
    starts = ("Look at the step where they fall away", "Look at the page where they go round")
    return [
        Advice("do", f"{start}. {lever.text}", lever.grade, lever.evidence)
        for start, lever in zip(starts, found, strict=True)
        if lever
    ]


def _by_traits(segment_id: str, tables: Tables) -> list[Advice]:
    rows = rows_of(tables, "traits", segment_id=segment_id)
    if rows.empty:
        return []
    rows = rows[rows["feature"] == "discount_share"]
    if rows.empty or not rows["difference"].iloc[0] <= -_CLEAR:
        return []
    mean, base = float(rows["mean"].iloc[0]), float(rows["base_mean"].iloc[0])
    text = (
        f"Do not send discounts by default: {percent(mean)} of what they buy is at a discount, "
        f"against {percent(base)} for all."
    )
    ids = _ids("traits", f"{segment_id}:discount_share", "mean", "base_mean")
    return [Advice("do not", text, Grade.ASSOCIATION, ids)]


def _by_consent(segment_id: str, tables: Tables) -> list[Advice]:
    share = known(row_of(tables, "consent", segment_id), "allowed_share")
    if share is None or share >= _FEW_ALLOW:
        return []
    text = f"Do not plan campaigns that need consent: only {percent(share)} allow marketing."
    return [Advice("do not", text, Grade.ASSOCIATION, _ids("consent", segment_id, "allowed_share"))]


def _by_confidence(segment_id: str, share: float | None) -> list[Advice]:
    if share is None or share < _MANY_AMBIGUOUS:
        return []
    text = (
        f"Do not send costly campaigns to all of them: {percent(share)} could as well be in "
        "another segment."
    )
    return [Advice("do not", text, Grade.ASSOCIATION, ())]


def _ids(artefact: str, row: str, *columns: str) -> tuple[str, ...]:
    return tuple(f"{artefact}:{row}:{column}" for column in columns)
