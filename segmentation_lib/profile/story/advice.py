"""What to do with a segment and what not, by rule, each with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from segmentation_lib.profile.story.cells import known, row_of, words_of
from segmentation_lib.profile.story.evidence import Grade
from segmentation_lib.profile.story.levers import break_of, break_row, friction_of, friction_row
from segmentation_lib.profile.story.sources import Tables, rows_of
from segmentation_lib.profile.wording import against_average, amount, number, percent
from segmentation_lib.words import event_words

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
        text = (
            f"Serve them best and watch them closely: {said} each, {against_average(index / 100)}."
        )
        ids = _ids("segment_value", segment_id, "value_per_customer", "value_index")
        advice.append(Advice("do", text, Grade.ASSOCIATION, ids))
    advice.extend(_by_spike(segment_id, durable))
    ids = _ids("decisions", segment_id, "decision")
    if words_of(decision, "decision") == "reallocate":
        text = "Do not spend more on them until a test has earned it back."
        advice.append(Advice("do not", text, Grade.ASSOCIATION, ids))
    if words_of(decision, "decision") == "nurture":
        text = "Nurture them at low cost: enough of them move to a better segment."
        advice.append(Advice("do", text, Grade.ASSOCIATION, ids))
    return advice


def _by_spike(segment_id: str, durable: Mapping[Any, Any]) -> list[Advice]:
    """Warn of a spike that one might plan by: this quarter's, or that of the one before."""
    back = known(durable, "spike_quarters_back")
    if words_of(durable, "verdict") != "momentary" or back is None or back > 1:
        return []
    when = "this quarter's value" if back == 0 else "the value of the quarter before this one"
    ratio = known(durable, "ratio")
    size = "" if ratio is None else f": it was {ratio:.1f} times that of the other quarters"
    text = f"Do not plan on {when}{size}."
    ids = _ids("durable_value", segment_id, "verdict", "sentence")
    return [Advice("do not", text, Grade.ASSOCIATION, ids)]


def _by_friction(segment_id: str, tables: Tables) -> list[Advice]:
    # What was seen is told as a lever; here is only what to do about it.
    stumbles, loops = break_row(segment_id, tables), friction_row(segment_id, tables)
    advice = []
    if stumbles and (lever := break_of(segment_id, tables)):
        here, there = event_words(str(stumbles["from_event"])), event_words(str(stumbles["event"]))
        text = f"Fix the step from {here} to {there}: ask those who left."
        advice.append(Advice("do", text, lever.grade, lever.evidence))
    if loops and (lever := friction_of(segment_id, tables)):
        text = f"Clear up {event_words(str(loops['event']))}: ask those who came back to it."
        advice.append(Advice("do", text, lever.grade, lever.evidence))
    return advice


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
